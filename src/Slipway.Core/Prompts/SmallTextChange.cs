using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Core.Prompts;

/// <summary>Tells whether two lists of messages differ only in what a reader would not call a change: white space, template comments, typing errors.</summary>
/// <remarks>A typing error is a word of four letters or more in which one letter was added, left out, replaced, or two neighbours were swapped.
/// That is a guess about words, made strict on purpose: what it does not see as a slip needs a larger step, which costs nothing.</remarks>
internal static partial class SmallTextChange
{
    private const int ShortestWord = 4;
    private const int MostTypos = 5;

    public static bool Is(JsonElement before, JsonElement after)
    {
        var typos = 0;
        return Alike(before, after, ref typos);
    }

    private static bool Alike(JsonElement before, JsonElement after, ref int typos)
    {
        if (before.ValueKind != after.ValueKind) return false;
        switch (before.ValueKind)
        {
            case JsonValueKind.Object:
                var (old, now) = (before.EnumerateObject().ToList(), after.EnumerateObject().ToList());
                if (!old.Select(field => field.Name).SequenceEqual(now.Select(field => field.Name))) return false;
                foreach (var (field, other) in old.Zip(now))
                {
                    // Only what is said may differ: a role or a type that differs by one letter is another one.
                    if (field.Name is "template" or "text" ? !SameWords(field.Value, other.Value, ref typos) : !Alike(field.Value, other.Value, ref typos)) return false;
                }
                return true;
            case JsonValueKind.Array:
                if (before.GetArrayLength() != after.GetArrayLength()) return false;
                foreach (var (item, other) in before.EnumerateArray().Zip(after.EnumerateArray()))
                    if (!Alike(item, other, ref typos)) return false;
                return true;
            default:
                return JsonElement.DeepEquals(before, after);
        }
    }

    private static bool SameWords(JsonElement before, JsonElement after, ref int typos)
    {
        if (before.ValueKind != JsonValueKind.String || after.ValueKind != JsonValueKind.String) return false;
        var (old, now) = (Words(before.GetString()!), Words(after.GetString()!));
        if (old.Length != now.Length) return false;
        foreach (var (word, other) in old.Zip(now))
        {
            if (word == other) continue;
            if (!IsTypo(word, other) || ++typos > MostTypos) return false;
        }
        return true;
    }

    private static string[] Words(string text) => Comment().Replace(text, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsTypo(string word, string other)
    {
        if (Math.Min(word.Count(char.IsLetter), other.Count(char.IsLetter)) < ShortestWord || !IsPlain(word) || !IsPlain(other)) return false;
        var start = 0;
        while (start < word.Length && start < other.Length && word[start] == other[start]) start++;
        var (rest, otherRest) = (word[start..], other[start..]);
        while (rest.Length > 0 && otherRest.Length > 0 && rest[^1] == otherRest[^1]) (rest, otherRest) = (rest[..^1], otherRest[..^1]);
        return (rest.Length, otherRest.Length) switch
        {
            (0, 1) or (1, 0) or (1, 1) => true,
            (2, 2) => rest[0] == otherRest[1] && rest[1] == otherRest[0],
            _ => false,
        };
    }

    private static bool IsPlain(string word) => word.All(letter => char.IsLetter(letter) || letter is '.' or ',' or ';' or ':' or '!' or '?');

    [GeneratedRegex(@"\{\{!.*?\}\}", RegexOptions.Singleline)] private static partial Regex Comment();
}
