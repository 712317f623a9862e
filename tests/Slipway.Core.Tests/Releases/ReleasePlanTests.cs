using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
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
        { "satisfaction cannot be a guardrail; these can: schema_pass_rate, error_rate, refusal_rate, truncation_rate, p50_latency, p95_latency, p99_latency, cost_per_success, task_success_rate, escalation_rate, correction_rate, thumbs_down_rate, complaint_rate.", Some.Plan(guardrails: ["satisfaction >= 5%"]) },
        { "error_rate is better when it is lower, so its guardrail needs <=.", Some.Plan(guardrails: ["error_rate >= 5%"]) },
        { "minimum_units must be at least 1.", Some.Plan(units: 0) },
        { "minimum_units must be at least 1.", Some.Plan(units: -5) },
        { "decide_within (1h) must be longer than minimum_time (1h).", Some.Plan(time: "1h", within: "1h") },
        { "decide_within (30m) must be longer than minimum_time (45m).", Some.Plan(time: "45m", within: "30m") },
        { "decide_within (72h) must be longer than minimum_time (4d).", Some.Plan(time: "4d") },
        { "decide_within (72h) must be longer than minimum_time of the step 10% (72h).", Some.Plan() with { Steps = [new PlanStep(Some.Share("10%"), Some.Parse<Duration>("72h")), Share.All] } },
        { "minimum_units of the step 10% must be at least 1.", Some.Plan() with { Steps = [new PlanStep(Some.Share("10%"), MinimumUnits: 0), Share.All] } },
        { "observe (73h) must be at most 72h: no other release of the prompt can start before it ends.", Some.Plan(observe: "73h") },
        { "The release is limited at least, because of the risk of its prompt and of what it changes; direct would be less careful.", Some.Plan() with { Level = ReleaseLevel.Direct } },
        { "The level staging is for environments where no user is.", Some.Plan() with { Level = ReleaseLevel.Staging } },
        { "A plan cannot make a release an emergency; two people break the glass with: slipway release break-glass VERSION --reason TEXT", Some.Plan() with { Level = ReleaseLevel.Emergency } },
        { "observe (0s) must be at least 24h where a release is approval-gated.", Some.Plan() with { Level = ReleaseLevel.ApprovalGated } },
        { "shadow.budget must say what it may spend at most: calls, cost in US dollars, or both.", Some.Plan() with { Shadow = new ShadowPlan(Some.Share("5%")) } },
        { "shadow.budget must say what it may spend at most: calls, cost in US dollars, or both.", Some.Plan() with { Shadow = new ShadowPlan(Some.Share("5%"), new ShadowBudget()) } },
        { "shadow.share of 0% would see nothing.", Some.Plan() with { Shadow = Some.Shadow("0%") } },
        { "shadow.budget.calls must be at least 1.", Some.Plan() with { Shadow = Some.Shadow(calls: 0) } },
        { "shadow.budget.cost must be more than 0 US dollars.", Some.Plan() with { Shadow = Some.Shadow(calls: null, cost: -1) } },
        { "shadow.budget.calls (99) are fewer than the 100 units it must see; allow more calls, or say shadow.minimum_units.", Some.Plan(guardrails: ["schema_pass_rate 100%"]) with { Shadow = Some.Shadow(calls: 99) } },
        { "shadow.budget.calls (300) cannot prove schema_pass_rate >= baseline - 2pp: where both versions answer alike it takes 315 units; allow more calls, or a wider margin.", Some.Plan() with { Shadow = Some.Shadow(calls: 300) } },
        { "shadow.minimum_units must be at least 1.", Some.Plan() with { Shadow = Some.Shadow(units: 0) } },
        { "decide_within (72h) must be longer than shadow.minimum_time (72h).", Some.Plan() with { Shadow = Some.Shadow(time: "72h") } },
        { "judging: segment_by names an attribute, and segments the values of it that are judged; one needs the other.", Some.Plan() with { Judging = new JudgingDocument { SegmentBy = "tier" } } },
        { "judging.segments must be different texts, none of them empty.", Some.Plan() with { Judging = new JudgingDocument { SegmentBy = "tier", Segments = ["free", "free"] } } },
        { "judging.segments: 21 are too many; 20 are the most.", Some.Plan() with { Judging = new JudgingDocument { SegmentBy = "tier", Segments = [.. Enumerable.Range(0, 21).Select(number => $"t{number}")] } } },
        { "judging.unit_calls must be 1 to 1000.", Some.Plan() with { Judging = new JudgingDocument { UnitCalls = 1_001, UnitTime = Duration.Hours(1) } } },
        { "judging: unit_time says for how long the calls of a unit count; it is needed with unit_calls of more than 1, and means nothing without.", Some.Plan() with { Judging = new JudgingDocument { UnitCalls = 5 } } },
        { "judging.outcomes_within (8d) must be at most 7 days.", Some.Plan() with { Judging = new JudgingDocument { OutcomesWithin = Some.Parse<Duration>("8d") } } },
        { "judging.outcomes_within must be longer than nothing: a guardrail looks at what is told later.", Some.Plan(guardrails: ["escalation_rate <= baseline + 2pp"]) with { Judging = new JudgingDocument { OutcomesWithin = Duration.Zero } } },
        { "judging.lost_after must be longer than nothing.", Some.Plan() with { Judging = new JudgingDocument { LostAfter = Duration.Zero } } },
        { "staging: a release that is approval-gated is tried in staging first.", Some.Plan(observe: "24h") with { Level = ReleaseLevel.ApprovalGated, Staging = false } },
        { "maximum_freeze must be longer than nothing.", Some.Plan(freeze: "0m") },
        { "eligibility: The condition on \"app\": version_gte compares semantic versions such as 1.6.0, and \"v2\" is none.", Some.Plan(eligibility: new ConditionDocument("app", "version_gte", ["v2"])) },
        { "eligibility: The condition on \"plan\": in needs at least one value.", Some.Plan(eligibility: [new ConditionDocument("region", "prefix", ["eu-"]), new ConditionDocument("plan", "in")]) },
        { "eligibility: 51 conditions are too many; 50 are the most.", Some.Plan(eligibility: [.. Enumerable.Range(0, 51).Select(number => new ConditionDocument($"a{number}", "present"))]) },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_impossible_plan_says_why(string sentence, ReleasePlanDocument document)
    {
        Assert.Equal([sentence], ReleasePlan.Make(document, Some.Basis(), out var plan));
        Assert.Null(plan);
    }

    [Fact]
    public void Everything_that_makes_a_plan_impossible_is_said_at_once() => Assert.Equal(
        ["The last step must be 100%.", "A step of 0% would never be judged.", "Steps must rise: 0% does not follow 0%.", "minimum_units must be at least 1.", "maximum_freeze must be longer than nothing."],
        ReleasePlan.Make(Some.Plan(steps: ["0%", "0%"], units: 0, freeze: "0s"), Some.Basis(), out _));

    [Fact]
    public void What_is_left_out_is_as_the_risk_asks()
    {
        var plan = Made(ReleasePlanDocument.Empty);
        Assert.Equal((ReleaseLevel.Limited, "1%, 10%, 50%, 100%"), (plan.Level, string.Join(", ", plan.Steps)));
        Assert.Equal(["error_rate <= baseline + 2pp", "refusal_rate <= baseline + 2pp"], plan.Guardrails.Select(guardrail => guardrail.ToString()));
        Assert.Equal((100, "1h", "72h", "72h", "24h", "1.0.0", Some.Emil), (plan.MinimumUnits, plan.MinimumTime.Text, plan.DecideWithin.Text, plan.MaximumFreeze.Text, plan.Observe.Text, plan.RollbackTo!.Text, plan.Watcher!));
        Assert.Equal((StickyUnit.Conversation, null, null), (plan.Unit, plan.StartAt, plan.Shadow));
    }

    [Fact]
    public void Answers_that_can_break_a_contract_are_watched_for_it() => Assert.Equal(
        ["error_rate <= baseline + 2pp", "refusal_rate <= baseline + 2pp", "schema_pass_rate >= baseline - 2pp"], Made(ReleasePlanDocument.Empty, Some.Basis(contract: true)).Guardrails.Select(guardrail => guardrail.ToString()));

    [Theory]
    [InlineData(ReleaseLevel.Direct, RiskLevel.Low, "100%", "24h")]
    [InlineData(ReleaseLevel.Staging, RiskLevel.Standard, "100%", "0s")]
    [InlineData(ReleaseLevel.Limited, RiskLevel.Low, "1%, 10%, 50%, 100%", "24h")]
    [InlineData(ReleaseLevel.Limited, RiskLevel.UserFacing, "1%, 10%, 50%, 100%", "48h")]
    [InlineData(ReleaseLevel.ApprovalGated, RiskLevel.Regulated, "1%, 10% (by hand), 50% (by hand), 100% (by hand)", "72h")]
    public void Each_level_has_its_plan(ReleaseLevel level, RiskLevel risk, string steps, string observe)
    {
        var plan = Made(ReleasePlanDocument.Empty, Some.Basis(level, risk));
        Assert.Equal((level, steps, observe), (plan.Level, string.Join(", ", plan.Steps), plan.Observe.Text));
    }

    [Theory]
    [InlineData(RiskLevel.Low, "production", "1.0.1", ReleaseLevel.Direct)]
    [InlineData(RiskLevel.Low, "production", "1.1.0", ReleaseLevel.Limited)]
    [InlineData(RiskLevel.Low, "production", "0.9.9", ReleaseLevel.Limited)]
    [InlineData(RiskLevel.Standard, "production", "1.0.1", ReleaseLevel.Limited)]
    [InlineData(RiskLevel.UserFacing, "production", "1.1.0", ReleaseLevel.Limited)]
    [InlineData(RiskLevel.Regulated, "production", "1.0.1", ReleaseLevel.ApprovalGated)]
    [InlineData(RiskLevel.ActionTaking, "production", "2.0.0", ReleaseLevel.ApprovalGated)]
    [InlineData(RiskLevel.ActionTaking, "staging", "2.0.0", ReleaseLevel.Staging)]
    [InlineData(RiskLevel.Low, "development", "1.0.1", ReleaseLevel.Staging)]
    public void The_risk_the_place_and_the_size_of_the_change_say_how_carefully(RiskLevel risk, string environment, string candidate, ReleaseLevel level) =>
        Assert.Equal(level, ReleaseLevels.Needed(risk, Some.Parse<EnvironmentName>(environment), Some.Version(candidate).Number, Some.Version("1.0.0").Number));

    [Fact]
    public void A_plan_may_be_more_careful_than_the_risk_asks()
    {
        var plan = Made(Some.Plan(["10%", "100%"], observe: "24h") with { Level = ReleaseLevel.ApprovalGated });
        Assert.Equal((ReleaseLevel.ApprovalGated, "10%, 100% (by hand)"), (plan.Level, string.Join(", ", plan.Steps)));
    }

    [Fact]
    public void What_is_written_is_kept()
    {
        var plan = Made(Some.Plan(["5%", "100%"], ["error_rate 0%", "refusal_rate <= 3%"], 1, "0s", "1s", "1s", "0.9.0", Some.Dora));
        Assert.Equal(["error_rate = 0%", "refusal_rate <= 3%"], plan.Guardrails.Select(guardrail => guardrail.ToString()));
        Assert.Equal((1, "0s", "1s", "1s", "0.9.0", Some.Dora), (plan.MinimumUnits, plan.MinimumTime.Text, plan.DecideWithin.Text, plan.MaximumFreeze.Text, plan.RollbackTo!.Text, plan.Watcher));
    }

    [Fact]
    public void A_plan_said_again_as_a_document_is_the_same_plan()
    {
        var plan = Made(Some.Plan(["5%", "100%"], ["error_rate 0%"], 7, "1m", "2h", "3h", "0.9.0", Some.Dora, "4h", new ConditionDocument("plan", "in", ["pro"])) with
        {
            Steps = [new PlanStep(Some.Share("5%"), Duration.Seconds(5), 9), new PlanStep(Share.All, ByHand: true)],
            Unit = StickyUnit.Tenant,
            StartAt = Some.Noon,
        });
        Assert.True(plan.SaysTheSameAs(Made(ReleasePlanDocument.Of(plan))));
        Assert.False(plan.SaysTheSameAs(Made(ReleasePlanDocument.Of(plan) with { MinimumUnits = 8 })));
        Assert.Equal(ReleasePlanDocument.Of(plan), ReleasePlanDocument.Of(plan));
    }

    [Theory]
    [InlineData("\"10%\"", "10%")]
    [InlineData("""{"share":"10%"}""", "10%")]
    [InlineData("""{"share":"10%","minimum_time":"24h","minimum_units":500,"by_hand":true}""", "10% (at least 24h, at least 500 units, by hand)")]
    public void A_step_is_a_share_or_says_more(string json, string text)
    {
        var step = JsonSerializer.Deserialize<PlanStep>(json)!;
        Assert.Equal((text, step), (step.ToString(), JsonSerializer.Deserialize<PlanStep>(JsonSerializer.Serialize(step))!));
    }

    [Theory]
    [InlineData("10")]
    [InlineData("\"10\"")]
    [InlineData("{}")]
    [InlineData("""{"share":"10%","minimum_time":"soon"}""")]
    [InlineData("""{"share":"10%","minimum_units":1.5}""")]
    [InlineData("""{"share":"10%","minimal_units":1}""")]
    [InlineData("""{"share":["10%"]}""")]
    public void What_is_no_step_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PlanStep>(json));

    [Fact]
    public void A_plan_may_say_who_may_be_in_the_canary()
    {
        Assert.Empty(ReleasePlan.Make(Some.Plan(eligibility: [new ConditionDocument("plan", "in", ["pro", "team"]), new ConditionDocument("beta", "present", Not: true)]), Some.Basis(), out var plan));
        Assert.Equal(["plan in pro, team", "beta not present"], plan!.Eligibility.Select(condition => condition.ToString()));
    }

    private static ReleasePlan Made(ReleasePlanDocument document, PlanBasis? basis = null)
    {
        Assert.Empty(ReleasePlan.Make(document, basis ?? Some.Basis(), out var plan));
        return plan!;
    }

    [Fact]
    public void A_first_version_goes_to_everybody_at_once() =>
        Assert.Equal((Share.All, null), (Assert.Single(ReleasePlan.OfFirstVersion.Steps).Share, ReleasePlan.OfFirstVersion.RollbackTo));

    [Fact]
    public void How_the_numbers_are_read_is_part_of_the_contract()
    {
        var plan = Made(Some.Plan() with { Judging = new JudgingDocument { SegmentBy = "tier", Segments = ["free", "gold"], FreezeWhenWorse = true } });
        Assert.Equal(JudgingPlan.Default with { SegmentBy = "tier", Segments = ["free", "gold"], FreezeWhenWorse = true }, plan.Judging);
        var judged = JudgePlan.Of(plan);
        Assert.Equal(["free", "gold"], judged.Segments);
        Assert.Equal((true, plan.Guardrails.Length * 3), (judged.FreezesWhenWorse, judged.Bets));
        Assert.Equal(plan.Judging, Made(ReleasePlanDocument.Of(plan)).Judging);
        Assert.False(plan.SaysTheSameAs(plan with { Judging = null }));
    }

    [Fact]
    public void A_release_says_its_part_of_how_the_numbers_are_read_and_the_policy_the_rest()
    {
        var policy = Some.Plan() with { Judging = new JudgingDocument { SegmentBy = "tier", Segments = ["free"], LostAfter = Duration.Hours(2) } };
        var plan = Made((ReleasePlanDocument.Empty with { Judging = new JudgingDocument { LostAfter = Duration.Hours(6) } }).Over(policy));
        Assert.Equal(("tier", "6h"), (plan.Judging!.SegmentBy, plan.Judging.LostAfter.Text));
    }
}
