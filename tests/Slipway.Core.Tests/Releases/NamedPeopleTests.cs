using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Releases;

/// <summary>The table of <see cref="ReleaseMatrixTests"/> for a prompt that names people: rita and paul review as a group, rolf releases, paul is on call in a group.</summary>
public sealed class NamedPeopleTests
{
    private static readonly DutiesChange Lists = new() { Reviewers = [Some.Member("board")], ReleaseOwners = [Some.Member("rolf")], OnCall = [Some.Member("watch")] };

    private static readonly Dictionary<string, (ReleaseState In, string[] May)> Rights = new()
    {
        ["review"] = (ReleaseState.Proposed, ["rita"]),
        ["approve"] = (ReleaseState.Proposed, ["rita"]),
        ["plan"] = (ReleaseState.Proposed, ["ana", "clara", "rolf"]),
        ["decline"] = (ReleaseState.Proposed, ["rita"]),
        ["cancel"] = (ReleaseState.Approved, ["ana", "emil", "greta", "rolf"]),
        ["start"] = (ReleaseState.Approved, ["rolf"]),
        ["advance"] = (ReleaseState.Canary, ["rolf", "system"]),
        ["complete"] = (ReleaseState.Full, ["rolf", "system"]),
        ["freeze"] = (ReleaseState.Canary, ["clara", "dora", "emil", "greta", "paul", "rolf", "system"]),
        ["resume"] = (ReleaseState.Frozen, ["rolf"]),
        ["roll back"] = (ReleaseState.Canary, ["clara", "dora", "emil", "greta", "paul", "rolf", "system"]),
        ["stop shadow"] = (ReleaseState.Shadow, ["system"]),
    };

    public static TheoryData<ReleaseState, string> Cells => ReleaseMatrixTests.Cells;

    public static TheoryData<string, string> People => [.. from command in ReleaseMatrixTests.Commands
                                                           from person in (string[])["admin", "ana", "board", "boris", "clara", "dora", "emil", "fritz", "greta", "paul", "rita", "rolf", "system", "watch"]
                                                           select (command, person)];

    [Theory]
    [MemberData(nameof(People))]
    public void A_role_is_not_enough_where_the_prompt_names_people_except_to_stop(string command, string person)
    {
        var (state, may) = Rights[command];
        var (installation, release) = In(state);
        var verdict = installation.Try(ReleaseMatrixTests.Command(command, Some.Member(person), release));
        if (may.Contains(person)) Assert.NotEmpty(Assert.IsType<Verdict.Accept>(verdict).Events);
        else
        {
            var why = Assert.IsType<Verdict.Refuse>(verdict).Why;
            Assert.Equal(RefusalKind.Forbidden, why.Kind);
            Assert.Equal(release, installation[release.Id]);
            // Who has the right is named, whoever asks; a controller alone is told that it is none.
            if (person != "system") Assert.All(may.Where(one => one != "system"), one => Assert.Contains(one, why.Reason, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_state_answers_the_people_named_as_it_answers_everybody(ReleaseState state, string command)
    {
        var (installation, release) = In(state);
        var person = Some.Member(Rights[command].May.First(one => one is "rita" or "rolf" or "paul" || command == "stop shadow"));
        var expected = ReleaseMatrixTests.Table[state][Array.IndexOf(ReleaseMatrixTests.Commands, command)];
        Assert.Equal(expected, ReleaseMatrixTests.Outcome(installation.Try(ReleaseMatrixTests.Command(command, person, release))));
    }

    [Theory]
    [InlineData("approve", ReleaseState.Proposed)]
    [InlineData("complete", ReleaseState.Full)]
    [InlineData("start", ReleaseState.Approved)]
    [InlineData("advance", ReleaseState.Canary)]
    [InlineData("resume", ReleaseState.Frozen)]
    public void The_author_judges_nothing_of_their_own_under_any_role_group_or_duty(string command, ReleaseState state)
    {
        var (installation, release) = In(state);
        installation.Do(new AddMember(Some.Admin, Some.Ana, [.. Enum.GetValues<Role>()]));
        installation.Do(new SetGroup(Some.Admin, Some.Member("board"), [Some.Ana]));
        installation.Do(new AssignDuties(Some.Admin, Some.Prompt, new DutiesChange
        {
            Owner = Some.Ana,
            Reviewers = [Some.Member("board"), Some.Ana],
            SecurityReviewers = [Some.Ana],
            ReleaseOwners = [Some.Member("board")],
            OnCall = [Some.Ana],
            Risk = RiskLevel.Regulated,
        }));
        Assert.Equal(
            new Refusal(RefusalKind.Forbidden, $"ana wrote support_router:v1.1.0 and cannot {command} it: somebody else must, but nobody else may yet."),
            installation.Refuses(ReleaseMatrixTests.Command(command, Some.Ana, release)));
    }

    [Fact]
    public void A_refusal_says_what_is_missing_the_role_or_the_place_in_the_list()
    {
        var (installation, release) = In(ReleaseState.Proposed);
        Assert.Equal("boris may not approve rel-2: it needs to be among the reviewers of support_router; rita may.", Refusal("approve", "boris"));
        Assert.Equal("paul may not approve rel-2: it needs the role reviewer and to be among the reviewers of support_router; rita may.", Refusal("approve", "paul"));
        Assert.Equal("clara may not start rel-2: it needs to be among the release owners of support_router; rolf may.", Refusal("start", "clara"));
        Assert.Equal("boris may not cancel rel-2: it needs the role release_owner for support_router, or to be its author, owner or backup owner; ana, emil, greta, rolf may.", Refusal("cancel", "boris"));
        installation.Do(new AddMember(Some.Admin, Some.Member("rita"), []));
        Assert.Equal("boris may not approve rel-2: it needs to be among the reviewers of support_router; nobody may yet.", Refusal("approve", "boris"));

        string Refusal(string command, string person) => installation.Refuses(ReleaseMatrixTests.Command(command, Some.Member(person), release)).Reason;
    }

    [Theory]
    [InlineData(RiskLevel.Regulated)]
    [InlineData(RiskLevel.ActionTaking)]
    public void Where_mistakes_cost_the_most_somebody_named_for_it_signs_the_security_too(RiskLevel risk)
    {
        var installation = Some.LiveInstallation();
        var rita = Some.Member("rita");
        installation.Do(new AddMember(Some.Admin, rita, [Role.Reviewer]));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { SecurityReviewers = [rita], Risk = risk }));
        var release = installation.Propose("1.1.0", Some.Plan(observe: null));
        installation.Approve(release);
        Assert.Equal((ReleaseState.Proposed, "waiting for a security reviewer: rita, with: slipway release approve rel-2"), (installation[release].State, NextStep.Of(installation[release], installation.State)));
        Assert.Equal("boris may not sign the security of rel-2: it needs to be among the security reviewers of support_router; rita may.",
            installation.Refuses(new ReleaseCommand.Review(Some.Boris, release, SignOff.Security, "")).Reason);
        Assert.Equal("boris may not approve rel-2: it needs to be among the security reviewers of support_router; rita may.", installation.Refuses(new ReleaseCommand.Approve(Some.Boris, release, "")).Reason);
        installation.Do(new ReleaseCommand.Review(rita, release, SignOff.Security, "nothing leaves the house"));
        Assert.Equal((ReleaseState.Approved, rita), (installation[release].State, installation[release].ApprovedBy!));
    }

    [Fact]
    public void Where_nobody_is_named_to_review_security_a_grave_prompt_releases_nothing()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Regulated }));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        installation.Append(Some.Ana, Some.Staging(installation, "1.1.0"));
        Assert.Equal("Nobody is named to review the security of support_router, and its releases need it; admin, emil or greta can run: slipway owner set support_router --security NAME",
            installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan(observe: null))).Reason);
    }

    [Fact]
    public void The_duties_of_now_count_not_those_of_when_it_was_proposed()
    {
        var installation = Some.LiveInstallation();
        var release = installation.Propose("1.1.0");
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Owner = Some.Fritz }));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new ReleaseCommand.Cancel(Some.Emil, release, "no")).Kind);
        Assert.Single(installation.Do(new ReleaseCommand.Cancel(Some.Fritz, release, "no")));
    }

    [Fact]
    public void Who_must_do_what_next_is_said_with_the_command()
    {
        var (installation, release) = In(ReleaseState.Proposed);
        Assert.Equal("waiting for a reviewer: rita, with: slipway release approve rel-2", Next());
        installation.Do(new ReleaseCommand.Approve(Some.Member("rita"), release.Id, ""));
        Assert.Equal("waiting for a release owner: rolf, with: slipway release start rel-2", Next());
        installation.Do(new ReleaseCommand.Start(Some.Member("rolf"), release.Id, "salt"));
        Assert.Null(Next());
        installation.Do(new ReleaseCommand.Freeze(Some.Member("paul"), release.Id, "wait", []));
        Assert.Equal("waiting for a release owner: rolf, with: slipway release resume rel-2 --reason TEXT", Next());
        installation.Do(new AddMember(Some.Admin, Some.Member("rolf"), []));
        Assert.Equal("waiting for a release owner, but nobody can be it yet, with: slipway release resume rel-2 --reason TEXT", Next());
        installation.RollBack(release.Id);
        Assert.Null(Next());

        string? Next() => NextStep.Of(installation[release.Id], installation.State);
    }

    private static (Installation Installation, Release Release) In(ReleaseState state)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(state)];
        installation.Now += TimeSpan.FromHours(25);
        foreach (var (member, role) in ((string, Role?)[])[("rita", Role.Reviewer), ("rolf", Role.ReleaseOwner), ("paul", null)])
            installation.Do(new AddMember(Some.Admin, Some.Member(member), role is { } given ? [given] : []));
        installation.Do(new SetGroup(Some.Admin, Some.Member("board"), [Some.Member("rita"), Some.Member("paul")]));
        installation.Do(new SetGroup(Some.Admin, Some.Member("watch"), [Some.Member("paul")]));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, Lists));
        return (installation, release);
    }
}
