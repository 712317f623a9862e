using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

public sealed class ProposeReleaseTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Fact]
    public void A_proposal_keeps_the_contract()
    {
        var release = installation[installation.Propose("1.1.0", Some.Plan(["10%", "100%"], units: 50, watcher: Some.Dora))];
        Assert.Equal(Some.Hash("report"), release.Report);
        Assert.Equal((new ReleaseId(2), Some.Production, Some.Version("1.1.0"), Some.Version("1.0.0")), (release.Id, release.Environment, release.Candidate, release.Baseline!));
        Assert.Equal((Some.Ana, Some.Emil, Some.Ana, ReleaseState.Proposed), (release.Author, release.Owner, release.ProposedBy, release.State));
        Assert.Equal((50, Some.Dora, Some.Version("1.0.0"), 0, "0%"), (release.Plan.MinimumUnits, release.Plan.Watcher!, release.RollbackTarget!, release.Epoch, release.Weight.ToString()));
    }

    [Fact]
    public void Without_an_evaluation_against_what_is_live_it_is_refused()
    {
        Conflict("support_router:v1.1.0 has not been evaluated against support_router:v1.0.0, which is live; run: slipway eval MANIFEST");
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", null)));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.2.0")));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.2.0", "1.0.0")));
        Conflict("support_router:v1.1.0 has not been evaluated against support_router:v1.0.0, which is live; run: slipway eval MANIFEST");
    }

    [Theory]
    [InlineData(GateVerdict.Fail)]
    [InlineData(GateVerdict.Inconclusive)]
    public void With_gates_that_did_not_pass_it_is_refused(GateVerdict verdict)
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0", verdict, gates: ["accuracy is 90%, required >= 98%", "error_rate is 0%, required = 0%"])));
        Conflict("support_router:v1.1.0 did not pass its gates against support_router:v1.0.0: accuracy is 90%, required >= 98%; error_rate is 0%, required = 0%.");
    }

    [Fact]
    public void Evaluated_on_another_golden_set_it_is_refused()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0", set: "easy_cases:v1")));
        Conflict("support_router:v1.1.0 was evaluated on easy_cases:v1, but its manifest names support_router_golden:v4.");
    }

    [Fact]
    public void The_newest_evaluation_counts()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0", GateVerdict.Fail)));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        Assert.Single(installation.Do(Proposal()));
    }

    [Fact]
    public void An_evaluation_counts_only_against_what_is_live_now()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        installation.GoLive("1.2.0");
        Conflict("support_router:v1.1.0 has not been evaluated against support_router:v1.2.0, which is live; run: slipway eval MANIFEST");
    }

    [Theory]
    [InlineData(ReleaseState.Proposed, "rel-2 (support_router:v1.1.0, proposed) is active in production; it must be completed, rolled back, declined or cancelled first.")]
    [InlineData(ReleaseState.Approved, "rel-2 (support_router:v1.1.0, approved) is active in production; it must be completed, rolled back, declined or cancelled first.")]
    [InlineData(ReleaseState.Canary, "rel-2 (support_router:v1.1.0, in its canary) is active in production; it must be completed, rolled back, declined or cancelled first.")]
    [InlineData(ReleaseState.Full, "rel-2 (support_router:v1.1.0, observed at 100%) is active in production; it must be completed, rolled back, declined or cancelled first.")]
    [InlineData(ReleaseState.Frozen, "rel-2 (support_router:v1.1.0, frozen) is active in production; it must be completed, rolled back, declined or cancelled first.")]
    public void While_another_is_active_it_is_refused(ReleaseState state, string reason)
    {
        installation.Release(state);
        Assert.Equal(new Refusal(RefusalKind.Conflict, reason), installation.Refuses(Proposal("1.2.0")));
    }

    [Theory]
    [InlineData(ReleaseState.Completed)]
    [InlineData(ReleaseState.RolledBack)]
    [InlineData(ReleaseState.Declined)]
    [InlineData(ReleaseState.Cancelled)]
    public void After_another_is_over_it_is_accepted(ReleaseState state)
    {
        installation.Release(state);
        Assert.Equal(new ReleaseId(3), installation.Propose("1.2.0"));
    }

    [Fact]
    public void What_is_live_already_is_refused() => Conflict("support_router:v1.0.0 is live in production already.", "1.0.0");

    [Fact]
    public void A_version_that_is_not_there_is_unknown() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "support_router has no version 9.0.0; it has 1.0.0, 1.1.0, 1.2.0, 1.3.0."), installation.Refuses(Proposal("9.0.0")));

    [Fact]
    public void An_impossible_plan_is_refused_with_all_its_sentences() => Assert.Equal(
        new Refusal(RefusalKind.Invalid, "The plan is impossible: The last step must be 100%. minimum_units must be at least 1."),
        installation.Refuses(Proposal(plan: Some.Plan(steps: ["10%", "50%"], units: 0))));

    [Fact]
    public void A_watcher_is_a_member() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "The plan's watcher nobody is not a member."), installation.Refuses(Proposal(plan: Some.Plan(watcher: Some.Member("nobody")))));

    [Fact]
    public void A_rollback_goes_to_what_was_live_once()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "The plan would roll back to 1.3.0, which was never live in production."), installation.Refuses(Proposal(plan: Some.Plan(rollbackTo: "1.3.0"))));
    }

    [Fact]
    public void A_rollback_does_not_go_to_what_was_rolled_back_itself()
    {
        installation.RollBack(installation.GoLive("1.1.0"));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.2.0", "1.0.0")));
        Assert.Equal("The plan would roll back to 1.1.0, which was rolled back itself (rel-2): it answers nonsense.", installation.Refuses(Proposal("1.2.0", Some.Plan(rollbackTo: "1.1.0"))).Reason);
    }

    [Fact]
    public void A_plan_is_needed_by_nobody()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        Assert.Equal(
            "proposed rel-2: support_router:v1.1.0 after 1.0.0 in production, limited, by 1%, 10%, 50%, 100%, while error_rate <= baseline + 2pp and refusal_rate <= baseline + 2pp and schema_pass_rate >= baseline - 2pp, " +
            "observed for 24h, back to 1.0.0, watched by emil",
            Assert.Single(installation.Do(Proposal(plan: ReleasePlanDocument.Empty) with { Facts = new PlanFacts(HasContract: true, Traffic: null) })).Sentence);
    }

    [Fact]
    public void What_the_prompts_policy_says_of_releases_stands_where_the_proposal_says_nothing()
    {
        var policy = new ReleasePlanDocument { Steps = [PlanStep.FromShare(Some.Share("5%")), Share.All], Observe = Duration.Hours(36), Watcher = Some.Dora };
        Assert.EndsWith("releases go by 5%, 100%, observed for 36h, watched by dora", Assert.Single(installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, false, ServingPolicy.Default, Releases: policy))).Sentence, StringComparison.Ordinal);
        Assert.Empty(installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, false, ServingPolicy.Default, Releases: policy with { })));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var plan = installation[((ReleaseProposed)Assert.Single(installation.Do(Proposal(plan: new ReleasePlanDocument { Observe = Duration.Hours(24) })))).Release].Plan;
        Assert.Equal(("5%, 100%", "24h", Some.Dora), (string.Join(", ", plan.Steps), plan.Observe.Text, plan.Watcher!));
    }

    [Theory]
    [InlineData("A policy is for all releases, so it cannot say rollback_to.", "1.0.0", null, null)]
    [InlineData("The watcher zoe is not a member.", null, "zoe", null)]
    [InlineData("observe (100h) must be at most 72h: no other release of the prompt can start before it ends.", null, null, "100h")]
    public void A_policy_that_no_plan_could_be_made_of_is_refused(string reason, string? rollbackTo, string? watcher, string? observe) => Assert.Equal(
        reason, installation.Refuses(new SetPromptPolicy(Some.Clara, Some.Prompt, false, ServingPolicy.Default, Releases: new ReleasePlanDocument
        {
            RollbackTo = rollbackTo is null ? null : Some.Version(rollbackTo).Number,
            Watcher = watcher is null ? null : Some.Member(watcher),
            Observe = observe is null ? null : Some.Parse<Duration>(observe),
        })).Reason);

    [Fact]
    public void A_plan_that_the_traffic_cannot_decide_is_refused_until_that_is_accepted()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var proposal = Proposal(plan: Some.Plan(steps: ["5%", "100%"])) with { Facts = new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 100)) };
        var refused = installation.Refuses(proposal);
        Assert.Equal(RefusalKind.Conflict, refused.Kind);
        Assert.StartsWith("The step at 5% needs about ", refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith("Where that is what you want, accept it with: --accept-undecided", refused.Reason, StringComparison.Ordinal);

        var accepted = Assert.IsType<ReleaseProposed>(Assert.Single(installation.Do(proposal with { Plan = proposal.Plan with { AcceptUndecided = true } })));
        Assert.Contains("accepted though it may stay undecided", accepted.Sentence, StringComparison.Ordinal);
        var release = installation[accepted.Release];
        Assert.Equal((false, 100), (release.Forecast!.Decides, release.Forecast.UnitsPerDay));
        Assert.EndsWith(" That was accepted.", Assert.Single(ReleaseChecklist.Of(installation.State, release), item => item.Point == ChecklistPoint.Forecast).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void How_long_it_takes_is_known_before_anybody_approves_it()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var plan = Some.Plan(steps: ["20%", "100%"], guardrails: ["schema_pass_rate >= baseline - 5pp"]);
        var release = installation[((ReleaseProposed)Assert.Single(installation.Do(Proposal(plan: plan) with { Facts = new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 20_000)) }))).Release];
        Assert.Equal("What is live answered about 20,000 units a day in the last 7 days.", release.Forecast!.Sentences[0]);
        Assert.StartsWith("schema_pass_rate >= baseline - 5pp: at 20,000 units a day the proof needs about ", release.Forecast.Sentences[1], StringComparison.Ordinal);
        Assert.StartsWith("A candidate as good as stable reaches everybody after about ", release.Forecast.Sentences[^1], StringComparison.Ordinal);

        // Another contract is foretold anew, and refused where it cannot be decided.
        var narrow = new ReleaseCommand.ChangePlan(Some.Clara, release.Id, new ReleasePlanDocument { Steps = [PlanStep.FromShare(Some.Share("1%")), Share.All] }, "be careful", Some.Traffic(unitsPerDay: 1_000));
        Assert.StartsWith("The step at 1% needs about ", installation.Refuses(narrow).Reason, StringComparison.Ordinal);
        installation.Do(narrow with { Traffic = Some.Traffic(unitsPerDay: 1_000_000) });
        Assert.Equal((true, 1_000_000), (installation[release.Id].Forecast!.Decides, installation[release.Id].Forecast!.UnitsPerDay));
    }

    [Fact]
    public void Where_nobody_says_how_it_grows_it_begins_where_the_traffic_can_decide_it()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var plan = installation[((ReleaseProposed)Assert.Single(installation.Do(Proposal() with { Facts = new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 20_000)) }))).Release];
        Assert.Equal("4%, 10%, 50%, 100%", string.Join(", ", plan.Plan.Steps));
        Assert.True(plan.Forecast!.Decides);
    }

    [Fact]
    public void Conditions_that_no_request_meets_decide_nothing()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        Assert.StartsWith("None of the newest 200 meets the plan's conditions, so the candidate would meet nobody and freeze undecided.",
            installation.Refuses(Proposal(plan: Some.Plan(eligibility: new ConditionDocument("tier", "equals", ["silver"]))) with { Facts = new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 1_000_000)) }).Reason, StringComparison.Ordinal);
        installation.Do(Proposal(plan: Some.Plan(eligibility: new ConditionDocument("tier", "equals", ["gold"]))) with { Facts = new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 1_000_000)) });
        Assert.Equal("What is live answered about 1,000,000 units a day in the last 7 days; about 250,000 of them meet the plan's conditions.", installation[new ReleaseId(2)].Forecast!.Sentences[0]);
    }

    [Fact]
    public void All_that_is_missing_is_said_at_once() => Assert.Equal(
        "2 things are missing: (1) support_router:v1.1.0 has not been evaluated against support_router:v1.0.0, which is live; run: slipway eval MANIFEST; (2) The plan would roll back to 1.3.0, which was never live in production.",
        installation.Refuses(Proposal(plan: Some.Plan(rollbackTo: "1.3.0"))).Reason);

    [Fact]
    public void What_a_reviewer_declined_is_not_proposed_again()
    {
        installation.Do(new ReleaseCommand.Decline(Some.Boris, installation.Propose("1.1.0"), "it promises a refund."));
        Conflict("boris declined support_router:v1.1.0 on 2026-03-02 (rel-2): it promises a refund. Answer that in a new version.");
        installation.Propose("1.2.0");
    }

    [Fact]
    public void A_rollback_does_not_go_to_the_candidate()
    {
        installation.GoLive("1.1.0");
        installation.GoLive("1.2.0");
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.2.0")));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "The plan would roll back to 1.1.0, which is what it releases."), installation.Refuses(Proposal(plan: Some.Plan(rollbackTo: "1.1.0"))));
    }

    [Fact]
    public void Where_nothing_is_live_a_first_version_takes_the_way_of_first_versions()
    {
        var fresh = Some.Installation();
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, "Nothing of support_router is live in production, so there is nothing to compare support_router:v1.0.0 with; " +
                "its first version goes live with: slipway release bootstrap support_router:v1.0.0 --reason TEXT"),
            fresh.Refuses(Proposal("1.0.0")));
        Assert.EndsWith("bootstrap support_router:v1.0.0 --environment staging --reason TEXT", fresh.Refuses(Proposal("1.0.0") with { Environment = EnvironmentName.Staging }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proposal_may_say_why()
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var proposed = Assert.Single(installation.Do(Proposal() with { Reason = "before the holidays" }));
        Assert.EndsWith(", back to 1.0.0, watched by emil: before the holidays", proposed.Sentence, StringComparison.Ordinal);
        var release = installation[((ReleaseProposed)proposed).Release];
        Assert.Equal(("before the holidays", "before the holidays"), (release.ProposedBecause, release.Reason));
    }

    [Theory]
    [InlineData("ana", true)]
    [InlineData("clara", true)]
    [InlineData("boris", false)]
    [InlineData("dora", false)]
    [InlineData("emil", false)]
    [InlineData("fritz", false)]
    [InlineData("admin", false)]
    public void Authors_and_release_owners_propose(string person, bool may)
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var verdict = installation.Try(Proposal() with { By = Some.Member(person) });
        if (may) Assert.IsType<Verdict.Accept>(verdict);
        else Assert.Equal(RefusalKind.Forbidden, Assert.IsType<Verdict.Refuse>(verdict).Why.Kind);
    }

    private static ProposeRelease Proposal(string version = "1.1.0", ReleasePlanDocument? plan = null) => new(Some.Ana, Some.Version(version), Some.Production, plan ?? Some.Plan());

    private void Conflict(string reason, string version = "1.1.0") => Assert.Equal(new Refusal(RefusalKind.Conflict, reason), installation.Refuses(Proposal(version)));
}
