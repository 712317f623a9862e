using System.Collections.Immutable;
using FsCheck.Fluent;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations.Statistics;

public sealed class PairedRatesTests
{
    // The figures of statsmodels' own tests of its exact McNemar test, two-sided, and of the formula in whole numbers.
    [Theory]
    [InlineData(121, 59, 4.434449263755e-06)]
    [InlineData(70, 59, 0.378687662693)]
    [InlineData(80, 59, 0.089452314994)]
    [InlineData(60, 30, 0.002060265681)]
    [InlineData(30, 10, 0.002221433773)]
    [InlineData(10, 10, 1)]
    [InlineData(7, 1, 0.0703125)]
    [InlineData(5, 0, 0.0625)]
    [InlineData(0, 0, 1)]
    public void The_exact_test_of_McNemar_gives_its_published_figures(int lost, int won, double chance)
    {
        var pairs = Pairs(lost, won, same: 40);
        Assert.Equal(chance, pairs.ChanceOfDifference, 12);
        Assert.Equal((lost, won), (pairs.Lost, pairs.Won));
    }

    [Fact]
    public void Losing_is_one_side_of_it_and_winning_the_other()
    {
        Assert.Equal(9 / 256.0, Pairs(lost: 7, won: 1).ChanceOfLoss, 12);
        Assert.Equal(9 / 256.0, Pairs(lost: 1, won: 7).ChanceOfGain, 12);
        Assert.Equal(255 / 256.0, Pairs(lost: 1, won: 7).ChanceOfLoss, 12);
    }

    // Bonett and Price 2012 in the R function CIpropWS(.05, 26, 4, 40); and the airway data of Fagerland, Lydersen and Laake 2014.
    [Theory]
    [InlineData(4, 26, 40, 0.3126438, 0.7349752)]
    [InlineData(7, 1, 21, -0.5083593, -0.0133798)]
    public void The_interval_is_that_of_Bonett_and_Price(int lost, int won, int cases, double low, double high)
    {
        var interval = Pairs(lost, won, cases - lost - won).Interval(1.959963984540054);
        Assert.Equal((low, high), (Math.Round(interval.Low, 7), Math.Round(interval.High, 7)));
    }

    [Fact]
    public void Sides_that_agree_in_every_case_leave_open_what_other_cases_would_show()
    {
        var interval = Pairs(lost: 0, won: 0, same: 200).Interval();
        Assert.Equal(-interval.Low, interval.High, 12);
        Assert.InRange(interval.High, 0.011, 0.012);
    }

    [Fact]
    public void Repeats_do_not_make_a_case_into_several()
    {
        var once = Pairs(lost: 6, won: 1, same: 93);
        var thrice = new PairedRates([.. Enumerable.Range(0, 100).Select(index => (new Share(index < 6 ? 0 : 3, 3), new Share(index == 6 ? 0 : 3, 3)))]);
        Assert.Equal(once.ChanceOfLoss, thrice.ChanceOfLoss, 12);
        Assert.Equal(once.Interval().Low, thrice.Interval().Low, 12);
    }

    // Counted by hand over all 256 ways to throw eight coins.
    [Fact]
    public void With_repeats_a_case_is_one_throw_for_the_whole_of_its_difference()
    {
        int[] differences = [-3, -2, 1, 2, -3, 1, -1, 3];
        var pairs = new PairedRates([.. differences.Select(step => (new Share(Math.Max(0, step), 3), new Share(Math.Max(0, -step), 3)))]);
        Assert.Equal(113 / 256.0, pairs.ChanceOfLoss, 12);
    }

    [Fact]
    public void A_side_with_other_repeats_is_compared_all_the_same()
    {
        var pairs = new PairedRates([(new Share(1, 2), new Share(3, 3)), (new Share(2, 2), new Share(3, 3)), (new Share(0, 2), new Share(2, 3))]);
        Assert.Equal(-7 / 18.0, pairs.Mean, 12);
        Assert.Equal(0.25, pairs.ChanceOfLoss, 12);
    }

    // The distribution of many thousand throws is the normal one: where the exact way ends, nothing jumps.
    [Fact]
    public void Very_many_cases_are_judged_by_the_normal_distribution_and_it_agrees()
    {
        var exact = Pairs(lost: 10_100, won: 9_900);
        var normal = new PairedRates([.. Enumerable.Range(0, 20_000).Select(index => (new Share(index < 10_100 ? 0 : 5_041, 5_041), new Share(index < 10_100 ? 5_041 : 0, 5_041)))]);
        Assert.InRange(normal.ChanceOfLoss / exact.ChanceOfLoss, 0.98, 1.02);
    }

    [Fact]
    public void The_interval_holds_the_difference_and_turns_around_with_the_sides() =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 3).Two().NonEmptyListOf().ToArbitrary(), cases =>
        {
            ImmutableArray<(Share Candidate, Share Baseline)> pairs = [.. cases.Select(one => (new Share(one.Item1, 3), new Share(one.Item2, 3)))];
            var (here, there) = (new PairedRates(pairs), new PairedRates([.. pairs.Select(pair => (pair.Baseline, pair.Candidate))]));
            return here.Interval().Low <= here.Mean + 1e-12 && here.Mean <= here.Interval().High + 1e-12
                && Math.Abs(here.Interval().Low + there.Interval().High) < 1e-12 && Math.Abs(here.ChanceOfLoss - there.ChanceOfGain) < 1e-9
                && here.ChanceOfLoss + here.ChanceOfGain >= 1 - 1e-9;
        }));

    internal static PairedRates Pairs(int lost, int won, int same = 0) => new(
    [
        .. Enumerable.Repeat((new Share(0, 1), new Share(1, 1)), lost), .. Enumerable.Repeat((new Share(1, 1), new Share(0, 1)), won),
        .. Enumerable.Repeat((new Share(1, 1), new Share(1, 1)), same),
    ]);
}
