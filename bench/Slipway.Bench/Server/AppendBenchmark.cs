using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Bench.Core;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

internal sealed class AppendBenchmark : Benchmark
{
    // run.sh starts a PostgreSQL whose files lie in the same folder, so that both are held against the same disk.
    private static readonly string? Postgres = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES") is { Length: > 0 } address ? address : null;

    private static readonly ImmutableArray<(string Name, Func<string, IJournal> Open)> Engines =
    [
        ("SQLite", folder => new SqliteJournal(Path.Combine(folder, "slipway.db"))),
        .. Postgres is null ? ImmutableArray<(string, Func<string, IJournal>)>.Empty : [("PostgreSQL", _ => new PostgresJournal(Postgres))],
    ];

    private static readonly MemberName Admin = Samples.Parse<MemberName>("admin");
    private static readonly ImmutableArray<ModelReference> Models = [Samples.Parse<ModelReference>("offline/offline-2026-11"), Samples.Parse<ModelReference>("offline/offline-2026-12")];

    public override string Name => "append";

    public override Task<Table> MeasureAsync(Effort effort)
    {
        var lines = Engines.SelectMany(engine => Measure(effort, engine.Name, engine.Open)).ToImmutableArray();
        return Task.FromResult(new Table("Durable appends against the disk's own rate", lines,
            "One command, one event, one append, each durable before the next, through the ledger: decided, chained, stored, believed. " +
            "The disk's rate is a file that grows by as many bytes as such an entry has, flushed to the disk after each, in the same folder. The two take turns." + LeftOut()));
    }

    private static string LeftOut()
    {
        if (Postgres is not null) return "";
        var reason = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES_MISSING") is { Length: > 0 } missing ? missing : "bench/run.sh starts one, and this was run without it.";
        return $"\n\nPostgreSQL was left out: {reason}";
    }

    private static IEnumerable<Measurement> Measure(Effort effort, string name, Func<string, IJournal> open)
    {
        var operations = effort.Scale(500, 20);
        using var journal = open(effort.Folder);
        var ledger = new Ledger(journal, TimeProvider.System);
        Execute(ledger, new InitializeAccess(ContentHash.Of(Encoding.UTF8.GetBytes(Story.Secret))));
        Append(ledger, 0);
        var entry = JsonSerializer.SerializeToUtf8Bytes(journal.ReadAfter(ledger.Current.Head - 1)[0], JournalJson.Default.JournalEntry);
        using var file = File.OpenHandle(Path.Combine(effort.Folder, "flushed"), FileMode.Create, FileAccess.Write);
        List<double> disk = [], appends = [];
        var allocated = 0L;
        for (var round = effort.Quick ? 0 : -1; round < effort.Rounds; round++)
        {
            var flushing = new Stretch();
            for (var i = 0; i < operations; i++)
            {
                RandomAccess.Write(file, entry, RandomAccess.GetLength(file));
                RandomAccess.FlushToDisk(file);
            }
            var flushed = operations / flushing.Seconds;
            var appending = new Stretch();
            for (var i = 1; i <= operations; i++) Append(ledger, i);
            if (round < 0) continue;        // warm-up
            disk.Add(flushed);
            appends.Add(operations / appending.Seconds);
            allocated = appending.Bytes / operations;
        }
        yield return new Measurement($"{name}: appends", Unit.PerSecond, [.. appends], Allocated: allocated);
        yield return new Measurement($"{name}: the disk's flushes", Unit.PerSecond, [.. disk]);
        yield return new Measurement($"{name}: appends per flush of the disk", Unit.Ratio, [.. appends.Zip(disk, (append, flush) => append / flush)]);
    }

    // Another model each time: an alias that stands for it already would need no event.
    private static void Append(Ledger ledger, int turn) => Execute(ledger, new SetModelAlias(Admin, "production-default", Models[turn % Models.Length]));

    private static void Execute(Ledger ledger, Command command)
    {
        if (ledger.Execute(command, CommandId.New()) is not LedgerResult.Done { Entries.Length: > 0 }) throw new InvalidOperationException($"Nothing was appended for {command}.");
    }
}
