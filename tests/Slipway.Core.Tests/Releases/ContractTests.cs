using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>What a plan agreed: steps of their own, a start, an observation, and what may not go by itself.</summary>
public sealed class ContractTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Fact]
    public void After_the_last_step_everybody_has_it_and_it_is_watched_until_its_time_is_over()
    {
        var release = installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan(["10%", "100%"], observe: "24h", eligibility: new ConditionDocument("plan", "in", ["pro"])))));
        Assert.Equal(["advanced rel-2 to 100%: it looks well"], installation.Do(new ReleaseCommand.Advance(Some.Clara, release, 1, "it looks well", [])).Select(happened => happened.Sentence));
        var reached = installation.Now;
        Assert.Equal((ReleaseState.Full, "100%", Some.Version("1.1.0"), reached.AddHours(24)), (installation[release].State, installation[release].Weight.ToString(), installation.Live!, installation[release].ObservedUntil!.Value));
        // Without a key, outside its conditions, and cut off from the server: what is watched is what will stay.
        var route = Snapshot.Of(installation.State, Some.Production);
        foreach (var request in (ResolveRequest[])[new("support_router", null), new("support_router", "user-1"), new("support_router", "user-1", LeaseExpired: true)])
            Assert.Equal(Some.Version("1.1.0"), Assert.IsType<Decision.Serve>(Resolver.Resolve(route, request)).Served.Version);
        Assert.Equal((Arm.Candidate, release), Resolver.Resolve(route, new ResolveRequest("support_router", "user-1")) is Decision.Serve serve ? (serve.Arm, serve.Release!) : default);

        installation.Now = reached.AddHours(24).AddSeconds(-2);
        Assert.Equal($"rel-2 is observed for 24h at 100%, until {reached.AddHours(24):yyyy-MM-dd HH:mm} UTC; nobody can shorten that.", installation.Refuses(new ReleaseCommand.Complete(Some.Clara, release, "it looks well", [])).Reason);
        Assert.Equal(["completed rel-2, support_router:v1.1.0 is live: watched"], installation.Do(new ReleaseCommand.Complete(MemberName.System, release, "watched", Some.Proof(installation[release].Plan))).Select(happened => happened.Sentence));
        Assert.Equal((ReleaseState.Completed, reached), (installation[release].State, installation.State.Releases.Live(Some.Prompt, Some.Production)!.Since));
    }

    [Fact]
    public void A_freeze_while_it_is_watched_begins_the_watch_anew()
    {
        var release = installation.Release(ReleaseState.Full);
        installation.Now += TimeSpan.FromHours(23);
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release, "a strange complaint", []));
        Assert.Equal((ReleaseState.Frozen, "100%"), (installation[release].State, installation[release].Weight.ToString()));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release, "it was another prompt"));
        Assert.Equal((ReleaseState.Full, installation.Now.AddHours(24)), (installation[release].State, installation[release].ObservedUntil!.Value));
    }

    [Fact]
    public void While_it_is_watched_one_command_takes_it_back()
    {
        var release = installation.Release(ReleaseState.Full);
        Assert.Equal("slipway rollback support_router --reason TEXT", installation.State.Releases.WayBack(Some.Prompt, Some.Production)!.Command);
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it answers nonsense"));
        Assert.Equal((ReleaseState.RolledBack, Some.Version("1.0.0")), (installation[release].State, installation.Live));
    }

    [Fact]
    public void The_watch_asks_for_what_the_evidence_and_the_clock_say()
    {
        var release = installation[installation.Release(ReleaseState.Full)];
        var end = release.ObservedUntil!.Value;
        Assert.IsType<RolloutVerdict.Hold>(ReleaseClock.Observe(release, Some.Proof(release.Plan), end.AddSeconds(-1)));
        Assert.IsType<RolloutVerdict.Advance>(ReleaseClock.Observe(release, Some.Proof(release.Plan), end));
        Assert.IsType<RolloutVerdict.RollBack>(ReleaseClock.Observe(release, [Some.Evidence(harm: 200)], end));
        installation.Now = end;
        Assert.Equal("rel-2 broke a guardrail and cannot be completed.", installation.Refuses(new ReleaseCommand.Complete(MemberName.System, release.Id, "watched", [Some.Evidence(harm: 200)])).Reason);
    }

    [Fact]
    public void A_step_has_times_and_units_of_its_own()
    {
        var release = installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan(units: 100, time: "1h") with
        {
            Steps = [new PlanStep(Some.Share("1%"), Duration.Hours(2)), new PlanStep(Some.Share("10%"), MinimumUnits: 900), Share.All],
        })));
        Assert.Equal(("2h", 100), (installation[release].MinimumTime.Text, installation[release].MinimumUnits));
        var proof = Some.Proof(installation[release].Plan);
        installation.Now += TimeSpan.FromHours(1.5);
        Assert.Equal("rel-2 is at 1% for less than 2h.", installation.Refuses(new ReleaseCommand.Advance(MemberName.System, release, 1, "proved", proof)).Reason);
        installation.Now += TimeSpan.FromHours(0.5);
        installation.Do(new ReleaseCommand.Advance(MemberName.System, release, 1, "proved", proof));
        Assert.Equal(("1h", 900), (installation[release].MinimumTime.Text, installation[release].MinimumUnits));
    }

    [Fact]
    public void A_step_by_hand_waits_for_a_release_owner_however_well_it_is_proved()
    {
        var release = installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan() with { Steps = [PlanStep.FromShare(Some.Share("10%")), new PlanStep(Share.All, ByHand: true)] })));
        Assert.Equal("rel-2 goes to 100% by hand; a release owner says yes with: slipway release advance rel-2 --reason TEXT",
            installation.Refuses(new ReleaseCommand.Advance(MemberName.System, release, 1, "proved", Some.Proof(installation[release].Plan))).Reason);
        Assert.Equal("waiting for proof and then for a release owner's yes to 100%: clara, with: slipway release advance rel-2 --reason TEXT", NextStep.Of(installation[release], installation.State));
        installation.Advance(release);
        Assert.Equal(ReleaseState.Completed, installation[release].State);
    }

    [Fact]
    public void A_small_change_of_little_risk_goes_to_everybody_at_once_and_is_watched()
    {
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Low }));
        installation.GoLive("1.3.0");
        installation.Submit(Some.Submission("1.3.1", "Route the tikcet, take 1.3.0."));
        var release = installation.Start(installation.Approve(installation.Propose("1.3.1", ReleasePlanDocument.Empty)));
        Assert.Equal((ReleaseLevel.Direct, ReleaseState.Full, Some.Version("1.3.1")), (installation[release].Plan.Level, installation[release].State, installation.Live!));
    }

    [Fact]
    public void A_risk_that_rose_since_asks_for_another_plan_before_it_starts()
    {
        var release = installation.Approve(installation.Propose("1.1.0"));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Regulated, SecurityReviewers = [Some.Boris] }));
        Assert.Equal("The risk of support_router is regulated now, so its release is approval-gated and not limited; change the plan with: slipway release plan rel-2 --level approval_gated",
            installation.Refuses(new ReleaseCommand.Start(Some.Clara, release, "salt")).Reason);
        installation.Do(new ReleaseCommand.ChangePlan(Some.Ana, release, new ReleasePlanDocument { Level = ReleaseLevel.ApprovalGated, Observe = Duration.Hours(24) }, "the risk rose"));
        Assert.Contains("was not tried in staging", installation.Refuses(new ReleaseCommand.Start(Some.Clara, installation.Approve(release), "salt")).Reason, StringComparison.Ordinal);
        installation.Append(Some.Ana, Some.Staging(installation, "1.1.0"));
        installation.Start(release);
        Assert.Equal([SignOff.Meaning, SignOff.Numbers, SignOff.Security], installation[release].Reviews.Select(review => review.Part));
    }

    [Fact]
    public void It_starts_by_itself_when_its_time_has_come_and_a_release_owner_said_yes()
    {
        var start = installation.Now.AddHours(6);
        var release = installation.Approve(installation.Propose("1.1.0", Some.Plan() with { StartAt = start }));
        Assert.Equal("waiting for a release owner: clara, with: slipway release start rel-2", NextStep.Of(installation[release], installation.State));
        Assert.Equal([$"scheduled rel-2 to start at {start:yyyy-MM-dd HH:mm} UTC"], installation.Do(new ReleaseCommand.Start(Some.Clara, release, "salt")).Select(happened => happened.Sentence));
        Assert.Equal($"starts by itself at {start:yyyy-MM-dd HH:mm} UTC", NextStep.Of(installation[release], installation.State));
        Assert.Empty(installation.Do(new ReleaseCommand.Start(Some.Clara, release, "salt")));
        Assert.Null(Due(release));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Start(MemberName.System, release, "salt")).Kind);
        installation.Now = start;
        installation.Do(Assert.IsType<ReleaseCommand.Start>(Due(release)));
        Assert.Equal(ReleaseState.Canary, installation[release].State);
    }

    [Fact]
    public void Nobodys_yes_starts_nothing_and_a_yes_ends_with_the_right_to_it()
    {
        var release = installation.Approve(installation.Propose("1.1.0", Some.Plan() with { StartAt = installation.Now.AddHours(1) }));
        installation.Now += TimeSpan.FromHours(2);
        Assert.Null(Due(release));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Start(MemberName.System, release, "salt")).Kind);
        // Who comes late starts it at once.
        installation.Start(release);
        Assert.Equal(ReleaseState.Canary, installation[release].State);

        installation.RollBack(release);
        var next = installation.Approve(installation.Propose("1.2.0", Some.Plan() with { StartAt = installation.Now.AddHours(1) }));
        installation.Start(next);
        installation.Do(new AddMember(Some.Admin, Some.Clara, [Role.Reviewer]));
        installation.Now += TimeSpan.FromHours(2);
        Assert.Null(Due(next));
    }

    [Fact]
    public void A_release_owner_who_proposes_a_start_has_said_yes_to_it()
    {
        var release = installation.Approve(installation.Propose("1.1.0", Some.Plan() with { StartAt = installation.Now.AddHours(1) }, Some.Clara));
        installation.Now += TimeSpan.FromHours(1);
        installation.Do(Assert.IsType<ReleaseCommand.Start>(Due(release)));
    }

    [Fact]
    public void A_start_in_the_past_is_no_plan()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        Assert.Equal("The plan is impossible: start_at (2026-03-02 11:00 UTC) has passed.",
            installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan() with { StartAt = Some.Noon.AddHours(-1) })).Reason);
    }

    [Fact]
    public void The_list_says_what_was_found_and_what_is_missing()
    {
        var missing = Preview("1.1.0");
        Assert.Equal((false, ChecklistPoint.Evaluation), (missing.Ready, Assert.Single(missing.Checklist, item => !item.Done).Point));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var ready = Preview("1.1.0");
        Assert.True(ready.Ready);
        Assert.Equal(
        [
            "Owners: emil and greta answer for support_router",
            $"Version: support_router:v1.1.0 is one frozen package ({installation.State.Prompts.Find(Some.Version("1.1.0"))!.Package.Abbreviated}), submitted by ana",
            "Baseline: it is compared with support_router:v1.0.0, and no other release is active",
            "NotDeclined: nobody declined it",
            "Model: it runs on offline/offline-2026-11",
            "People: meaning: boris, numbers: boris; the final yes: clara",
            "GoldenSet: support_router_golden:v4 holds 180 cases",
            "Evaluation: its gates passed against support_router:v1.0.0 on support_router_golden:v4",
            "WayBack: support_router:v1.0.0 is ready to come back",
            "Level: the risk is standard, the release limited",
            "Forecast: nobody can say yet how long it takes: too little of the traffic of what is live was recorded",
        ], ready.Checklist.Select(item => $"{item.Point}: {item.Sentence}"));
        Assert.Equal((ReleaseLevel.Limited, "1%, 10%, 50%, 100%"), (ready.Plan!.Level, string.Join(", ", ready.Plan.Steps)));
    }

    [Fact]
    public void Who_could_sign_or_start_is_on_the_list_before_anybody_waits_for_them()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        installation.Do(new AddMember(Some.Admin, Some.Boris, []));
        Assert.Equal("Nobody may sign the meaning of support_router:v1.1.0: a reviewer is needed who neither wrote nor proposed it; admin can run: slipway member add NAME --role reviewer",
            installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan())).Reason);
        installation.Do(new AddMember(Some.Admin, Some.Boris, [Role.Reviewer]));
        installation.Do(new AddMember(Some.Admin, Some.Clara, []));
        Assert.Equal("Nobody may start support_router:v1.1.0: a release owner is needed who did not write it; admin can run: slipway member add NAME --role release_owner",
            installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan())).Reason);
    }

    [Fact]
    public void A_version_without_anything_live_before_it_has_a_short_list()
    {
        var fresh = Some.Installation();
        var preview = ReleasePreview.Of(fresh.State, fresh.State.Prompts.Find(Some.Version("1.0.0"))!, Some.Production, Some.Ana, ReleasePlanDocument.Empty, PlanFacts.None, fresh.Now);
        Assert.Equal((null, null), (preview.Plan, preview.Problem));
        Assert.Equal([ChecklistPoint.Owners, ChecklistPoint.Version, ChecklistPoint.Baseline, ChecklistPoint.Model], preview.Checklist.Select(item => item.Point));
    }

    private ReleasePreview Preview(string version) =>
        ReleasePreview.Of(installation.State, installation.State.Prompts.Find(Some.Version(version))!, Some.Production, Some.Ana, ReleasePlanDocument.Empty, PlanFacts.None, installation.Now);

    private ReleaseCommand? Due(ReleaseId release) => ReleaseClock.Due(installation[release], installation.State, installation.Now, () => "drawn");
}
