using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

/// <content>What releases are judged by.</content>
public abstract partial class CallLogTests
{
    [Fact]
    public void What_releases_are_judged_by_comes_in_the_order_it_was_stored()
    {
        var release = new ReleaseId(7);
        Log.Append(
        [
            Call("a") with { SchemaValid = true }, Call("b") with { ToolCallsValid = true }, Call("c") with { Refused = true, FinishReason = "length" }, Call("d", Noon.AddMinutes(1)) with { ToolCallsValid = false },
            Call("e") with { SchemaValid = false, Arm = Arm.Candidate, Epoch = 2 }, Call("f") with { UnitKey = null }, Call("g") with { Abandoned = true }, Call("h") with { Release = new ReleaseId(8) }, Call("i") with { Error = "No." },
        ]);
        var outcomes = Log.Outcomes(release, 0, 10);
        Assert.Equal([(true, null, false), (null, true, false), (null, null, false), (null, false, false), (false, null, true), (null, null, false)],
            outcomes.Select(row => (row.Outcome.SchemaValid, row.Outcome.ToolCallsValid, row.Outcome.Candidate)));
        Assert.True(outcomes[2].Outcome is { Refused: true, Truncated: true, Failed: false });
        Assert.True(outcomes[5].Outcome is { Refused: null, Truncated: null, Failed: true });
        Assert.Equal(outcomes[3..], Log.Outcomes(release, outcomes[2].Sequence, 10));
        Assert.Equal(outcomes[..2], Log.Outcomes(release, 0, 2));
        Assert.Equal([outcomes[3]], Log.Outcomes(release, 0, 10, Noon.AddSeconds(30)));
        Assert.Equal([new ArmTotals(Arm.Stable, 7, 2, 1, Noon), new ArmTotals(Arm.Candidate, 1, 1, 1, Noon)], Log.Totals(release));
    }

    [Fact]
    public void Whose_version_was_not_drawn_is_no_outcome_of_the_release()
    {
        Log.Append([.. Enum.GetValues<ResolveReason>().Where(reason => reason != ResolveReason.Shadowed).Select(reason => Call($"{reason}") with { UnitKey = $"{reason}", Reason = reason }), Call("unsaid") with { UnitKey = "unsaid", Reason = null }]);
        Assert.Equal(["OutsideCanary", "InCanary", "unsaid"], Log.Outcomes(new ReleaseId(7), 0, 20).Select(row => row.Outcome.UnitKey));
    }

    [Fact]
    public void The_judge_reads_the_slice_and_what_was_told_in_time()
    {
        var (release, hour) = (new ReleaseId(7), TimeSpan.FromHours(1));
        Log.Append([Call("a") with { Tenant = "acme", Attributes = Attributes(("tier", "gold")) }, Call("b") with { Workflow = "triage" }, Call("c")]);
        Log.Append([new CallOutcomeDocument(Id("a"), Escalated: true), new CallOutcomeDocument(Id("b"), TaskSuccess: true)], Noon + hour);
        Log.Append([new CallOutcomeDocument(Id("c"), Escalated: true)], Noon + hour + TimeSpan.FromMilliseconds(1));
        Assert.Equal(["gold", null, null], Read(new OutcomeReading("tier")).Select(outcome => outcome.Segment));
        Assert.Equal(["acme", null, null], Read(new OutcomeReading("tenant")).Select(outcome => outcome.Segment));
        Assert.Equal([null, "triage", null], Read(new OutcomeReading("workflow")).Select(outcome => outcome.Segment));
        Assert.All(Read(new OutcomeReading("tier")), outcome => Assert.Null(outcome.Told));
        Assert.Equal([(true, null), (null, true), (null, null)], Read(new OutcomeReading(Within: hour)).Select(outcome => (outcome.Told?.Escalated, outcome.Told?.TaskSuccess)));

        IEnumerable<CallOutcome> Read(OutcomeReading reading) => Log.Outcomes(release, 0, 10, since: null, reading).Select(row => row.Outcome);

        static ImmutableSortedDictionary<string, string> Attributes(params (string Name, string Value)[] all) => all.ToImmutableSortedDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
    }

    [Fact]
    public void Of_evidence_that_two_servers_keep_what_was_read_further_stays()
    {
        var release = new ReleaseId(7);
        Assert.Null(Log.FindEvidence(release));
        Log.Keep(new StoredEvidence(release, 10, 0, "ten"));
        Open().Keep(new StoredEvidence(release, 20, 5, "twenty"));
        Log.Keep(new StoredEvidence(release, 15, 5, "fifteen"));
        Assert.Equal(new StoredEvidence(release, 20, 5, "twenty"), Open().FindEvidence(release));
        Assert.Null(Log.FindEvidence(new ReleaseId(8)));
    }

    [Fact]
    public void A_shadow_stands_beside_the_very_call_it_was_asked_after_and_is_no_part_of_what_users_met()
    {
        var release = new ReleaseId(7);
        CallRecord Live(string trace, int span) => Call(trace) with { SpanId = Span(span), UnitKey = trace, SchemaValid = true, Cost = 0.01m };
        CallRecord Shadow(string trace, int span, int of) => Live(trace, span) with { Arm = Arm.Shadow, PromptVersion = "1.1.0", SchemaValid = false, ShadowOf = Span(of), Cost = 0.02m, Reason = ResolveReason.Shadowed };
        Log.Append([Live("a", 1), Live("a", 2) with { SchemaValid = null, Error = "No." }, Shadow("a", 3, of: 2), Live("b", 4), Shadow("b", 5, of: 4), Shadow("c", 6, of: 9), Live("d", 7) with { Abandoned = true }, Shadow("d", 8, of: 7)]);

        var pairs = Log.Shadows(release, 0, 10);
        Assert.Equal(["a", "b", "c", "d"], pairs.Select(row => row.Pair.Candidate.UnitKey));
        Assert.Equal([true, false, null, null], pairs.Select(row => row.Pair.Stable?.Failed));
        Assert.All(pairs, row => Assert.True(row.Pair.Candidate is { Candidate: true, SchemaValid: false, Cost: 0.02 }));
        Assert.Equal(0.01, pairs[1].Pair.Stable?.Cost);
        Assert.Equal(pairs[2..], Log.Shadows(release, pairs[1].Sequence, 10));
        Assert.Equal(pairs[..1], Log.Shadows(release, 0, 1, Noon));
        Assert.Empty(Log.Shadows(release, 0, 10, Noon.AddMinutes(1)));

        Assert.Equal(3, Log.Outcomes(release, 0, 10).Length);
        Assert.DoesNotContain(Log.Outcomes(release, 0, 10), row => row.Outcome.Candidate);
        Assert.Equal([Arm.Stable, Arm.Shadow], Log.Totals(release).Select(arm => arm.Arm));
        Assert.Empty(Log.Users(Router.Prompt, "1.1.0", null, null, 10));
        Log.Append([new CallOutcomeDocument(Id("b"), TaskSuccess: false)], Noon);
        var totals = Log.Metrics(Router.Prompt, EnvironmentName.Production, Noon, Noon.AddMinutes(1)).ToDictionary(one => one.Group.Arm, one => one.Totals);
        Assert.Equal((1, 0), (totals[Arm.Stable][CallCount.TasksFailed], totals[Arm.Shadow][CallCount.Outcomes]));
        Assert.Equal(Span(4), Log.Trace(Id("b"))[1].ShadowOf);
    }
}
