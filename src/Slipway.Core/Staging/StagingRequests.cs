using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Core.Staging;

/// <summary>Recorded requests as cases that are asked: what came of them then is not what is expected, only that an answer keeps its contract.</summary>
public static class StagingRequests
{
    private static readonly GoldenSetId Name = GoldenSetId.TryParse("staging_requests:v1", out var id) ? id : throw new InvalidOperationException("It is a golden set's name.");

    /// <summary>The set of them.</summary>
    /// <param name="requests">What goes in; at least one.</param>
    /// <param name="staged">The version that is asked: where it has a contract, that is what its answers are held to.</param>
    public static GoldenSet Of(IEnumerable<GoldenCase> requests, Package staged)
    {
        ArgumentNullException.ThrowIfNull(staged);
        ImmutableArray<Check> expected = staged.Output is null && staged.Tools is null ? [new NotRefusesCheck()] : [new SchemaCheck()];
        return new GoldenSet(Name, [.. requests.Select(request => request with { Expect = expected, Judges = [], IsProposed = false })]);
    }

    /// <summary>How one side of an evaluation answered them.</summary>
    /// <param name="report">Of the set.</param>
    /// <param name="isStaged">Of the staged version; else of what is live.</param>
    public static StagingAnswers AnswersOf(EvaluationReport report, bool isStaged)
    {
        ArgumentNullException.ThrowIfNull(report);
        var counts = report.Counts;
        return new StagingAnswers(
            counts.Cases, isStaged ? counts.CandidatePassed : counts.BaselinePassed ?? 0, isStaged ? counts.CandidateErrors : counts.BaselineErrors ?? 0, Value("p50_latency"), Value("p95_latency"), Value(MetricName.CostPerSuccess));

        double? Value(string metric) => report.Find(metric) is { } found ? (isStaged ? found.Candidate : found.Baseline)?.Value : null;
    }
}
