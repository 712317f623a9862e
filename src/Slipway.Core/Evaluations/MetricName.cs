using System.Collections.Frozen;
using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>The names of metrics, and what a name says about its metric.</summary>
public static class MetricName
{
    /// <summary>Share of the cases with the check <c>schema</c> whose answer fits.</summary>
    public const string SchemaPassRate = "schema_pass_rate";

    /// <summary>Share of all cases in which every check passes.</summary>
    public const string PassRate = "pass_rate";

    /// <summary>Share of the cases that compare fields in which every compared field is right.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Share of all cases whose call failed.</summary>
    public const string ErrorRate = "error_rate";

    /// <summary>Share of the answers in which the model refused.</summary>
    public const string RefusalRate = "refusal_rate";

    /// <summary>Share of the answers that were cut off at the limit of tokens, of those whose provider says how they ended.</summary>
    public const string TruncationRate = "truncation_rate";

    /// <summary>Share of the answers with tool calls whose calls all fit the schemas of their tools.</summary>
    public const string ToolCallValidRate = "tool_call_valid_rate";

    /// <summary>Share of all answers that call a tool which the prompt's policy lists as unsafe; no data where it lists none.</summary>
    public const string UnsafeToolCallRate = "unsafe_tool_call_rate";

    /// <summary>What all answers cost, in US dollars, for each one that passes every check; no data where a price is unknown or none passes.</summary>
    public const string CostPerSuccess = "cost_per_success";

    /// <summary>Attempts after the first, a call on average.</summary>
    public const string Retries = "retries";

    /// <summary>Mean time to answer in milliseconds, over the calls that answered.</summary>
    public const string MeanLatency = "mean_latency";

    private const string Score = "_score", Preference = "_preference", Unjudged = "_unjudged_rate";
    internal const string Latency = "latency", TimeToFirstToken = "time_to_first_token", InputTokens = "input_tokens", OutputTokens = "output_tokens", Cost = "cost";
    internal static readonly string[] Families = [Latency, TimeToFirstToken, InputTokens, OutputTokens, Cost];
    internal static readonly int[] Percentiles = [50, 95, 99];

    /// <summary>The names that mean the same in every evaluation; beside them every check <c>x</c> gives <c>x_pass_rate</c>, and every field <c>x</c> that is compared <c>x_accuracy</c>.</summary>
    public static FrozenSet<string> BuiltIn { get; } = ((IEnumerable<string>)
    [
        SchemaPassRate, PassRate, Accuracy, ErrorRate, RefusalRate, TruncationRate, ToolCallValidRate, UnsafeToolCallRate, CostPerSuccess, Retries,
        .. Families.Select(MeanOf), .. Families.SelectMany(family => Percentiles.Select(percent => PercentileOf(family, percent))),
    ]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Share of the cases that compare a field in which it is right.</summary>
    public static string AccuracyOf(string field) => $"{field}_accuracy";

    /// <summary>Share of the cases with a check in which it passes: <c>contains_pass_rate</c>.</summary>
    public static string PassRateOf(string check) => $"{check}_pass_rate";

    /// <summary>The time within which that share of the calls answered, in milliseconds: <c>p95_latency</c>.</summary>
    public static string LatencyPercentile(int percent) => PercentileOf(Latency, percent);

    /// <summary>Mean score a rubric's judge gave: <c>tone_score</c>.</summary>
    public static string ScoreOf(string rubric) => $"{rubric}{Score}";

    /// <summary>Share of the comparisons of a rubric's judge that the candidate wins, a tie being half of one: <c>tone_preference</c>.</summary>
    public static string PreferenceOf(string rubric) => $"{rubric}{Preference}";

    /// <summary>Share of the answers that a rubric's judge was asked about and did not judge: <c>tone_unjudged_rate</c>.</summary>
    public static string UnjudgedRateOf(string rubric) => $"{rubric}{Unjudged}";

    /// <summary>All metrics of a rubric's judge; also <see cref="PassRateOf"/> is one of them, the share of judged answers that pass.</summary>
    public static IEnumerable<string> OfJudge(string rubric) => [ScoreOf(rubric), PassRateOf(rubric), PreferenceOf(rubric), UnjudgedRateOf(rubric)];

    /// <summary>Whether a metric is a rate: a name that ends in <c>_rate</c>, <c>_accuracy</c> or <c>_preference</c>, and <c>accuracy</c>; all others are quantities.</summary>
    public static MetricKind KindOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name == Accuracy || name.EndsWith("_accuracy", StringComparison.Ordinal) || name.EndsWith("_rate", StringComparison.Ordinal) || IsPreference(name)
            ? MetricKind.Rate : MetricKind.Quantity;
    }

    /// <summary>Whether more of a metric is better (1), less is (-1), or neither by itself (0).</summary>
    public static int BetterWhen(string name) => name switch
    {
        RefusalRate => 0,
        _ when name.EndsWith(Unjudged, StringComparison.Ordinal) => 0,
        _ when name.EndsWith(Score, StringComparison.Ordinal) => 1,
        ErrorRate or TruncationRate or UnsafeToolCallRate => -1,
        _ when KindOf(name) == MetricKind.Rate => 1,
        _ when name.EndsWith(InputTokens, StringComparison.Ordinal) || name.EndsWith(OutputTokens, StringComparison.Ordinal) => 0,
        _ => -1,
    };

    /// <summary>Whether a metric says how often the candidate is preferred: both sides share one whole, so a half is equal.</summary>
    internal static bool IsPreference(string name) => name.EndsWith(Preference, StringComparison.Ordinal);

    /// <summary>Whether a metric is a time in milliseconds.</summary>
    internal static bool IsTime(string name) => name.EndsWith("_latency", StringComparison.Ordinal) || name.EndsWith(TimeToFirstToken, StringComparison.Ordinal);

    /// <summary>Whether a metric is an amount of US dollars.</summary>
    internal static bool IsMoney(string name) => name == CostPerSuccess || name.EndsWith("_cost", StringComparison.Ordinal);

    /// <summary>Whether a metric is a percentile of a family.</summary>
    internal static bool IsPercentile(string name) => Families.Any(family => Percentiles.Any(percent => PercentileOf(family, percent) == name));

    internal static string MeanOf(string family) => $"mean_{family}";

    internal static string PercentileOf(string family, int percent) => string.Create(CultureInfo.InvariantCulture, $"p{percent}_{family}");
}
