using System.Collections.Immutable;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Whatever calls come, in whatever order, some things are always so of the judge.</summary>
public sealed class RolloutProperties
{
    private const int Stories = 40;
    private static readonly ImmutableArray<Share> Weights = [Some.Share("20%"), Some.Share("50%"), Some.Share("80%")];

    private static readonly JudgePlan Plan = new(
        [.. ((string[])["schema_pass_rate >= baseline - 2pp", "error_rate <= 5%", "p95_latency <= baseline + 10%", "p50_latency <= 900ms", "cost_per_success <= baseline + 20%", "refusal_rate 0%", "escalation_rate <= baseline + 5pp", "task_success_rate >= baseline - 5pp"]).Select(Some.Guardrail)],
        CanarySteps: 3)
    {
        Segments = ["gold"],
    };

    private static readonly JudgePlan PlanOfMeans = Plan with { Unit = new UnitRule(3, TimeSpan.FromMinutes(2)), FreezesWhenWorse = true };

    /// <summary>One call: whose, in which arm and epoch, how it ended, how long it took, and when it came.</summary>
    private static readonly Gen<CallOutcome> Call =
        from unit in Gen.Choose(0, 60)
        from candidate in Gen.Choose(0, 3)
        from epoch in Gen.Choose(1, 3)
        from how in Gen.Choose(0, 19)
        from latency in Gen.Choose(1, 2_000)
        from second in Gen.Choose(0, 600)
        select new CallOutcome(
            $"u-{unit}", candidate == 0, epoch, Failed: how == 0, SchemaValid: how == 0 ? null : how > 2, Refused: how == 0 ? null : how == 1, Truncated: how == 0 ? null : how == 2,
            AssignedAt: Some.Noon.AddSeconds(second), LatencyMs: how == 0 ? null : latency, Cost: how == 5 ? null : latency / 1e6, Segment: how % 2 == 0 ? "gold" : null,
            Told: how % 5 == 0 ? null : new CallOutcomeDocument("", TaskSuccess: how % 3 == 0 ? null : how > 6, Escalated: how == 7));

    private static readonly Arbitrary<(ImmutableArray<CallOutcome> Calls, int Cut, bool Means)> Story =
        (from calls in Call.ListOf(200)
         from cut in Gen.Choose(0, 200)
         from means in Gen.Choose(0, 1)
         select (calls.OrderBy(call => call.Epoch).ToImmutableArray(), cut, means == 1)).ToArbitrary();

    [Fact]
    public void Going_on_from_stored_evidence_is_as_if_nothing_had_stopped() => Prop.ForAll(Story, story =>
    {
        var plan = story.Means ? PlanOfMeans : Plan;
        var whole = new RolloutEvidence(plan);
        Feed(whole, story.Calls);
        var before = new RolloutEvidence(plan);
        Feed(before, story.Calls[..story.Cut]);
        var stored = JsonSerializer.Serialize(before.State, RolloutJson.Default.RolloutEvidenceState);
        var after = new RolloutEvidence(plan, JsonSerializer.Deserialize(stored, RolloutJson.Default.RolloutEvidenceState)!);
        Feed(after, story.Calls[story.Cut..]);
        Assert.Equal(Told(whole), Told(after));
        Assert.Equal(JsonSerializer.Serialize(whole.State, RolloutJson.Default.RolloutEvidenceState), JsonSerializer.Serialize(after.State, RolloutJson.Default.RolloutEvidenceState));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    [Fact]
    public void How_a_batch_was_stored_changes_nothing() => Prop.ForAll(Story, story =>
    {
        var plan = story.Means ? PlanOfMeans : Plan;
        var (one, other) = (new RolloutEvidence(plan), new RolloutEvidence(plan));
        one.Observe(story.Calls, Weights);
        other.Observe(story.Calls.OrderBy(call => (call.LatencyMs, call.UnitKey, call.Cost)), Weights);
        Assert.Equal(Told(one), Told(other));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    [Fact]
    public void Nothing_is_ever_safe_and_harmful_at_once()
    {
        var reached = new HashSet<GuardrailStanding>();
        // First long good, then long bad, by chance: both bets pass their limits.
        Prop.ForAll((from good in Gen.Choose(0, 150) from bad in Gen.Choose(0, 150) from again in Gen.Choose(0, 150) select (good, bad, again)).ToArbitrary(), runs =>
        {
            var evidence = new RolloutEvidence(new JudgePlan([Some.Guardrail("schema_pass_rate >= baseline - 10pp")]));
            var unit = 0;
            foreach (var (count, bad) in new[] { (runs.good, false), (runs.bad, true), (runs.again, false) })
            {
                for (var i = 0; i < count; i++)
                {
                    evidence.Observe(Outcome(unit++, candidate: true, bad), Weights[1]);
                    evidence.Observe(Outcome(unit++, candidate: false, false), Weights[1]);
                    var (finding, stored) = (evidence.Findings().Guardrails[0], evidence.Current()[0]);
                    Assert.False(stored.Safe && stored.Harmful);
                    Assert.Equal((finding.Standing == GuardrailStanding.Safe, finding.Standing == GuardrailStanding.Harmful), (stored.Safe, stored.Harmful));
                    reached.Add(finding.Standing);
                }
            }
            if (evidence.Findings().Guardrails[0] is { HarmCoins: >= 100, SafeCoins: >= 20 } both) Assert.Equal(GuardrailStanding.Harmful, both.Standing);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));
        Assert.Equal(3, reached.Count);
    }

    [Fact]
    public void A_proof_is_never_taken_back_and_a_broken_zero_tolerance_neither() => Prop.ForAll(Story, story =>
    {
        var evidence = new RolloutEvidence(story.Means ? PlanOfMeans : Plan);
        var harmful = new HashSet<(string, string?)>();
        foreach (var (index, call) in story.Calls.Index())
        {
            evidence.Observe(call, Weights[call.Epoch - 1]);
            if (index % 10 > 0 && call.Refused != true) continue;
            var now = evidence.Findings().Guardrails.Where(finding => finding.Standing == GuardrailStanding.Harmful).Select(finding => (finding.Guardrail.Metric, finding.Segment)).ToHashSet();
            Assert.Subset(now, harmful);
            if (call is { Candidate: true, Refused: true }) Assert.Contains(("refusal_rate", (string?)null), now);
            harmful = now;
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    [Fact]
    public void However_many_bets_share_it_the_chance_of_a_false_rollback_stays_the_same() => Prop.ForAll(
        (from guardrails in Gen.Choose(1, 6) from segments in Gen.Choose(0, 8) select (guardrails, segments)).ToArbitrary(), counts =>
        {
            var plan = new JudgePlan(Plan.Guardrails[..counts.guardrails]) { Segments = [.. Enumerable.Range(0, counts.segments).Select(number => $"s-{number}")] };
            var findings = new RolloutEvidence(plan).Findings().Guardrails;
            Assert.Equal(counts.guardrails * (1 + counts.segments), findings.Length);
            Assert.Equal(RolloutEvidence.RollbackLevel, findings.Sum(finding => 1 / finding.HarmLimit), 1e-12);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    [Fact]
    public void No_score_is_below_its_bound_so_no_bet_goes_broke() => Prop.ForAll(
        (from values in Gen.Choose(0, 5_000).ListOf(200) from partners in Gen.Choose(1, 20) from swapped in Gen.Choose(0, 1) select (values, partners, swapped == 1)).ToArbitrary(), drawn =>
        {
            foreach (var guardrail in Plan.Guardrails)
            {
                if (Scorer.Of(guardrail.Form) is not { } scorer) continue;
                var isRate = guardrail.Metric.EndsWith("_rate", StringComparison.Ordinal);
                var readings = drawn.values.Select(value => new Reading(isRate ? value % 4 / 3d : value, value % 3 == 0 ? 0 : 1)).ToArray().AsSpan();
                for (; readings.Length > drawn.partners; readings = readings[(1 + drawn.partners)..])
                {
                    var single = readings[..1];
                    var several = readings[1..(1 + drawn.partners)];
                    if (!(drawn.Item3 ? scorer.TryScore(several, single, out var harm, out var safe) : scorer.TryScore(single, several, out harm, out safe))) continue;
                    Assert.True(harm >= -scorer.HarmBound - 1e-12 && safe >= -scorer.SafeBound - 1e-12, $"{guardrail}: {harm}, {safe}");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    [Fact]
    public void A_decision_reads_back_with_all_its_numbers() => Prop.ForAll(Story, story =>
    {
        var evidence = new RolloutEvidence(Plan);
        Feed(evidence, story.Calls);
        var decision = new RolloutDecision(RolloutAction.Freeze, RolloutCause.SampleRatio, "So it is.", 2, Some.Noon, evidence.Findings());
        var json = JsonSerializer.Serialize(decision, RolloutJson.Default.RolloutDecision);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, RolloutJson.Default.RolloutDecision)!, RolloutJson.Default.RolloutDecision));
        Assert.Contains("\"action\":\"freeze\",\"cause\":\"sample_ratio\"", json, StringComparison.Ordinal);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories));

    private static CallOutcome Outcome(int unit, bool candidate, bool bad) => new($"u-{unit}", candidate, 1, Failed: false, SchemaValid: !bad, Refused: false, Truncated: false);

    private static void Feed(RolloutEvidence evidence, IEnumerable<CallOutcome> calls)
    {
        foreach (var call in calls)
        {
            evidence.Observe(call, Weights[call.Epoch - 1]);
            evidence.ObserveRipe(call, Weights[call.Epoch - 1]);
        }
    }

    // Records compare arrays by reference; their JSON says all there is.
    private static string Told(RolloutEvidence evidence) => JsonSerializer.Serialize(
        new RolloutDecision(RolloutAction.Hold, RolloutCause.Waiting, "", 1, Some.Noon, evidence.Findings()), RolloutJson.Default.RolloutDecision);
}
