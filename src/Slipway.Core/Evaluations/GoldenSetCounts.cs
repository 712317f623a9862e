using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What a golden set holds, counted.</summary>
/// <param name="Cases">All cases.</param>
/// <param name="Proposed">Those of them whose expectations nobody confirmed yet: no run asks them.</param>
/// <param name="Kinds">How many of the others are of which kind, those that there are; null where the set was pushed before kinds were counted.</param>
public sealed record GoldenSetCounts(int Cases, int Proposed, ImmutableSortedDictionary<CaseKind, int>? Kinds)
{
    /// <summary>Counts a set.</summary>
    public static GoldenSetCounts Of(GoldenSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return new GoldenSetCounts(set.Cases.Length, set.Cases.Count(one => one.IsProposed), set.Asked.GroupBy(one => one.Kind).ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Count()));
    }
}
