using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What a golden set is made of.</summary>
/// <param name="Cases">All cases.</param>
/// <param name="Proposed">Those whose expectations nobody confirmed yet: no run asks them, and no kind counts them.</param>
/// <param name="Kinds">How many of the others are of which kind.</param>
/// <param name="Sources">How many of all cases come from where: the source up to its colon, <c>trace</c> of <c>trace:4bf9…</c>; <c>unknown</c> where nobody said.</param>
/// <param name="SyntheticShare">The share of cases that were made up by a machine, whose source is <c>synthetic</c>; 0 to 1.</param>
/// <param name="Tags">How many of all cases carry which tag, <c>name=value</c>.</param>
/// <param name="Checks">How many checks there are of which name.</param>
/// <param name="Duplicates">Cases with the same input as one before, a sentence each.</param>
public sealed record GoldenSetSummary(int Cases, int Proposed, ImmutableSortedDictionary<string, int> Kinds, ImmutableSortedDictionary<string, int> Sources, double SyntheticShare,
    ImmutableSortedDictionary<string, int> Tags, ImmutableSortedDictionary<string, int> Checks, ImmutableArray<string> Duplicates)
{
    private const string Synthetic = "synthetic", Unknown = "unknown";

    /// <summary>Summarises a set.</summary>
    public static GoldenSetSummary Of(GoldenSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var duplicates = new DuplicateInputs();
        foreach (var (index, one) in set.Cases.Index()) duplicates.Add(one, index + 1);
        var sources = Count(set.Cases.Select(SourceOf));
        return new GoldenSetSummary(
            set.Cases.Length, set.Cases.Count(one => one.IsProposed), Count(set.Asked.Select(one => SnakeCase<CaseKind>.Of(one.Kind))), sources,
            (double)sources.GetValueOrDefault(Synthetic) / set.Cases.Length, Count(set.Cases.SelectMany(one => one.Tags.Select(tag => $"{tag.Key}={tag.Value}"))),
            Count(set.Cases.SelectMany(one => one.Expect.Select(check => check.Name).Concat(one.Judges.Select(_ => JudgeExpectation.Named)))), [.. duplicates.Notices.Select(notice => notice.ToString())]);
    }

    /// <summary>Where a case comes from: its source up to the first colon.</summary>
    public static string SourceOf(GoldenCase goldenCase)
    {
        ArgumentNullException.ThrowIfNull(goldenCase);
        return goldenCase.Source is { } source ? source.Split(':', 2)[0].Trim() : Unknown;
    }

    private static ImmutableSortedDictionary<string, int> Count(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).ToImmutableSortedDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}
