using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Picks some cases of a golden set that stand for all of it, where asking all would cost too much.</summary>
public static class CaseSelection
{
    /// <summary>Picks cases, of each kind its share and at least one.</summary>
    /// <remarks>The same set, number and seed give the same cases, on every machine and in whatever order the set has them; with a larger number no kind loses a case.</remarks>
    /// <param name="set">The set.</param>
    /// <param name="most">How many at most, at least 1; where there are more kinds than that, the kinds with the most cases get one each.</param>
    /// <param name="seed">What the choice goes by.</param>
    /// <returns>The set itself where it has no more cases, else a smaller one of the same name, in its order.</returns>
    public static GoldenSet Of(GoldenSet set, int most, string seed)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (set.Asked.Length <= most) return set;
        var kinds = set.Asked.GroupBy(one => one.Kind).OrderByDescending(kind => kind.Count()).ThenBy(kind => kind.Key).ToList();
        var taken = new int[kinds.Count];
        // One seat after the other, always to the kind that is furthest behind its share: Webster's method, in which more seats never cost a kind one.
        for (var seat = 0; seat < most; seat++)
        {
            var next = 0;
            for (var kind = 1; kind < kinds.Count; kind++)
                if (Claim(kinds[kind].Count(), taken[kind]) > Claim(kinds[next].Count(), taken[next])) next = kind;
            taken[next]++;
        }
        var chosen = kinds.SelectMany((kind, index) => kind.OrderBy(one => Place(seed, one), StringComparer.Ordinal).Take(taken[index])).ToHashSet(ReferenceEqualityComparer.Instance);
        return new GoldenSet(set.Id, [.. set.Cases.Where(chosen.Contains)]);
    }

    private static double Claim(int cases, int taken) => taken == 0 ? double.MaxValue : taken == cases ? -1 : cases / (2 * taken + 1.0);

    private static string Place(string seed, GoldenCase one) => ContentHash.Of(Encoding.UTF8.GetBytes($"{seed}\n{one.Id}")).Value;
}
