namespace Slipway.Server.Providers.Offline;

/// <summary>The few sentences the offline model can say, in each of its languages.</summary>
internal static class Phrases
{
    /// <summary>Prose around an answer.</summary>
    public static string Prose(ProseKind kind, Language language, IReadOnlyList<string> words, string label) => kind switch
    {
        ProseKind.Explanation => Reason(language, words, label),
        ProseKind.Apology => language switch
        {
            Language.German => "Das tut uns leid.",
            Language.Spanish => "Lo sentimos mucho.",
            Language.French => "Nous sommes désolés.",
            _ => "We are sorry about this.",
        },
        ProseKind.Greeting => language switch
        {
            Language.German => "Hallo und danke für Ihre Nachricht!",
            Language.Spanish => "¡Hola y gracias por su mensaje!",
            Language.French => "Bonjour et merci pour votre message !",
            _ => "Hello, and thank you for your message!",
        },
        _ => language switch
        {
            Language.German => words.Count == 0 ? "Gern helfen wir weiter!" : $"Gern helfen wir weiter: es geht um {Join(words, "und")}.",
            Language.Spanish => words.Count == 0 ? "¡Con gusto!" : $"Con gusto le ayudamos con su pregunta sobre {Join(words, "y")}.",
            Language.French => words.Count == 0 ? "Avec plaisir !" : $"Avec plaisir : votre question porte sur {Join(words, "et")}.",
            _ => words.Count == 0 ? "Of course, happy to help!"
                : $"Of course, we are happy to help with your question about {Join(words, "and")}.",
        },
    };

    /// <summary>A sentence on why the label was chosen.</summary>
    public static string Reason(Language language, IReadOnlyList<string> words, string label) => language switch
    {
        _ when words.Count == 0 => Nothing(language),
        Language.German => $"Die Nachricht nennt {Join(words, "und")}, das passt am besten zu {label}.",
        Language.Spanish => $"El mensaje menciona {Join(words, "y")}, lo que corresponde a {label}.",
        Language.French => $"Le message mentionne {Join(words, "et")}, ce qui correspond à {label}.",
        _ => $"The message mentions {Join(words, "and")}, which fits {label} best.",
    };

    /// <summary>The answer to a prompt without labels.</summary>
    public static string Summary(Language language, IReadOnlyList<string> words) => language switch
    {
        _ when words.Count == 0 => Nothing(language),
        Language.German => $"Die Nachricht handelt von {Join(words, "und")}.",
        Language.Spanish => $"El mensaje trata de {Join(words, "y")}.",
        Language.French => $"Le message parle de {Join(words, "et")}.",
        _ => $"The message is about {Join(words, "and")}.",
    };

    private static string Nothing(Language language) => language switch
    {
        Language.German => "Die Nachricht sagt nichts Bestimmtes.",
        Language.Spanish => "El mensaje no dice nada concreto.",
        Language.French => "Le message ne dit rien de précis.",
        _ => "The message says nothing specific.",
    };

    private static string Join(IReadOnlyList<string> words, string and) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} {and} {words[^1]}";
}
