using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

public sealed class ShadowJudgeTests
{
    private readonly Installation installation = Some.LiveInstallation();
    private Release release = null!;
    private ShadowEvidence evidence = null!;
    private int units;

    [Fact]
    public void Without_data_it_waits_and_at_the_deadline_it_freezes()
    {
        Begin();
        Assert.Equal("no proof yet for schema_pass_rate", Says<RolloutVerdict.Hold>(2));
        Assert.StartsWith("undecided after 6h in its shadow; no proof yet for schema_pass_rate: schema_pass_rate >= baseline - 2pp is open: 0 of 0", Says<RolloutVerdict.Freeze>(6), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_that_both_answer_alike_prove_a_margin_of_two_points_within_four_hundred()
    {
        Begin();
        See(300);
        Says<RolloutVerdict.Hold>(2);
        See(100);
        Assert.Equal("in its shadow for less than 1h", Says<RolloutVerdict.Hold>(0.5));
        Assert.StartsWith("in its shadow schema_pass_rate >= baseline - 2pp holds: 0 of 400 were bad with the candidate (0%), 0 of 400 with stable (0%)", Says<RolloutVerdict.Advance>(1), StringComparison.Ordinal);
    }

    [Fact]
    public void Harm_stops_the_release_before_any_user_met_it()
    {
        Begin();
        See(40, candidateBad: true);
        Assert.StartsWith("in its shadow, before any user met it: schema_pass_rate >= baseline - 2pp is broken: 40 of 40 were bad with the candidate (100%), 0 of 40 with stable (0%)", Says<RolloutVerdict.RollBack>(0), StringComparison.Ordinal);
        release = Frozen();
        Says<RolloutVerdict.RollBack>(0);
    }

    [Fact]
    public void What_is_bad_with_both_is_nobodys_fault()
    {
        Begin();
        See(400, candidateBad: true, stableBad: true);
        Says<RolloutVerdict.Advance>(1);
    }

    [Fact]
    public void What_is_not_allowed_once_stops_it_at_the_first_call_of_a_unit_or_a_later_one()
    {
        Begin("schema_pass_rate 100%");
        See(3);
        Assert.Contains("is broken: 1 of 4 were bad", Again(), StringComparison.Ordinal);

        string Again()
        {
            evidence.Observe(new ShadowPair(Outcome("unit-1", Arm.Shadow, valid: false), Outcome("unit-1", Arm.Stable)));
            return Says<RolloutVerdict.RollBack>(0);
        }
    }

    [Fact]
    public void A_unit_counts_once_and_its_calls_all_cost()
    {
        Begin();
        for (var call = 0; call < 50; call++) evidence.Observe(new ShadowPair(Outcome("chatty", Arm.Shadow, valid: false), Outcome("chatty", Arm.Stable)));
        Assert.Equal((1, 50, 0.5m, 50), (evidence.Units, evidence.Calls, evidence.Cost, evidence.Priced));
        Assert.Equal((1, 1), (evidence.Current()[0].CandidateUnits, evidence.Current()[0].CandidateBad));
        Assert.Equal((50, 50, 0, 50, 0.5m), (evidence.Candidate.Calls, evidence.Candidate.ContractFailures, evidence.Candidate.Successes, evidence.Stable.Successes, evidence.Stable.Cost));
        Says<RolloutVerdict.Hold>(1);
    }

    [Fact]
    public void A_call_whose_live_record_is_lost_costs_and_proves_nothing()
    {
        Begin();
        evidence.Observe(new ShadowPair(Outcome("a", Arm.Shadow, valid: false), null));
        Assert.Equal((1, 0, 0), (evidence.Calls, evidence.Units, evidence.Candidate.Calls));
        Assert.Equal(0, evidence.Current()[0].CandidateUnits);
    }

    [Fact]
    public void A_spent_budget_without_proof_freezes_and_with_it_goes_on()
    {
        Begin();
        See(100);
        Stop();
        Assert.StartsWith("its shadow is over and undecided; no proof yet for schema_pass_rate: ", Says<RolloutVerdict.Freeze>(0.1), StringComparison.Ordinal);
        See(300);
        Says<RolloutVerdict.Hold>(0.1);
        Says<RolloutVerdict.Advance>(1);
    }

    [Fact]
    public void Resumed_after_its_budget_was_spent_it_waits_until_the_deadline()
    {
        Begin();
        Stop();
        release = Frozen();
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release.Id, "we wait for a person"));
        release = installation[release.Id];
        Says<RolloutVerdict.Hold>(1);
        Says<RolloutVerdict.Freeze>(6);
    }

    [Fact]
    public void What_nobody_tells_of_later_is_not_asked_of_a_shadow()
    {
        var plan = Some.Plan(guardrails: ["escalation_rate <= baseline + 2pp", "schema_pass_rate >= baseline - 2pp"], time: "0s") with { Shadow = Some.Shadow() };
        release = installation[installation.Start(installation.Approve(installation.Propose("1.1.0", plan)))];
        evidence = new ShadowEvidence(release.Plan);
        See(400);
        Assert.Equal(["schema_pass_rate"], evidence.Current().Select(one => one.Guardrail.Metric));
        Says<RolloutVerdict.Advance>(0);
        Assert.NotEmpty(installation.Do(new ReleaseCommand.Advance(Core.Access.MemberName.System, release.Id, 1, "it holds", evidence.Current())));
        Assert.Equal(["A shadow needs a guardrail that an answer itself shows, as schema_pass_rate or error_rate: nobody tells of answers that nobody saw."],
            ReleasePlan.Make(Some.Plan(guardrails: ["escalation_rate <= baseline + 2pp"]) with { Shadow = Some.Shadow() }, Some.Basis(), out _));
    }

    [Fact]
    public void Silence_freezes_it_long_before_its_deadline()
    {
        var plan = Some.Plan(within: "72h") with { Shadow = Some.Shadow() };
        release = installation[installation.Start(installation.Approve(installation.Propose("1.1.0", plan)))];
        evidence = new ShadowEvidence(release.Plan);
        Says<RolloutVerdict.Hold>(23);
        Assert.Equal("no request went through a gateway to its shadow for 24h: nobody knows how the candidate does", Says<RolloutVerdict.Freeze>(24));
    }

    [Fact]
    public void Too_few_units_hold_it()
    {
        Begin("schema_pass_rate 100%");
        See(3);
        Assert.Equal("3 of 100 units in its shadow", Says<RolloutVerdict.Hold>(2));
    }

    [Fact]
    public void Frozen_too_long_it_is_taken_back()
    {
        Begin();
        release = Frozen();
        Assert.Equal("it is frozen in its shadow", Says<RolloutVerdict.Hold>(71));
        Assert.Equal("it was frozen in its shadow for 72h and nobody decided", Says<RolloutVerdict.RollBack>(72));
    }

    [Fact]
    public void Answers_that_are_missing_more_often_freeze_it()
    {
        Begin();
        for (var unit = 0; unit < 100; unit++) evidence.Observe(new ShadowPair(Outcome($"u{unit}", Arm.Shadow, valid: null), Outcome($"u{unit}", Arm.Stable)));
        Assert.Equal("in its shadow schema_pass_rate is missing more often with the candidate: for 100 of 100 units, with stable for 0 of 100", Says<RolloutVerdict.Freeze>(2));
    }

    [Fact]
    public void A_canary_is_judged_without_what_was_seen_in_the_shadow()
    {
        Begin();
        var canary = new RolloutEvidence(release.Plan);
        for (var unit = 0; unit < 50; unit++) canary.Observe(new CallOutcome($"u{unit}", false, 1, false, true, false, false), default);
        Assert.Equal(0, canary.Current()[0].StableUnits);
        Assert.Null(canary.Findings().SampleRatio.Since);
        for (var unit = 0; unit < 50; unit++) canary.Observe(new CallOutcome($"u{unit}", false, 2, false, true, false, false), Some.Share("10%"));
        Assert.Equal(50, canary.Current()[0].StableUnits);
    }

    [Fact]
    public void An_equal_version_is_stopped_in_less_than_one_of_a_hundred_shadows()
    {
        const int Runs = 2_000;
        var stopped = 0;
        Begin();
        for (var run = 0; run < Runs; run++)
        {
            var (random, one) = (new SeededRandom((ulong)run * 0xD1342543DE82EF95 + 7), new ShadowEvidence(release.Plan));
            for (var unit = 0; unit < 500; unit++)
                one.Observe(new ShadowPair(Outcome($"{unit}", Arm.Shadow, valid: random.NextDouble() >= 0.07), Outcome($"{unit}", Arm.Stable, valid: random.NextDouble() >= 0.05)));
            stopped += one.Current()[0].Harmful ? 1 : 0;
        }
        // Exactly at its margin of two points; three standard errors over one in a hundred.
        Assert.InRange(stopped, 0, (int)(Runs * (0.01 + 3 * Math.Sqrt(0.01 * 0.99 / Runs))));
    }

    [Fact]
    public void The_sample_is_the_share_that_was_agreed_grows_with_it_and_knows_nothing_of_the_canarys()
    {
        Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), salt =>
        {
            var (few, many) = (RouteOf($"rel-{salt}", "5%"), RouteOf($"rel-{salt}", "30%"));
            var keys = Enumerable.Range(0, 4_000).Select(number => $"unit-{salt}-{number}").ToList();
            var (sampled, more) = (keys.Where(key => IsShadowed(few, key)).ToHashSet(), keys.Where(key => IsShadowed(many, key)).ToHashSet());
            Assert.Subset(more, sampled);
            Assert.InRange(sampled.Count, 120, 290);
            // Of the first users of a canary of 30 % about as many were sampled as of all.
            var first = keys.Where(key => Some.Share("30%").Covers(Bucket.Of($"rel-{salt}", key))).ToList();
            Assert.InRange(first.Count(more.Contains) / (double)first.Count, 0.22, 0.38);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public void Who_could_not_be_in_the_canary_is_not_sampled_either()
    {
        var route = RouteOf("salt", "100%");
        Assert.True(IsShadowed(route, "unit"));
        Assert.False(IsShadowed(route, null));
        foreach (var reason in Enum.GetValues<ResolveReason>().Where(reason => reason != ResolveReason.OutsideCanary)) Assert.False(IsShadowed(route, "unit", reason));
        Assert.False(IsShadowed(RouteOf("salt", "0%"), "unit"));
    }

    private static bool IsShadowed(Route route, string? key, ResolveReason reason = ResolveReason.OutsideCanary) =>
        Resolver.IsShadowed(route, new Decision.Serve(route.Stable, Arm.Stable, route.Candidate!.Release, 1, 1, reason), key);

    private static Route RouteOf(string salt, string share) => new(
        Some.Prompt, 1, new ServedVersion(Some.Version("1.0.0"), Some.Hash("one")),
        new CandidateRoute(new ReleaseId(2), new ServedVersion(Some.Version("1.1.0"), Some.Hash("two")), default, salt, 1, Eligibility.Everybody) { Shadow = Some.Share(share) }, null, ServingPolicy.Default);

    private void Begin(string guardrail = "schema_pass_rate >= baseline - 2pp")
    {
        var plan = Some.Plan(guardrails: [guardrail], time: "1h", within: "6h") with { Shadow = Some.Shadow() };
        release = installation[installation.Start(installation.Approve(installation.Propose("1.1.0", plan)))];
        evidence = new ShadowEvidence(release.Plan);
    }

    private void Stop()
    {
        installation.Do(new ReleaseCommand.StopShadow(Core.Access.MemberName.System, release.Id, 500, null, "its budget of 500 calls is spent"));
        release = installation[release.Id];
    }

    private Release Frozen()
    {
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release.Id, "wait", []));
        return installation[release.Id];
    }

    private void See(int count, bool candidateBad = false, bool stableBad = false)
    {
        for (var i = 0; i < count; i++)
        {
            units++;
            evidence.Observe(new ShadowPair(Outcome($"unit-{units}", Arm.Shadow, !candidateBad), Outcome($"unit-{units}", Arm.Stable, !stableBad)));
        }
    }

    private string Says<T>(double hours) where T : RolloutVerdict =>
        Assert.IsType<T>(ShadowJudge.Judge(release, evidence, (release.State == ReleaseState.Frozen ? release.Since : release.EpochSince).AddHours(hours))).Reason;

    private static CallOutcome Outcome(string unit, Arm arm, bool? valid = true) =>
        new(unit, arm != Arm.Stable, 1, false, valid, false, false, AssignedAt: Some.Noon.AddDays(1), LatencyMs: 12, Cost: 0.01);
}
