namespace Slipway.Server.Tests;

public sealed class JitterTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(0, 0.5, 0.75)]
    [InlineData(1, 0, 1)]
    [InlineData(5, 0.5, 24)]
    [InlineData(6, 0, 30)]
    [InlineData(int.MaxValue, 0.5, 45)]
    public void A_wait_doubles_with_each_failure_up_to_the_longest_and_half_of_it_is_chance(int failures, double drawn, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Jitter(() => drawn).After(failures, First, Longest));

    [Fact]
    public void A_spread_is_from_nothing_to_below_the_most()
    {
        Assert.Equal(TimeSpan.Zero, new Jitter(() => 0).Within(Longest));
        Assert.Equal(TimeSpan.FromSeconds(15), new Jitter(() => 0.25).Within(Longest));
    }

    [Fact]
    public void The_systems_own_chance_stays_within_the_bounds_and_is_not_the_same_twice()
    {
        var waits = Enumerable.Range(0, 1_000).Select(_ => Jitter.System.After(0, First, Longest)).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, First / 2, First));
        Assert.True(waits.Distinct().Count() > 1, "All waits are the same.");
    }
}
