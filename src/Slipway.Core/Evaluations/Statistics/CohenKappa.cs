namespace Slipway.Core.Evaluations.Statistics;

/// <summary>How far two who sort the same things agree beyond what chance alone would give: Cohen's kappa (1960). 1 is full agreement, 0 what two would reach who
/// sort as they do but without looking, below 0 less than that.</summary>
public static class CohenKappa
{
    /// <summary>For categories without an order: two differ or they do not.</summary>
    /// <param name="pairs">What each of the two said of the same thing, as numbers of categories from 0.</param>
    /// <param name="categories">How many categories there are, at least 2.</param>
    /// <returns>Null where nothing was sorted, or where both put everything into one and the same category: chance alone then agrees always, and nobody can say more.</returns>
    public static double? Of(ReadOnlySpan<(int Left, int Right)> pairs, int categories) => Of(pairs, categories, static (left, right) => left == right ? 0 : 1);

    /// <summary>For steps of a scale: being two steps apart is four times as bad as being one apart (Cohen 1968, quadratic weights).</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{ValueTuple{int, int}}, int)"/>
    public static double? Weighted(ReadOnlySpan<(int Left, int Right)> pairs, int categories) => Of(pairs, categories, static (left, right) => (double)(left - right) * (left - right));

    // 1 less the disagreement that was seen over the disagreement that chance would give.
    private static double? Of(ReadOnlySpan<(int Left, int Right)> pairs, int categories, Func<int, int, double> weight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        var (lefts, rights, seen, chance) = (new int[categories], new int[categories], 0.0, 0.0);
        foreach (var (left, right) in pairs)
        {
            lefts[left]++;
            rights[right]++;
            seen += weight(left, right);
        }
        for (var left = 0; left < categories; left++)
            for (var right = 0; right < categories; right++) chance += weight(left, right) * lefts[left] * rights[right] / Math.Max(1, pairs.Length);
        return chance == 0 ? null : 1 - seen / chance;
    }
}
