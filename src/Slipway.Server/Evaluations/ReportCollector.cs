using Slipway.Core.Evaluations;

namespace Slipway.Server.Evaluations;

/// <summary>Tells the report of cases in the order of their set, in whatever order they end: so the same answers make the same report.</summary>
internal sealed class ReportCollector(EvaluationPlan plan)
{
    private readonly Dictionary<int, CaseSlots> ahead = [];
    private readonly List<CaseRun> runs = [];
    private int next;

    /// <summary>Takes a case that has all its answers.</summary>
    /// <returns>How many cases need no room any more.</returns>
    public int Add(CaseSlots slots)
    {
        ahead.Add(slots.Index, slots);
        var released = 0;
        for (; ahead.Remove(next, out var ended); next++, released++) Report(ended);
        return released;
    }

    /// <summary>The report of all cases that came to their end.</summary>
    /// <param name="stopped">Why not all did; null where all did.</param>
    public EvaluationReport Build(string? stopped)
    {
        foreach (var (_, slots) in ahead.OrderBy(pair => pair.Key)) Report(slots);
        ahead.Clear();
        var candidate = new EvaluationRun(plan.Candidate.Name, [.. runs.Select(run => run.Candidate[0])]);
        var baseline = plan.Baseline is null ? null : new EvaluationRun(plan.Baseline.Name, [.. runs.Select(run => run.Baseline[0])]);
        var report = EvaluationReport.Compose(plan.Manifest, candidate, baseline);
        return stopped is null ? report : report with { Verdict = GateVerdict.Inconclusive };
    }

    private void Report(CaseSlots slots) => runs.Add(slots.Run());
}
