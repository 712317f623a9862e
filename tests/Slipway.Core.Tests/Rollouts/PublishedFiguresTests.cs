using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Figures that others published or computed for the same formulas, to the digits they gave.</summary>
public sealed class PublishedFiguresTests
{
    private const double Alpha = 0.05;

    [Theory]
    [InlineData(500, 9_500, -1.200467)]
    [InlineData(400, 9_600, 9.070277)]
    public void The_bet_on_the_split_of_ten_thousand_units_is_as_computed(long candidates, long stables, double logWealth) =>
        Assert.Equal(logWealth, Math.Round(SampleRatio.LogWealthOf(0.05, candidates, stables), 6));

    [Fact]
    public void The_two_sided_normal_mixture_is_that_of_its_authors()
    {
        var rho = NormalMixture.BestRho(100, Alpha);
        Assert.Equal((12.60056, 30.35209), (Math.Round(rho, 5), Math.Round(NormalMixture.Bound(100, rho, Alpha), 5)));
    }

    [Fact]
    public void The_one_sided_one_is_narrower() =>
        Assert.Equal(27.66071, Math.Round(PublishedFormulas.OneSidedNormalBound(100, NormalMixture.BestRho(100, 2 * Alpha), Alpha), 5));

    [Fact]
    public void The_beta_binomial_mixture_is_that_of_its_authors()
    {
        var mixture = new BetaBinomialMixture(100, 0.2, 0.8);
        Assert.Equal((-0.6941012, 31.4308), (Math.Round(mixture.LogWealth(10, 100), 7), Math.Round(mixture.Bound(100, Alpha), 4)));
    }

    [Fact]
    public void Seven_hundred_of_a_thousand_lie_where_its_authors_say()
    {
        Assert.Equal(0.651629, Math.Round(Crossing(0.3, 0.7), 6, MidpointRounding.ToZero));
        Assert.Equal(0.745949, Math.Round(Crossing(0.9, 0.7), 6, MidpointRounding.ToZero));

        static double Crossing(double outside, double inside)
        {
            for (var step = 0; step < 80; step++)
            {
                var p = (outside + inside) / 2;
                var variance = p * (1 - p);
                if (new BetaBinomialMixture(100 * variance, p, 1 - p).LogWealth((0.7 - p) * 1_000, 1_000 * variance) > Math.Log(1 / Alpha)) outside = p;
                else inside = p;
            }
            return inside;
        }
    }

    // 1 to 1000 against the same, shifted.
    [Theory]
    [InlineData(0.5, 70, 0.814704)]
    [InlineData(0.5, 85, 0.0838055)]
    [InlineData(0.5, 100, 0.0054947)]
    [InlineData(0.9, 55, 0.0340463)]
    public void Two_quantiles_differ_as_its_authors_say(double share, int shift, double chance)
    {
        var mixture = new BetaBinomialMixture(100 * share * (1 - share), share, 1 - share);
        var values = Enumerable.Range(1, 1_000).ToArray();
        var least = Enumerable.Range(1, 1_000 + shift).Min(x => Wealth(values, x) + Wealth([.. values.Select(value => value + shift)], x));
        Assert.Equal(chance, Math.Exp(-least), chance * 5e-4);

        // The least wealth against "the quantile is x", over all places the values leave open for it.
        double Wealth(int[] of, int x)
        {
            var (below, upTo) = (of.Count(value => value < x), of.Count(value => value <= x));
            return Math.Min(At(below), At(upTo)) is var ends && below <= share * 1_000 && share * 1_000 <= upTo ? Math.Min(ends, At((int)(share * 1_000))) : Math.Min(At(below), At(upTo));
        }

        double At(int below) => mixture.LogWealth(below - share * 1_000, 1_000 * share * (1 - share));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void The_interval_of_a_mean_is_the_asymptotic_confidence_sequence(long count)
    {
        var interval = AlwaysValid.Mean(new Moments(count, 0.01, 0.04 * (count - 1)))!;
        var half = 0.2 * PublishedFormulas.AsymptoticHalfWidth(count, Alpha, 5_000);
        Assert.Equal((0.01 - half, 0.01 + half), (interval.Low, interval.High));
    }

    // Why the sequential test of a peer is slow at a small share: its threshold knows nothing but the split.
    [Theory]
    [InlineData(0.5, 3.45)]
    [InlineData(0.05, 5.52)]
    [InlineData(0.01, 10.9)]
    public void A_peers_threshold_grows_with_the_split(double share, double z) =>
        Assert.Equal(z, Math.Round(PublishedFormulas.MsprtCriticalZ(share, Alpha, 1.6448536), share < 0.02 ? 1 : 2));

    [Theory]
    [InlineData(0.05, 0.01, 19, 4_344, 8_987)]
    [InlineData(0.05, 0.02, 19, 1_086, 2_247)]
    [InlineData(0.01, 0.005, 19, 3_621, 7_492)]
    [InlineData(0.20, 0.05, 19, 585, 1_211)]
    public void The_planner_counts_as_published(double bad, double margin, int partners, double half, double most)
    {
        var variance = bad * (1 - bad) * (1 + 1d / partners);
        Assert.Equal((half, most), (Math.Round(RolloutPlanner.HalfProved(variance, margin, 0.05)), Math.Round(RolloutPlanner.MostProved(variance, margin, 0.05))));
    }
}
