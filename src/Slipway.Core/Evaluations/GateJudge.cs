using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Decides whether the candidate's metrics keep the gates.</summary>
public static class GateJudge
{
    /// <summary>Judges every gate. One whose metric, or whose baseline where it needs one, has no data is inconclusive.</summary>
    /// <param name="gates">The gates; results come in their order.</param>
    /// <param name="candidate">The candidate's metrics.</param>
    /// <param name="baseline">The baseline's metrics on the same cases; null where no baseline ran.</param>
    public static ImmutableArray<GateResult> Judge(ImmutableArray<Gate> gates, MetricTable candidate, MetricTable? baseline) =>
        [.. gates.Select(gate => Judge(gate, candidate[gate.Metric]?.Value, baseline?[gate.Metric]?.Value))];

    /// <summary>The worst verdict: fail, then inconclusive, then pass. No gates at all are inconclusive: nothing was shown.</summary>
    public static GateVerdict Overall(ImmutableArray<GateResult> results) =>
        results.IsEmpty ? GateVerdict.Inconclusive : results.Max(result => result.Verdict);

    private static GateResult Judge(Gate gate, double? candidate, double? baseline)
    {
        var (metric, threshold) = (gate.Metric, gate.Threshold);
        var (verdict, sentence) = (candidate, threshold.LimitFor(baseline)) switch
        {
            (null, _) => (GateVerdict.Inconclusive, $"no data for {metric}"),
            (_, null) => (GateVerdict.Inconclusive, $"no data for {metric} in the baseline, required {threshold}"),
            ({ } value, { } limit) => (threshold.Allows(value, baseline) ? GateVerdict.Pass : GateVerdict.Fail,
                $"{metric} is {Show(metric, value)}, required {threshold}{Explain(gate, limit, baseline)}"),
        };
        return new GateResult(metric, threshold.ToString(), candidate, baseline, verdict, sentence);
    }

    private static string Explain(Gate gate, double limit, double? baseline) => (Show(gate.Metric, limit), baseline) switch
    {
        ({ } shown, { } value) when gate.Threshold.NeedsBaseline && value == limit => $" ({shown})",
        ({ } shown, { } value) when gate.Threshold.NeedsBaseline => $", that is {shown} (baseline {Show(gate.Metric, value)})",
        _ => "",
    };

    // Enough decimals that a value just beyond its limit is not shown as the limit itself.
    private static string Show(string metric, double value) => MetricName.KindOf(metric) == MetricKind.Rate
        ? (value * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%"
        : value.ToString("0.####", CultureInfo.InvariantCulture) + (MetricName.IsTime(metric) ? "ms" : "");
}

/// <summary>A condition a candidate must meet.</summary>
/// <param name="Metric">The metric's name; what it means for the threshold's kind is <see cref="MetricName.KindOf"/>.</param>
/// <param name="Threshold">The limit.</param>
public sealed record Gate(string Metric, Threshold Threshold);

/// <summary>How a gate was judged.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Threshold">The limit in its normal spelling.</param>
/// <param name="Candidate">The candidate's value, a rate from 0 to 1 or a quantity; null without data.</param>
/// <param name="Baseline">The baseline's value, also where the limit is fixed; null without data.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Sentence">The verdict's reason: <c>schema_pass_rate is 99%, required >= 99.5%</c>.</param>
public sealed record GateResult(string Metric, string Threshold, double? Candidate, double? Baseline, GateVerdict Verdict, string Sentence);

/// <summary>What gates say, from good to bad.</summary>
[JsonConverter(typeof(SnakeCaseConverter<GateVerdict>))]
public enum GateVerdict
{
    /// <summary>The metric keeps its limit.</summary>
    Pass,

    /// <summary>There is not enough data to say.</summary>
    Inconclusive,

    /// <summary>The metric is beyond its limit.</summary>
    Fail,
}
