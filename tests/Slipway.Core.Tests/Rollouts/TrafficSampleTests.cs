using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What a plan can expect of the traffic there is.</summary>
public sealed class TrafficSampleTests
{
    [Fact]
    public void Each_guardrail_is_told_where_stable_stands()
    {
        var traffic = Sample.For(Plan("schema_pass_rate >= baseline - 2pp", "error_rate <= 5%", "p95_latency <= baseline + 10%", "p50_latency <= 600ms", "cost_per_success <= baseline + 20%"))!;
        Assert.Equal(5_000, traffic.UnitsPerDay);
        Assert.Equal(new StableLevel.Rate(0.1), traffic.Levels["schema_pass_rate"]);
        Assert.Equal(new StableLevel.Rate(0), traffic.Levels["error_rate"]);
        // Latencies are 10 to 1,000 ms: above 1,056 ms lies none, above 600 ms forty of a hundred.
        Assert.Equal((new StableLevel.Tail(0), new StableLevel.Tail(0.4)), (traffic.Levels["p95_latency"], traffic.Levels["p50_latency"]));
        var cost = Assert.IsType<StableLevel.Cost>(traffic.Levels["cost_per_success"]);
        Assert.Equal((0.002, 0.001, 0.9), (Math.Round(cost.Mean, 9), Math.Round(cost.Deviation, 9), cost.Success));
    }

    [Fact]
    public void What_nobody_measured_is_left_out()
    {
        var silent = Sample with { Units = [.. Sample.Units.Select(unit => unit with { Outcome = unit.Outcome with { SchemaValid = null, Cost = null } })] };
        Assert.Equal(["error_rate"], silent.For(Plan("schema_pass_rate >= baseline - 2pp", "error_rate <= 5%", "cost_per_success <= baseline + 20%"))!.Levels.Keys);
        Assert.False(RolloutPlanner.Forecast(Plan("schema_pass_rate >= baseline - 2pp"), silent.For(Plan("schema_pass_rate >= baseline - 2pp"))!).Decides);
    }

    private static TrafficSample Sample => new(5_000, 7, [.. Enumerable.Range(1, 100).Select(number => new SampledUnit(
        new CallOutcome($"u-{number}", false, 1, Failed: false, SchemaValid: number % 10 != 0, Refused: false, Truncated: false, LatencyMs: number * 10, Cost: number % 2 == 0 ? 0.001 : 0.003), null))]);

    private static ReleasePlan Plan(params string[] guardrails)
    {
        Assert.Empty(ReleasePlan.Make(Some.Plan(guardrails: guardrails), Some.Basis(), out var plan));
        return plan!;
    }
}
