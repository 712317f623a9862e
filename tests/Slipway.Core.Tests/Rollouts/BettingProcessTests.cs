using System.Text.Json;
using Slipway.Core.Rollouts.Statistics;

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

    [Fact]
    public void A_coin_in_parts_is_worth_one_coin_however_many_are_in()
    {
        var process = new BettingProcess(1, parts: 3);
        process.Add(0);
        Assert.Equal(0, process.LogWealth, 1e-12);
        process.BeginPart();
        process.BeginPart();
        process.BeginPart();
        process.Add(0);
        Assert.Equal(0, process.LogWealth, 1e-12);
    }

    [Fact]
    public void What_waits_is_not_lost()
    {
        var process = new BettingProcess(1, parts: 2);
        for (var i = 0; i < 10_000; i++) process.Add(-0.5);
        Assert.InRange(Math.Exp(process.LogWealth), 0.5, 0.51);
    }

    [Fact]
    public void A_fresh_part_sees_what_the_first_has_lost_its_wealth_to()
    {
        Assert.InRange(ScoresToProof(parts: 2), 50, 100);
        Assert.InRange(ScoresToProof(parts: 1), 5_000, 10_000);

        static int ScoresToProof(int parts)
        {
            var process = new BettingProcess(1, parts);
            for (var i = 0; i < 20_000; i++) process.Add(-0.05);
            process.BeginPart();
            var scores = 0;
            for (; process.LogWealth < Math.Log(100); scores++) process.Add(0.15);
            return scores;
        }
    }

    [Fact]
    public void A_bet_goes_on_from_its_stored_state_to_the_last_bit()
    {
        var (whole, first) = (Published(60), Published(60));
        var second = new BettingProcess(1.01, 1, JsonSerializer.Deserialize<BettingState>(JsonSerializer.Serialize(first.State))!);
        for (var i = 61; i <= 200; i++)
        {
            whole.Add(Score(i));
            second.Add(Score(i));
        }
        Assert.Equal((whole.LogWealth, whole.PeakLogWealth), (second.LogWealth, second.PeakLogWealth));
        Assert.Throws<ArgumentException>(() => new BettingProcess(1, 1, first.State with { Wealth = [1, 2, 3] }));
    }

    private static BettingProcess Published(int scores)
    {
        var process = new BettingProcess(1.01);
        for (var i = 1; i <= scores; i++) process.Add(Score(i));
        return process;
    }

    private static double Score(int i) => (i % 5 == 0 ? 1 : 0) - 0.06;
}
