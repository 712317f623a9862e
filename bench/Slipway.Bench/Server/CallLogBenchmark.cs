using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

/// <summary>How many calls a second the log takes, with all it does beside them, against the engine's own rate for the same rows in the same table.</summary>
internal sealed class CallLogBenchmark : Benchmark
{
    private const int BatchSize = 4_000;

    // What the log may cost beside the bare rows: at least 70 % of their rate.
    private static readonly Goal AtMost = new(1 / 0.7);

    public override string Name => "calls";

    public override Task<Table> MeasureAsync(Effort effort) => Task.FromResult(new Table("Calls stored with their counts per minute, against bare batched inserts",
        [.. CallEngines.Of(effort).SelectMany(engine => (bool[])[false, true], (engine, texts) => Measure(effort, engine, texts)).SelectMany(lines => lines)],
        $"Batches of {BatchSize} calls of one minute, ten prompts and two versions; with texts, 1.2 KB of them a call. Bare: a prepared insert (SQLite) or a binary COPY (PostgreSQL) of the same columns into a table " +
        "with the same indexes, the same batches, committed as often. The two take turns, each in a database of its own that grows from round to round." + CallEngines.LeftOut()));

    private static IEnumerable<Measurement> Measure(Effort effort, CallEngine engine, bool texts)
    {
        var batches = effort.Scale(6, 1);
        var (samples, what) = (new CallSamples(texts), texts ? "with texts" : "facts alone");
        var minute = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        using var log = engine.Open($"log_{texts}".ToLowerInvariant());
        using var bare = engine.OpenBare($"bare_{texts}".ToLowerInvariant(), minute);
        List<double> stored = [], inserted = [];
        for (var round = effort.Quick ? 0 : -1; round < effort.Rounds; round++)
        {
            var calls = Enumerable.Range(0, batches).Select(_ => Enumerable.Range(0, effort.Scale(BatchSize, 50)).Select(at => samples.At(minute.AddMilliseconds(at))).ToList()).ToList();
            var count = calls.Sum(batch => batch.Count);
            var inserting = new Stretch();
            foreach (var batch in calls) bare.Insert(batch);
            var rate = count / inserting.Seconds;
            var storing = new Stretch();
            foreach (var batch in calls) log.Append(batch);
            if (round < 0) continue;        // warm-up
            inserted.Add(rate);
            stored.Add(count / storing.Seconds);
        }
        yield return new Measurement($"{engine.Name}, {what}: stored", Unit.PerSecond, [.. stored]);
        yield return new Measurement($"{engine.Name}, {what}: bare", Unit.PerSecond, [.. inserted]);
        yield return new Measurement($"{engine.Name}, {what}: time of stored / bare", Unit.Ratio, [.. inserted.Zip(stored, (bare, log) => bare / log)], AtMost);
    }
}

/// <summary>How long a question takes among a million calls.</summary>
internal sealed class CallQueryBenchmark : Benchmark
{
    private const int Days = 20, Page = 100;
    private static readonly Goal AtMost = new(0.05);

    public override string Name => "call-queries";

    public override Task<Table> MeasureAsync(Effort effort)
    {
        var calls = effort.Scale(1_000_000, 2_000);
        return Task.FromResult(new Table($"Questions to a call log of {calls:N0} calls", [.. CallEngines.Of(effort).SelectMany(engine => Measure(effort, engine, calls))],
            $"{Days} days, {calls / Days:N0} calls a day, ten prompts, two versions each, 200 tenants, 20,000 users. A page has {Page} calls. Each question is asked of another prompt, tenant or user in turn." + CallEngines.LeftOut()));
    }

    private static IEnumerable<Measurement> Measure(Effort effort, CallEngine engine, int calls)
    {
        using var log = engine.Open("queries");
        var (samples, first, seen) = (new CallSamples(withTexts: false), new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), new List<CallRecord>());
        for (var done = 0; done < calls;)
        {
            var batch = Enumerable.Range(done, Math.Min(4_000, calls - done)).Select(at => samples.At(first.AddDays((double)Days * at / calls))).ToList();
            log.Append(batch);
            (done, seen) = (done + batch.Count, batch);
        }
        var last = first.AddDays(Days);
        (string What, Action<int> Ask)[] questions =
        [
            ("the newest of a version", at => Full(log.Newest(new CallFilter { Prompt = CallSamples.PromptOf(at), Version = "1.6.0" }, null, Page))),
            ("a version on a day in the middle", at => Full(log.Newest(new CallFilter { Prompt = CallSamples.PromptOf(at), Version = "1.5.2", Since = first.AddDays(9), Until = first.AddDays(10) }, null, Page))),
            ("the newest of a prompt", at => Full(log.Newest(new CallFilter { Prompt = CallSamples.PromptOf(at) }, null, Page))),
            ("the newest of a tenant", at => Full(log.Newest(new CallFilter { Tenant = CallSamples.TenantOf(at) }, null, Page))),
            ("the calls of a user", at => Full(log.Newest(new CallFilter { User = seen[at].UserKey }, null, Page))),
            ("the newest of all", _ => Full(log.Newest(new CallFilter(), null, Page))),
            ("a trace", at => Full(log.Trace(seen[at].TraceId))),
            ("what a day of a prompt comes to", at => Full(log.Metrics(CallSamples.PromptOf(at), EnvironmentName.Production, last.AddDays(-1), last))),
        ];
        foreach (var (what, ask) in questions)
        {
            ask(0);
            var times = ImmutableArray.CreateBuilder<double>();
            for (var round = 0; round < effort.Rounds; round++)
            {
                var asking = new Stretch();
                ask(round % 10);
                times.Add(asking.Seconds);
            }
            yield return new Measurement($"{engine.Name}: {what}", Unit.Seconds, times.ToImmutable(), AtMost);
        }

        static void Full<T>(ImmutableArray<T> found)
        {
            if (found.IsEmpty) throw new InvalidOperationException("Nothing was found: the question does not fit the calls.");
        }
    }
}

/// <summary>The engines of this run.</summary>
internal static class CallEngines
{
    // run.sh starts a PostgreSQL whose files lie in the same folder.
    private static readonly string? Postgres = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES") is { Length: > 0 } address ? address : null;

    public static ImmutableArray<CallEngine> Of(Effort effort) => Postgres is null ? [new SqliteCallEngine(effort.Folder)] : [new SqliteCallEngine(effort.Folder), new PostgresCallEngine(Postgres)];

    public static string LeftOut()
    {
        if (Postgres is not null) return "";
        var reason = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES_MISSING") is { Length: > 0 } missing ? missing : "bench/run.sh starts one, and this was run without it.";
        return $"\n\nPostgreSQL was left out: {reason}";
    }
}

/// <summary>An engine that keeps calls.</summary>
internal abstract record CallEngine(string Name)
{
    public abstract ICallLog Open(string name);

    /// <summary>The same tables with nothing of ours around them.</summary>
    public abstract BareCalls OpenBare(string name, DateTimeOffset minute);
}

/// <summary>Inserts rows as fast as the engine takes them.</summary>
internal abstract class BareCalls : IDisposable
{
    public abstract void Insert(IReadOnlyCollection<CallRecord> calls);

    public abstract void Dispose();
}

internal sealed record SqliteCallEngine(string Folder) : CallEngine("SQLite")
{
    public override ICallLog Open(string name) => new SqliteCallLog(Path.Combine(Folder, name + ".db"));

    public override BareCalls OpenBare(string name, DateTimeOffset minute)
    {
        Open(name).Dispose();
        return new Bare(SqliteFile.Open(Path.Combine(Folder, name + ".db"), "NORMAL", "SELECT 1"));
    }

    private sealed class Bare : BareCalls
    {
        private readonly SqliteConnection connection;
        private readonly SqliteCommand insert;

        public Bare(SqliteConnection connection)
        {
            (this.connection, insert) = (connection, connection.CreateCommand());
            insert.CommandText = $"INSERT INTO calls ({CallColumns.Names(CallColumns.All)}) VALUES ({string.Join(", ", CallColumns.All.Select((_, at) => $"@p{at}"))})";
            for (var at = 0; at < CallColumns.All.Length; at++) insert.Parameters.Add(new SqliteParameter($"@p{at}", null));
        }

        public override void Insert(IReadOnlyCollection<CallRecord> calls)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            insert.Transaction = transaction;
            foreach (var call in calls)
            {
                for (var at = 0; at < CallColumns.All.Length; at++)
                {
                    insert.Parameters[at].Value = CallColumns.All[at] switch
                    {
                        CallColumn.Text text => text.Value(call) ?? (object)DBNull.Value,
                        CallColumn.Number number => number.Value(call) is { } value ? value : DBNull.Value,
                        CallColumn.Real real => real.Value(call) is { } value ? value : DBNull.Value,
                        CallColumn.Time time => CallColumns.TimeText(time.Value(call)),
                        _ => throw new System.Diagnostics.UnreachableException(),
                    };
                }
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }

        public override void Dispose()
        {
            insert.Dispose();
            connection.Dispose();
        }
    }
}

internal sealed record PostgresCallEngine(string Address) : CallEngine("PostgreSQL")
{
    public override ICallLog Open(string name) => new PostgresCallLog(Schema(name));

    public override BareCalls OpenBare(string name, DateTimeOffset minute)
    {
        var address = Schema(name);
        using (var log = new PostgresCallLog(address)) log.Append([new CallSamples(withTexts: false).At(minute)]);       // so that the day has its table
        return new Bare(NpgsqlDataSource.Create(address));
    }

    private string Schema(string name)
    {
        var schema = $"bench_{name}_{Guid.NewGuid():N}";
        using var source = NpgsqlDataSource.Create(Address);
        using var connection = source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE SCHEMA {schema}";
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(Address) { SearchPath = schema }.ToString();
    }

    private sealed class Bare(NpgsqlDataSource source) : BareCalls
    {
        public override void Insert(IReadOnlyCollection<CallRecord> calls)
        {
            using var connection = source.OpenConnection();
            using var copy = connection.BeginBinaryImport($"COPY calls ({CallColumns.Names(CallColumns.All)}) FROM STDIN (FORMAT BINARY)");
            foreach (var call in calls)
            {
                copy.StartRow();
                foreach (var column in CallColumns.All)
                {
                    switch (column)
                    {
                        case CallColumn.Text text when text.Value(call) is { } words: copy.Write(words, NpgsqlDbType.Text); break;
                        case CallColumn.Number number when number.Value(call) is { } whole: copy.Write(whole, NpgsqlDbType.Bigint); break;
                        case CallColumn.Real real when real.Value(call) is { } value: copy.Write(value, NpgsqlDbType.Double); break;
                        case CallColumn.Time time: copy.Write(time.Value(call).UtcDateTime, NpgsqlDbType.TimestampTz); break;
                        default: copy.WriteNull(); break;
                    }
                }
            }
            copy.Complete();
        }

        public override void Dispose() => source.Dispose();
    }
}
