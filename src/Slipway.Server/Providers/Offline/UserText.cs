using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>The customer's message, read once for one prompt.</summary>
internal sealed partial class UserText
{
    // Words of a sentence that gives orders to the model still are words, but in a prompt that distrusts them they hardly count.
    private const double DistrustedWeight = 0.1;

    private readonly string normalised;

    /// <summary>Reads a message.</summary>
    /// <param name="text">The message as it came; may be empty.</param>
    /// <param name="prompt">The prompt that is to be followed.</param>
    public UserText(string text, PromptReading prompt)
    {
        Text = text;
        normalised = Normalise(text);
        var distrusted = prompt.DistrustsMessage ? OrdersIn(text, prompt) : [];
        Words = [.. Offline.Words.Of(text).Select(word =>
            new WeightedWord(word, distrusted.Any(order => order.Contains(word.Start)) ? DistrustedWeight : 1))];
    }

    /// <summary>The message as it came.</summary>
    public string Text { get; }

    /// <summary>Its words in order.</summary>
    public IReadOnlyList<WeightedWord> Words { get; }

    /// <summary>Whether the message contains the phrase as whole words.</summary>
    /// <param name="phrase">A phrase as <see cref="Normalise"/> gives it.</param>
    public bool Contains(string phrase) => Enumeration.IndexOfWord(normalised, phrase) >= 0;

    /// <summary>The message of a conversation without user messages: a template may end with <c>Message: …</c> or hold a <c>ticket</c> tag.</summary>
    public static string InPrompt(string prompt) =>
        Tagged().Match(prompt) is { Success: true } tagged ? tagged.Groups["text"].Value : Announced().Match(prompt).Groups["text"].Value;

    /// <summary>The text in lower case with single spaces and straight apostrophes.</summary>
    public static string Normalise(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (!char.IsWhiteSpace(letter)) plain.Append(letter is '’' or '‘' ? '\'' : char.ToLowerInvariant(letter));
            else if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
        return plain.ToString().TrimEnd();
    }

    /// <summary>The language of the message by its small words; English when nothing speaks for another.</summary>
    public Language Language()
    {
        Span<int> seen = stackalloc int[4];
        foreach (var (word, _) in Words)
            if (SmallWords.TryGetValue(word.Text, out var language)) seen[(int)language]++;
        return (Language)seen.IndexOf(Math.Max(Math.Max(seen[0], seen[1]), Math.Max(seen[2], seen[3])));
    }

    private static List<TextSpan> OrdersIn(string text, PromptReading prompt)
    {
        var orders = new List<TextSpan>();
        foreach (var sentence in Sentence().EnumerateMatches(text))
        {
            var said = text.AsSpan(sentence.Index, sentence.Length);
            if (AboutInstructions().IsMatch(said) || (AnswerVerb().IsMatch(said) && NamesAnswer(said.ToString(), prompt)))
                orders.Add(new TextSpan(sentence.Index, sentence.Index + sentence.Length));
        }
        return orders;
    }

    private static bool NamesAnswer(string sentence, PromptReading prompt) =>
        prompt.Output.Fields.Any(field => Enumeration.IndexOfName(sentence, field.Name) >= 0)
        || prompt.Labels.Any(label => Enumeration.IndexOfName(sentence, label.Name) >= 0);

    private readonly record struct TextSpan(int Start, int End)
    {
        public bool Contains(int at) => at >= Start && at < End;
    }

    private static readonly Dictionary<string, Language> SmallWords = new[]
        {
            (Language: Offline.Language.English, Words: "the my is you and have to not"),
            (Language: Offline.Language.German, Words: "ich nicht und mein meine bitte ist das"),
            (Language: Offline.Language.Spanish, Words: "el mi por que una gracias pero hola"),
            (Language: Offline.Language.French, Words: "je mon est pas vous bonjour le merci"),
        }
        .SelectMany(known => known.Words.Split(' ').Select(word => (word, known.Language)))
        .ToDictionary(known => known.word, known => known.Language, StringComparer.Ordinal);

    [GeneratedRegex(@"<(?<tag>message|ticket|text|input|email|question)>(?<text>[\s\S]*)</\k<tag>>", RegexOptions.IgnoreCase)]
    private static partial Regex Tagged();

    [GeneratedRegex(
        @"^\W*(?:customer )?(?:message|ticket|text|input|e-?mail|question)\W*:(?<text>[\s\S]*?)\z",
        RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.RightToLeft)]
    private static partial Regex Announced();

    [GeneratedRegex(@"[^.!?\n]+")]
    private static partial Regex Sentence();

    [GeneratedRegex(
        @"\b(?:ignore|disregard|forget|override|bypass)\b.*\b(?:instruction|rule|prompt|previous|above|guideline)s?\b|" +
        @"\bsystem prompt\b|\byou are now\b|\bdeveloper mode\b|\bnew instructions?\b", RegexOptions.IgnoreCase)]
    private static partial Regex AboutInstructions();

    [GeneratedRegex(@"\b(?:answer|respond|reply|output|return|print|classify|route|set|choose|mark)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AnswerVerb();
}
