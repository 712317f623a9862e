using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Tests.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Incidents;

/// <summary>Every state × every command × every kind of person, and what proves that an incident would be found now.</summary>
public sealed class IncidentMatrixTests
{
    private const string Accepted = "accepted", Refused = "refused";
    private static readonly string[] Commands = ["explain", "prove", "waive"];
    private static readonly string[] Everybody = ["admin", "ana", "boris", "clara", "dora", "emil", "fritz", "greta", "nobody", "system"];

    private static readonly Dictionary<IncidentState, string[]> Table = new()
    {
        [IncidentState.Open] = [Accepted, Accepted, Accepted],
        [IncidentState.Closed] = [Accepted, Refused, Refused],
        [IncidentState.Waived] = [Accepted, Refused, Refused],
    };

    // ana wrote the version, boris reviews, clara releases, dora is on call, emil and greta own the prompt.
    private static readonly Dictionary<string, string[]> May = new()
    {
        ["explain"] = ["ana", "boris", "clara", "dora", "emil", "greta"],
        ["prove"] = ["ana", "boris", "clara", "dora", "emil", "greta"],
        ["waive"] = ["emil", "greta"],
    };

    public static TheoryData<IncidentState, string> Cells => [.. Enum.GetValues<IncidentState>().SelectMany(state => Commands.Select(command => (state, command)))];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_state_answers_each_command_of_each_person_in_its_way(IncidentState state, string command)
    {
        var prepared = IncidentTests.Opened();
        if (state == IncidentState.Closed) prepared.Do(Some.Proof(IncidentTests.First, "1.1.0", [IncidentTests.Proving]));
        if (state == IncidentState.Waived) prepared.Do(new IncidentCommand.Waive(Some.Emil, IncidentTests.First, "let it go", null));
        foreach (var person in Everybody)
        {
            var installation = prepared.Copy();
            var verdict = installation.Try(Command(command, Some.Member(person)));
            var expected = May[command].Contains(person) ? Table[state][Array.IndexOf(Commands, command)] : Refused;
            Assert.Equal((person, expected), (person, verdict is Verdict.Accept ? Accepted : Refused));
            if (verdict is not Verdict.Refuse refuse) continue;
            Assert.Equal(May[command].Contains(person) ? RefusalKind.Conflict : RefusalKind.Forbidden, refuse.Why.Kind);
            if (refuse.Why.Kind == RefusalKind.Conflict) Assert.StartsWith("inc-1 is over: ", refuse.Why.Reason, StringComparison.Ordinal);
            Assert.Equal(prepared.Entries.Count, installation.Entries.Count);
        }
    }

    [Fact]
    public void Whoever_wrote_the_version_closes_it_by_a_test_and_never_by_their_word()
    {
        var installation = IncidentTests.Opened();
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { BackupOwner = Some.Ana }));
        Assert.Equal("ana wrote support_router:v1.1.0 or a part of it and cannot close inc-1 without a case: emil must.",
            installation.Refuses(new IncidentCommand.Waive(Some.Ana, IncidentTests.First, "it is nothing", null)).Reason);
        Assert.Equal("boris may not close inc-1 without a case: it needs to be owner or backup owner of support_router; emil must.",
            installation.Refuses(new IncidentCommand.Waive(Some.Boris, IncidentTests.First, "it is nothing", null)).Reason);
        installation.Do(Some.Proof(IncidentTests.First, "1.1.0", [IncidentTests.Proving]));
    }

    [Fact]
    public void A_key_that_is_limited_to_a_role_waives_nothing_in_its_owners_name()
    {
        var installation = IncidentTests.Opened();
        installation.Do(new AddMember(Some.Admin, Some.Emil, [Role.Author]));
        var key = installation.Key(Some.Emil, new KeyScope([Role.Author], null, null, null));
        Assert.Equal(RefusalKind.Forbidden, Assert.IsType<Verdict.Refuse>(installation.Try(new IncidentCommand.Waive(Some.Emil, IncidentTests.First, "it is nothing", null), key)).Why.Kind);
    }

    [Theory]
    [InlineData("inc-9")]
    [InlineData("inc-2")]
    public void An_incident_that_is_not_there_is_told(string id)
    {
        var refusal = IncidentTests.Opened().Refuses(new IncidentCommand.Explain(Some.Ana, Some.Parse<IncidentId>(id), "why"));
        Assert.Equal((RefusalKind.Unknown, $"There is no incident {id}; the newest is inc-1."), (refusal.Kind, refusal.Reason));
    }

    [Fact]
    public void Nothing_is_said_without_a_word()
    {
        foreach (var command in (IncidentCommand[])[new IncidentCommand.Explain(Some.Emil, IncidentTests.First, " "), new IncidentCommand.Waive(Some.Emil, IncidentTests.First, "", null), new IncidentCommand.Explain(Some.Emil, IncidentTests.First, new string('x', 4_001))])
            Assert.Equal(RefusalKind.Invalid, IncidentTests.Opened().Refuses(command).Kind);
    }

    public static TheoryData<CaseAnswer, CaseAnswer> Answers => [.. Enum.GetValues<CaseAnswer>().SelectMany(bad => Enum.GetValues<CaseAnswer>().Select(stable => (bad, stable)))];

    [Theory]
    [MemberData(nameof(Answers))]
    public void One_case_closes_it_only_where_the_version_fails_it_and_the_stable_one_passes_it(CaseAnswer bad, CaseAnswer stable)
    {
        var installation = IncidentTests.Opened();
        installation.Do(Some.Proof(IncidentTests.First, "1.1.0", [new IncidentCase("refund-17", bad, stable)]));
        var incident = installation.State.Incidents.Find(IncidentTests.First)!;
        Assert.Equal((bad, stable) == (CaseAnswer.Failed, CaseAnswer.Passed) ? IncidentState.Closed : IncidentState.Open, incident.State);
        // That it was tried, and why it is open still, is on record either way.
        Assert.Equal(incident.State == IncidentState.Open, Assert.Single(incident.Tests).Facts.Lacks is not null);
    }

    [Fact]
    public void It_is_closed_exactly_where_every_case_was_answered_and_one_proves_it()
    {
        var cases = Gen.Elements(Enum.GetValues<CaseAnswer>()).Two().Select(pair => new IncidentCase($"{pair.Item1}-{pair.Item2}", pair.Item1, pair.Item2)).ListOf();
        Prop.ForAll(cases.Zip(Gen.Elements(null, "the provider is away")).ToArbitrary(), made =>
        {
            var (all, stopped) = made;
            var installation = IncidentTests.Opened();
            installation.Do(Some.Proof(IncidentTests.First, "1.1.0", [.. all], stopped: stopped));
            var proved = stopped is null && all.Any(one => one.Proves) && !all.Any(one => one.Bad == CaseAnswer.Unanswered || one.Stable == CaseAnswer.Unanswered);
            Assert.Equal(proved, installation.State.Incidents.Find(IncidentTests.First)!.State == IncidentState.Closed);
            Assert.Equal(proved, installation.State.Incidents.Open(Some.Prompt).IsEmpty);
            Assert.Equal(Story.Text(installation.State), Story.Text(Registry.Empty.Apply(installation.Entries)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_call_failed_by_itself_or_by_what_became_known_of_it()
    {
        var call = new CallRecord
        {
            TraceId = new string('a', 32), StartedAt = Some.Noon, Environment = Some.Production, Provider = "offline", Model = "m", Parameters = Some.Json("{}"), LatencyMs = 1,
        };
        Assert.Empty(CallFailure.Of(call, null));
        Assert.Empty(CallFailure.Of(call, new CallOutcomeDocument(call.TraceId, TaskSuccess: true, Escalated: false, Thumbs: Thumbs.Up, Resolved: true)));
        Assert.Equal("The answer does not fit its schema: route is missing.", Assert.Single(CallFailure.Of(call with { SchemaValid = false, ContractViolation = "route is missing." }, null)).Sentence);
        Assert.Equal(["error", "tool_calls"], Checks(call with { Error = "away", ToolCallsValid = false }, null));
        Assert.Equal(["task_success", "escalated", "corrected", "thumbs", "complaint", "resolved"],
            Checks(call, new CallOutcomeDocument(call.TraceId, TaskSuccess: false, Escalated: true, Corrected: true, Thumbs: Thumbs.Down, Complaint: true, Resolved: false)));
        Assert.Empty(CallFailure.Of(call with { Abandoned = true, SchemaValid = false }, new CallOutcomeDocument(call.TraceId, Complaint: true)));

        static ImmutableArray<string> Checks(CallRecord call, CallOutcomeDocument? outcome) => [.. CallFailure.Of(call, outcome).Select(failure => failure.Check)];
    }

    private static Core.Journal.Command Command(string command, MemberName by) => command switch
    {
        "explain" => new IncidentCommand.Explain(by, IncidentTests.First, $"{by} knows"),
        "prove" => Some.Proof(IncidentTests.First, "1.1.0", [IncidentTests.Proving], by: by),
        _ => new IncidentCommand.Waive(by, IncidentTests.First, "let it go", null),
    };
}
