using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Releases;

/// <summary>Every state × every command × every kind of person.</summary>
public sealed class ReleaseMatrixTests
{
    internal const string Accepted = "accepted", NoOp = "no-op", Refused = "refused";

    internal static readonly string[] Commands = ["review", "approve", "plan", "decline", "cancel", "start", "advance", "complete", "freeze", "resume", "roll back", "stop shadow"];

    private static readonly string[] Everybody = ["admin", "ana", "boris", "clara", "dora", "emil", "fritz", "greta", "nobody", "system"];

    // What the state answers to somebody who may. docs/releases.md shows the same table, and a test below holds them to each other.
    //                                                   review    approve   plan      decline   cancel    start     advance   complete  freeze    resume    roll back stop shadow
    internal static readonly Dictionary<ReleaseState, string[]> Table = new()
    {
        [ReleaseState.Proposed] = /*   */ [Accepted, Accepted, Accepted, Accepted, Accepted, Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Approved] = /*   */ [NoOp, /*  */ Refused, /**/ Accepted, Accepted, Accepted, Accepted, Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Shadow] = /*     */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted, Refused, /**/ Accepted, Refused, /**/ Accepted, Accepted],
        [ReleaseState.Canary] = /*     */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted, Refused, /**/ Accepted, Refused, /**/ Accepted, /**/ Refused],
        [ReleaseState.Frozen] = /*     */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ NoOp, /*  */ Accepted, Accepted, /**/ Refused],
        [ReleaseState.Full] = /*       */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted, Accepted, Refused, /**/ Accepted, /**/ Refused],
        [ReleaseState.Completed] = /*  */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Accepted, /**/ Refused],
        [ReleaseState.RolledBack] = /* */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ NoOp, /**/ Refused],
        [ReleaseState.Declined] = /*   */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
        [ReleaseState.Cancelled] = /*  */ [Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused, /**/ Refused],
    };

    // Who may, whatever the state: ana is the author, boris a reviewer, clara a release owner, dora on call, emil and greta the owners.
    internal static readonly Dictionary<string, string[]> May = new()
    {
        ["review"] = ["boris"],
        ["approve"] = ["boris"],
        ["plan"] = ["ana", "clara"],
        ["decline"] = ["boris"],
        ["cancel"] = ["ana", "clara", "emil", "greta"],
        ["start"] = ["clara"],
        ["advance"] = ["clara", "system"],
        ["complete"] = ["clara", "system"],
        ["freeze"] = ["clara", "dora", "emil", "greta", "system"],
        ["resume"] = ["clara"],
        ["roll back"] = ["clara", "dora", "emil", "greta", "system"],
        ["stop shadow"] = ["system"],
    };

    private static readonly Dictionary<(string Command, ReleaseState In), ReleaseState> Leads = new()
    {
        [("review", ReleaseState.Proposed)] = ReleaseState.Proposed,
        [("approve", ReleaseState.Proposed)] = ReleaseState.Approved,
        [("plan", ReleaseState.Proposed)] = ReleaseState.Proposed,
        [("plan", ReleaseState.Approved)] = ReleaseState.Proposed,
        [("decline", ReleaseState.Proposed)] = ReleaseState.Declined,
        [("decline", ReleaseState.Approved)] = ReleaseState.Declined,
        [("cancel", ReleaseState.Proposed)] = ReleaseState.Cancelled,
        [("cancel", ReleaseState.Approved)] = ReleaseState.Cancelled,
        [("start", ReleaseState.Approved)] = ReleaseState.Canary,
        [("advance", ReleaseState.Canary)] = ReleaseState.Canary,
        [("complete", ReleaseState.Full)] = ReleaseState.Completed,
        [("freeze", ReleaseState.Canary)] = ReleaseState.Frozen,
        [("freeze", ReleaseState.Full)] = ReleaseState.Frozen,
        [("resume", ReleaseState.Frozen)] = ReleaseState.Canary,
        [("roll back", ReleaseState.Canary)] = ReleaseState.RolledBack,
        [("roll back", ReleaseState.Frozen)] = ReleaseState.RolledBack,
        [("roll back", ReleaseState.Full)] = ReleaseState.RolledBack,
        [("roll back", ReleaseState.Completed)] = ReleaseState.RolledBack,
        [("advance", ReleaseState.Shadow)] = ReleaseState.Canary,
        [("freeze", ReleaseState.Shadow)] = ReleaseState.Frozen,
        [("roll back", ReleaseState.Shadow)] = ReleaseState.RolledBack,
        [("stop shadow", ReleaseState.Shadow)] = ReleaseState.Shadow,
    };

    public static TheoryData<ReleaseState, string> Cells => [.. Enum.GetValues<ReleaseState>().SelectMany(state => Commands.Select(command => (state, command)))];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_state_answers_each_command_of_each_person_in_its_way(ReleaseState state, string command)
    {
        var prepared = Some.Installation();
        var id = prepared.Release(state);
        Assert.Equal(state, prepared[id].State);
        // Every observation is over by then, so that it is the state that answers.
        prepared.Now += TimeSpan.FromHours(25);
        foreach (var person in Everybody)
        {
            var installation = prepared.Copy();
            var (entries, before) = (installation.Entries.Count, installation[id]);

            var verdict = installation.Try(Command(command, Some.Member(person), before));

            var expected = May[command].Contains(person) ? Table[state][Array.IndexOf(Commands, command)] : Refused;
            Assert.Equal((person, expected), (person, Outcome(verdict)));
            if (expected == Accepted)
            {
                Assert.Equal(Leads[(command, state)], installation[id].State);
                continue;
            }
            Assert.Equal((entries, before), (installation.Entries.Count, installation[id]));
            if (verdict is not Verdict.Refuse refuse) continue;
            Assert.Equal(May[command].Contains(person) ? RefusalKind.Conflict : RefusalKind.Forbidden, refuse.Why.Kind);
            if (refuse.Why.Kind == RefusalKind.Conflict) Assert.StartsWith($"{id} is ", refuse.Why.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_has_every_state_and_every_command()
    {
        Assert.Equal(Enum.GetValues<ReleaseState>(), Table.Keys.Order());
        Assert.Equal(typeof(ReleaseCommand).GetNestedTypes().Count(type => type.IsSubclassOf(typeof(ReleaseCommand))), Commands.Length);
        Assert.All(Table.Values, row => Assert.Equal(Commands.Length, row.Length));
        Assert.Equal(Commands, May.Keys);
        Assert.Equal(Table.SelectMany(row => Commands.Where((_, index) => row.Value[index] == Accepted).Select(command => (command, row.Key))).Order(), Leads.Keys.Order());
    }

    [Fact]
    public void The_documentation_shows_this_table()
    {
        var rows = File.ReadLines(Path.Combine(Slipway.Tests.Repository.Root, "docs", "releases.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Length == 0 ? [] : line[1..^1].Split('|', StringSplitOptions.TrimEntries)).ToList();
        var start = rows.FindIndex(row => row[0] == "state");
        Assert.Equal(Commands, rows[start][1..]);
        foreach (var (state, answers) in Table)
            Assert.Equal(answers, rows.Skip(start).Single(row => row[0] == Word(state))[1..].Select(cell => cell switch { "✓" => Accepted, "·" => NoOp, _ => Refused }));

        static string Word(ReleaseState state) => state == ReleaseState.RolledBack ? "rolled back" : state.ToString().ToLowerInvariant();
    }

    [Fact]
    public void Whoever_may_stop_may_from_every_state_that_carries_traffic_and_needs_nothing_but_a_reason()
    {
        foreach (var state in Enum.GetValues<ReleaseState>())
        {
            var installation = Some.Installation();
            var release = installation.Release(state);
            if (!installation[release].CarriesTraffic) continue;
            foreach (var person in May["roll back"])
            {
                var copy = installation.Copy();
                copy.Do(new ReleaseCommand.Freeze(Some.Member(person), release, "wait", []));
                Assert.Equal(ReleaseState.Frozen, copy[release].State);
                copy.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it answers nonsense"));
                Assert.Equal((ReleaseState.RolledBack, Some.Version("1.0.0")), (copy[release].State, copy.Live));
            }
        }
    }

    [Theory]
    [InlineData("approve", "ana wrote support_router:v1.1.0 and cannot approve it: boris must.")]
    [InlineData("start", "ana wrote support_router:v1.1.0 and cannot start it: clara must.")]
    [InlineData("advance", "ana wrote support_router:v1.1.0 and cannot advance it: clara must.")]
    [InlineData("review", "ana wrote support_router:v1.1.0 and cannot sign the meaning of it: boris must.")]
    [InlineData("complete", "ana wrote support_router:v1.1.0 and cannot complete it: clara must.")]
    [InlineData("resume", "ana wrote support_router:v1.1.0 and cannot resume it: clara must.")]
    public void The_author_brings_no_traffic_to_a_version_whatever_roles_they_have(string command, string reason)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(In(command))];
        installation.Do(new AddMember(Some.Admin, Some.Ana, [.. Enum.GetValues<Role>()]));
        Assert.Equal(new Refusal(RefusalKind.Forbidden, reason), installation.Refuses(Command(command, Some.Ana, release)));
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("roll back")]
    public void The_author_may_stop_a_version_if_they_have_the_role(string command)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(In(command))];
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
    [InlineData("plan")]
    [InlineData("decline")]
    [InlineData("cancel")]
    [InlineData("advance")]
    [InlineData("complete")]
    [InlineData("freeze")]
    [InlineData("resume")]
    [InlineData("roll back")]
    public void A_reason_is_required(string command)
    {
        var installation = Some.Installation();
        var release = installation[installation.Release(In(command))];
        foreach (var reason in (string[])["", " \n"])
            Assert.Equal(new Refusal(RefusalKind.Invalid, "Say why: the reason is empty."), installation.Refuses(Command(command, RightPerson(command), release, reason)));
    }

    [Fact]
    public void An_approval_needs_no_words()
    {
        var installation = Some.LiveInstallation();
        Assert.Equal(["signed the meaning and the numbers of rel-2", "approved rel-2"], installation.Do(new ReleaseCommand.Approve(Some.Boris, installation.Propose("1.1.0"), "")).Select(happened => happened.Sentence));
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

    private static MemberName RightPerson(string command) => Some.Member(May[command].First(person => person is "boris" or "clara" or "dora"));

    private static ReleaseState In(string command) => Leads.Keys.First(cell => cell.Command == command).In;

    internal static ReleaseCommand Command(string command, MemberName by, Release release, string reason = "it is time") => command switch
    {
        "review" => new ReleaseCommand.Review(by, release.Id, SignOff.Meaning, reason),
        "approve" => new ReleaseCommand.Approve(by, release.Id, reason),
        "plan" => new ReleaseCommand.ChangePlan(by, release.Id, new ReleasePlanDocument { MinimumUnits = 333 }, reason),
        "decline" => new ReleaseCommand.Decline(by, release.Id, reason),
        "cancel" => new ReleaseCommand.Cancel(by, release.Id, reason),
        "start" => new ReleaseCommand.Start(by, release.Id, "salt"),
        "advance" => new ReleaseCommand.Advance(by, release.Id, release.Epoch, reason, Some.Proof(release.Plan)),
        "complete" => new ReleaseCommand.Complete(by, release.Id, reason, Some.Proof(release.Plan)),
        "freeze" => new ReleaseCommand.Freeze(by, release.Id, reason, []),
        "resume" => new ReleaseCommand.Resume(by, release.Id, reason),
        "roll back" => new ReleaseCommand.RollBack(by, release.Id, reason, []),
        "stop shadow" => new ReleaseCommand.StopShadow(by, release.Id, 500, 1.25m, reason),
        _ => throw new ArgumentException(command, nameof(command)),
    };
}
