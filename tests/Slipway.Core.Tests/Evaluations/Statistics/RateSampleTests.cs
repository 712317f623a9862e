using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations.Statistics;

public sealed class RateSampleTests
{
    // Newcombe 1998, Statistics in Medicine 17, table I, method 5.
    [Theory]
    [InlineData(81, 263, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0578, 0.1617)]
    [InlineData(0, 20, 0, 0.1684)]
    [InlineData(1, 29, 0.0009, 0.1776)]
    public void The_exact_interval_gives_its_published_figures(int hits, int size, double low, double high)
    {
        var interval = RateSample.ClopperPearson(hits, size, alpha: 0.025);
        Assert.Equal((low, high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
    }

    [Fact]
    public void Not_one_failure_in_two_hundred_cases_leaves_one_and_a_half_points_open()
    {
        Assert.Equal(Math.Pow(0.05, 1 / 200.0), Interval(hits: 200, size: 200).Low, 9);
        Assert.Equal(1, Interval(hits: 200, size: 200).High);
        Assert.Equal(1 - Math.Pow(0.05, 1 / 29.0), Interval(hits: 0, size: 29).High, 9);
    }

    [Fact]
    public void Repeats_that_agree_are_worth_no_more_than_one()
    {
        var once = RateSample.Interval([.. Enumerable.Range(0, 50).Select(index => new Share(index < 40 ? 1 : 0, 1))]);
        var often = RateSample.Interval([.. Enumerable.Range(0, 50).Select(index => new Share(index < 40 ? 5 : 0, 5))]);
        Assert.Equal(once.Low, often.Low, 9);
        Assert.Equal(0, RateSample.RunNoise([new Share(5, 5), new Share(0, 5), new Share(1, 1)]));
    }

    [Fact]
    public void Repeats_that_vary_narrow_the_interval_and_show_how_far_another_run_would_move_it()
    {
        Share[] once = [.. Enumerable.Range(0, 50).Select(index => new Share(index % 2, 1))];
        Share[] often = [.. Enumerable.Range(0, 50).Select(_ => new Share(2, 4))];
        Assert.True(RateSample.Interval(often).Low > RateSample.Interval(once).Low);
        Assert.Equal(Math.Sqrt(0.25 / 3 / 50), RateSample.RunNoise(often), 12);
    }

    private static Interval Interval(int hits, int size) => RateSample.Interval([.. Enumerable.Range(0, size).Select(index => new Share(index < hits ? 1 : 0, 1))]);
}
