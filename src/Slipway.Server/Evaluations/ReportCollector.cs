using Slipway.Core.Evaluations;

namespace Slipway.Server.Evaluations;

/// <summary>Tells the report of cases as they end.</summary>
internal sealed class ReportCollector(EvaluationPlan plan)
{
    private readonly List<CaseSlots> ended = [];

    /// <summary>Takes a case that has all its answers.</summary>
    public void Add(CaseSlots slots) => ended.Add(slots);

    /// <summary>The report of all cases that came to their end.</summary>
    /// <param name="stopped">Why not all did; null where all did.</param>
    public EvaluationReport Build(string? stopped)
    {
        var runs = ended.OrderBy(slots => slots.Index).Select(slots => slots.Run()).ToList();
        var candidate = new EvaluationRun(plan.Candidate.Name, [.. runs.Select(run => run.Candidate[0])]);
        var baseline = plan.Baseline is null ? null : new EvaluationRun(plan.Baseline.Name, [.. runs.Select(run => run.Baseline[0])]);
        var report = EvaluationReport.Compose(plan.Manifest, candidate, baseline);
        return stopped is null ? report : report with { Verdict = GateVerdict.Inconclusive };
    }
}
