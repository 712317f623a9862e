using System.Globalization;

namespace Slipway.Bench.Server;

/// <summary>What an evaluation costs beside its model.</summary>
internal sealed class EvaluationBenchmark : Benchmark
{
    private const int Concurrency = 8, SlowConcurrency = 50, SlowMs = 200;

    public override string Name => "eval";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        var (many, few, slow) = (effort.Scale(10_000, 20), effort.Scale(200, 10), effort.Scale(1_000, 5));
        var sizes = effort.Quick ? [10, 20, 30] : (int[])[1_000, 10_000, 30_000];
        var rounds = effort.Quick ? 1 : 5;
        List<EvaluationSeen> asked = [], cached = [], whole = [], delayed = [];
        var bySize = sizes.Select(size => (Size: size, Seen: new List<EvaluationSeen>())).ToList();
        for (var round = 0; round < rounds; round++)
        {
            var file = Path.Combine(effort.Folder, string.Create(CultureInfo.InvariantCulture, $"evaluations{round}.db"));
            asked.Add(await EvaluationProcess.StartAsync(new EvaluationAsked(many, 0, Concurrency, file)));
            cached.Add(await EvaluationProcess.StartAsync(new EvaluationAsked(many, 0, Concurrency, file)));
            if (cached[^1].Asked != 0) throw new InvalidOperationException("The second run asked again.");
            whole.Add(await EvaluationProcess.StartAsync(new EvaluationAsked(few, 0, Concurrency, Path.Combine(effort.Folder, string.Create(CultureInfo.InvariantCulture, $"few{round}.db")))));
            delayed.Add(await EvaluationProcess.StartAsync(new EvaluationAsked(slow, SlowMs, SlowConcurrency, Path.Combine(effort.Folder, string.Create(CultureInfo.InvariantCulture, $"slow{round}.db")))));
            foreach (var (size, seen) in bySize)
                seen.Add(await EvaluationProcess.StartAsync(new EvaluationAsked(size, 0, Concurrency, Path.Combine(effort.Folder, string.Create(CultureInfo.InvariantCulture, $"size{size}-{round}.db")))));
        }
        var ideal = 2 * slow * (SlowMs / 1000.0) / Math.Min(SlowConcurrency, slow);
        return new Table(string.Create(CultureInfo.InvariantCulture, $"Evaluations: {many:#,0} cases by two versions, answers stored durably in SQLite"),
            [
                Line("a model of 0 ms", Unit.Seconds, asked, one => one.Seconds, new Goal(10)) with { Allocated = asked[0].Allocated / (2.0 * many) },
                Line("that, for an answer", Unit.Seconds, asked, one => one.Seconds / (2 * many), new Goal(0.2e-3)),
                Line("processor time of it, for an answer", Unit.Seconds, asked, one => one.ProcessorSeconds / (2 * many)),
                Line("the same again, from the cache", Unit.Seconds, cached, one => one.Seconds, new Goal(3)),
                Line("its report as canonical JSON", Unit.Seconds, asked, one => one.ReportSeconds),
                Line(string.Create(CultureInfo.InvariantCulture, $"{few} cases, the whole process"), Unit.Seconds, whole, one => one.WholeSeconds, new Goal(0.6)),
                Line(string.Create(CultureInfo.InvariantCulture, $"{slow} cases, a model of {SlowMs} ms, {SlowConcurrency} at once: / ideal"), Unit.Ratio, delayed, one => one.Seconds / ideal, new Goal(1.05)),
                .. bySize.SelectMany(one => (Measurement[])
                [
                    Line(string.Create(CultureInfo.InvariantCulture, $"{one.Size:#,0} cases: managed heap at its peak"), Unit.Bytes, one.Seen, seen => seen.PeakHeap),
                    Line(string.Create(CultureInfo.InvariantCulture, $"{one.Size:#,0} cases: the process at its peak"), Unit.Bytes, one.Seen, seen => seen.PeakMemory, one.Size == sizes[1] ? new Goal(250e6) : null),
                ]),
                Line(string.Create(CultureInfo.InvariantCulture, $"{sizes[2]:#,0} cases: what the golden set itself keeps"), Unit.Bytes, bySize[2].Seen, seen => seen.Kept),
            ],
            $"Each line is of fresh processes that hold the whole engine and a model that answers in the same process; {Concurrency} cases at once where nothing else is said. The answers are checked, stored in batches that are " +
            "flushed to the disk before they count, and compared. Allocated is for one answer.");

        static Measurement Line(string what, Unit unit, List<EvaluationSeen> seen, Func<EvaluationSeen, double> value, Goal? goal = null) => new(what, unit, [.. seen.Select(value)], goal);
    }
}
