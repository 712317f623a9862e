using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>How two answers differ: by field where both are JSON objects, else by word.</summary>
public static class TextDifference
{
    private const int MostWords = 600, MostFields = 40;

    /// <summary>The fields in which two JSON objects differ, in their order; empty where one of the two is none.</summary>
    /// <param name="before">The baseline's answer.</param>
    /// <param name="after">The candidate's.</param>
    /// <returns>At most 40 fields.</returns>
    public static ImmutableArray<FieldDifference> Fields(string before, string after)
    {
        if (JsonValues.Parse(before) is not { ValueKind: JsonValueKind.Object } left || JsonValues.Parse(after) is not { ValueKind: JsonValueKind.Object } right) return [];
        var found = ImmutableArray.CreateBuilder<FieldDifference>();
        Compare("", left, right, found);
        return found.ToImmutable();
    }

    /// <summary>The words of two texts in one row: what both have, what only the one, what only the other.</summary>
    /// <param name="before">The baseline's answer.</param>
    /// <param name="after">The candidate's.</param>
    /// <returns>Runs of words with the spaces that follow them; for texts of more than 600 words the whole of each.</returns>
    public static ImmutableArray<WordDifference> Words(string before, string after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (left, right) = (Split(before), Split(after));
        var runs = new List<WordDifference>();
        if (left.Count > MostWords || right.Count > MostWords)
        {
            if (before.Length > 0) runs.Add(new WordDifference(WordChange.Removed, before));
            if (after.Length > 0) runs.Add(new WordDifference(WordChange.Added, after));
            return [.. runs];
        }
        var common = Common(left, right);
        for (int i = 0, j = 0; i < left.Count || j < right.Count;)
        {
            if (i < left.Count && j < right.Count && Same(left[i], right[j])) (i, j) = (i + 1, Take(WordChange.Same, right, j));
            else if (i < left.Count && (j == right.Count || common[i + 1, j] >= common[i, j + 1])) i = Take(WordChange.Removed, left, i);
            else j = Take(WordChange.Added, right, j);
        }
        return [.. runs];

        // Words that share a fate and follow one another are one piece.
        int Take(WordChange change, List<string> words, int index)
        {
            if (runs.Count > 0 && runs[^1].Change == change) runs[^1] = runs[^1] with { Text = runs[^1].Text + words[index] };
            else runs.Add(new WordDifference(change, words[index]));
            return index + 1;
        }
    }

    // A word takes the spaces after it with it, so that the pieces put together are the text again.
    private static List<string> Split(string text)
    {
        var (words, start) = (new List<string>(), 0);
        for (var index = 1; index <= text.Length; index++)
        {
            if (index < text.Length && (char.IsWhiteSpace(text[index]) || !char.IsWhiteSpace(text[index - 1]))) continue;
            words.Add(text[start..index]);
            start = index;
        }
        return text.Length == 0 ? [] : words;
    }

    private static bool Same(string left, string right) => left.AsSpan().TrimEnd().SequenceEqual(right.AsSpan().TrimEnd());

    // The length of the longest row of words that both have from each place on.
    private static int[,] Common(List<string> left, List<string> right)
    {
        var common = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
                common[i, j] = Same(left[i], right[j]) ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        return common;
    }

    private static void Compare(string path, JsonElement left, JsonElement right, ImmutableArray<FieldDifference>.Builder found)
    {
        foreach (var name in left.EnumerateObject().Concat(right.EnumerateObject()).Select(field => field.Name).Distinct(StringComparer.Ordinal))
        {
            if (found.Count == MostFields) return;
            var (had, has) = (left.TryGetProperty(name, out var before), right.TryGetProperty(name, out var after));
            var place = path.Length == 0 ? name : $"{path}.{name}";
            if (had && has && before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object) Compare(place, before, after, found);
            else if (!had || !has || !JsonValues.Same(before, after)) found.Add(new FieldDifference(place, had ? before.GetRawText() : null, has ? after.GetRawText() : null));
        }
    }
}

/// <summary>A field that two JSON answers do not share.</summary>
/// <param name="Field">Its name; dots lead into objects.</param>
/// <param name="Baseline">Its value as JSON in the baseline's answer; null where it is missing.</param>
/// <param name="Candidate">The same in the candidate's.</param>
public sealed record FieldDifference(string Field, string? Baseline, string? Candidate);

/// <summary>A piece of two texts laid over each other.</summary>
/// <param name="Change">Which of them has it.</param>
/// <param name="Text">The piece, with its spaces.</param>
public sealed record WordDifference(WordChange Change, string Text);

/// <summary>Which of two texts has a piece.</summary>
[JsonConverter(typeof(SnakeCaseConverter<WordChange>))]
public enum WordChange
{
    /// <summary>Both.</summary>
    Same,

    /// <summary>Only the baseline.</summary>
    Removed,

    /// <summary>Only the candidate.</summary>
    Added,
}
