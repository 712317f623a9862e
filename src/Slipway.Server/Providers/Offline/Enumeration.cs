using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>Reads "a, b or c", "a|b|c" and the like.</summary>
internal static partial class Enumeration
{
    /// <summary>The names at the beginning of the text; fewer than two are no enumeration and come back as none.</summary>
    /// <param name="text">Where the enumeration starts.</param>
    /// <param name="wordsEach">How many words one name may have.</param>
    public static List<string> At(string text, int wordsEach)
    {
        var names = new List<string>();
        while (Name().Match(text) is { Success: true } name)
        {
            var value = name.Groups["name"].Value;
            if (value.Split(' ') is { } words && words.Length > wordsEach && !name.Groups["quote"].Success)
                value = string.Join(' ', words[..wordsEach]);
            names.Add(value);
            text = text[name.Length..];
            if (value.Length != name.Groups["name"].Length || Separator().Match(text) is not { Success: true } separator) break;
            text = text[separator.Length..];
        }
        return names.Count >= 2 ? names : [];
    }

    /// <summary>Whether the name stands in the text as whole words; a name with underscores may stand there with spaces.</summary>
    public static int IndexOfName(string text, string name)
    {
        var found = IndexOfWord(text, name);
        return found >= 0 || !name.Contains('_') ? found : IndexOfWord(text, name.Replace('_', ' '));
    }

    /// <summary>Where the words stand in the text, bounded on both sides and without regard to case; -1 for nowhere.</summary>
    public static int IndexOfWord(string text, string words)
    {
        for (var from = 0; words.Length > 0 && from <= text.Length - words.Length; from++)
        {
            from = text.IndexOf(words, from, StringComparison.OrdinalIgnoreCase);
            if (from < 0) return -1;
            if ((from == 0 || !IsPart(text[from - 1]) || !IsPart(words[0]))
                && (from + words.Length == text.Length || !IsPart(text[from + words.Length]) || !IsPart(words[^1]))) return from;
        }
        return -1;
    }

    private static bool IsPart(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    [GeneratedRegex(
        """\G\s*(?<quote>["`“*]+)?(?<name>[\p{L}\p{N}][\p{L}\p{N}_-]*(?: (?!or\b|""" +
        """and\b)[\p{L}\p{N}][\p{L}\p{N}_-]*){0,5})["`”*]*""")]
    private static partial Regex Name();

    [GeneratedRegex(@"\G\s*(?:,\s*(?:or|and)\s|,|\||/|(?:or|and)\s)\s*(?:else\s+)?")]
    private static partial Regex Separator();
}
