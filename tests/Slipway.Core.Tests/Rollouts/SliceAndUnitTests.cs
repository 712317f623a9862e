using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Who is counted where, and what of a unit counts.</summary>
public sealed class SliceAndUnitTests
{
    private static readonly Share Half = Some.Share("50%");
    private static readonly JudgePlan Plan = new([Some.Guardrail("schema_pass_rate >= baseline - 2pp"), Some.Guardrail("refusal_rate 0%")]);

    [Fact]
    public void Everybody_is_judged_and_each_named_segment_beside()
    {
        var evidence = new RolloutEvidence(Plan with { Segments = ["gold", "trial"] });
        See(evidence, "a", segment: "gold");
        See(evidence, "b", segment: "silver");
        See(evidence, "c");
        Assert.Equal([("schema_pass_rate", null, 3L), ("refusal_rate", null, 3L), ("schema_pass_rate", "gold", 1L), ("refusal_rate", "gold", 1L), ("schema_pass_rate", "trial", 0L), ("refusal_rate", "trial", 0L)],
            evidence.Findings().Guardrails.Select(finding => (finding.Guardrail.Metric, finding.Segment, finding.CandidateUnits)));
        Assert.Equal(2, evidence.Current().Length);
    }

    [Fact]
    public void Harm_in_one_segment_is_found_there_and_named()
    {
        var evidence = new RolloutEvidence(Plan with { Segments = ["gold"] });
        for (var i = 0; i < 60; i++)
        {
            See(evidence, $"c-{i}", bad: true, segment: "gold");
            See(evidence, $"s-{i}", candidate: false, segment: "gold");
        }
        var broken = evidence.Findings().Guardrails.Last(finding => finding.Standing == GuardrailStanding.Harmful);
        Assert.StartsWith("schema_pass_rate >= baseline - 2pp for gold is broken: 60 of 60 were bad with the candidate (100%)", broken.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zero_tolerance_looks_at_every_call_of_a_unit()
    {
        var evidence = new RolloutEvidence(Plan);
        See(evidence, "a");
        See(evidence, "a", refused: true);
        Assert.Equal(GuardrailStanding.Harmful, evidence.Findings().Guardrails[1].Standing);
        Assert.Equal((1, 2), (evidence.Findings().Guardrails[0].CandidateUnits, evidence.Findings().Guardrails[1].CandidateUnits));
    }

    [Fact]
    public void Several_calls_of_a_unit_are_one_mean()
    {
        var evidence = new RolloutEvidence(Plan with { Unit = new UnitRule(4, TimeSpan.FromMinutes(10)) });
        for (var i = 0; i < 6; i++) See(evidence, "a", bad: i == 2, minute: i);
        Assert.Equal((1, 0.25), (evidence.Findings().Guardrails[0].CandidateUnits, evidence.Findings().Guardrails[0].Candidate));
    }

    [Fact]
    public void A_unit_that_falls_silent_counts_when_its_time_is_over()
    {
        var evidence = new RolloutEvidence(Plan with { Unit = new UnitRule(4, TimeSpan.FromMinutes(10)) });
        See(evidence, "a", bad: true);
        See(evidence, "b", minute: 9);
        Assert.Equal(0, evidence.Findings().Guardrails[0].CandidateUnits);
        See(evidence, "b", minute: 10);
        Assert.Equal((1, 1d), (evidence.Findings().Guardrails[0].CandidateUnits, evidence.Findings().Guardrails[0].Candidate));
        See(evidence, "a", minute: 11);
        See(evidence, "c", minute: 30);
        Assert.Equal(2, evidence.Findings().Guardrails[0].CandidateUnits);
    }

    [Fact]
    public void A_later_step_has_a_part_of_the_coin_of_its_own()
    {
        Assert.InRange(BadUnitsUntilFound(steps: 2), 1, 150);
        Assert.InRange(BadUnitsUntilFound(steps: 1), 1_000, 20_000);

        static int BadUnitsUntilFound(int steps)
        {
            var evidence = new RolloutEvidence(new JudgePlan([Some.Guardrail("schema_pass_rate >= baseline - 5pp")], steps));
            var unit = 0;
            for (; unit < 10_000; unit++) Pair(evidence, unit, 1, bad: false);
            while (evidence.Findings().Guardrails[0].Standing != GuardrailStanding.Harmful) Pair(evidence, unit++, 2, bad: unit % 5 == 0);
            return unit - 10_000;
        }

        static void Pair(RolloutEvidence evidence, int unit, int epoch, bool bad)
        {
            evidence.Observe(new CallOutcome($"c-{unit}", true, epoch, false, !bad, false, false), Half);
            evidence.Observe(new CallOutcome($"s-{unit}", false, epoch, false, true, false, false), Half);
        }
    }

    [Fact]
    public void What_is_told_later_counts_when_its_time_is_over_and_the_rest_at_once()
    {
        var evidence = new RolloutEvidence(new JudgePlan([Some.Guardrail("escalation_rate <= baseline + 2pp"), Some.Guardrail("schema_pass_rate >= baseline - 2pp"), Some.Guardrail("task_success_rate >= 90%")]));
        Assert.True(evidence.WaitsForRipe);
        for (var i = 0; i < 3; i++) See(evidence, $"u-{i}");
        Assert.Equal([0L, 3, 0], evidence.Findings().Guardrails.Select(finding => finding.CandidateUnits));
        Ripe(evidence, "u-0", new CallOutcomeDocument("t", Escalated: true, TaskSuccess: false));
        Ripe(evidence, "u-1", new CallOutcomeDocument("t", TaskSuccess: true));
        Ripe(evidence, "u-2", told: null);
        // Nobody says that there was no escalation; how a task ended is said, or missing.
        Assert.Equal([(3L, 1L, 0L), (3, 0, 0), (2, 1, 1)], evidence.Findings().Guardrails.Select(finding => (finding.CandidateUnits, finding.CandidateBad, finding.CandidateMissing)));
        Assert.Equal(["escalation_rate", "schema_pass_rate", "task_success_rate"], evidence.Current().Select(one => one.Guardrail.Metric));
        Assert.All(evidence.Current(), one => Assert.Equal(3 / RolloutEvidence.RollbackLevel, one.HarmLimit));
        Assert.Equal(3, evidence.CandidateUnitsIn(1));
    }

    [Fact]
    public void The_evidence_of_another_plan_is_not_gone_on_from() =>
        Assert.Throws<ArgumentException>(() => new RolloutEvidence(Plan with { Segments = ["gold"] }, new RolloutEvidence(Plan).State));

    private static void Ripe(RolloutEvidence evidence, string unit, CallOutcomeDocument? told) =>
        evidence.ObserveRipe(new CallOutcome(unit, true, 1, Failed: false, SchemaValid: true, Refused: false, Truncated: false, AssignedAt: Some.Noon, Told: told), Half);

    private static void See(RolloutEvidence evidence, string unit, bool candidate = true, bool bad = false, bool refused = false, string? segment = null, int minute = 0) => evidence.Observe(
        new CallOutcome(unit, candidate, 1, Failed: false, SchemaValid: !bad, Refused: refused, Truncated: false, AssignedAt: Some.Noon.AddMinutes(minute), Segment: segment), Half);
}
