using System.Globalization;
using Slipway.Bench.Core;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

internal sealed class FoldBenchmark : Benchmark
{
    public override string Name => "fold";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        var (events, prompts) = (effort.Scale(100_000, 1_000), effort.Scale(500, 20));
        var file = Path.Combine(effort.Folder, "slipway.db");
        using (var journal = new SqliteJournal(file)) Story.Write(journal, events, prompts);
        var seen = new List<FoldSeen>();
        for (var round = 0; round < effort.Rounds; round++) seen.Add(await FoldProcess.StartAsync(file));

        return new Table(string.Create(CultureInfo.InvariantCulture, $"Start on a journal of {events:#,0} events"),
            [
                Line("read, verify and fold", Unit.Seconds, one => one.Seconds, new Goal(2)) with { Allocated = seen[0].Allocated },
                Line("the same again, its code compiled", Unit.Seconds, one => one.AgainSeconds),
                Line("processor time of the first, the process's start included", Unit.Seconds, one => one.ProcessorSeconds),
                Line("compiling, part of that", Unit.Seconds, one => one.CompilerSeconds),
                Line("the process at its peak", Unit.Bytes, one => one.PeakMemory, new Goal(400e6)),
                Line("its managed heap at its peak", Unit.Bytes, one => one.PeakHeap),
                Line("what the state keeps", Unit.Bytes, one => one.State),
                Line("a routing table of that state", Unit.Seconds, one => one.Snapshot),
                Line("a rollback decided on that state", Unit.Seconds, one => one.Decision),
            ],
            $"Each round is a fresh process that does what a server's start does: the ledger reads SQLite, verifies the chain and folds. The events come from real commands over {prompts} prompts. " +
            "A fresh process compiles while it folds, on another thread where a core is free: on a busy machine that lands in the first line, and what the fold itself costs is in the second.");

        Measurement Line(string what, Unit unit, Func<FoldSeen, double> value, Goal? goal = null) => new(what, unit, [.. seen.Select(value)], goal);
    }
}
