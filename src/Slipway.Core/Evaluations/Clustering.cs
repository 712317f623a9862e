using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>Puts what resembles each other together.</summary>
internal static class Clustering
{
    /// <summary>Joins the two most alike groups until no two are alike enough: hierarchical clustering by average likeness.</summary>
    /// <param name="count">How many things there are; the work grows with its cube, so a few hundred.</param>
    /// <param name="likeness">How alike two of them are, 0 to 1.</param>
    /// <param name="enough">The least likeness of two groups, on average over their members, at which they are joined.</param>
    /// <returns>The groups, members in rising order, by their first member.</returns>
    public static ImmutableArray<ImmutableArray<int>> Of(int count, Func<int, int, double> likeness, double enough)
    {
        var groups = Enumerable.Range(0, count).Select(index => new List<int> { index }).ToList();
        // The sum of the likenesses between the members of two groups; a join adds two rows up.
        var sums = groups.ConvertAll(left => groups.ConvertAll(right => left[0] == right[0] ? 0 : likeness(Math.Min(left[0], right[0]), Math.Max(left[0], right[0]))));
        while (groups.Count > 1)
        {
            var (best, one, other) = (enough, -1, -1);
            for (var left = 0; left < groups.Count; left++)
            {
                for (var right = left + 1; right < groups.Count; right++)
                {
                    var mean = sums[left][right] / ((double)groups[left].Count * groups[right].Count);
                    if (mean > best || (mean == best && one < 0)) (best, one, other) = (mean, left, right);
                }
            }
            if (one < 0) break;
            groups[one].AddRange(groups[other]);
            for (var index = 0; index < groups.Count; index++)
            {
                sums[one][index] += sums[other][index];
                sums[index][one] = sums[one][index];
            }
            groups.RemoveAt(other);
            sums.RemoveAt(other);
            foreach (var row in sums) row.RemoveAt(other);
        }
        return [.. groups.Select(group => group.Order().ToImmutableArray()).OrderBy(group => group[0])];
    }
}
