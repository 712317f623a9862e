using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>Reads what a sentence of the prompt tells the model to do.</summary>
/// <param name="labels">The labels of the prompt.</param>
/// <param name="fields">The fields of the answer.</param>
internal sealed partial class InstructionReader(IReadOnlyList<LabelReading> labels, IReadOnlyList<Field> fields)
{
    /// <summary>The rule in a sentence that has a condition with quoted phrases; null when it has none.</summary>
    public Rule? ReadRule(string sentence)
    {
        if (Condition().Match(sentence) is not { Success: true } condition) return null;
        var quotes = Quotation().Matches(sentence, condition.Index).ToList();
        if (quotes.Count == 0 || Negation().IsMatch(sentence[condition.Index..quotes[0].Index])) return null;
        // The phrases of the condition are joined by commas and "or"; quotes further on belong to the instruction.
        var count = 1;
        while (count < quotes.Count && Joint().IsMatch(sentence[End(quotes[count - 1])..quotes[count].Index])) count++;
        var after = ReadAll(sentence[End(quotes[count - 1])..]).ToList();
        var instructions = after.Count > 0 ? after : ReadAll(sentence[..condition.Index]).ToList();
        var phrases = quotes.Take(count).Select(quote => UserText.Normalise(quote.Groups["said"].Value.TrimEnd(',', '.', '?')));
        return instructions.Count == 0 ? null : new Rule([.. phrases], [.. instructions]);

        static int End(Match match) => match.Index + match.Length;
    }

    /// <summary>What a sentence without a condition tells; nothing for a sentence that has one.</summary>
    public IEnumerable<Instruction> ReadAlways(string sentence) => Condition().IsMatch(sentence) ? [] : ReadAll(sentence, always: true);

    /// <summary>Whether the sentence forbids following instructions that stand in the message.</summary>
    public static bool DistrustsMessage(string sentence) => Distrust().IsMatch(sentence);

    /// <summary>The label of a sentence such as "if unsure, choose human"; -1 when it is none.</summary>
    public int FallbackIn(string sentence) =>
        FallbackWords().Match(sentence) is { Success: true } words
            ? LabelIn(sentence[(words.Index + words.Length)..]) is >= 0 and var after ? after : LabelIn(sentence[..words.Index])
            : -1;

    private IEnumerable<Instruction> ReadAll(string text, bool always = false)
    {
        foreach (var field in fields.OfType<Field.Choice>())
            if (ValueOf(field, text) is { } value) yield return new Instruction.SetField(field.Name, value);
        // Without a condition "answer with the label" is about form, not about one label.
        if (!always && ChoosingVerb().Match(text) is { Success: true } verb && LabelIn(text[verb.Index..]) is >= 0 and var label)
            yield return new Instruction.Choose(label);
        if (ProseIn(text) is { } prose) yield return prose;
        if (Fence().Match(text) is { Success: true } fence && !IsNegated(text, fence.Index)) yield return new Instruction.UseFence();
        if (SameLanguage().IsMatch(text)) yield return new Instruction.UseLanguage(null);
        else if (InLanguage().Match(text) is { Success: true } language && !IsNegated(text, language.Index))
            yield return new Instruction.UseLanguage(Enum.Parse<Language>(language.Groups["language"].Value, ignoreCase: true));
    }

    private static string? ValueOf(Field.Choice field, string text)
    {
        var at = Enumeration.IndexOfName(text, field.Name);
        if (at < 0 || !SettingVerb().IsMatch(text)) return null;
        var named = field.Options.Where(option => Enumeration.IndexOfWord(text[at..], option) >= 0).ToList();
        return named.Count == 1 ? named[0] : null;
    }

    private Instruction.AddProse? ProseIn(string text)
    {
        var found = new[] { StartWith(), EndWith(), AddSentence(), Explain(), Greet() }
            .Select(pattern => pattern.Match(text)).FirstOrDefault(match => match.Success);
        // "Explain your choice in the reason field" is a field, not prose around the answer.
        if (found is null || IsNegated(text, found.Index) || InField().IsMatch(text)
            || fields.OfType<Field.Text>().Any(field => Enumeration.IndexOfWord(text, field.Name) >= 0)) return null;
        var literal = Quotation().Match(text, found.Index) is { Success: true } quote ? quote.Groups["said"].Value : null;
        var kind = Explanation().IsMatch(text) ? ProseKind.Explanation
            : Apology().IsMatch(text) ? ProseKind.Apology
            : Greeting().IsMatch(text) ? ProseKind.Greeting : ProseKind.Friendly;
        var atEnd = AtEnd().IsMatch(text) || (AddSentence().IsMatch(text) && !AtStart().IsMatch(text));
        return new Instruction.AddProse(kind, atEnd, literal);
    }

    private int LabelIn(string text)
    {
        var (best, at) = (-1, int.MaxValue);
        for (var label = 0; label < labels.Count; label++)
            if (Enumeration.IndexOfName(text, labels[label].Name) is >= 0 and var found && found < at) (best, at) = (label, found);
        return best;
    }

    // "Do not guess, but explain" asks for an explanation.
    private static bool IsNegated(string text, int before) => Negation().IsMatch(text[ButResets().Match(text[..before]).Length..before]);

    [GeneratedRegex(@"\b(?:if|when|whenever|unless)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Condition();

    [GeneratedRegex("""["“„«](?<said>[^"“”„«»]+)["”“»]|`(?<said>[^`]+)`""")]
    private static partial Regex Quotation();

    [GeneratedRegex(@"^[\s,]*(?:or|and|/)?[\s,]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Joint();

    [GeneratedRegex(@"\b(?:do not|don't|does not|doesn't|never|no|not|without|avoid|omit|skip|nor)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Negation();

    [GeneratedRegex(@"^.*\b(?:but|instead|rather)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ButResets();

    [GeneratedRegex(
        @"\b(?:choose|route|answer|use|pick|select|classify|send|label|assign|return|reply|respond|output|set|is|to|" +
        @"it's)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ChoosingVerb();

    [GeneratedRegex(@"\b(?:set|use|mark|treat|make|keep|always|raise|is)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SettingVerb();

    [GeneratedRegex(
        """\b(?:start|begin|open|lead)\b(?:\s+[\w']+){0,4}?\s+with\s+(?!the JSON|a JSON|JSON)(?=[^.]*(?:sentence|greeting|""" +
        """line|word|phrase|apology|explanation|summary|thank|"))""", RegexOptions.IgnoreCase)]
    private static partial Regex StartWith();

    [GeneratedRegex(
        """\b(?:end|finish|close)\b(?:\s+[\w']+){0,4}?\s+with\s+(?=[^.]*(?:sentence|greeting|line|word|phrase|apology|""" +
        """explanation|summary|thank|"))""", RegexOptions.IgnoreCase)]
    private static partial Regex EndWith();

    [GeneratedRegex(
        @"\b(?:add|append|include|write|give|say|put)\b[^.]{0,40}\b(?:sentence|line|note|explanation|greeting|apology)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex AddSentence();

    [GeneratedRegex(
        @"\b(?:explain|justify|describe)\b[^.]{0,30}\b(?:choice|reason(?:ing|s)?|decision|answer|why|rout(?:e|ing)|label|" +
        @"classification)\b|\bthink (?:step by step|aloud|out loud)\b|\breason step by step\b", RegexOptions.IgnoreCase)]
    private static partial Regex Explain();

    [GeneratedRegex(
        @"^(?:always |first,? |please )?(?:greet|thank|apologi[sz]e)\b|[,;:] (?:greet|thank|apologi[sz]e)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Greet();

    [GeneratedRegex(@"\b(?:explain|explains|explanation|justify|reason(?:ing)?|why|step by step|aloud)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Explanation();

    [GeneratedRegex(@"\b(?:apolog\w+|sorry)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Apology();

    [GeneratedRegex(@"\b(?:greet\w*|hello|welcome|thank\w*)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"\b(?:end|finish|close|afterwards?|after the|at the end|below)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AtEnd();

    [GeneratedRegex(@"\b(?:before|first|start|begin|above|in front|top)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AtStart();

    [GeneratedRegex("""\b(?:fields?|keys?|property)\b""", RegexOptions.IgnoreCase)]
    private static partial Regex InField();

    [GeneratedRegex(@"\bcode (?:fence|block)s?\b|\bfenced\b|```", RegexOptions.IgnoreCase)]
    private static partial Regex Fence();

    [GeneratedRegex(
        @"(?<!\b(?:may|can|might|could|who|customers?|users?|readers?|people) )" +      // what others do is no instruction
        @"\b(?:(?:answers?|repl(?:y|ies)|responses?|respond|write|summari[sz]e)\b[^.]{0,60}\bin|use|write) (?<language>English|German|Spanish|French)\b", RegexOptions.IgnoreCase)]
    private static partial Regex InLanguage();

    [GeneratedRegex(
        @"\bin the (?:same language|language of the|customer's language|user's language|message's language)", RegexOptions.IgnoreCase)]
    private static partial Regex SameLanguage();

    [GeneratedRegex(
        @"\b(?:unsure|in doubt|not sure|unclear|uncertain|no idea|nothing (?:else )?fits|none (?:of|fits|applies)|" +
        @"(?:does not|doesn't) fit|no (?:route|label|category) fits|otherwise|by default|default to|fall ?back|" +
        @"cannot (?:tell|decide)|can't tell)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FallbackWords();

    [GeneratedRegex(
        @"^(?=.*\b(?:ignore|never|do not|don't|disregard|not|data)\b)(?=.*\b(?:instruction|command|request|" +
        @"order)s?\b)(?=.*\b(?:message|text|customer|user|inside|quoted|ticket|e-?mail)\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Distrust();
}
