using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

public sealed class ReleasePlanTests
{
    public static TheoryData<string, ReleasePlanDocument> Impossible => new()
    {
        { "The last step must be 100%.", Some.Plan(steps: ["10%", "50%"]) },
        { "The last step must be 100%.", Some.Plan(steps: []) },
        { "A step of 0% would never be judged.", Some.Plan(steps: ["0%", "100%"]) },
        { "Steps must rise: 10% does not follow 10%.", Some.Plan(steps: ["10%", "10%", "100%"]) },
        { "Steps must rise: 5% does not follow 50%.", Some.Plan(steps: ["50%", "5%", "100%"]) },
        { "A plan needs a canary step before 100%, as in 10%.", Some.Plan(steps: ["100%"]) },
        { "A plan needs at least one guardrail, as in \"schema_pass_rate\": \">= baseline - 2pp\".", Some.Plan(guardrails: []) },
        { "A plan needs at least one guardrail, as in \"schema_pass_rate\": \">= baseline - 2pp\".", new ReleasePlanDocument() },
        { "satisfaction cannot be a guardrail; these can: schema_pass_rate, error_rate, refusal_rate, truncation_rate, p50_latency, p95_latency, p99_latency, cost_per_success.", Some.Plan(guardrails: ["satisfaction >= 5%"]) },
        { "error_rate is better when it is lower, so its guardrail needs <=.", Some.Plan(guardrails: ["error_rate >= 5%"]) },
        { "minimum_units must be at least 1.", Some.Plan(units: 0) },
        { "minimum_units must be at least 1.", Some.Plan(units: -5) },
        { "decide_within (1h) must be longer than minimum_time (1h).", Some.Plan(within: "1h") },
        { "decide_within (30m) must be longer than minimum_time (45m).", Some.Plan(time: "45m", within: "30m") },
        { "decide_within (72h) must be longer than minimum_time (4d).", Some.Plan(time: "4d") },
        { "maximum_freeze must be longer than nothing.", Some.Plan(freeze: "0m") },
        { "eligibility: The condition on \"app\": version_gte compares semantic versions such as 1.6.0, and \"v2\" is none.", Some.Plan(eligibility: new ConditionDocument("app", "version_gte", ["v2"])) },
        { "eligibility: The condition on \"plan\": in needs at least one value.", Some.Plan(eligibility: [new ConditionDocument("region", "prefix", ["eu-"]), new ConditionDocument("plan", "in")]) },
        { "eligibility: 51 conditions are too many; 50 are the most.", Some.Plan(eligibility: [.. Enumerable.Range(0, 51).Select(number => new ConditionDocument($"a{number}", "present"))]) },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_impossible_plan_says_why(string sentence, ReleasePlanDocument document)
    {
        Assert.Equal([sentence], ReleasePlan.Make(document, Some.Version("1.0.0"), out var plan));
        Assert.Null(plan);
    }

    [Fact]
    public void Everything_that_makes_a_plan_impossible_is_said_at_once() => Assert.Equal(
        ["The last step must be 100%.", "A step of 0% would never be judged.", "Steps must rise: 0% does not follow 0%.", "minimum_units must be at least 1.", "maximum_freeze must be longer than nothing."],
        ReleasePlan.Make(Some.Plan(steps: ["0%", "0%"], units: 0, freeze: "0s"), Some.Version("1.0.0"), out _));

    [Fact]
    public void What_is_left_out_has_a_default()
    {
        Assert.Empty(ReleasePlan.Make(Some.Plan(), Some.Version("1.0.0"), out var plan));
        Assert.Equal(["1%", "10%", "50%", "100%"], plan!.Steps.Select(step => step.ToString()));
        Assert.Equal((100, "1h", "72h", "72h", "1.0.0", null), (plan.MinimumUnits, plan.MinimumTime.Text, plan.DecideWithin.Text, plan.MaximumFreeze.Text, plan.RollbackTo!.Text, plan.Watcher));
    }

    [Fact]
    public void What_is_written_is_kept()
    {
        Assert.Empty(ReleasePlan.Make(
            Some.Plan(["5%", "100%"], ["error_rate 0%", "refusal_rate <= 3%"], 1, "0s", "1s", "1s", "0.9.0", Some.Dora), Some.Version("1.0.0"), out var plan));
        Assert.Equal(["error_rate = 0%", "refusal_rate <= 3%"], plan!.Guardrails.Select(guardrail => guardrail.ToString()));
        Assert.Equal((1, "0s", "1s", "1s", "0.9.0", Some.Dora), (plan.MinimumUnits, plan.MinimumTime.Text, plan.DecideWithin.Text, plan.MaximumFreeze.Text, plan.RollbackTo!.Text, plan.Watcher));
    }

    [Fact]
    public void A_plan_may_say_who_may_be_in_the_canary()
    {
        Assert.Empty(ReleasePlan.Make(Some.Plan(eligibility: [new ConditionDocument("plan", "in", ["pro", "team"]), new ConditionDocument("beta", "present", Not: true)]), Some.Version("1.0.0"), out var plan));
        Assert.Equal(["plan in pro, team", "beta not present"], plan!.Eligibility.Select(condition => condition.ToString()));
    }

    [Fact]
    public void A_first_version_goes_to_everybody_at_once() =>
        Assert.Equal((Share.All, null), (Assert.Single(ReleasePlan.OfFirstVersion.Steps), ReleasePlan.OfFirstVersion.RollbackTo));
}
