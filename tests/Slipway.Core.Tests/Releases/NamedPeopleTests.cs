using Slipway.Core.Access;
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
        ["approve"] = (ReleaseState.Proposed, ["rita"]),
        ["decline"] = (ReleaseState.Proposed, ["rita"]),
        ["cancel"] = (ReleaseState.Approved, ["ana", "emil", "greta", "rolf"]),
        ["start"] = (ReleaseState.Approved, ["rolf"]),
        ["advance"] = (ReleaseState.Canary, ["rolf", "system"]),
        ["freeze"] = (ReleaseState.Canary, ["clara", "dora", "emil", "greta", "paul", "rolf", "system"]),
        ["resume"] = (ReleaseState.Frozen, ["rolf"]),
        ["roll back"] = (ReleaseState.Canary, ["clara", "dora", "emil", "greta", "paul", "rolf", "system"]),
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
        var person = Some.Member(Rights[command].May.First(one => one is "rita" or "rolf" or "paul"));
        var expected = ReleaseMatrixTests.Table[state][Array.IndexOf(ReleaseMatrixTests.Commands, command)];
        Assert.Equal(expected, ReleaseMatrixTests.Outcome(installation.Try(ReleaseMatrixTests.Command(command, person, release))));
    }

    [Theory]
    [InlineData("approve", ReleaseState.Proposed)]
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
    [InlineData(RiskLevel.Standard, true)]
    [InlineData(RiskLevel.UserFacing, true)]
    [InlineData(RiskLevel.Regulated, false)]
    [InlineData(RiskLevel.ActionTaking, false)]
    public void A_prompt_whose_mistakes_cost_the_most_is_approved_by_its_security_reviewers(RiskLevel risk, bool anyReviewer)
    {
        var (installation, release) = In(ReleaseState.Proposed);
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { SecurityReviewers = [Some.Boris], Risk = risk }));
        var verdict = installation.Copy().Try(new ReleaseCommand.Approve(Some.Member("rita"), release.Id, ""));
        if (anyReviewer) Assert.IsType<Verdict.Accept>(verdict);
        else
        {
            Assert.Equal($"rita may not approve rel-2: it needs to be among the security reviewers of support_router, whose risk is {risk.Word()}; boris may.", Assert.IsType<Verdict.Refuse>(verdict).Why.Reason);
        }
        Assert.Single(installation.Copy().Do(new ReleaseCommand.Decline(Some.Member("rita"), release.Id, "not so")));
        Assert.Single(installation.Do(new ReleaseCommand.Approve(Some.Boris, release.Id, "")));
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
        foreach (var (member, role) in ((string, Role?)[])[("rita", Role.Reviewer), ("rolf", Role.ReleaseOwner), ("paul", null)])
            installation.Do(new AddMember(Some.Admin, Some.Member(member), role is { } given ? [given] : []));
        installation.Do(new SetGroup(Some.Admin, Some.Member("board"), [Some.Member("rita"), Some.Member("paul")]));
        installation.Do(new SetGroup(Some.Admin, Some.Member("watch"), [Some.Member("paul")]));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, Lists));
        return (installation, release);
    }
}
