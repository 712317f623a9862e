namespace Slipway.Core.Evaluations;

/// <summary>The names of metrics, and what a name says about its metric.</summary>
public static class MetricName
{
    /// <summary>Share of the cases with the check <c>schema</c> whose answer fits.</summary>
    public const string SchemaPassRate = "schema_pass_rate";

    /// <summary>Share of the cases that compare fields in which every compared field is right.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Share of all cases whose call failed.</summary>
    public const string ErrorRate = "error_rate";

    /// <summary>Mean time to answer in milliseconds, over the calls that answered.</summary>
    public const string MeanLatency = "mean_latency";

    /// <summary>Share of the cases that compare a field in which it is right.</summary>
    public static string AccuracyOf(string field) => $"{field}_accuracy";

    /// <summary>The time within which that share of the calls answered, in milliseconds: <c>p95_latency</c>.</summary>
    public static string LatencyPercentile(int percent) => FormattableString.Invariant($"p{percent}_latency");

    /// <summary>Whether a metric is a rate: a name that ends in <c>_rate</c> or <c>_accuracy</c>, and <c>accuracy</c>; all others are quantities.</summary>
    public static MetricKind KindOf(string name) =>
        name == Accuracy || name.EndsWith("_accuracy", StringComparison.Ordinal) || name.EndsWith("_rate", StringComparison.Ordinal)
            ? MetricKind.Rate : MetricKind.Quantity;

    /// <summary>Whether a metric is a time in milliseconds: a name that ends in <c>_latency</c>.</summary>
    internal static bool IsTime(string name) => name.EndsWith("_latency", StringComparison.Ordinal);
}
