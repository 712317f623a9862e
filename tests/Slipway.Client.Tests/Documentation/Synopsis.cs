using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Client.Tests.Documentation;

/// <summary>A command line as people write it down: <c>[…]</c> may be left out, <c>a|b</c> is one of them, words in capitals stand for a value, <c>…</c> for whatever there is.</summary>
internal static partial class Synopsis
{
    /// <summary>The words of a line, quotes taken off.</summary>
    /// <param name="line">The line.</param>
    /// <param name="shell">Whether it is a shell's: then it ends where another command or a comment begins, or output goes elsewhere.</param>
    public static List<string> Words(string line, bool shell)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, started, depth) = ('\0', false, 0);
        for (var at = 0; at < line.Length; at++)
        {
            var c = line[at];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else word.Append(c);
            }
            else if (c is '"' or '\'') (quote, started) = (c, true);
            else if (shell && depth == 0 && c is ')' or ';' or '&' or '>' or '<' or '|')
            {
                // 2>file: the number belongs to where the output goes.
                if (c is '>' or '<' && !started && word.ToString().All(char.IsAsciiDigit)) word.Clear();
                break;
            }
            else if (shell && c == '#' && !started && word.Length == 0) break;
            else if (char.IsWhiteSpace(c) && depth == 0)
            {
                if (started || word.Length > 0) words.Add(word.ToString());
                (started, _) = (false, word.Clear());
            }
            else
            {
                depth += c switch { '(' when shell => 1, ')' when shell => -1, _ => 0 };
                word.Append(c);
            }
        }
        if (started || word.Length > 0) words.Add(word.ToString());
        return words;
    }

    /// <summary>What could be typed of the words of a synopsis, so that each of its words is in one of the answers: all that may be left out and none of it, each of several.</summary>
    public static IEnumerable<ImmutableArray<string>> Readings(IReadOnlyList<string> words)
    {
        foreach (var wanted in Alternatives(words))
        {
            // Of the n-th reading every word takes its n-th choice, or its last.
            var most = wanted.Max(word => Choices(word).Length);
            for (var choice = 0; choice < most; choice++)
            {
                var chosen = wanted.Select(word => Choices(word) is var choices ? choices[Math.Min(choice, choices.Length - 1)] : word).ToList();
                yield return [.. chosen.Select(word => Optional(word) ? word.Trim('[', ']') : word).Where(word => word.Length > 0)];
            }
            yield return [.. Needed(wanted)];
        }
    }

    /// <summary>Whether a word stands for a value.</summary>
    public static bool IsPlaceholder(string word) => Capitals().IsMatch(word);

    // --case ID | --all | --file FILE: each in the place of the first, from its option on.
    private static IEnumerable<IReadOnlyList<string>> Alternatives(IReadOnlyList<string> words)
    {
        var parts = new List<List<string>> { new() };
        foreach (var word in words)
        {
            if (word == "|") parts.Add([]);
            else parts[^1].Add(word);
        }
        yield return parts[0];
        var from = parts[0].FindLastIndex(word => word.StartsWith("--", StringComparison.Ordinal));
        foreach (var part in parts[1..]) yield return [.. parts[0][..(from < 0 ? parts[0].Count - 1 : from)], .. part];
    }

    private static IEnumerable<string> Needed(IEnumerable<string> words)
    {
        var depth = 0;
        foreach (var word in words)
        {
            if (word.StartsWith('[')) depth++;
            if (depth == 0) yield return Choices(word)[0];
            if (word.EndsWith(']') && depth > 0) depth--;
        }
    }

    private static bool Optional(string word) => word.StartsWith('[') || (word.EndsWith(']') && !word.Contains('[', StringComparison.Ordinal));

    private static string[] Choices(string word) => word.Contains('|', StringComparison.Ordinal) && !word.Contains(' ', StringComparison.Ordinal) ? word.Trim('[', ']').Split('|') : [word];

    [GeneratedRegex("^[A-Z][A-Z_]*$")] private static partial Regex Capitals();
}
