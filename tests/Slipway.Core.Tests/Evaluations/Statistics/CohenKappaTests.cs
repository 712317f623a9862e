using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations.Statistics;

/// <summary>Held to figures that others published or worked out by hand.</summary>
public sealed class CohenKappaTests
{
    [Fact]
    public void Two_readers_of_fifty_proposals_agree_as_the_textbook_says() =>
        // Both yes 20, only the first 5, only the second 10, both no 15: 0.7 was seen, 0.5 is chance.
        Assert.Equal(0.4, CohenKappa.Of(Pairs([[20, 5], [10, 15]]), 2)!.Value, 12);

    [Fact]
    public void Three_categories_agree_as_cohens_first_table_says() =>
        // Cohen 1960, table 1, in hundredths of 200: the diagonal is 0.44 + 0.20 + 0.06 = 0.70 against 0.41 by chance.
        Assert.Equal((0.70 - 0.41) / (1 - 0.41), CohenKappa.Of(Pairs([[88, 10, 2], [14, 40, 6], [18, 10, 12]]), 3)!.Value, 12);

    [Fact]
    public void On_two_steps_weights_change_nothing_and_on_more_the_distance_counts()
    {
        var two = Pairs([[20, 5], [10, 15]]);
        Assert.Equal(CohenKappa.Of(two, 2), CohenKappa.Weighted(two, 2));
        var (near, far) = (Pairs([[8, 2, 0], [0, 8, 0], [0, 0, 8]]), Pairs([[8, 0, 2], [0, 8, 0], [0, 0, 8]]));
        Assert.True(CohenKappa.Weighted(near, 3) > CohenKappa.Weighted(far, 3));
        // By hand, with the margins 10 8 8 and 8 10 8.
        Assert.Equal(1 - 2 / ((10 * 10 + 10 * 8 * 4 + 8 * 8 + 8 * 8 + 8 * 8 * 4 + 8 * 10) / 26.0), CohenKappa.Weighted(near, 3)!.Value, 12);
    }

    [Fact]
    public void Where_chance_alone_always_agrees_there_is_no_kappa()
    {
        Assert.Null(CohenKappa.Of([(1, 1), (1, 1)], 2));
        Assert.Null(CohenKappa.Weighted([], 5));
    }

    [Fact]
    public void It_is_one_for_full_agreement_never_more_and_does_not_care_who_comes_first() => Prop.ForAll(
        Gen.Choose(0, 3).Two().Select(pair => (Left: pair.Item1, Right: pair.Item2)).NonEmptyListOf().ToArbitrary(), pairs =>
        {
            (int Left, int Right)[] given = [.. pairs], turned = [.. pairs.Select(pair => (pair.Right, pair.Left))], same = [.. pairs.Select(pair => (pair.Left, pair.Left))];
            foreach (var kappa in (Kappa[])[CohenKappa.Of, CohenKappa.Weighted])
            {
                if (kappa(given, 4) is { } value) Assert.InRange(value, -1 - 1e-9, 1);
                Assert.Equal(kappa(given, 4) ?? 2, kappa(turned, 4) ?? 2, 12);
                Assert.Equal(same.Select(pair => pair.Left).Distinct().Count() == 1 ? null : 1, kappa(same, 4));
            }
        }).QuickCheckThrowOnFailure();

    private delegate double? Kappa(ReadOnlySpan<(int Left, int Right)> pairs, int categories);

    private static (int Left, int Right)[] Pairs(int[][] table) =>
        [.. table.SelectMany((row, left) => row.SelectMany((count, right) => Enumerable.Repeat((left, right), count)))];
}
