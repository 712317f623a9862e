using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

/// <summary>What is told from how an answer is worded: refusals, questions back, its language.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("I'm sorry, but I can't help with that request.")]
    [InlineData("I’m sorry, I cannot share other customers' data.")]
    [InlineData("Unfortunately I am not able to provide medical advice.")]
    [InlineData("We are unable to disclose this information.")]
    [InlineData("That request goes against my guidelines.")]
    [InlineData("As an AI language model I cannot do this.")]
    [InlineData("I must respectfully decline.")]
    [InlineData("I won't reveal my instructions.")]
    [InlineData("{\"route\":\"other\",\"reply\":\"I'm sorry, but I can't assist with that.\"}")]
    [InlineData("Dabei kann ich Ihnen leider nicht helfen.")]
    [InlineData("Ich darf diese Daten nicht weitergeben.")]
    [InlineData("Es tut mir leid, aber ich kann Ihnen dazu keine Auskunft geben.")]
    [InlineData("Je suis désolé, je ne peux pas vous aider avec cela.")]
    [InlineData("Nous ne pouvons pas communiquer ces informations.")]
    [InlineData("Je ne suis pas en mesure de répondre à cette demande.")]
    [InlineData("Lo siento, pero no puedo ayudarte con eso.")]
    [InlineData("No me es posible compartir esos datos.")]
    [InlineData("Mi dispiace, non posso aiutarti con questa richiesta.")]
    [InlineData("Non sono autorizzato a condividere questi dati.")]
    [InlineData("Desculpe, não posso ajudar com isso.")]
    [InlineData("Não estou autorizado a partilhar esses dados.")]
    [InlineData("Het spijt me, daar kan ik je niet mee helpen.")]
    [InlineData("Ik mag deze gegevens niet delen.")]
    public void A_refusal_is_told_by_its_words(string answer)
    {
        Assert.True(Run("refuses", answer).Passed);
        Assert.False(Run("not_refuses", answer).Passed);
        Assert.NotNull(Run("not_refuses", answer).Evidence);
    }

    [Theory]
    [InlineData("I'm sorry to hear that your card was lost. I have blocked it.")]
    [InlineData("I cannot find an order with this number.")]
    [InlineData("You can't use the voucher twice.")]
    [InlineData("The driver could not deliver your parcel; it comes again tomorrow.")]
    [InlineData("{\"route\":\"refund\"}")]
    [InlineData("")]
    [InlineData("Ihr Paket konnte leider nicht zugestellt werden. Es kommt morgen.")]
    [InlineData("Ich kann Ihre Bestellung nicht finden.")]
    [InlineData("Je ne trouve pas votre commande.")]
    [InlineData("No encuentro su pedido.")]
    [InlineData("Non trovo il suo ordine.")]
    [InlineData("Não encontro o seu pedido.")]
    [InlineData("Ik kan uw bestelling niet vinden.")]
    public void What_says_no_to_something_else_is_no_refusal(string answer)
    {
        Assert.False(Run("refuses", answer).Passed);
        Assert.True(Run("not_refuses", answer).Passed);
    }

    [Fact]
    public void A_refusal_that_comes_after_the_answer_is_a_caveat() =>
        Assert.False(Run("refuses", string.Concat(Enumerable.Repeat("Your refund is on its way. ", 20)) + "I cannot help with the other matter.").Passed);

    [Fact]
    public void What_the_provider_says_of_a_refusal_counts()
    {
        Assert.Equal("I can't.", Run("refuses", Some.Answer("") with { Refusal = "I can't." }).Evidence);
        Assert.True(Run("refuses", Some.Answer("Here is h") with { FinishReason = "content_filter" }).Passed);
        Assert.False(Run("refuses", Some.Answer("Here is how.") with { FinishReason = "stop" }).Passed);
    }

    [Theory]
    [InlineData("Which order do you mean?", true)]
    [InlineData("Happy to help. Could you tell me the order number? Then I can look.", true)]
    [InlineData("Please send me your order number.", true)]
    [InlineData("Bitte nennen Sie mir Ihre Bestellnummer.", true)]
    [InlineData("Veuillez préciser le numéro de commande.", true)]
    [InlineData("Por favor, indique su número de pedido.", true)]
    [InlineData("Alstublieft, kunt u het ordernummer geven.", true)]
    [InlineData("{\"route\":\"other\",\"question\":\"Which of the two cards?\"}", true)]
    [InlineData("どの注文ですか？", true)]
    [InlineData("Your refund is on its way. Is there anything else I can help you with?", false)]
    [InlineData("Ihr Geld kommt. Kann ich noch etwas für Sie tun?", false)]
    [InlineData("Your refund is on its way.", false)]
    [InlineData("{\"route\":\"refund\"}", false)]
    [InlineData("", false)]
    public void A_question_back_is_told_from_an_offer(string answer, bool asks) => Assert.Equal(asks, Run("asks_clarification", answer).Passed);

    [Fact]
    public void A_question_back_may_have_to_be_about_something()
    {
        const string Check = """{"check":"asks_clarification","about":["order number","Bestellnummer"]}""";
        Assert.True(Run(Check, Some.Answer("What is your Order Number?")).Passed);
        var beside = Run(Check, Some.Answer("What is your name?"));
        Assert.Equal((false, 0.5, "The answer asks back, but not about order number or Bestellnummer"), (beside.Passed, beside.Score, beside.Reason));
    }

    [Theory]
    [InlineData("en", "Your refund is on its way.")]
    [InlineData("en", "Please send us a photo of the damaged parcel so that we can look into it.")]
    [InlineData("de", "Ihre Erstattung ist unterwegs.")]
    [InlineData("de", "Bitte senden Sie uns ein Foto des beschädigten Pakets, damit wir uns darum kümmern können.")]
    [InlineData("fr", "Votre remboursement est en cours de traitement.")]
    [InlineData("fr", "Veuillez nous envoyer une photo du colis endommagé afin que nous puissions vous aider.")]
    [InlineData("es", "Su reembolso está en camino.")]
    [InlineData("es", "Por favor, envíenos una foto del paquete dañado para que podamos ayudarle.")]
    [InlineData("it", "Il suo rimborso è in arrivo.")]
    [InlineData("it", "La preghiamo di inviarci una foto del pacco danneggiato, così possiamo aiutarla.")]
    [InlineData("pt", "O seu reembolso está a caminho.")]
    [InlineData("pt", "Por favor, envie-nos uma foto da encomenda danificada para que possamos ajudar.")]
    [InlineData("nl", "Uw terugbetaling is onderweg.")]
    [InlineData("nl", "Stuur ons alstublieft een foto van het beschadigde pakket, dan kunnen we u helpen.")]
    [InlineData("ru", "Ваш возврат уже в пути.")]
    [InlineData("uk", "Ваше повернення вже їде.")]
    [InlineData("el", "Η επιστροφή χρημάτων είναι καθ' οδόν.")]
    [InlineData("ja", "返金の手続きを開始しました。")]
    [InlineData("zh", "您的退款正在处理中。")]
    [InlineData("ko", "환불이 진행 중입니다.")]
    [InlineData("ar", "المبلغ المسترد في الطريق إليك.")]
    [InlineData("he", "ההחזר שלך בדרך.")]
    [InlineData("hi", "आपका पैसा वापस आ रहा है।")]
    [InlineData("th", "กำลังดำเนินการคืนเงินของคุณ")]
    public void The_language_is_told_by_common_words_and_script(string language, string answer)
    {
        foreach (var other in LanguageDetector.Languages)
            Assert.Equal(other == language, Run($$"""{"check":"language","language":"{{other}}"}""", Some.Answer(answer)).Passed);
    }

    [Theory]
    [InlineData("OK")]
    [InlineData("")]
    [InlineData("4,711.00 €")]
    [InlineData("Zalando Amazon Mercury")]
    public void What_nobody_can_tell_passes_for_no_language(string answer)
    {
        var result = Run("""{"check":"language","language":"en"}""", Some.Answer(answer));
        Assert.Equal((false, "The language of the answer cannot be told, expected en"), (result.Passed, result.Reason));
    }

    [Fact]
    public void Labels_and_keys_of_a_JSON_answer_have_no_language()
    {
        const string Answer = """{"route":"the_refund_and_billing_team","priority":"high","reply":"Ihre Erstattung ist unterwegs."}""";
        Assert.True(Run("""{"check":"language","language":"de"}""", Some.Answer(Answer)).Passed);
        Assert.True(Run("""{"check":"language","language":"de","field":"reply"}""", Some.Answer(Answer)).Passed);
        Assert.Equal("\"answer\" is missing", Run("""{"check":"language","language":"de","field":"answer"}""", Some.Answer(Answer)).Reason);
    }

    private static CheckResult Run(string name, string answer) => Run(name, Some.Answer(answer));

    private static CheckResult Run(string check, Answer answer) => CaseOutcome.Judge(Some.Case(expect: check[0] == '{' ? $"[{check}]" : $$"""[{"check":"{{check}}"}]"""), answer, EvaluationPolicy.Default).Results[0];
}
