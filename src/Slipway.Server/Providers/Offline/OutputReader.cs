using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>Finds the form of the answer a prompt asks for: JSON or not, its fields, the values they may take.</summary>
internal static partial class OutputReader
{
    /// <summary>A field as the prompt shows it: its name and what stands in its place.</summary>
    internal readonly record struct ShownField(string Name, string Shown);

    /// <summary>The fields of the prompt's JSON skeleton, or of its list of field names; none when it does not ask for JSON.</summary>
    public static List<ShownField> Fields(string prompt, IReadOnlyList<string> sentences)
    {
        var objects = JsonObject().Matches(prompt)
            .Select(json => ObjectField().Matches(json.Value)
                .Select(field => new ShownField(field.Groups["name"].Value, field.Groups["value"].Value.Trim())).ToList())
            .Where(fields => fields.Count > 0).ToList();
        if (objects.Count > 0)
        {
            // The skeleton is the object with placeholders. Without one, all objects are examples, and their values are what a field takes.
            var skeleton = objects.FirstOrDefault(fields => fields.Any(field => field.Shown.IndexOfAny(['|', '<', '…']) >= 0));
            return skeleton ?? [.. objects.SelectMany(fields => fields).GroupBy(field => field.Name)
                .Select(field => new ShownField(field.Key, string.Join('|', field.Select(f => f.Shown).Distinct())))];
        }
        if (sentences.FirstOrDefault(AsksForJson) is not { } asking) return [];
        var listing = new[] { asking }.Concat(sentences).FirstOrDefault(FieldsFollow().IsMatch);
        var names = listing is null ? [] : NamesIn(Parenthesis().Replace(listing[FieldsFollow().Match(listing).Index..], " "));
        return [.. (names.Count > 0 ? names : ["label"]).Select(name => new ShownField(name, ""))];
    }

    /// <summary>The prompt without JSON objects: what stands in a skeleton shows the form and says nothing.</summary>
    public static string WithoutObjects(string prompt) => JsonObject().Replace(prompt, " ");

    /// <summary>The values a field may take by what is shown or said of it; none for free text.</summary>
    public static List<string> OptionsOf(ShownField field, IReadOnlyList<string> sentences)
    {
        var shown = field.Shown.Trim('"', '<', '>', ' ');
        var options = shown.Contains('|')
            ? shown.Split('|').Select(option => option.Trim(' ', '"')).ToList()
            : Enumeration.At(ChoiceLead().Replace(shown, ""), wordsEach: 1);
        if (options.Count == 0 && shown is "boolean" or "bool" or "true" or "false") options = ["false", "true"];
        if (options.Any(option => option.Contains(' ') || option.Length is 0 or > 40 || double.TryParse(option, out _))) options = [];
        return options.Count > 0 || field.Shown.Contains('<') ? options
            : sentences.Select(sentence => OptionsSaid(field.Name, sentence)).FirstOrDefault(said => said.Count > 0) ?? [];
    }

    /// <summary>A field that takes one of a few values, with all that the prompt says about each value.</summary>
    public static Field.Choice ReadChoice(
        ShownField field, IReadOnlyList<string> options, IReadOnlyList<string> sentences, IEnumerable<NamedItem> items)
    {
        var words = options.Select(_ => new List<string>()).ToList();
        var standard = -1;
        foreach (var (name, description) in items)
            if (IndexOf(options, name) is >= 0 and var option)
            {
                if (ElseWords().IsMatch(description)) standard = option;
                else words[option].Add(description);
            }
        var speaking = false;
        foreach (var sentence in sentences)
        {
            // "Otherwise use low" goes on about the field of the sentence before it.
            speaking = Enumeration.IndexOfName(sentence, field.Name) >= 0 || (speaking && ElseWords().IsMatch(sentence));
            if (speaking) ReadAbout(sentence);
        }
        // Where nothing names the usual value, it is the one value the prompt has nothing to say about, else the first.
        if (standard < 0) standard = words.Count(said => said.Count == 0) == 1 ? words.FindIndex(said => said.Count == 0) : 0;
        var candidates = words.Select(said => (IReadOnlyList<(string, double)>)[.. said.Select(text => (text, 1.0))]).ToList();
        var isLiteral = !field.Shown.Contains('"') && options.Contains("true");
        return new Field.Choice(field.Name, [.. options], new WordOverlap(candidates), standard, isLiteral);

        void ReadAbout(string sentence)
        {
            var mentions = options.Select((option, index) => (Index: index, At: Enumeration.IndexOfWord(sentence, option), option.Length))
                .Where(mention => mention.At >= 0).OrderBy(mention => mention.At).ToList();
            for (var m = 0; m < mentions.Count; m++)
            {
                var from = m == 0 ? 0 : mentions[m - 1].At + mentions[m - 1].Length;
                var to = m + 1 < mentions.Count ? mentions[m + 1].At : sentence.Length;
                var (before, after) = (sentence[from..mentions[m].At], sentence[(mentions[m].At + mentions[m].Length)..to]);
                if (ElseWords().IsMatch(before) || ElseWords().IsMatch(after) && mentions.Count == 1) standard = mentions[m].Index;
                else if (Unless().Match(after) is { Success: true } unless && options.Count == 2)
                {
                    standard = mentions[m].Index;
                    words[1 - standard].Add(after[unless.Index..]);
                }
                else if (When().IsMatch(after)) words[mentions[m].Index].Add(ElseTail().Replace(after, ""));
                else if (m == 0 && When().IsMatch(before)) words[mentions[m].Index].Add(before);     // "when it burns, urgency is high"
            }
        }
    }

    /// <summary>The limit of a prompt that says "at most 12 words" or "five words or fewer"; null when it has none.</summary>
    public static int? MaxWords(string prompt) => LimitOf(WordLimit().Match(prompt));

    /// <summary>The limit of a prompt that says "at most 80 characters"; null when it has none.</summary>
    public static int? MaxCharacters(string prompt) => LimitOf(CharacterLimit().Match(prompt));

    private static int? LimitOf(Match limit)
    {
        if (limit.Groups["count"] is not { Success: true, Value: var text }) return null;
        var count = int.TryParse(text, out var digits) ? digits : Array.FindIndex(Numerals, numeral => numeral.Equals(text, StringComparison.OrdinalIgnoreCase)) + 1;
        return count > 0 ? count : null;
    }

    /// <summary>The kind of a field that takes neither the label nor one of a few values.</summary>
    public static Field Plain(ShownField field) =>
        field.Shown.StartsWith('[') ? new Field.List(field.Name)
        : NumberShown().IsMatch(field.Shown) ? new Field.Number(field.Name)
        : new Field.Text(field.Name);

    private static bool AsksForJson(string sentence) =>
        Json().Match(sentence) is { Success: true } json && !NoJson().IsMatch(sentence[..json.Index]);

    private static List<string> OptionsSaid(string field, string sentence)
    {
        var at = Enumeration.IndexOfName(sentence, field);
        return at < 0 ? [] : Enumeration.At(ChoiceLead().Replace(sentence[(at + field.Length)..], ""), wordsEach: 1);
    }

    private static List<string> NamesIn(string text)
    {
        var quoted = QuotedName().Matches(text).Select(name => name.Groups["name"].Value).Distinct().ToList();
        return quoted.Count > 0 ? quoted : Enumeration.At(FieldsFollow().Replace(text, "", 1), wordsEach: 1);
    }

    private static int IndexOf(IReadOnlyList<string> options, string name) =>
        options.Select((option, index) => (option, index)).Where(o => o.option.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(o => o.index).DefaultIfEmpty(-1).First();

    [GeneratedRegex("""\{(?:[^{}"]|"[^"]*")*"[^"]+"\s*:(?:[^{}"]|"[^"]*")*\}""")]
    private static partial Regex JsonObject();

    [GeneratedRegex("""(?<=[{,]\s*)"(?<name>[^"]+)"\s*:\s*(?<value>"[^"]*"(?:\s*\|\s*"[^"]*")*|\[[^\]]*\]|[^,}]+)""")]
    private static partial Regex ObjectField();

    [GeneratedRegex(@"\bJSON\b", RegexOptions.IgnoreCase)]
    private static partial Regex Json();

    [GeneratedRegex(@"\b(?:no|not|never|don't|without|avoid)\b", RegexOptions.IgnoreCase)]
    private static partial Regex NoJson();

    [GeneratedRegex(@"\b(?:fields?|keys?|properties)\b\s*:?\s*(?:named|called|are)?\s*", RegexOptions.IgnoreCase)]
    private static partial Regex FieldsFollow();

    [GeneratedRegex("""["`“](?<name>[\p{L}_][\w-]*)["`”]""")]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Parenthesis();

    [GeneratedRegex(
        """^["`*\s]*(?:(?:is|must be|should be|can be|may be|are|takes|either|one of|always|the|value|values|:|–|-|=|""" +
        """\()\s*)*""", RegexOptions.IgnoreCase)]
    private static partial Regex ChoiceLead();

    [GeneratedRegex(
        @"\b(?:otherwise|everything else|anything else|all other|in other cases|default|by default|the rest|else)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex ElseWords();

    [GeneratedRegex(@"\b(?:otherwise|everything else|anything else|in all other)\b.*$", RegexOptions.IgnoreCase)]
    private static partial Regex ElseTail();

    [GeneratedRegex(@"\bunless\b", RegexOptions.IgnoreCase)]
    private static partial Regex Unless();

    [GeneratedRegex(@"\b(?:when|if|for|means)\b|:|–", RegexOptions.IgnoreCase)]
    private static partial Regex When();

    private const string Count = @"(?<count>\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)";
    private const string UpTo = @"(?:at most|(?:no|not) (?:more|longer) than|maximum(?: of)?|max\.?|under|below|fewer than|less than|up to|within|(?:limit|limited|cut)\b[^.]{0,20}\bto|in|of)";
    private static readonly string[] Numerals =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"];

    [GeneratedRegex($@"\b{UpTo}\s+{Count}\s+words?\b|\b{Count}\s+words?\s+(?:or (?:less|fewer)|at most|maximum)\b", RegexOptions.IgnoreCase)]
    private static partial Regex WordLimit();

    [GeneratedRegex($@"\b{UpTo}\s+{Count}\s+(?:characters|letters)\b|\b{Count}\s+characters\s+(?:or (?:less|fewer)|at most|maximum)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CharacterLimit();

    [GeneratedRegex("""^"?<?(?:\d+(?:\.\d+)?|number\b|0\s*(?:-|–|to)\s*1|a number)""", RegexOptions.IgnoreCase)]
    private static partial Regex NumberShown();
}
