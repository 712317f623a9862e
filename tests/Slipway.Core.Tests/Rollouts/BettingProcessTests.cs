using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

public sealed class BettingProcessTests
{
    /// <summary>Computed beside this code, in C# and in Python.</summary>
    [Theory]
    [InlineData(5, 0.096968169)]
    [InlineData(50, 1.773981101)]
    [InlineData(100, 5.021233955)]
    [InlineData(200, 12.483443159)]
    public void The_wealth_grows_as_published(int scores, double logWealth) => Assert.Equal(logWealth, Published(scores).LogWealth, 1e-9);

    [Fact]
    public void The_published_bet_first_reaches_a_hundred_coins_at_the_ninety_fifth_score()
    {
        var process = new BettingProcess(1.01);
        var scores = 0;
        while (process.LogWealth < Math.Log(100)) process.Add(Score(++scores));
        Assert.Equal(95, scores);
    }

    [Fact]
    public void A_bet_begins_with_one_coin() => Assert.Equal((0d, 0d), (new BettingProcess(1).LogWealth, new BettingProcess(1).PeakLogWealth));

    [Fact]
    public void The_peak_stays_when_the_wealth_shrinks()
    {
        var process = Published(100);
        var peak = process.LogWealth;
        for (var i = 0; i < 100; i++) process.Add(-0.06);
        Assert.True(process.LogWealth < peak);
        Assert.Equal(peak, process.PeakLogWealth);
    }

    [Fact]
    public void The_worst_scores_never_ruin_a_bet()
    {
        var process = new BettingProcess(0.5);
        for (var i = 0; i < 10_000; i++) process.Add(-0.5);
        Assert.True(double.IsFinite(process.LogWealth));
        for (var i = 0; i < 10_000; i++) process.Add(0.5);
        Assert.True(double.IsFinite(process.LogWealth) && process.LogWealth > -10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_bound_is_more_than_nothing(double bound) => Assert.Throws<ArgumentOutOfRangeException>(() => new BettingProcess(bound));

    private static BettingProcess Published(int scores)
    {
        var process = new BettingProcess(1.01);
        for (var i = 1; i <= scores; i++) process.Add(Score(i));
        return process;
    }

    private static double Score(int i) => (i % 5 == 0 ? 1 : 0) - 0.06;
}
