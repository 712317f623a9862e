using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>An evaluation as a document: what ran, what was counted, what the gates say, where behaviour differs.</summary>
/// <remarks>Reports are objects and live as long as the journal that names them: what was added since the first ones is empty or null where it is missing.</remarks>
/// <param name="Candidate">The version under test.</param>
/// <param name="Baseline">The version it was compared with; null where none ran.</param>
/// <param name="Dataset">The golden set, <c>NAME:vN</c>.</param>
/// <param name="Model">The manifest's model; null where each version's own was used.</param>
/// <param name="Verdict">The worst of the gates; never better than inconclusive where not every case was asked.</param>
/// <param name="Counts">How many cases went which way.</param>
/// <param name="Gates">Every gate, in the manifest's order.</param>
/// <param name="Metrics">Every metric either side has data for, by name.</param>
/// <param name="Differences">Cases in which the sides differ, in the order in which they should be read: the worst regressions, cluster by cluster, then
/// the best wins, then a few that differ without being better or worse. <see cref="LeftOut"/> counts the rest.</param>
public sealed record EvaluationReport(string Candidate, string? Baseline, string Dataset, string? Model, GateVerdict Verdict, EvaluationCounts Counts,
    ImmutableArray<GateResult> Gates, ImmutableArray<MetricComparison> Metrics, ImmutableArray<BehaviourDifference> Differences)
{
    /// <summary>The manifest with its limits in their normal spelling.</summary>
    public JsonElement? Manifest { get; init; }

    /// <summary>What ran, by whom, for how long, at what cost.</summary>
    public EvaluationFacts? Facts { get; init; }

    /// <summary>How the answers are spread on both sides, what moved first; empty without a baseline.</summary>
    public ImmutableArray<OutputDrift> Drift { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What broke, similar cases together, the worst first; at most twelve.</summary>
    public ImmutableArray<RegressionCluster> Clusters { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How many differing cases have no row; null in old reports, whose rows are complete.</summary>
    public LeftOut? LeftOut { get; init; }

    /// <summary>The tags under which something broke or was fixed, at most twenty.</summary>
    public ImmutableArray<DifferenceGroup> Tags { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How each kind of case came out.</summary>
    public ImmutableArray<DifferenceGroup> Kinds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Reasons for which only one side fails, at most twenty.</summary>
    public ImmutableArray<DifferenceGroup> Reasons { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Kinds the prompt's policy asks for and the set has too few of.</summary>
    public ImmutableArray<MissingKind> MissingKinds { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The share of cases whose source is synthetic, 0 to 1; null in old reports.</summary>
    public double? SyntheticShare { get; init; }

    /// <summary>What a review always asks, answered as far as a machine can.</summary>
    public ImmutableArray<ReviewAnswer> Review { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The judges that scored, by name; empty without judges.</summary>
    public ImmutableArray<JudgeReport> Judges { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Which figures cannot be compared with those of the evaluation before, a sentence for each judge that is another now; usually empty.</summary>
    public ImmutableArray<string> Incomparable { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The hash of every answer's text, by case.</summary>
    public ImmutableArray<CaseOutputs> Outputs { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>A metric by its name; null where there is no data for it.</summary>
    public MetricComparison? Find(string metric) => Metrics.FirstOrDefault(one => one.Name == metric);

    /// <summary>The report as JSON, which <see cref="FromJson"/> reads back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationReport);

    /// <summary>Reads a stored report of any age.</summary>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static EvaluationReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationReport) ?? throw new JsonException("A report is an object.");
}

/// <summary>How many cases went which way.</summary>
/// <param name="Cases">Cases the candidate was asked.</param>
/// <param name="CandidatePassed">Cases in which the candidate passed every check, in every repeat.</param>
/// <param name="CandidateErrors">Cases in which a call of the candidate failed.</param>
/// <param name="BaselinePassed">Cases in which the baseline passed every check, in every repeat; null without a baseline.</param>
/// <param name="BaselineErrors">Cases in which a call of the baseline failed; null without a baseline.</param>
/// <param name="Broken">Cases the candidate passes less often than the baseline.</param>
/// <param name="Fixed">Cases the candidate passes more often than the baseline.</param>
/// <param name="BothWrongDifferent">Cases neither passes, with different answers.</param>
/// <param name="BothRightDifferent">Cases both pass, with different answers.</param>
public sealed record EvaluationCounts(int Cases, int CandidatePassed, int CandidateErrors, int? BaselinePassed, int? BaselineErrors,
    int Broken, int Fixed, int BothWrongDifferent, int BothRightDifferent);

/// <summary>One metric of both sides.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">Whether the values are rates or quantities.</param>
/// <param name="Candidate">The candidate's value and count; null without data.</param>
/// <param name="Baseline">The baseline's value and count; null without data.</param>
public sealed record MetricComparison(string Name, MetricKind Kind, Metric? Candidate, Metric? Baseline)
{
    /// <summary>How they differ; null without data on both sides, and in old reports.</summary>
    public MetricDifference? Difference { get; init; }

    internal static MetricComparison Of(MetricEvidence evidence)
    {
        var difference = (evidence.Candidate?.Value, evidence.Baseline?.Value) switch
        {
            ({ }, { }) when evidence.Pairs is { } pairs => new MetricDifference(pairs.Mean, pairs.Interval()),
            ({ } candidate, { } baseline) when MetricName.KindOf(evidence.Name) == MetricKind.Quantity && baseline != 0 =>
                new MetricDifference(candidate / baseline - 1, MetricEvidence.Interval(GateJudge.Ratio(evidence.Draws), evidence.Cases)),
            _ => null,
        };
        return new MetricComparison(evidence.Name, MetricName.KindOf(evidence.Name), evidence.Candidate, evidence.Baseline) { Difference = difference };
    }
}

/// <summary>How a metric changed from baseline to candidate.</summary>
/// <param name="Value">For a rate in points, 0.01 being one; for a quantity as a share of the baseline's value, 0.1 being a tenth more.</param>
/// <param name="Interval">Where it would lie on all the traffic such cases stand for; null where the set is too small to say.</param>
public sealed record MetricDifference(double Value, Interval? Interval)
{
    /// <summary>Whether it is more than chance: the interval leaves out no difference at all.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public bool IsClear => Interval is { } interval && (interval.Low > 0 || interval.High < 0);
}

/// <summary>What both sides answered to one case, as hashes of the texts.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Candidate">A hash for each repeat of the candidate.</param>
/// <param name="Baseline">A hash for each repeat of the baseline; empty without one.</param>
public sealed record CaseOutputs(string CaseId, ImmutableArray<ContentHash> Candidate, ImmutableArray<ContentHash> Baseline);
