using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>A review has parts, in an order, signed by people who had no hand in what they sign.</summary>
public sealed class ReviewTests
{
    private static readonly MemberName Hana = Some.Member("hana");
    private readonly Installation installation = Some.LiveInstallation();

    public ReviewTests() => installation.Do(new AddMember(Some.Admin, Hana, [.. Enum.GetValues<Role>()]));

    [Fact]
    public void First_the_meaning_then_the_numbers_and_then_it_is_approved()
    {
        var release = installation.Propose("1.1.0");
        Assert.Equal("First the meaning of rel-2, then its numbers: nobody signed the meaning yet.", installation.Refuses(Sign(Some.Boris, release, SignOff.Numbers)).Reason);
        Assert.Equal(["signed the meaning of rel-2: it decides as before"], Told(Sign(Some.Boris, release, SignOff.Meaning, "it decides as before")));
        Assert.Equal((ReleaseState.Proposed, "waiting for a reviewer of its numbers: boris, hana, with: slipway release approve rel-2"), (installation[release].State, NextStep.Of(installation[release], installation.State)));
        Assert.Equal(["signed the numbers of rel-2", "approved rel-2"], Told(Sign(Hana, release, SignOff.Numbers)));
        Assert.Equal((ReleaseState.Approved, Hana, "it decides as before"), (installation[release].State, installation[release].ApprovedBy!, installation[release].ApprovalNote));
    }

    [Fact]
    public void The_same_person_may_sign_both_and_signing_twice_changes_nothing()
    {
        var release = installation.Propose("1.1.0");
        installation.Do(Sign(Some.Boris, release, SignOff.Meaning));
        Assert.Empty(installation.Do(Sign(Some.Boris, release, SignOff.Meaning)));
        Assert.Empty(installation.Do(Sign(Hana, release, SignOff.Meaning)));
        installation.Do(Sign(Some.Boris, release, SignOff.Numbers));
        Assert.Equal([Some.Boris, Some.Boris], installation[release].Reviews.Select(review => review.By));
    }

    [Fact]
    public void Where_nobody_asked_for_it_security_is_not_signed() => Assert.Equal(
        "boris may not sign the security of rel-2: nobody is named to review the security of support_router; admin, emil, greta or hana can run: slipway owner set support_router --security NAME",
        installation.Refuses(Sign(Some.Boris, installation.Propose("1.1.0"), SignOff.Security)).Reason);

    [Fact]
    public void Another_plan_voids_what_was_signed_and_who_changed_it_signs_nothing()
    {
        var release = installation.Approve(installation.Propose("1.1.0"));
        var change = new ReleaseCommand.ChangePlan(Hana, release, new ReleasePlanDocument { MinimumUnits = 700 }, "the margin needs more");
        Assert.Equal(["changed the plan of rel-2, which voids its approvals: limited, by 1%, 10%, 50%, 100%, while schema_pass_rate >= baseline - 2pp, back to 1.0.0, watched by emil: the margin needs more"], Told(change));
        Assert.Equal((ReleaseState.Proposed, 0, null, 700), (installation[release].State, installation[release].Reviews.Length, installation[release].ApprovedBy, installation[release].Plan.MinimumUnits));
        Assert.Equal("hana changed the plan of rel-2 and cannot approve it: boris must.", installation.Refuses(new ReleaseCommand.Approve(Hana, release, "")).Reason);
        Assert.Equal("rel-2 is proposed and cannot be started.", installation.Refuses(new ReleaseCommand.Start(Some.Clara, release, "salt")).Reason);
        Assert.Equal(ReleaseState.Canary, installation[installation.Start(installation.Approve(release))].State);
    }

    [Fact]
    public void A_plan_that_says_the_same_voids_nothing()
    {
        var release = installation.Approve(installation.Propose("1.1.0"));
        Assert.Empty(installation.Do(new ReleaseCommand.ChangePlan(Some.Ana, release, new ReleasePlanDocument { MinimumUnits = 100 }, "no")));
        Assert.Equal(ReleaseState.Approved, installation[release].State);
    }

    [Theory]
    [InlineData(ReleaseState.Canary, "rel-2 is in its canary and cannot get another plan.")]
    [InlineData(ReleaseState.Full, "rel-2 is observed at 100% and cannot get another plan.")]
    public void Nothing_of_a_plan_changes_once_it_started(ReleaseState state, string reason)
    {
        var release = installation.Release(state);
        Assert.Equal(new Refusal(RefusalKind.Conflict, reason), installation.Refuses(new ReleaseCommand.ChangePlan(Some.Clara, release, new ReleasePlanDocument { Observe = Duration.Zero }, "faster")));
    }

    [Theory]
    [InlineData("1.3.0", "The plan would roll back to 1.3.0, which was never live in production.")]
    [InlineData("1.1.0", "The plan would roll back to 1.1.0, which is what it releases.")]
    public void Another_plan_meets_what_a_plan_meets(string rollbackTo, string reason) => Assert.Equal(
        reason, installation.Refuses(new ReleaseCommand.ChangePlan(Some.Ana, installation.Propose("1.1.0"), new ReleasePlanDocument { RollbackTo = Some.Version(rollbackTo).Number }, "so")).Reason);

    [Fact]
    public void Who_wrote_an_unreleased_version_it_was_made_from_neither_approves_nor_starts_it()
    {
        installation.Submit(Some.Submission("1.4.0", "Route it kindly."), Hana);
        installation.Submit(Some.Submission("1.5.0", "Route it kindly, and quickly."), Some.Ana);
        var release = installation.Propose("1.5.0");
        Assert.Equal("hana wrote a part of support_router:v1.5.0 and cannot approve it: boris must.", installation.Refuses(new ReleaseCommand.Approve(Hana, release, "")).Reason);
        installation.Approve(release);
        Assert.Equal("hana wrote a part of support_router:v1.5.0 and cannot start it: clara must.", installation.Refuses(new ReleaseCommand.Start(Hana, release, "salt")).Reason);
    }

    [Fact]
    public void Who_wrote_the_same_content_under_another_number_does_not_approve_it()
    {
        installation.Submit(Some.Submission("1.4.0", "Route it kindly."), Hana);
        installation.Submit(Some.Submission("1.5.0", "Route it kindly.", reason: "The same once more."), Some.Ana);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Approve(Hana, installation.Propose("1.5.0"), "")).Kind);
    }

    [Fact]
    public void Who_wrote_a_partial_that_is_new_in_it_does_not_approve_it()
    {
        installation.Do(new SubmitPartial(Hana, Some.Parse<PartialName>("house/tone"), Some.Hash("house/tone"), [], "Kinder from now on."));
        installation.Submit(Some.Submission("1.4.0", "Route it.{{> house/tone}}"));
        Assert.Equal([Some.Ana, Hana], Editors.Of(installation.State, Some.Version("1.4.0"), Some.Production));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Approve(Hana, installation.Propose("1.4.0"), "")).Kind);
    }

    [Fact]
    public void What_was_released_once_makes_nobody_an_editor_of_what_follows()
    {
        installation.Submit(Some.Submission("1.4.0", "Route it kindly."), Hana);
        installation.GoLive("1.4.0");
        installation.Submit(Some.Submission("1.5.0", "Route it kindly, and quickly."));
        Assert.Equal([Some.Ana], Editors.Of(installation.State, Some.Version("1.5.0"), Some.Production));
        installation.Do(new ReleaseCommand.Approve(Hana, installation.Propose("1.5.0"), ""));
    }

    [Fact]
    public void A_key_gives_nobody_a_part_that_is_not_theirs()
    {
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author, Role.Reviewer]));
        var (mine, machine) = (installation.Key(Some.Ana, new KeyScope([Role.Reviewer], null, null, null)), installation.Key(Some.Fritz));
        var release = installation.Propose("1.1.0");
        Assert.Equal("ana wrote support_router:v1.1.0 and cannot approve it: boris or hana must.", installation.Refuses(new ReleaseCommand.Approve(Some.Ana, release, ""), mine).Reason);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Approve(Some.Fritz, release, ""), machine).Kind);
        Assert.Equal("A controller decides by evidence alone: rel-2 can be reviewed only by a person.", installation.Refuses(Sign(MemberName.System, release, SignOff.Meaning)).Reason);
    }

    [Fact]
    public void A_team_of_two_can_release()
    {
        // lena writes and proposes, milo reviews both parts and starts; each owns the prompt with the other.
        var team = new Installation();
        var (lena, milo) = (Some.Member("lena"), Some.Member("milo"));
        team.Do(new InitializeAccess(Some.Hash("slw_first")));
        foreach (var member in (MemberName[])[lena, milo]) team.Do(new AddMember(Some.Admin, member, [Role.Author, Role.Reviewer, Role.ReleaseOwner]));
        team.Do(new SetModelAlias(Some.Admin, "production-default", Some.Model));
        team.Do(new PushGoldenSet(lena, Some.GoldenSet, Some.Hash("cases"), Some.Counts(180)));
        foreach (var version in (string[])["1.0.0", "1.1.0"]) team.Submit(Some.Submission(version, $"Route it, take {version}.", owner: lena), lena);
        team.Do(new AssignDuties(lena, Some.Prompt, new DutiesChange { BackupOwner = milo }));
        foreach (var person in (MemberName[])[lena, milo]) team.Do(new BootstrapRelease(person, Some.Version("1.0.0"), Some.Production, "it is what runs", "salt"));
        team.Do(new RecordEvaluation(lena, Some.Evaluation("1.1.0", "1.0.0")));
        var release = Assert.IsType<ReleaseProposed>(Assert.Single(team.Do(new ProposeRelease(lena, Some.Version("1.1.0"), Some.Production, ReleasePlanDocument.Empty)))).Release;
        Assert.Equal("lena wrote support_router:v1.1.0 and cannot approve it: milo must.", team.Refuses(new ReleaseCommand.Approve(lena, release, "")).Reason);
        team.Do(new ReleaseCommand.Approve(milo, release, ""));
        team.Do(new ReleaseCommand.Start(milo, release, "salt"));
        Assert.Equal(ReleaseState.Canary, team[release].State);
    }

    private static ReleaseCommand.Review Sign(MemberName by, ReleaseId release, SignOff part, string note = "") => new(by, release, part, note);

    private IEnumerable<string> Told(Command command) => installation.Do(command).Select(happened => happened.Sentence);
}
