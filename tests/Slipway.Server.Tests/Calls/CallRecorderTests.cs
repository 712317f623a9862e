using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Calls;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Calls;

/// <summary>What becomes of records when they cannot be stored.</summary>
public sealed class CallRecorderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;
    private readonly SqliteJournal journal;
    private readonly CallTelemetry telemetry;
    private readonly ServerOptions options;

    public CallRecorderTests()
    {
        options = new ServerOptions { DataFolder = folder };
        journal = new SqliteJournal(Path.Combine(folder, "slipway.db"));
        telemetry = new CallTelemetry(options);
    }

    public void Dispose()
    {
        telemetry.Dispose();
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task More_than_there_is_room_for_is_dropped_and_counted_and_the_rest_is_stored()
    {
        var log = new UnreliableLog();
        using var recorder = Recorder(log);
        for (var call = 0; call < CallRecorder.Capacity + 7; call++) recorder.Record(Call($"c{call}"));
        Assert.Equal(new DroppedDocument(7, 0, 0, CallRecorder.Capacity), recorder.Dropped);
        Assert.False(recorder.HasRoom(1));
        await recorder.StartAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);     // A host may ask twice.
        Assert.Equal(CallRecorder.Capacity, log.Stored.Count);
        Assert.Equal(CallRecorder.Capacity, log.Stored.Select(call => call.SpanId).Distinct().Count());
    }

    [Fact]
    public async Task While_the_log_is_away_records_wait_and_are_stored_once_when_it_is_back()
    {
        var log = new UnreliableLog { Failures = 1 };
        using var recorder = Recorder(log);
        var stored = new TaskCompletionSource();
        recorder.Stored += stored.SetResult;
        await recorder.StartAsync(TestContext.Current.CancellationToken);
        recorder.Record(Call("a"));
        await stored.Task.WaitAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal("a", Assert.Single(log.Stored).TraceId);
        Assert.Equal([false, true], log.MayRepeat);     // what failed may have been stored all the same
        Assert.Equal(0, recorder.Dropped.Dropped);
    }

    [Fact]
    public async Task A_stop_waits_for_no_database_that_stays_away()
    {
        var log = new UnreliableLog { Failures = int.MaxValue };
        using var recorder = Recorder(log);
        recorder.Record(Call("a"));
        await recorder.StartAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, recorder.Dropped.Dropped);
    }

    [Fact]
    public async Task A_record_that_the_log_does_not_take_is_lost_alone()
    {
        var log = new UnreliableLog { Poison = "c5" };
        using var recorder = Recorder(log);
        for (var call = 0; call < 10; call++) recorder.Record(Call($"c{call}"));
        await recorder.StartAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 10).Where(call => call != 5).Select(call => $"c{call}"), log.Stored.Select(call => call.TraceId));
        Assert.Equal(1, recorder.Dropped.Dropped);
    }

    [Fact]
    public async Task Texts_are_let_go_of_before_facts_are()
    {
        var log = new UnreliableLog();
        using var recorder = Recorder(log);
        var text = new string('x', 1024 * 1024);
        for (var call = 0; call < 40; call++) recorder.Record(Call($"c{call}") with { Input = text });
        Assert.Equal((0, 8), (recorder.Dropped.Dropped, recorder.Dropped.TextsDropped));
        await recorder.StartAsync(TestContext.Current.CancellationToken);
        await recorder.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(40, log.Stored.Count);
        Assert.Equal(32, log.Stored.Count(call => call.Input is not null));
    }

    [Fact]
    public void Calls_are_removed_by_the_age_their_environment_is_kept()
    {
        using var log = new SqliteCallLog(Path.Combine(folder, "calls.db"));
        var now = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        foreach (var (trace, environment, days) in ((string, EnvironmentName, int)[])[("p80", EnvironmentName.Production, 80), ("p100", EnvironmentName.Production, 100), ("s20", EnvironmentName.Staging, 20), ("s40", EnvironmentName.Staging, 40), ("d5", EnvironmentName.Development, 5), ("d10", EnvironmentName.Development, 10)])
            log.Append([Call(trace) with { Environment = environment, StartedAt = now.AddDays(-days) }]);
        CallRetention.Remove(log, options with { Retention = options.Retention.SetItem(EnvironmentName.Development, TimeSpan.FromDays(7)) }, now, TestContext.Current.CancellationToken);
        Assert.Equal(["d5", "s20", "p80"], log.Newest(new CallFilter(), null, 10).Select(call => call.Call.TraceId));
        CallRetention.Remove(log, options, now.AddDays(1_000), TestContext.Current.CancellationToken);
        Assert.Empty(log.Newest(new CallFilter(), null, 10));
        Assert.Empty(log.Metrics("p", EnvironmentName.Production, now.AddDays(-200), now));
    }

    private CallRecorder Recorder(ICallLog log) => new(log, new Ledger(journal, TimeProvider.System), telemetry, TimeProvider.System, NullLogger<CallRecorder>.Instance);

    private static CallRecord Call(string trace) => new()
    {
        TraceId = trace,
        StartedAt = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero),
        Environment = EnvironmentName.Production,
        Prompt = "p",
        PromptVersion = "1.0.0",
        PackageHash = ContentHash.Of("x"u8),
        Provider = "offline",
        Model = "m",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 1,
    };

    /// <summary>A log that is away for some attempts, or does not take one record.</summary>
    private sealed class UnreliableLog : ICallLog
    {
        public int Failures { get; set; }
        public string? Poison { get; init; }
        public List<CallRecord> Stored { get; } = [];
        public List<bool> MayRepeat { get; } = [];
        public string Name => "unreliable";

        public int Append(IReadOnlyCollection<CallRecord> calls, bool mayRepeat = false)
        {
            MayRepeat.Add(mayRepeat);
            if (Failures > 0)
            {
                Failures--;
                throw new StorageUnavailableException("It is away.");
            }
            if (calls.Any(call => call.TraceId == Poison)) throw new StorageException("It does not take this.");
            Stored.AddRange(calls);
            return calls.Count;
        }

        public void Append(IReadOnlyCollection<CallOutcomeDocument> outcomes, DateTimeOffset now) => throw new NotSupportedException();
        public ImmutableArray<(long Sequence, CallOutcome Outcome)> Outcomes(ReleaseId release, long after, int most, DateTimeOffset? since = null, OutcomeReading? reading = null) => throw new NotSupportedException();
        public ImmutableArray<(long Sequence, ShadowPair Pair)> Shadows(ReleaseId release, long after, int most, DateTimeOffset? since = null) => throw new NotSupportedException();
        public ImmutableArray<ArmTotals> Totals(ReleaseId release) => throw new NotSupportedException();
        public ImmutableArray<StoredCall> Newest(CallFilter filter, CallPlace? before, int most) => throw new NotSupportedException();
        public ImmutableArray<CallRecord> Trace(string trace) => throw new NotSupportedException();
        public CallOutcomeDocument? Outcome(string trace) => throw new NotSupportedException();
        public IReadOnlyDictionary<string, CallOutcomeDocument> Outcomes(IReadOnlyCollection<string> traces) => throw new NotSupportedException();
        public ImmutableArray<(RollupKey Group, CallTotals Totals)> Metrics(string prompt, EnvironmentName environment, DateTimeOffset from, DateTimeOffset to) => throw new NotSupportedException();
        public ImmutableArray<UnmanagedDocument> Unmanaged(int most) => throw new NotSupportedException();
        public ImmutableArray<CallUserDocument> Users(string prompt, string version, EnvironmentName? environment, string? after, int most) => throw new NotSupportedException();
        public TouchedCalls Touched(CallStretch stretch, int mostGroups) => throw new NotSupportedException();
        public ImmutableArray<CallRecord> Failing(CallStretch stretch, int most) => throw new NotSupportedException();
        public bool RemoveCalls(EnvironmentName environment, DateTimeOffset before) => throw new NotSupportedException();
        public bool RemoveOutcomes(DateTimeOffset before) => throw new NotSupportedException();
        public bool RemoveCounts(DateTimeOffset before) => throw new NotSupportedException();
        public StoredEvidence? FindEvidence(ReleaseId release) => throw new NotSupportedException();
        public void Keep(StoredEvidence evidence) => throw new NotSupportedException();
        public void Dispose() { }
    }
}
