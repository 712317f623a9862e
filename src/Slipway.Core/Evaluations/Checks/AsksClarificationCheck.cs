using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Core.Evaluations;

/// <summary>The answer asks back for what it would need: a question, or a request such as "please send us your order number".</summary>
/// <remarks>A closing offer ("Is there anything else?") is no question back. Requests and offers are known in English, German, French, Spanish,
/// Italian, Portuguese and Dutch; a question mark is one in every language. Of a JSON answer the texts in it are looked at.</remarks>
public sealed partial record AsksClarificationCheck : Check
{
    internal const string Named = "asks_clarification";

    internal AsksClarificationCheck(ImmutableArray<string> about) => About = about;

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>What the question must speak of: one of these texts stands in it, capital and small letters the same. Empty where any question will do.</summary>
    public ImmutableArray<string> About { get; }

    internal static AsksClarificationCheck? Read(CheckArguments given)
    {
        given.Takes("about");
        var about = given.Texts("about");
        return given.Fit ? new AsksClarificationCheck(about) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (About.IsEmpty) return;
        writer.WriteStartArray("about"u8);
        foreach (var one in About) writer.WriteStringValue(one);
        writer.WriteEndArray();
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var questions = Sentence().Matches(input.Prose).Select(match => match.Value.Trim()).Where(AsksBack).ToList();
        if (questions.Count == 0) return Fail("The answer asks nothing back", input.Answer.Shown);
        if (About.IsEmpty) return Pass("The answer asks back", questions[0]);
        return questions.FirstOrDefault(question => About.Any(one => question.Contains(one, StringComparison.OrdinalIgnoreCase))) is { } fitting
            ? Pass("The answer asks back", fitting)
            : Fail($"The answer asks back, but not about {string.Join(" or ", About)}", questions[0], 0.5);
    }

    private static bool AsksBack(string sentence) => sentence.Length > 0 && (sentence[^1] is '?' or '？' or '؟' ? sentence.Length > 2 : Request().IsMatch(sentence)) && !Offer().IsMatch(sentence);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"[^.!?？؟\n]*[.!?？؟\n]?", Options)] private static partial Regex Sentence();

    [GeneratedRegex(@"\b(please|kindly) (tell|send|share|provide|give|confirm|clarify|specify|let (me|us) know|name|state|enter|attach)\b|\b(i|we)('d)? (would )?(still )?need (to know|your|the|more)\b|\bbitte (\w+ )?(nennen|teilen|senden|schicken|geben|bestätigen|schreiben|präzisieren|sag|sagen|nenn|teil|gib|schick)\w*\b|\bveuillez (\w+ )?(indiquer|préciser|fournir|envoyer|confirmer|donner|communiquer)|\bmerci de (me |nous )?(préciser|indiquer|fournir|envoyer|confirmer)|\bpor favor,? (\w+ )?(ind[ií]ca|ind[ií]que|dime|díga|envíe|envía|proporcion|confirm|facilit|aclar|informe|diga|envie|forneça|esclareça|indique)|\b(per favore|la prego di|si prega di),? (\w+ )?(indica|invia|fornisc|fornir|conferm|specific|dim|comunic)|\b(alstublieft|gelieve|graag|laat (me|ons))\b[^.!?\n]{0,40}\b(weten|door|geven|sturen|bevestigen|vermelden|opgeven|specificeren)\b", Options)]
    private static partial Regex Request();

    [GeneratedRegex(@"\b(anything else|something else i can|further (questions|assistance)|(noch|sonst) (etwas|weiter|irgend)|weitere fragen|autre chose|autres questions|algo más|alguna otra|altro (in cui|che)|qualcos'altro|altre domande|(mais alguma|algo mais)|nog iets anders|verder nog|andere vragen|how (can|may) i help|wie kann ich (ihnen |dir )?(heute )?helfen|comment puis-je)\b", Options)]
    private static partial Regex Offer();
}
