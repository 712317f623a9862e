using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Releases;

public sealed class ReleaseTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Fact]
    public void A_first_version_cannot_be_rolled_back()
    {
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, "support_router:v1.0.0 is the first version; there is nothing to roll back to."),
            installation.Refuses(new ReleaseCommand.RollBack(Some.Dora, new ReleaseId(1), "it is wrong", [])));
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Fact]
    public void A_release_goes_through_the_steps_of_its_plan()
    {
        var release = installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan(["10%", "50%", "100%"]))));
        Assert.Equal(("10%", 1, Some.Version("1.0.0")), (installation[release].Weight.ToString(), installation[release].Epoch, installation.Live));
        installation.Advance(release);
        Assert.Equal(("50%", 2, Some.Version("1.0.0")), (installation[release].Weight.ToString(), installation[release].Epoch, installation.Live));
        var events = installation.Do(new ReleaseCommand.Advance(Some.Clara, release, 2, "it looks well", []));
        Assert.Equal(["advanced rel-2 to 100%: it looks well", "completed rel-2, support_router:v1.1.0 is live: every step of the plan is done"], events.Select(happened => happened.Sentence));
        Assert.Equal((ReleaseState.Completed, 3, Some.Version("1.1.0")), (installation[release].State, installation[release].Epoch, installation.Live));
        Assert.Equal(Some.Version("1.0.0"), installation.State.Releases.Live(Some.Prompt, Some.Production)!.RollbackTo);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_decision_made_for_another_epoch_is_dropped(int epoch)
    {
        var release = installation.Advance(installation.Release(ReleaseState.Canary));
        foreach (var by in (MemberName[])[Some.Clara, MemberName.System])
        {
            Assert.Equal(new Refusal(RefusalKind.Conflict, $"rel-2 is at epoch 2 (10%), the decision was made for epoch {epoch}; look again."),
                installation.Refuses(new ReleaseCommand.Advance(by, release, epoch, "it looks well", Some.Proof(installation[release].Plan))));
        }
    }

    [Fact]
    public void Of_two_who_advance_at_once_one_does()
    {
        var release = installation.Release(ReleaseState.Canary);
        var advance = new ReleaseCommand.Advance(Some.Clara, release, 1, "it looks well", []);
        installation.Do(advance);
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(advance).Kind);
        Assert.Equal("10%", installation[release].Weight.ToString());
    }

    [Fact]
    public void A_controller_without_proof_of_every_guardrail_is_refused()
    {
        var release = installation.Start(installation.Approve(installation.Propose("1.1.0", Some.Plan(guardrails: ["error_rate 0%", "schema_pass_rate >= baseline - 2pp"]))));
        var proof = Some.Proof(installation[release].Plan);
        var wanting = (ImmutableArray<GuardrailEvidence>[])
        [
            [], [proof[0]], [proof[1]], [proof[1], proof[1]], [.. proof, proof[0]],
            [proof[0], proof[1] with { SafeCoins = 19.9 }],
            [proof[0] with { CandidateBad = 1 }, proof[1]],
            [proof[0] with { CandidateUnits = 0 }, proof[1]],
            [proof[0], proof[1] with { HarmCoins = 200 }],
            [proof[0], proof[1] with { Guardrail = Some.Guardrail("schema_pass_rate >= baseline - 50pp") }],
        ];
        Assert.All(wanting, evidence => Assert.Equal(
            new Refusal(RefusalKind.Conflict, "rel-2 advances by itself only when every guardrail is proved."),
            installation.Refuses(new ReleaseCommand.Advance(MemberName.System, release, 1, "all is well", evidence))));
        Assert.Single(installation.Do(new ReleaseCommand.Advance(MemberName.System, release, 1, "all is well", proof)));
    }

    [Fact]
    public void A_freeze_keeps_the_weight_and_a_resume_goes_on_from_it()
    {
        var release = installation.Advance(installation.Release(ReleaseState.Canary));
        var before = installation[release];
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release, "strange tickets", []));
        Assert.Equal((ReleaseState.Frozen, "10%", 2, "strange tickets"), (installation[release].State, installation[release].Weight.ToString(), installation[release].Epoch, installation[release].Reason));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release, "it was spam"));
        Assert.Equal((ReleaseState.Canary, before.Weight, before.Salt, before.Epoch), (installation[release].State, installation[release].Weight, installation[release].Salt, installation[release].Epoch));
    }

    [Fact]
    public void A_rollback_during_the_canary_leaves_what_is_live()
    {
        var release = installation.Release(ReleaseState.Canary);
        var live = installation.State.Releases.Live(Some.Prompt, Some.Production);
        Assert.Equal("rolled back rel-2 from support_router:v1.1.0 to 1.0.0: it answers nonsense", installation.Do(new ReleaseCommand.RollBack(Some.Dora, release, "it answers nonsense", []))[0].Sentence);
        Assert.Equal((ReleaseState.RolledBack, "0%", live), (installation[release].State, installation[release].Weight.ToString(), installation.State.Releases.Live(Some.Prompt, Some.Production)));
        Assert.Null(installation.State.Releases.Active(Some.Prompt, Some.Production));
    }

    [Fact]
    public void A_rollback_after_completion_restores_the_version_before()
    {
        installation.GoLive("1.1.0");
        var release = installation.GoLive("1.2.0");
        installation.RollBack(release);
        var live = installation.State.Releases.Live(Some.Prompt, Some.Production)!;
        Assert.Equal((Some.Version("1.1.0"), release, installation.Now, Some.Boris, Some.Version("1.0.0")), (live.Version, live.Release, live.Since, live.ApprovedBy, live.RollbackTo!));
        Assert.True(installation[release] is { State: ReleaseState.RolledBack, WentLive: true });
    }

    [Fact]
    public void A_rollback_goes_where_the_plan_said()
    {
        installation.GoLive("1.1.0");
        var release = installation.Start(installation.Approve(installation.Propose("1.2.0", Some.Plan(rollbackTo: "1.0.0"))));
        installation.RollBack(release);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Fact]
    public void A_version_that_is_not_live_any_more_cannot_be_rolled_back()
    {
        var first = installation.GoLive("1.1.0");
        installation.GoLive("1.2.0");
        Assert.Equal("support_router:v1.1.0 is not live any more; support_router:v1.2.0 is.", installation.Refuses(new ReleaseCommand.RollBack(Some.Dora, first, "it is wrong", [])).Reason);
    }

    [Fact]
    public void What_is_live_is_not_rolled_back_under_a_canary()
    {
        var first = installation.GoLive("1.1.0");
        installation.Start(installation.Approve(installation.Propose("1.2.0")));
        Assert.Equal("rel-3 is being rolled out on top of support_router:v1.1.0; roll that one back first.", installation.Refuses(new ReleaseCommand.RollBack(Some.Dora, first, "it is wrong", [])).Reason);
    }

    [Fact]
    public void A_release_approved_before_a_rollback_of_what_is_live_does_not_start()
    {
        var first = installation.GoLive("1.1.0");
        var second = installation.Approve(installation.Propose("1.2.0"));
        installation.RollBack(first);
        Assert.Equal("What is live changed since rel-3 was proposed; cancel it and propose again.", installation.Refuses(new ReleaseCommand.Start(Some.Clara, second, "salt")).Reason);
        installation.Do(new ReleaseCommand.Cancel(Some.Ana, second, "the baseline went back"));
        Assert.Equal(Some.Version("1.0.0"), installation[installation.Propose("1.2.0")].Baseline);
    }

    [Fact]
    public void A_rolled_back_version_may_be_tried_again_as_a_new_release_with_a_new_approval()
    {
        installation.RollBack(installation.Release(ReleaseState.Canary));
        var again = installation.Propose("1.1.0");
        Assert.Equal((ReleaseState.Proposed, null), (installation[again].State, installation[again].ApprovedBy));
    }

    [Fact]
    public void A_rollout_needs_a_salt() =>
        Assert.Equal("A rollout needs a salt.", installation.Refuses(new ReleaseCommand.Start(Some.Clara, installation.Release(ReleaseState.Approved), "")).Reason);

    [Fact]
    public void Environments_do_not_touch_each_other()
    {
        installation.Release(ReleaseState.Canary);
        installation.Bootstrap("1.1.0", EnvironmentName.Staging);
        Assert.Equal(Some.Version("1.1.0"), installation.State.Releases.Live(Some.Prompt, EnvironmentName.Staging)!.Version);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }
}
