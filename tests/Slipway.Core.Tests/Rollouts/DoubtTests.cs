using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What freezes a release that nothing proves to be harmful.</summary>
public sealed class DoubtTests
{
    private static readonly Share Half = Some.Share("50%");
    private readonly Installation installation = Some.LiveInstallation();
    private readonly Release release;
    private int units;

    public DoubtTests() => release = installation[installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan(steps: ["50%", "100%"], guardrails: ["schema_pass_rate >= baseline - 10pp"], time: "1h"))))];

    [Fact]
    public void Units_that_are_not_split_as_agreed_freeze()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 400; i++) See(evidence, candidate: i % 4 == 0);
        var decision = Decide(evidence);
        Assert.Equal((RolloutAction.Freeze, RolloutCause.SampleRatio), (decision.Action, decision.Cause));
        Assert.Equal("100 of 400 units met the candidate and 200 should have: units are lost or counted in the wrong arm, so the other numbers cannot be trusted", decision.Sentence);
    }

    [Fact]
    public void A_unit_is_counted_for_the_split_when_it_is_first_seen_and_never_again()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 1_000; i++)
        {
            See(evidence, candidate: true, unit: "chatty");
            See(evidence, candidate: false, unit: "moved");
        }
        See(evidence, candidate: true, unit: "moved");
        Assert.Equal((1, 1, 2), (evidence.Findings().SampleRatio.CandidateUnits, evidence.Findings().SampleRatio.Expected, evidence.Findings().SampleRatio.Units));
    }

    [Fact]
    public void Results_that_are_missing_with_the_candidate_freeze()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 100; i++)
        {
            See(evidence, candidate: true, failed: i % 3 == 0);
            See(evidence, candidate: false);
        }
        var decision = Decide(evidence);
        Assert.Equal((RolloutAction.Freeze, RolloutCause.MissingOutcomes), (decision.Action, decision.Cause));
        Assert.Equal("schema_pass_rate is missing more often with the candidate: for 34 of 100 units, with stable for 0 of 100", decision.Sentence);
    }

    [Fact]
    public void Results_that_are_missing_with_both_say_nothing()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 300; i++)
        {
            See(evidence, candidate: true, failed: i % 3 == 0);
            See(evidence, candidate: false, failed: i % 3 == 1);
        }
        Assert.NotEqual(RolloutAction.Freeze, Decide(evidence).Action);
    }

    [Fact]
    public void Whoever_resumes_has_seen_why_it_froze()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 400; i++) See(evidence, candidate: i % 4 == 0);
        installation.Now += TimeSpan.FromHours(1);
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release.Id, "the split is wrong", []));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release.Id, "a test client, mended"));
        Assert.Equal(RolloutAction.Hold, RolloutJudge.Decide(installation[release.Id], evidence, installation.Now).Action);
    }

    [Fact]
    public void Worse_within_the_margin_freezes_only_where_that_is_asked()
    {
        var plan = JudgePlan.Of(release.Plan) with { Guardrails = [Some.Guardrail("schema_pass_rate >= baseline - 30pp")] };
        foreach (var asked in new[] { false, true })
        {
            var evidence = new RolloutEvidence(plan with { FreezesWhenWorse = asked });
            for (var i = 0; i < 60; i++)
            {
                See(evidence, candidate: true, bad: i % 4 == 0);
                See(evidence, candidate: false);
            }
            Assert.NotNull(evidence.Findings().Guardrails[0].WorseSince);
            Assert.Equal(asked, evidence.Findings().Doubts.Any(doubt => doubt.Cause == RolloutCause.Worse));
        }
    }

    [Fact]
    public void Harm_outweighs_every_doubt()
    {
        var evidence = new RolloutEvidence(release.Plan);
        for (var i = 0; i < 400; i++) See(evidence, candidate: i % 4 == 0, bad: i % 4 == 0);
        Assert.Equal((RolloutAction.RollBack, RolloutCause.Harm), (Decide(evidence).Action, Decide(evidence).Cause));
    }

    [Fact]
    public void Nothing_at_all_by_the_deadline_is_a_cause_of_its_own()
    {
        var decision = RolloutJudge.Decide(release, new RolloutEvidence(release.Plan), release.EpochSince.AddHours(72));
        Assert.Equal((RolloutAction.Freeze, RolloutCause.NoData, release.Epoch), (decision.Action, decision.Cause, decision.Epoch));
    }

    private RolloutDecision Decide(RolloutEvidence evidence) => RolloutJudge.Decide(release, evidence, release.EpochSince.AddMinutes(5));

    private void See(RolloutEvidence evidence, bool candidate, bool bad = false, bool failed = false, string? unit = null) => evidence.Observe(
        new CallOutcome(unit ?? $"unit-{++units}", candidate, 1, failed, failed ? null : !bad, failed ? null : false, failed ? null : false, AssignedAt: release.EpochSince.AddSeconds(1)), Half);
}
