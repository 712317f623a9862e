using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Storage;

/// <content>What calls come to, and how long that stays.</content>
public abstract partial class CallLogTests
{
    [Fact]
    public void What_is_counted_beside_the_calls_is_what_the_calls_come_to()
    {
        var calls = Enumerable.Range(0, 300).Select(at => Full() with
        {
            TraceId = Id($"m{at}"),
            SpanId = Span(at),
            StartedAt = Noon.AddSeconds(at),
            PromptVersion = at % 2 == 0 ? "1.0.0" : "1.1.0",
            LatencyMs = 10 + at * 3.7,
            TimeToFirstTokenMs = at % 3 == 0 ? null : 1 + at,
            Cost = at % 4 == 0 ? null : at * 0.000_123m,
            Error = at % 11 == 0 ? "No." : null,
            SchemaValid = at % 5 == 0 ? null : at % 7 != 0,
            Abandoned = at % 13 == 0,
            Arm = at % 3 == 0 ? Arm.Candidate : Arm.Stable,
            Retries = at % 3,
        }).ToList();
        foreach (var batch in calls.Chunk(70)) Log.Append(batch);
        foreach (var group in Log.Metrics("p", EnvironmentName.Staging, Noon, Noon.AddMinutes(5)))
        {
            var exact = new CallTotals();
            foreach (var call in calls.Where(call => call.PromptVersion == group.Group.Version && call.Arm == group.Group.Arm)) exact.Add(call, null);
            foreach (var count in CallTotals.Counts) Assert.Equal((count, exact[count]), (count, group.Totals[count]));
            foreach (var measure in CallTotals.Measures) Assert.Equal(exact[measure], group.Totals[measure]);
        }
        Assert.Equal(4, Log.Metrics("p", EnvironmentName.Staging, Noon, Noon.AddMinutes(5)).Length);
        Assert.Equal(calls.Count(call => !call.Abandoned && call.StartedAt >= Noon.AddMinutes(1) && call.StartedAt < Noon.AddMinutes(2)),
            Log.Metrics("p", EnvironmentName.Staging, Noon.AddMinutes(1), Noon.AddMinutes(2)).Sum(group => group.Totals[CallCount.Calls]));

        // Whoever only has SQL adds the buckets up there.
        var sum = Engine is SqliteTestEngine
            ? "SELECT sum(bucket.value) FROM call_rollups, json_each(latency_histogram) AS bucket WHERE CAST(bucket.key AS INTEGER) > 300"
            : "SELECT sum(bucket.value::bigint)::bigint FROM call_rollups, json_each_text(latency_histogram::json) AS bucket WHERE bucket.key::int > 300";
        Assert.Equal((long)calls.Count(call => call is { Abandoned: false, Error: null } && LogHistogram.BucketOf(call.LatencyMs) > 300), Convert.ToInt64(Engine.AskCalls(sum), CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Outcomes_join_their_calls_whichever_comes_first_and_count_once()
    {
        Log.Append([Call("a"), Call("a") with { SpanId = Span(2), PromptVersion = "1.1.0" }, Call("b")]);
        var first = new CallOutcomeDocument(Id("a"), Escalated: true, Labels: ImmutableSortedDictionary<string, string>.Empty.Add("channel", "mail").Add("tone", "cold"));
        Log.Append([first, new CallOutcomeDocument(Id("later"), TaskSuccess: false, Thumbs: Thumbs.Down)], Noon);
        Log.Append([first], Noon);
        Assert.Equal((1, 1, 2), (Totals()[CallCount.Outcomes], Totals()[CallCount.Escalations], Totals()[CallCount.Successes]));

        // What is said later is added: the task failed, so the call is no success any more.
        Log.Append([new CallOutcomeDocument(Id("a"), TaskSuccess: false, Corrected: true, Labels: ImmutableSortedDictionary<string, string>.Empty.Add("tone", "warm"))], Noon);
        Assert.Equal((1, 1, 1, 1, 1), (Totals()[CallCount.Outcomes], Totals()[CallCount.Escalations], Totals()[CallCount.Corrections], Totals()[CallCount.TasksFailed], Totals()[CallCount.Successes]));
        Assert.Equal(1, Totals("1.1.0")[CallCount.Escalations]);
        var outcome = Log.Outcome(Id("a"))!;
        Assert.True(outcome is { TaskSuccess: false, Escalated: true, Corrected: true, Thumbs: null });
        Assert.Equal(["channel=mail", "tone=warm"], outcome.Labels!.Select(label => $"{label.Key}={label.Value}"));
        Assert.Null(Log.Outcome(Id("b")));
        var known = Log.Outcomes([Id("a"), Id("b"), Id("later")]);
        Assert.Equal((2, outcome.Corrected, false), (known.Count, known[Id("a")].Corrected, known[Id("later")].TaskSuccess));
        Assert.Empty(Log.Outcomes([]));

        // Known before the call is.
        Log.Append([Call("later")]);
        Assert.Equal((2, 1, 1), (Totals()[CallCount.Outcomes], Totals()[CallCount.ThumbsDown], Totals()[CallCount.Successes]));
        Log.Append([new CallOutcomeDocument(Id("later"), TaskSuccess: true, Thumbs: Thumbs.Up)], Noon);
        Assert.Equal((2, 0, 1, 2), (Totals()[CallCount.Outcomes], Totals()[CallCount.ThumbsDown], Totals()[CallCount.ThumbsUp], Totals()[CallCount.Successes]));
    }

    [Fact]
    public void The_system_prompts_of_unmanaged_calls_are_counted_by_their_fingerprint()
    {
        CallRecord Unmanaged(string fingerprint, string model, int second) => Call($"u{second}", Noon.AddSeconds(second)) with { Prompt = null, PromptVersion = null, PackageHash = null, Release = null, Epoch = 0, Fingerprint = fingerprint, Model = model };
        Log.Append([Unmanaged("f1", "gpt", 1), Unmanaged("f1", "claude", 2), Unmanaged("f2", "gpt", 3)]);
        Log.Append([Unmanaged("f1", "gpt", 0)]);
        var found = Log.Unmanaged(10);
        Assert.Equal([("f1", 3L, Noon, Noon.AddSeconds(2), "claude gpt"), ("f2", 1L, Noon.AddSeconds(3), Noon.AddSeconds(3), "gpt")],
            found.Select(one => (one.Fingerprint, one.Calls, one.FirstSeen, one.LastSeen, string.Join(' ', one.Models))));
        Assert.Single(Log.Unmanaged(1));
        Assert.Equal(4, Log.Metrics("", EnvironmentName.Production, Noon, Noon.AddMinutes(1)).Single().Totals[CallCount.Calls]);
    }

    [Fact]
    public void Old_calls_go_by_the_age_of_their_environment_and_what_they_came_to_stays_longer()
    {
        Log.Append([Call("old"), Call("young", Noon.AddDays(5)), Call("tried") with { Environment = EnvironmentName.Development }, Call("print") with { Fingerprint = "f" }]);
        Log.Append([new CallOutcomeDocument(Id("old"), Escalated: true), new CallOutcomeDocument(Id("young"), Escalated: true), new CallOutcomeDocument(Id("never"), Escalated: true)], Noon);
        while (!Log.RemoveCalls(EnvironmentName.Production, Noon.AddDays(3))) { }
        while (!Log.RemoveOutcomes(Noon.AddDays(3))) { }
        Assert.Empty(Log.Trace(Id("old")));
        Assert.Single(Log.Trace(Id("young")));
        Assert.Single(Log.Trace(Id("tried")));
        Assert.Null(Log.Outcome(Id("old")));
        Assert.Null(Log.Outcome(Id("never")));
        Assert.NotNull(Log.Outcome(Id("young")));
        Assert.Equal((2, 1), (Totals()[CallCount.Calls], Totals()[CallCount.Escalations]));
        Assert.Single(Log.Unmanaged(5));
        while (!Log.RemoveCounts(Noon.AddDays(3))) { }
        Assert.Empty(Log.Metrics(Router.Prompt, EnvironmentName.Production, Noon, Noon.AddDays(1)));
        Assert.Empty(Log.Unmanaged(5));
        Assert.Single(Log.Metrics(Router.Prompt, EnvironmentName.Production, Noon, Noon.AddDays(6)));
        Assert.Equal(1, Log.Append([Call("old")]));      // a day that is gone comes back for a late call
    }
}
