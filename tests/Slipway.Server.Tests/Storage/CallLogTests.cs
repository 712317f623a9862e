using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteCallLogSuite() : CallLogTests(TestEngine.Named("sqlite"));

public sealed class PostgresCallLogSuite() : CallLogTests(TestEngine.Named("postgres"))
{
    [Fact]
    public void A_day_of_an_environment_is_a_table_of_its_own()
    {
        Log.Append([Call("a"), Call("b", Noon.AddDays(1)), Call("c") with { Environment = EnvironmentName.Development }]);
        Assert.Equal(2L, Engine.AskCalls("SELECT count(*) FROM pg_inherits WHERE inhparent = 'calls_production'::regclass"));
        Assert.Equal(1L, Engine.AskCalls("SELECT count(*) FROM calls_production_20260303"));
        Assert.Equal(1L, Engine.AskCalls("SELECT count(*) FROM calls_development_20260302"));
    }

    [Fact]
    public void A_log_of_an_earlier_build_gets_its_index_of_shadows_once()
    {
        Log.Append([Call("a")]);
        Engine.Run("DROP INDEX calls_by_shadow");
        for (var start = 0; start < 2; start++)
        {
            Open();
            Assert.Equal((long)EnvironmentName.All.Length, Engine.AskCalls("SELECT count(*) FROM pg_inherits WHERE inhparent = 'calls_by_shadow'::regclass"));
        }
    }
}

/// <summary>What every engine does with calls; each runs all of it.</summary>
public abstract partial class CallLogTests : IDisposable
{
    internal static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly List<ICallLog> opened = [];

    protected CallLogTests(TestEngine engine)
    {
        Engine = engine;
        Log = Open();
    }

    protected TestEngine Engine { get; }

    private protected ICallLog Log { get; }

    public void Dispose()
    {
        foreach (var one in opened) one.Dispose();
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_call_is_read_back_as_it_was_in_every_field()
    {
        var full = Full();
        var unmanaged = new CallRecord
        {
            TraceId = Id("u"),
            StartedAt = Noon,
            Environment = EnvironmentName.Staging,
            Fingerprint = "sha256:1",
            Provider = "openai",
            Model = "gpt",
            Parameters = JsonElement.Parse("{}"),
            LatencyMs = 0,
        };
        Assert.Equal(2, Log.Append([full, unmanaged]));
        AssertSame(full, Assert.Single(Open().Trace(full.TraceId)));
        AssertSame(unmanaged, Assert.Single(Log.Trace(unmanaged.TraceId)));
        AssertSame(full with { Input = null, Output = null }, Assert.Single(Log.Newest(new CallFilter { Prompt = full.Prompt }, null, 10)).Call);
        foreach (var property in typeof(CallRecord).GetProperties()) Assert.False(property.GetValue(full) is null or "" or 0 or false, $"{property.Name} is not in this test.");
    }

    [Fact]
    public void Text_that_no_database_likes_is_taken_all_the_same()
    {
        Log.Append([Call("a") with { Error = "a zero \0, half a \uD83D face, and a whole 😀" }]);
        Assert.Contains("and a whole 😀", Log.Trace(Id("a"))[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_reads_by_rising_sequence_misses_nothing_while_many_write()
    {
        const int Writers = 4, Batches = 25, Each = 20;
        var release = new ReleaseId(7);
        var logs = Enumerable.Range(0, Writers).Select(_ => Open()).ToList();
        using var start = new Barrier(Writers + 1);
        var writing = Task.WhenAll(logs.Select((log, writer) => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (var batch = 0; batch < Batches; batch++)
                log.Append([.. Enumerable.Range(0, Each).Select(call => Call($"{writer}-{batch}-{call}") with { UnitKey = $"{writer}-{batch}-{call}" })]);
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        start.SignalAndWait(TestContext.Current.CancellationToken);
        var (seen, cursor) = (new List<string>(), 0L);
        for (var last = false; ;)
        {
            var rows = Log.Outcomes(release, cursor, 100);
            foreach (var (sequence, outcome) in rows)
            {
                Assert.True(sequence > cursor);
                cursor = sequence;
                seen.Add(outcome.UnitKey);
            }
            if (!rows.IsEmpty) continue;
            if (last) break;
            last = writing.IsCompleted;
        }
        await writing;
        Assert.Equal(Writers * Batches * Each, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(seen.Count, Assert.Single(Log.Metrics(Router.Prompt, EnvironmentName.Production, Noon, Noon.AddMinutes(1))).Totals[CallCount.Calls]);
    }

    [Fact]
    public void The_same_call_that_comes_twice_counts_once_and_two_calls_of_a_trace_count_twice()
    {
        var (one, two) = (Call("a") with { SpanId = Span(1) }, Call("a") with { SpanId = Span(2) });
        Assert.Equal(1, Log.Append([one]));
        Assert.Equal(1, Log.Append([one, two, two], mayRepeat: true));
        Assert.Equal(0, Open().Append([one, two], mayRepeat: true));
        Assert.Equal(2, Log.Trace(Id("a")).Length);
        Assert.Equal(2, Totals()[CallCount.Calls]);
    }

    [Fact]
    public void Calls_are_found_by_version_tenant_user_and_time_newest_first_and_in_pages()
    {
        Log.Append([.. Enumerable.Range(0, 40).Select(at => Call($"c{at:00}", Noon.AddSeconds(at / 2)) with
        {
            PromptVersion = at % 4 == 0 ? "1.1.0" : "1.0.0", Tenant = at % 5 == 0 ? "acme" : null, UserKey = at % 10 == 0 ? "ana" : null, UnitKey = $"unit-{at % 3}",
            Environment = at % 8 == 0 ? EnvironmentName.Staging : EnvironmentName.Production, Release = at < 20 ? new ReleaseId(7) : null,
        })]);
        Assert.Equal(Traces(39, 38, 37), Find(new CallFilter(), 3));
        Assert.Equal(Traces(36, 32, 28), Find(new CallFilter { Prompt = Router.Prompt, Version = "1.1.0" }, 3));
        Assert.Equal(Traces(39, 38, 37, 36), Find(new CallFilter { Prompt = Router.Prompt }, 4));
        Assert.Equal(Traces(32, 24), Find(new CallFilter { Environment = EnvironmentName.Staging }, 2));
        Assert.Equal(Traces(35, 30, 25), Find(new CallFilter { Tenant = "acme" }, 3));
        Assert.Equal(Traces(30, 20, 10, 0), Find(new CallFilter { User = "ana" }, 9));
        Assert.Equal(Traces(37, 34), Find(new CallFilter { User = "unit-1" }, 2));
        Assert.Equal(Traces(20, 0), Find(new CallFilter { User = "ana", Version = "1.1.0", Prompt = Router.Prompt }, 9));
        Assert.Equal(Traces(19, 18), Find(new CallFilter { Prompt = Router.Prompt, Release = new ReleaseId(7) }, 2));
        Assert.Equal(Traces(5, 4), Find(new CallFilter { Since = Noon.AddSeconds(2), Until = Noon.AddSeconds(3) }, 9));
        Assert.Empty(Find(new CallFilter { Prompt = "other" }, 9));

        foreach (var filter in (CallFilter[])[new(), new() { Prompt = Router.Prompt }, new() { Prompt = Router.Prompt, Version = "1.0.0" }, new() { Tenant = "acme" }])
        {
            var (pages, before) = (new List<string>(), (CallPlace?)null);
            while (Log.Newest(filter, before, 7) is { IsEmpty: false } page)
            {
                pages.AddRange(page.Select(call => call.Call.TraceId));
                before = page[^1].Place;
            }
            Assert.Equal(Find(filter, 100), pages);
        }
        Assert.Equal([("ana", 2L), ("unit-0", 3L), ("unit-1", 3L), ("unit-2", 2L)], Log.Users(Router.Prompt, "1.1.0", null, null, 10).Select(user => (user.User, user.Calls)));
        Assert.Equal(["unit-1"], Log.Users(Router.Prompt, "1.1.0", EnvironmentName.Production, "unit-0", 1).Select(user => user.User));
        Assert.Equal((Noon, Noon.AddSeconds(10)), Log.Users(Router.Prompt, "1.1.0", null, null, 1).Select(user => (user.FirstSeen, user.LastSeen)).Single());
    }

    internal static CallRecord Call(string trace, DateTimeOffset? at = null) => new()
    {
        TraceId = Id(trace),
        StartedAt = at ?? Noon,
        Environment = EnvironmentName.Production,
        Prompt = Router.Prompt,
        PromptVersion = "1.0.0",
        PackageHash = ContentHash.Of("x"u8),
        Arm = Arm.Stable,
        Release = new ReleaseId(7),
        Epoch = 1,
        UnitKey = "u",
        Provider = "offline",
        Model = "m",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 1,
    };

    private static CallRecord Full() => new()
    {
        TraceId = Id("full"),
        SpanId = Span(9),
        StartedAt = Noon.AddTicks(1_230),
        Environment = EnvironmentName.Staging,
        Door = "sdk",
        Workflow = "w",
        Prompt = "p",
        PromptVersion = "1.0.0",
        PackageHash = ContentHash.Of("p"u8),
        EffectiveHash = ContentHash.Of("e"u8),
        Drifted = "temperature",
        Fingerprint = "f",
        Arm = Arm.Candidate,
        Reason = ResolveReason.InCanary,
        Release = new ReleaseId(7),
        Epoch = 3,
        UnitKey = "unit",
        Tenant = "acme",
        UserKey = "user",
        Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("plan", "gold"),
        Provider = "offline (a stand-in)",
        Model = "m",
        Parameters = JsonElement.Parse("""{"temperature":0.5}"""),
        Streamed = true,
        SchemaValid = true,
        ToolCallsValid = true,
        ContractViolation = "x is missing",
        ContractAction = "retried",
        Route = "loans",
        Refused = true,
        FinishReason = "length",
        InputTokens = 100,
        OutputTokens = 20,
        CachedTokens = 50,
        Cost = 0.000_123_456m,
        Retries = 2,
        Fallback = "q:v1.0.0",
        LatencyMs = 12.5,
        TimeToFirstTokenMs = 3.25,
        Error = "No.",
        Input = "[\"hello\"]",
        Output = "{\"a\": 1}",
        ShadowOf = Span(8),
        Abandoned = true,
    };

    private static string Id(string name) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    private static string Span(int number) => number.ToString("x16", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Traces(params int[] at) => at.Select(number => Id($"c{number:00}"));

    private IEnumerable<string> Find(CallFilter filter, int most) => Log.Newest(filter, null, most).Select(call => call.Call.TraceId);

    private CallTotals Totals(string version = "1.0.0")
    {
        var sum = new CallTotals();
        foreach (var (group, totals) in Log.Metrics(Router.Prompt, EnvironmentName.Production, Noon, Noon.AddMinutes(1))) if (group.Version == version) sum.Add(totals);
        return sum;
    }

    private static void AssertSame(CallRecord expected, CallRecord actual) => Assert.Equal(
        JsonSerializer.Serialize([expected], ApiJson.Default.ImmutableArrayCallRecord), JsonSerializer.Serialize([actual], ApiJson.Default.ImmutableArrayCallRecord));

    private protected ICallLog Open()
    {
        var log = Engine.OpenCalls();
        opened.Add(log);
        return log;
    }
}
