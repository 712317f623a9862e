using System.Diagnostics;
using System.Runtime;
using System.Text.Json;
using Slipway.Bench.Core;
using Slipway.Core.Access;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Server;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

/// <summary>What one process saw that started on a journal.</summary>
/// <param name="Seconds">From opening the file to the folded state.</param>
/// <param name="ProcessorSeconds">Of processor time since the process began, the runtime's own start and the collector's threads included.</param>
/// <param name="CompilerSeconds">That the runtime spent compiling meanwhile, on whichever thread.</param>
/// <param name="AgainSeconds">The same once more in the same process, its code compiled.</param>
/// <param name="PeakMemory">Bytes, of the whole process, at its peak.</param>
/// <param name="PeakHeap">Bytes on the managed heap at its peak, garbage included.</param>
/// <param name="State">Bytes that the state keeps alive.</param>
/// <param name="Allocated">Bytes allocated on the way.</param>
/// <param name="Snapshot">Seconds to make a routing table of that state.</param>
/// <param name="Decision">Seconds to decide a command on it.</param>
internal sealed record FoldSeen(double Seconds, double ProcessorSeconds, double CompilerSeconds, double AgainSeconds, long PeakMemory, long PeakHeap, long State, long Allocated, double Snapshot, double Decision);

/// <summary>Folds a journal as a server's start does, in a process of its own so that its memory can be told.</summary>
internal static class FoldProcess
{
    public const string Argument = "--fold";

    /// <summary>The process's own part: prints what it saw.</summary>
    public static int Run(string file)
    {
        var peak = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var watch = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        var stretch = new Stretch();
        using var journal = new SqliteJournal(file);
        var registry = new Ledger(journal, TimeProvider.System).Current;
        var (seconds, allocated) = (stretch.Seconds, stretch.Bytes);
        using var self = Process.GetCurrentProcess();
        var (processor, compiler, memory, heap) = (self.TotalProcessorTime.TotalSeconds, JitInfo.GetCompilationTime().TotalSeconds, self.PeakWorkingSet64, peak);
        var state = GC.GetTotalMemory(forceFullCollection: true) - before;
        var snapshot = Median(() => Snapshot.Of(registry, EnvironmentName.Production));
        var command = new RollBackPrompt(Samples.Parse<MemberName>("dora"), Story.Prompt(0), EnvironmentName.Production, "It answers nonsense.");
        var decision = Median(() => command.Decide(registry, registry.Time));
        var again = new Stretch();
        GC.KeepAlive(new Ledger(journal, TimeProvider.System));
        var repeated = again.Seconds;
        Console.WriteLine(JsonSerializer.Serialize(new FoldSeen(seconds, processor, compiler, repeated, memory, heap, state, allocated, snapshot, decision)));
        GC.KeepAlive(registry);
        return 0;
    }

    /// <summary>Starts such a process and hears what it saw.</summary>
    public static async Task<FoldSeen> StartAsync(string file)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(FoldProcess).Assembly.Location, Argument, file]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<FoldSeen>(output)! : throw new InvalidOperationException("The process that folds failed; it says why above.");
    }

    private static double Median<T>(Func<T> operation) => Enumerable.Range(0, 101).Select(_ =>
    {
        var stretch = new Stretch();
        GC.KeepAlive(operation());
        return stretch.Seconds;
    }).Order().ElementAt(50);
}
