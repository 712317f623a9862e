using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Releases;

/// <summary>Every state × every command × every kind of person.</summary>
public sealed class ReleaseMatrixTests
{
    internal const string Accepted = "accepted", NoOp = "no-op", Refused = "refused";

    internal static readonly string[] Commands = ["approve", "decline", "cancel", "start", "advance", "freeze", "resume", "roll back"];

    //                                                   approve   decline   cancel    start     advance   freeze    resume    roll back
    internal static readonly Dictionary<ReleaseState, string[]> Table = new()
    {
        [ReleaseState.Proposed] = /*   */ [Accepted, Accepted, Accepted, Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Approved] = /*   */ [Refused, /**/ Accepted, Accepted, Accepted, Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Canary] = /*     */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted, Accepted, Refused, /**/ Accepted],
        [ReleaseState.Frozen] = /*     */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ NoOp, /*   */ Accepted, Accepted],
        [ReleaseState.Completed] = /*  */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted],
        [ReleaseState.RolledBack] = /* */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ NoOp],
        [ReleaseState.Declined] = /*   */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Cancelled] = /*  */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
    };

    private static readonly Dictionary<string, (ReleaseState In, ReleaseState Leads, string[] May)> Rights = new()
    {
        ["approve"] = (ReleaseState.Proposed, ReleaseState.Approved, ["boris"]),
        ["decline"] = (ReleaseState.Proposed, ReleaseState.Declined, ["boris"]),
        ["cancel"] = (ReleaseState.Approved, ReleaseState.Cancelled, ["ana", "clara", "emil", "greta"]),
        ["start"] = (ReleaseState.Approved, ReleaseState.Canary, ["clara"]),
        ["advance"] = (ReleaseState.Canary, ReleaseState.Canary, ["clara", "system"]),
        ["freeze"] = (ReleaseState.Canary, ReleaseState.Frozen, ["clara", "dora", "emil", "greta", "system"]),
        ["resume"] = (ReleaseState.Frozen, ReleaseState.Canary, ["clara"]),
        ["roll back"] = (ReleaseState.Canary, ReleaseState.RolledBack, ["clara", "dora", "emil", "greta", "system"]),
    };

    public static TheoryData<ReleaseState, string> Cells => [.. Enum.GetValues<ReleaseState>().SelectMany(state => Commands.Select(command => (state, command)))];

    public static TheoryData<string, string> People => [.. from command in Commands
                                                           from person in (string[])["admin", "ana", "boris", "clara", "dora", "emil", "fritz", "greta", "nobody", "system"]
                                                           select (command, person)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_state_answers_each_command_in_its_way(ReleaseState state, string command)
    {
        var installation = Some.Installation();
        var release = installation.Release(state);
        Assert.Equal(state, installation[release].State);
        var (entries, before) = (installation.Entries.Count, installation[release]);

        var verdict = installation.Try(Command(command, RightPerson(command), before));

        Assert.Equal(Table[state][Array.IndexOf(Commands, command)], Outcome(verdict));
        if (verdict is Verdict.Accept { Events.Length: > 0 })
        {
            Assert.Equal(Rights[command].Leads, installation[release].State);
            return;
        }
        Assert.Equal((entries, before), (installation.Entries.Count, installation[release]));
        if (verdict is Verdict.Refuse refuse)
        {
            Assert.Equal(RefusalKind.Conflict, refuse.Why.Kind);
            Assert.StartsWith($"{release} is ", refuse.Why.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_has_every_state_and_every_command()
    {
        Assert.Equal(Enum.GetValues<ReleaseState>(), Table.Keys.Order());
        Assert.Equal(typeof(ReleaseCommand).GetNestedTypes().Count(type => type.IsSubclassOf(typeof(ReleaseCommand))), Commands.Length);
        Assert.All(Table.Values, row => Assert.Equal(Commands.Length, row.Length));
    }

    [Theory]
    [MemberData(nameof(People))]
    public void Each_command_asks_for_a_right(string command, string person)
    {
        var installation = Some.Installation();
        var (state, leads, may) = Rights[command];
        var release = installation[installation.Release(state)];
        var verdict = installation.Try(Command(command, Some.Member(person), release));
        if (may.Contains(person))
        {
            Assert.IsType<Verdict.Accept>(verdict);
            Assert.Equal(leads, installation[release.Id].State);
            return;
        }
        Assert.Equal(RefusalKind.Forbidden, Assert.IsType<Verdict.Refuse>(verdict).Why.Kind);
        Assert.Equal(release, installation[release.Id]);
    }

    [Theory]
    [InlineData("approve", "ana wrote support_router:v1.1.0 and cannot approve it: boris must.")]
    [InlineData("start", "ana wrote support_router:v1.1.0 and cannot start it: clara must.")]
    [InlineData("advance", "ana wrote support_router:v1.1.0 and cannot advance it: clara must.")]
    [InlineData("resume", "ana wrote support_router:v1.1.0 and cannot resume it: clara must.")]
    public void The_author_brings_no_traffic_to_a_version_whatever_roles_they_have(string command, string reason)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(Rights[command].In)];
        installation.Do(new AddMember(Some.Admin, Some.Ana, [.. Enum.GetValues<Role>()]));
        Assert.Equal(new Refusal(RefusalKind.Forbidden, reason), installation.Refuses(Command(command, Some.Ana, release)));
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("roll back")]
    public void The_author_may_stop_a_version_if_they_have_the_role(string command)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(Rights[command].In)];
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author, Role.OnCall]));
        Assert.NotEmpty(installation.Do(Command(command, Some.Ana, release)));
    }

    [Fact]
    public void Who_proposed_a_release_does_not_approve_it()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new AddMember(Some.Admin, Some.Clara, [Role.ReleaseOwner, Role.Reviewer]));
        var release = installation.Propose("1.1.0", by: Some.Clara);
        Assert.Equal(new Refusal(RefusalKind.Forbidden, "clara proposed rel-2 and cannot approve it: boris must."), installation.Refuses(new ReleaseCommand.Approve(Some.Clara, release, "")));
        Assert.Equal(ReleaseState.Canary, installation[installation.Start(installation.Approve(release))].State);
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("roll back")]
    public void An_owner_who_is_no_member_may_not_act(string command)
    {
        var installation = Some.LiveInstallation();
        installation.Submit(Some.Submission("2.0.0", "Route with care.", owner: Some.Member("a-team")));
        var release = installation[installation.Start(installation.Approve(installation.Propose("2.0.0")))];
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Command(command, Some.Member("a-team"), release)).Kind);
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("cancel")]
    [InlineData("advance")]
    [InlineData("freeze")]
    [InlineData("resume")]
    [InlineData("roll back")]
    public void A_reason_is_required(string command)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(Rights[command].In)];
        foreach (var reason in (string[])["", " \n"])
            Assert.Equal(new Refusal(RefusalKind.Invalid, "Say why: the reason is empty."), installation.Refuses(Command(command, RightPerson(command), release, reason)));
    }

    [Fact]
    public void An_approval_needs_no_words()
    {
        var installation = Some.LiveInstallation();
        Assert.Single(installation.Do(new ReleaseCommand.Approve(Some.Boris, installation.Propose("1.1.0"), "")));
    }

    [Fact]
    public void A_refused_right_is_named_with_who_has_it()
    {
        var installation = Some.LiveInstallation();
        var release = installation[installation.Propose("1.1.0")];
        Assert.Equal("fritz may not approve rel-2: it needs the role reviewer, which boris has.", installation.Refuses(Command("approve", Some.Fritz, release)).Reason);
        Assert.Equal("fritz may not roll back rel-2: it needs the role on_call or release_owner, or to be owner, backup owner or on call of support_router; clara, dora, emil, greta may.", installation.Refuses(Command("roll back", Some.Fritz, release)).Reason);
        Assert.Equal("A controller decides by evidence alone: rel-2 can be approved only by a person.", installation.Refuses(Command("approve", MemberName.System, release)).Reason);
    }

    [Fact]
    public void A_release_that_is_not_there_is_unknown()
    {
        var installation = Some.Installation();
        var command = new ReleaseCommand.Approve(Some.Boris, new ReleaseId(9), "");
        Assert.Equal(new Refusal(RefusalKind.Unknown, "There is no release rel-9; none has been proposed yet."), installation.Refuses(command));
        installation.Ask("1.0.0");
        Assert.Equal(new Refusal(RefusalKind.Unknown, "There is no release rel-9; the newest is rel-1."), installation.Refuses(command));
    }

    internal static string Outcome(Verdict verdict) => verdict switch
    {
        Verdict.Accept { Events.IsEmpty: true } => NoOp,
        Verdict.Accept => Accepted,
        _ => Refused,
    };

    private static MemberName RightPerson(string command) => Some.Member(Rights[command].May.First(person => person is "boris" or "clara" or "dora"));

    internal static ReleaseCommand Command(string command, MemberName by, Release release, string reason = "it is time") => command switch
    {
        "approve" => new ReleaseCommand.Approve(by, release.Id, reason),
        "decline" => new ReleaseCommand.Decline(by, release.Id, reason),
        "cancel" => new ReleaseCommand.Cancel(by, release.Id, reason),
        "start" => new ReleaseCommand.Start(by, release.Id, "salt"),
        "advance" => new ReleaseCommand.Advance(by, release.Id, release.Epoch, reason, Some.Proof(release.Plan)),
        "freeze" => new ReleaseCommand.Freeze(by, release.Id, reason, []),
        "resume" => new ReleaseCommand.Resume(by, release.Id, reason),
        "roll back" => new ReleaseCommand.RollBack(by, release.Id, reason, []),
        _ => throw new ArgumentException(command, nameof(command)),
    };
}
