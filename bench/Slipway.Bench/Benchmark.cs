using System.Diagnostics;

namespace Slipway.Bench;

/// <summary>One thing that is measured: one table.</summary>
internal abstract class Benchmark
{
    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    public abstract Task<Table> MeasureAsync(Effort effort);
}

/// <summary>How much is spent on a measurement.</summary>
/// <param name="Quick">One short round of everything.</param>
/// <param name="Folder">An empty folder on the disk to be measured; removed afterwards.</param>
internal sealed record Effort(bool Quick, string Folder)
{
    /// <summary>How often everything is measured; the spread of a table is over these.</summary>
    public int Rounds => Quick ? 1 : 9;

    /// <summary>A number of operations, or a few where only little is to be spent.</summary>
    public int Scale(int full, int quick) => Quick ? quick : full;
}

/// <summary>A stretch of time and what was allocated in it, on all threads.</summary>
internal readonly struct Stretch()
{
    private readonly long started = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes();

    public double Seconds => Stopwatch.GetElapsedTime(started).TotalSeconds;

    public long Bytes => GC.GetTotalAllocatedBytes() - allocated;
}
