using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>An evaluation as a document: what ran, what was counted, what the gates say, where behaviour differs.</summary>
/// <param name="Candidate">The version under test.</param>
/// <param name="Baseline">The version it was compared with; null where none ran.</param>
/// <param name="Dataset">The golden set, <c>NAME:vN</c>.</param>
/// <param name="Model">The manifest's model; null where each version's own was used.</param>
/// <param name="Verdict">The worst of the gates.</param>
/// <param name="Counts">How many cases went which way.</param>
/// <param name="Gates">Every gate, in the manifest's order.</param>
/// <param name="Metrics">Every metric either side has data for, by name.</param>
/// <param name="Differences">Every case in which the sides differ, worst first; empty without a baseline.</param>
public sealed record EvaluationReport(string Candidate, string? Baseline, string Dataset, string? Model, GateVerdict Verdict, EvaluationCounts Counts,
    ImmutableArray<GateResult> Gates, ImmutableArray<MetricComparison> Metrics, ImmutableArray<BehaviourDifference> Differences)
{
    /// <summary>Counts, judges and compares what both sides answered.</summary>
    /// <param name="manifest">What was asked for.</param>
    /// <param name="candidateRun">The candidate's outcomes.</param>
    /// <param name="baselineRun">The baseline's outcomes on the same cases; null where none ran.</param>
    /// <exception cref="ArgumentException">The two sides did not answer the same cases.</exception>
    public static EvaluationReport Compose(EvaluationManifest manifest, EvaluationRun candidateRun, EvaluationRun? baselineRun)
    {
        var candidate = MetricTable.Of(candidateRun.Outcomes);
        var baseline = baselineRun is null ? null : MetricTable.Of(baselineRun.Outcomes);
        var gates = GateJudge.Judge(manifest.Gates, candidate, baseline);
        var differences = baselineRun is null ? [] : BehaviourDifference.Between(baselineRun.Outcomes, candidateRun.Outcomes);
        return new EvaluationReport(candidateRun.Prompt, baselineRun?.Prompt, manifest.Dataset.ToString(), manifest.Model, GateJudge.Overall(gates),
            EvaluationCounts.Of(candidateRun, baselineRun, differences), gates, MetricComparison.Of(candidate, baseline), differences);
    }

    /// <summary>The report as JSON, which <see cref="FromJson"/> reads back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationReport);

    /// <summary>Reads a stored report.</summary>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static EvaluationReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationReport) ?? throw new JsonException("A report is an object.");
}

/// <summary>How many cases went which way.</summary>
/// <param name="Cases">Cases the candidate was asked.</param>
/// <param name="CandidatePassed">Cases in which the candidate passed every check.</param>
/// <param name="CandidateErrors">Cases in which the candidate's call failed.</param>
/// <param name="BaselinePassed">Cases in which the baseline passed every check; null without a baseline.</param>
/// <param name="BaselineErrors">Cases in which the baseline's call failed; null without a baseline.</param>
/// <param name="Broken">Cases only the baseline passes.</param>
/// <param name="Fixed">Cases only the candidate passes.</param>
/// <param name="BothWrongDifferent">Cases neither passes, with different answers.</param>
/// <param name="BothRightDifferent">Cases both pass, with different answers.</param>
public sealed record EvaluationCounts(int Cases, int CandidatePassed, int CandidateErrors, int? BaselinePassed, int? BaselineErrors,
    int Broken, int Fixed, int BothWrongDifferent, int BothRightDifferent)
{
    internal static EvaluationCounts Of(EvaluationRun candidate, EvaluationRun? baseline, ImmutableArray<BehaviourDifference> differences)
    {
        return new EvaluationCounts(candidate.Outcomes.Length, Passed(candidate), Errors(candidate),
            baseline is null ? null : Passed(baseline), baseline is null ? null : Errors(baseline), Differing(DifferenceCategory.Broken),
            Differing(DifferenceCategory.Fixed), Differing(DifferenceCategory.BothWrongDifferent), Differing(DifferenceCategory.BothRightDifferent));

        static int Passed(EvaluationRun run) => run.Outcomes.Count(outcome => outcome.Passed);
        static int Errors(EvaluationRun run) => run.Outcomes.Count(outcome => outcome.Answer.Error is not null);
        int Differing(DifferenceCategory category) => differences.Count(difference => difference.Category == category);
    }
}

/// <summary>One metric of both sides.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">Whether the values are rates or quantities.</param>
/// <param name="Candidate">The candidate's value and count; null without data.</param>
/// <param name="Baseline">The baseline's value and count; null without data.</param>
public sealed record MetricComparison(string Name, MetricKind Kind, Metric? Candidate, Metric? Baseline)
{
    internal static ImmutableArray<MetricComparison> Of(MetricTable candidate, MetricTable? baseline) =>
    [
        .. candidate.Rows.Keys.Union(baseline?.Rows.Keys ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => new MetricComparison(name, MetricName.KindOf(name), candidate[name], baseline?[name])),
    ];
}
