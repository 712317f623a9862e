using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

public sealed class ShadowTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Fact]
    public void A_release_with_a_shadow_starts_there_and_nobody_gets_the_candidate()
    {
        var id = Shadowed();
        Assert.Equal((ReleaseState.Shadow, default(Share), 1, true), (installation[id].State, installation[id].Weight, installation[id].Epoch, installation[id].InShadow));
        Assert.Equal("started rel-2 in its shadow", installation.Entries[^1].Read().Sentence);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
        Assert.Equal((default(Share), Some.Share("5%")), (Route().Candidate!.Weight, Route().Candidate!.Shadow));
        Assert.Equal(ResolveReason.OutsideCanary, Assert.IsType<Decision.Serve>(Resolver.Resolve(Snapshot.Of(installation.State, Some.Production), new ResolveRequest("support_router", "unit-1"))).Reason);
    }

    [Fact]
    public void By_itself_it_goes_to_its_first_step_only_on_proof_and_after_its_own_time()
    {
        var id = Shadowed(Some.Shadow(time: "30m"));
        Assert.Equal("rel-2 advances by itself only when every guardrail is proved.", installation.Refuses(Advance(id, proved: false)).Reason);
        Assert.Equal("rel-2 is in its shadow for less than 30m.", installation.Refuses(Advance(id)).Reason);
        installation.Now += TimeSpan.FromMinutes(30);
        Assert.Equal(["advanced rel-2 to 1%: every guardrail is proved"], installation.Do(Advance(id)).Select(happened => happened.Sentence));
        Assert.Equal((ReleaseState.Canary, "1%", 2, false), (installation[id].State, installation[id].Weight.ToString(), installation[id].Epoch, installation[id].InShadow));
        Assert.Equal(default, Route().Candidate!.Shadow);
    }

    [Fact]
    public void What_is_told_later_is_no_part_of_a_shadow_because_nobody_got_its_answers()
    {
        var plan = Some.Plan(guardrails: ["escalation_rate <= baseline + 2pp", "schema_pass_rate >= baseline - 2pp"]) with { Shadow = Some.Shadow() };
        var id = installation.Start(installation.Approve(installation.Propose("1.1.0", plan)));
        Assert.Equal(["schema_pass_rate"], new ShadowEvidence(installation[id].Plan).Current().Select(evidence => evidence.Guardrail.Metric));
        installation.Do(new ReleaseCommand.Advance(MemberName.System, id, 1, "every guardrail is proved", [Some.Proof(installation[id].Plan)[1]]));
        Assert.Equal("1%", installation[id].Weight.ToString());
    }

    [Fact]
    public void A_decision_for_the_shadow_is_void_once_it_is_over()
    {
        var id = Shadowed();
        installation.Advance(id);
        Assert.Equal("rel-2 is at epoch 2 (1%), the decision was made for epoch 1; look again.", installation.Refuses(new ReleaseCommand.Advance(Some.Clara, id, 1, "go on", [])).Reason);
    }

    [Fact]
    public void Where_further_steps_are_a_persons_the_first_users_are_too()
    {
        var plan = Some.Plan(observe: "24h") with { Level = ReleaseLevel.ApprovalGated, Shadow = Some.Shadow() };
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { SecurityReviewers = [Some.Boris] }));
        var id = installation.Start(installation.Approve(installation.Propose("1.1.0", plan)));
        Assert.Equal("rel-2 goes to 1% by hand; a release owner says yes with: slipway release advance rel-2 --reason TEXT", installation.Refuses(Advance(id)).Reason);
        Assert.Equal("waiting for proof and then for a release owner's yes to 1%: clara, with: slipway release advance rel-2 --reason TEXT", NextStep.Of(installation[id], installation.State));
        Assert.Equal(ReleaseState.Canary, installation[installation.Advance(id)].State);
    }

    [Fact]
    public void Taking_back_a_shadow_moves_nobody_even_where_its_plan_would_go_further_back()
    {
        installation.GoLive("1.1.0");
        var id = installation.Start(installation.Approve(installation.Propose("1.2.0", Some.Plan(rollbackTo: "1.0.0") with { Shadow = Some.Shadow() })));
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "the provider is on fire"));
        Assert.Equal((ReleaseState.RolledBack, Some.Version("1.1.0")), (installation[id].State, installation.Live));
        Assert.Equal("rolled back rel-3 from support_router:v1.2.0 to 1.1.0: the provider is on fire", installation.Entries[^1].Read().Sentence);
    }

    [Fact]
    public void A_shadow_that_was_stopped_stands_in_nobodys_way_back()
    {
        installation.GoLive("1.1.0");
        var id = installation.Start(installation.Approve(installation.Propose("1.2.0", Some.Plan() with { Shadow = Some.Shadow() })));
        Assert.Equal(Some.Version("1.1.0"), installation.State.Releases.WayBack(Some.Prompt, Some.Production)!.To);
        installation.RollBack(id);
        Assert.Equal(new WayBack(Some.Version("1.0.0"), "slipway rollback support_router --reason TEXT"), installation.State.Releases.WayBack(Some.Prompt, Some.Production));
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it is the live one that answers nonsense"));
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Fact]
    public void A_frozen_shadow_is_resumed_as_a_shadow()
    {
        var id = Shadowed();
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, id, "wait", []));
        Assert.Equal((ReleaseState.Frozen, true, "5%"), (installation[id].State, installation[id].InShadow, installation[id].Shadowed.ToString()));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, id, "go on"));
        Assert.Equal(ReleaseState.Shadow, installation[id].State);
    }

    [Fact]
    public void A_spent_budget_ends_its_calls_once_frozen_or_not()
    {
        var id = Shadowed();
        var before = Route().Revision;
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, id, "wait", []));
        Assert.Equal(["stopped the shadow of rel-2 after 500 calls for $1.25: its budget of 500 calls is spent"], installation.Do(Stop(id)).Select(happened => happened.Sentence));
        Assert.Equal(default, installation[id].Shadowed);
        Assert.Equal(default, Route().Candidate!.Shadow);
        Assert.True(Route().Revision > before);
        Assert.Empty(installation.Do(Stop(id)));
        Assert.Equal(new Refusal(RefusalKind.Forbidden, "A shadow ends when its budget is spent; to end it before, freeze rel-2 or roll it back."), installation.Refuses(Stop(id) with { By = Some.Clara }));
    }

    [Fact]
    public void Resumed_after_its_budget_is_spent_it_waits_for_a_release_owner()
    {
        var id = Shadowed();
        installation.Do(Stop(id));
        Assert.Null(NextStep.Of(installation[id], installation.State));
        installation.Do(new ReleaseCommand.Freeze(MemberName.System, id, "its shadow is over and undecided", []));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, id, "the numbers will do"));
        Assert.Equal("waiting for a release owner's yes to 1%, because its shadow learns nothing more: clara, with: slipway release advance rel-2 --reason TEXT", NextStep.Of(installation[id], installation.State));
        Assert.Equal(ReleaseState.Canary, installation[installation.Advance(id)].State);
    }

    [Fact]
    public void A_budget_in_money_alone_needs_prices()
    {
        var plan = Some.Plan() with { Shadow = Some.Shadow(calls: null, cost: 5) };
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var propose = new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, plan);
        Assert.StartsWith("The plan is impossible: shadow.budget.cost needs prices, and the catalog has none for offline/offline-2026-11", installation.Refuses(propose).Reason, StringComparison.Ordinal);
        installation.Do(new RegisterModel(Some.Admin, Some.Model, null, new ModelPrices(1, null, 2), Pinned: true));
        Assert.NotEmpty(installation.Do(propose));
    }

    [Fact]
    public void An_emergency_has_no_shadow() => Assert.Equal(
        "The plan is impossible: shadow: an emergency starts at once and has none; leave it out.",
        installation.Refuses(new BreakGlass(Some.Admin, Some.Version("1.1.0"), Some.Production, "it burns", Duration.Hours(1), Some.Plan() with { Shadow = Some.Shadow() }, "salt")).Reason);

    [Fact]
    public void The_contract_tells_of_its_shadow() => Assert.Contains(
        "limited, after a shadow of 5% (at most 500 calls and $2.5, at least 30m) by 1%, 10%, 50%, 100%, while",
        installation[installation.Propose("1.1.0", Some.Plan() with { Shadow = Some.Shadow(cost: 2.5m, time: "30m") })] is var release ? installation.Entries[^1].Read().Sentence : release.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(499, 1.0, 499, null)]
    [InlineData(500, 1.0, 500, "its budget of 500 calls is spent")]
    [InlineData(100, 2.48, 100, "of its budget of $2.5 it spent $2.48, and one more call would pass it")]
    [InlineData(100, 2.47, 100, null)]
    [InlineData(100, 0, 0, null)]
    public void A_budget_leaves_room_or_says_why_not(long calls, double cost, long priced, string? why) => Assert.Equal(why, new ShadowBudget(2.5m, 500).Spent(calls, (decimal)cost, priced));

    private ReleaseId Shadowed(ShadowPlan? shadow = null) => installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan() with { Shadow = shadow ?? Some.Shadow() })));

    private Route Route() => Snapshot.Of(installation.State, Some.Production).Routes["support_router"];

    private ReleaseCommand.Advance Advance(ReleaseId id, bool proved = true) =>
        new(MemberName.System, id, 1, "every guardrail is proved", proved ? Some.Proof(installation[id].Plan) : []);

    private static ReleaseCommand.StopShadow Stop(ReleaseId id) => new(MemberName.System, id, 500, 1.25m, "its budget of 500 calls is spent");
}
