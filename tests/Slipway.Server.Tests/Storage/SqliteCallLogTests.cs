using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteCallLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-calls-").FullName;

    private string File => Path.Combine(folder, "calls.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_of_an_earlier_build_opens_with_its_calls_and_takes_new_ones()
    {
        SqliteFileEditor.Run(File, """
            PRAGMA journal_mode = WAL;
            CREATE TABLE calls (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, started_at TEXT NOT NULL, environment TEXT NOT NULL,
                prompt TEXT NOT NULL, prompt_version TEXT NOT NULL, package_hash TEXT NOT NULL, arm INTEGER NOT NULL, release INTEGER, epoch INTEGER NOT NULL,
                unit_key TEXT, provider TEXT NOT NULL, model TEXT NOT NULL, parameters TEXT NOT NULL, streamed INTEGER NOT NULL,
                schema_valid INTEGER, contract_violation TEXT, refused INTEGER, finish_reason TEXT, input_tokens INTEGER, output_tokens INTEGER,
                latency_ms REAL NOT NULL, time_to_first_token_ms REAL, error TEXT, abandoned INTEGER NOT NULL) STRICT;
            CREATE INDEX calls_by_release ON calls (release, sequence) WHERE release IS NOT NULL;
            """);
        SqliteFileEditor.Run(File, $$"""
            INSERT INTO calls (trace_id, started_at, environment, prompt, prompt_version, package_hash, arm, release, epoch, unit_key, provider, model, parameters, streamed, schema_valid, latency_ms, abandoned)
            VALUES ('old', '2026-03-02T12:00:00.0000000Z', 'production', 'router', '1.0.0', '{{ContentHash.Of("x"u8)}}', 0, 7, 1, 'u', 'offline', 'm', '{}', 0, 0, 1.5, 0)
            """);
        for (var start = 0; start < 2; start++)     // the second start finds nothing to do
        {
            using var log = new SqliteCallLog(File);
            var id = $"new-{start}";
            log.Append([CallLogTests.Call(id) with { TraceId = id, ToolCallsValid = false }, CallLogTests.Call("unmanaged") with { Prompt = null, PromptVersion = null, PackageHash = null, Release = null }]);
            Assert.True(log.Trace("old")[0] is { SchemaValid: false, ToolCallsValid: null, UnitKey: "u", Retries: 0, Door: "chat", SpanId: null });
            Assert.True(log.Trace(id)[0] is { SchemaValid: null, ToolCallsValid: false });
            Assert.Equal(start + 2, log.Totals(new ReleaseId(7))[0].Bad);
            Assert.Equal("old", log.Newest(new CallFilter { User = "u", Prompt = "router", Version = "1.0.0" }, null, 5)[^1].Call.TraceId);
            Assert.Equal(start + 2, log.Outcomes(new ReleaseId(7), 0, 5).Length);
            Assert.Equal("SEARCH shadow USING INDEX calls_by_shadow (release=? AND arm=? AND sequence>?)", ShadowPlan(bounded: false)[0]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_looks_for_shadows_reads_shadows_alone(bool bounded)
    {
        using var log = new SqliteCallLog(File);
        log.Append([CallLogTests.Call("a")]);
        var plan = ShadowPlan(bounded);
        Assert.Equal("SEARCH shadow USING INDEX calls_by_shadow (release=? AND arm=? AND sequence>?)", plan[0]);
        Assert.StartsWith("SEARCH live USING INDEX calls_by_trace (trace_id=?)", Assert.Single(plan.Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_closed_waits_for_what_is_being_written()
    {
        var log = new SqliteCallLog(File);
        var (begun, closing) = (new TaskCompletionSource(), new TaskCompletionSource<Task>());
        var writing = Task.Run(() => log.Append(new Slow(CallLogTests.Call("slow"), () =>
        {
            if (!begun.TrySetResult()) return;
            // Had it not waited, it would be closed by then, and the calls lost.
            closing.Task.Result.Wait(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        })), TestContext.Current.CancellationToken);
        await begun.Task;
        closing.SetResult(Task.Run(log.Dispose, TestContext.Current.CancellationToken));
        Assert.Equal(1, await writing);
        await await closing.Task;
        using var again = new SqliteCallLog(File);
        Assert.Single(again.Newest(new CallFilter(), null, 5));
    }

    private IReadOnlyList<string> ShadowPlan(bool bounded) => SqliteFileEditor.PlanOf(File, SqlCallLog.ShadowQuestion(bounded));

    /// <summary>A call that takes its time on its way into the file.</summary>
    private sealed class Slow(CallRecord call, Action onTheWay) : IReadOnlyCollection<CallRecord>
    {
        public int Count => 1;

        public IEnumerator<CallRecord> GetEnumerator()
        {
            onTheWay();
            yield return call;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
