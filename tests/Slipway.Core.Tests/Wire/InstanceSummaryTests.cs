using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

public sealed class InstanceSummaryTests
{
    [Fact]
    public void A_rollback_that_is_nearly_everywhere_is_told_in_a_sentence()
    {
        ImmutableArray<InstanceDocument> all =
        [
            .. Enumerable.Range(1, 212).Select(number => One(current: true, after: number == 212 ? 90 : number <= 209 ? 12.4 : 31.4)),
            One(leaseEnds: 1.2), One(leaseEnds: 3.4),
        ];
        Assert.Equal("212 of 214 instances serve revision 381, p99 31 ms; 2 leases end in 4 s", Summary(all).Sentence("serve revision 381"));
    }

    [Fact]
    public void Everybody_who_is_missing_is_counted_once()
    {
        var summary = Summary([One(current: true), One(connected: true), One(leaseEnds: 3), One(leaseEnds: -1), One(leaseEnds: 0)]);
        Assert.Equal(new InstanceSummary(5, 1, null, 1, 1, TimeSpan.FromSeconds(3), 2), summary);
        Assert.Equal("1 of 5 instances are back; 1 has not answered yet; 1 lease ends in 3 s; 2 were not reached and serve no candidate any more", summary.Sentence("are back"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(99, 99)]
    [InlineData(100, 99)]
    [InlineData(101, 100)]
    [InlineData(200, 198)]
    public void Ninety_nine_of_a_hundred_are_within_the_p99(int instances, double p99) =>
        Assert.Equal(p99, Summary([.. Enumerable.Range(1, instances).Select(after => One(current: true, after: after))]).P99Ms);

    private static InstanceSummary Summary(ImmutableArray<InstanceDocument> instances) => InstanceSummary.Of(new InstancesDocument(EnvironmentName.Production, 381, Some.Noon, instances));

    private static InstanceDocument One(bool current = false, double? after = null, bool connected = false, double? leaseEnds = null) => new(
        "till", EnvironmentName.Production, null, current ? 381 : 380, Some.Noon, current, connected, Some.Noon, after, leaseEnds is { } seconds ? Some.Noon.AddSeconds(seconds) : null);
}
