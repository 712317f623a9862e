using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RolloutPlannerTests
{
    private const string Margin = "schema_pass_rate >= baseline - 1pp";

    [Theory]
    [InlineData("5%", "9 days", 8.99)]
    [InlineData("20%", "2.7 days", 2.67)]
    [InlineData("1%", "45 days", 44.8)]
    public void A_point_at_twenty_thousand_requests_a_day_needs_about_nine_days_at_five_percent(string share, string words, double days)
    {
        var forecast = Forecast([share, "100%"], 20_000, (Margin, new StableLevel.Rate(0.05)));
        var guardrail = Assert.Single(forecast.Guardrails);
        Assert.Equal(days, guardrail.Time!.Value.TotalDays, 0.1);
        Assert.StartsWith($"{Margin}: at 20,000 units a day the proof needs about {words} at {share} (", guardrail.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_would_freeze_however_good_the_candidate_is_says_so_and_what_would_do()
    {
        var forecast = Forecast(["5%", "50%", "100%"], 20_000, (Margin, new StableLevel.Rate(0.05)));
        Assert.False(forecast.Decides);
        Assert.Null(forecast.Total);
        Assert.Equal("The step at 5% needs about 9 days and may take 72h, so it would freeze undecided: begin with 18% or more, allow more time, or widen the margin.", forecast.Sentences[^1]);
        Assert.True(Forecast([$"{forecast.SmallestShare}%", "50%", "100%"], 20_000, (Margin, new StableLevel.Rate(0.05))).Decides);
        Assert.False(Forecast([$"{forecast.SmallestShare - 1}%", "50%", "100%"], 20_000, (Margin, new StableLevel.Rate(0.05))).Decides);
    }

    [Fact]
    public void Where_no_share_is_enough_none_is_named()
    {
        var forecast = Forecast(["5%", "100%"], 200, (Margin, new StableLevel.Rate(0.05)));
        Assert.Null(forecast.SmallestShare);
        Assert.EndsWith("allow more time or widen the margin; no larger share is enough.", forecast.Sentences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_proof_is_given_once_and_later_steps_take_what_they_ask_for()
    {
        var forecast = Forecast(["20%", "50%", "100%"], 100_000, (Margin, new StableLevel.Rate(0.05)));
        Assert.Equal([12.8, 1], forecast.Steps.Select(step => Math.Round(step.Time!.Value.TotalHours, 1)));
        Assert.Equal("A candidate as good as stable reaches everybody after about 14 hours.", forecast.Sentences[^1]);
        Assert.Equal(forecast.Steps[0].Time + forecast.Steps[1].Time, forecast.Total);
    }

    [Fact]
    public void Quiet_traffic_waits_for_its_units()
    {
        var forecast = Forecast(["50%", "100%"], 240, ("error_rate 0%", new StableLevel.Rate(0)));
        Assert.Equal(20, forecast.Steps[0].Time!.Value.TotalHours, 1e-6);
        Assert.Equal("error_rate = 0%: the first bad call rolls back; there is nothing to prove.", forecast.Sentences[0]);
    }

    [Fact]
    public void A_limit_that_stable_breaks_itself_can_never_be_proved()
    {
        var forecast = Forecast(["20%", "100%"], 100_000, ("error_rate <= 2%", new StableLevel.Rate(0.03)));
        Assert.Equal("error_rate <= 2%: stable does not keep this limit itself, so a candidate as good as stable can never be proved to.", forecast.Sentences[0]);
        Assert.Equal((false, "The step at 20% would freeze undecided: a guardrail cannot be proved."), (forecast.Decides, forecast.Sentences[^1]));
    }

    [Fact]
    public void Of_what_nothing_is_known_nothing_is_promised()
    {
        var forecast = Forecast(["20%", "100%"], 100_000, (Margin, null));
        Assert.Equal($"{Margin}: nothing is known of schema_pass_rate with stable, so nobody can say how long the proof takes.", forecast.Sentences[0]);
        Assert.False(forecast.Decides);
    }

    // 3.75 % of log-normal calls with sigma 0.7 are slower than their p95 and a tenth; 2,225 and 4,989 as simulated.
    [Fact]
    public void A_latency_is_proved_about_when_it_was_simulated()
    {
        var guardrail = Forecast(["5%", "100%"], 20_000, ("p95_latency <= baseline + 10%", new StableLevel.Tail(0.0375))).Guardrails[0];
        Assert.InRange(guardrail.HalfUnits!.Value, 2_225 * 0.85, 2_225 * 1.15);
        Assert.InRange(guardrail.MostUnits!.Value, 4_989 * 0.85, 4_989 * 1.15);
    }

    [Fact]
    public void Even_a_stable_without_a_fault_needs_its_number_of_units() =>
        Assert.InRange(Forecast(["50%", "100%"], 20_000, (Margin, new StableLevel.Rate(0))).Guardrails[0].MostUnits!.Value, 600, 800);

    [Fact]
    public void A_wider_spread_of_costs_and_a_narrower_margin_take_longer()
    {
        var usual = Cost("cost_per_success <= baseline + 20%", 0.01);
        Assert.True(Cost("cost_per_success <= baseline + 20%", 0.02) > usual);
        Assert.Equal(4, Cost("cost_per_success <= baseline + 10%", 0.01) / usual, 0.7);

        static double Cost(string guardrail, double deviation) =>
            Forecast(["20%", "100%"], 100_000, (guardrail, new StableLevel.Cost(0.01, deviation, 0.9))).Guardrails[0].MostUnits!.Value;
    }

    [Fact]
    public void A_forecast_reads_back()
    {
        var json = JsonSerializer.Serialize(Forecast(["5%", "100%"], 20_000, (Margin, new StableLevel.Rate(0.05))), RolloutJson.Default.PlanForecast);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, RolloutJson.Default.PlanForecast)!, RolloutJson.Default.PlanForecast));
    }

    private static PlanForecast Forecast(string[] steps, double unitsPerDay, params (string Guardrail, StableLevel? Level)[] guardrails)
    {
        Assert.Empty(ReleasePlan.Make(Some.Plan(steps: steps, guardrails: [.. guardrails.Select(one => one.Guardrail)], time: "1h"), Some.Version("1.0.0"), out var plan));
        return RolloutPlanner.Forecast(plan!, new PlannedTraffic(unitsPerDay,
            guardrails.Where(one => one.Level is not null).ToImmutableDictionary(one => one.Guardrail.Split(' ')[0], one => one.Level!)));
    }
}
