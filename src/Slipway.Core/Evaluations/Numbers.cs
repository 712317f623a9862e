using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>Values of metrics as tables and sentences show them, in every form of a report alike: rounded for people, and never so far that a value beyond a
/// limit looks like the limit itself.</summary>
public static class Numbers
{
    // What a threshold tells apart, it tells apart with so many.
    private const int MostDecimals = 10;

    /// <summary>A value with its unit, rounded for a table; <c>no data</c> where there is none.</summary>
    public static string Value(string metric, double? value) => value is { } known ? Cell(metric, known, Usual(metric, known)) : "no data";

    /// <summary>The candidate's value of a gate, rounded for a table; <c>no data</c> where there is none.</summary>
    public static string Candidate(GateResult gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return Cell(gate, gate.Candidate);
    }

    /// <summary>The baseline's value of a gate, rounded for a table; <c>no data</c> where there is none.</summary>
    public static string Baseline(GateResult gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return Cell(gate, gate.Baseline);
    }

    /// <summary>A value of a gate as a sentence says it beside the gate's threshold.</summary>
    internal static string Text(GateResult gate, double value) => Text(gate.Metric, value, DecimalsOf(gate, value));

    /// <summary>A value with its unit as a sentence says it.</summary>
    /// <param name="metric">Whose.</param>
    /// <param name="value">The value.</param>
    /// <param name="decimals">With at most so many, as <see cref="Decimals"/> gives them.</param>
    internal static string Text(string metric, double value, int decimals) => MetricName.KindOf(metric) == MetricKind.Rate ? Trimmed(value * 100, decimals) + "%"
        : Trimmed(value, decimals) + (MetricName.IsTime(metric) ? "ms" : MetricName.IsMoney(metric) ? " USD" : "");

    /// <summary>With how many decimals values are shown beside a limit: the fewest with which each of them is seen to be above it, below it or on it, as it is.</summary>
    /// <param name="metric">Whose.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="isExact">Whether the limit is shown as it was written; else it is rounded as the values are.</param>
    /// <param name="values">The values.</param>
    internal static int Decimals(string metric, double limit, bool isExact, params ReadOnlySpan<double> values)
    {
        var decimals = Usual(metric, limit);
        foreach (var value in values) decimals = Math.Max(decimals, Usual(metric, value));
        while (decimals < MostDecimals && Misleads(values)) decimals++;
        return decimals;

        bool Misleads(ReadOnlySpan<double> values)
        {
            var shown = isExact ? limit : Rounded(limit);
            foreach (var value in values)
                if (Side(Rounded(value), shown) != Side(value, limit)) return true;
            return false;
        }

        double Rounded(double value) => MetricName.KindOf(metric) == MetricKind.Rate ? Math.Round(value * 100, decimals, MidpointRounding.AwayFromZero) / 100 : Math.Round(value, decimals, MidpointRounding.AwayFromZero);

        static int Side(double value, double limit) => Threshold.IsSame(value, limit) ? 0 : value.CompareTo(limit);
    }

    /// <summary>How a metric changed, with its interval; empty where one side has no data.</summary>
    public static string Difference(MetricComparison metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Difference is { Interval: { } interval } known) return $"{Change(metric.Name, known.Value)} ({Change(metric.Name, interval.Low)} … {Change(metric.Name, interval.High)})";
        return (metric.Difference?.Value, metric.Candidate?.Value, metric.Baseline?.Value) switch
        {
            ({ } value, _, _) => Change(metric.Name, value),
            (_, { } candidate, { } baseline) when metric.Kind == MetricKind.Rate => Change(metric.Name, candidate - baseline),
            (_, { } candidate, { } baseline) when baseline != 0 => Change(metric.Name, candidate / baseline - 1),
            _ => "",
        };
    }

    /// <summary>Where the value of a gate lies, in the unit the gate speaks of; empty where nobody knows.</summary>
    public static string Interval(GateResult gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        if (gate.Interval is not { } interval) return "";
        return gate.Threshold.Contains("baseline", StringComparison.Ordinal)
            ? $"{Change(gate.Metric, interval.Low)} … {Change(gate.Metric, interval.High)}" : $"{Value(gate.Metric, interval.Low)} … {Value(gate.Metric, interval.High)}";
    }

    /// <summary>A change with its sign: in points for a rate, in percent for a quantity.</summary>
    public static string Change(string metric, double change)
    {
        var text = (change * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
        return (text is "+0.0" or "-0.0" ? "0.0" : text) + (MetricName.KindOf(metric) == MetricKind.Rate ? " pp" : " %");
    }

    private static string Cell(GateResult gate, double? value) => value is { } known ? Cell(gate.Metric, known, DecimalsOf(gate, known)) : "no data";

    private static int DecimalsOf(GateResult gate, double value)
    {
        if (Threshold.Parse(gate.Threshold, MetricName.KindOf(gate.Metric)) is not ThresholdResult.Parsed { Threshold: var threshold } || threshold.LimitFor(gate.Baseline) is not { } limit) return Usual(gate.Metric, value);
        return threshold.NeedsBaseline ? Decimals(gate.Metric, limit, isExact: false, gate.Candidate ?? value, gate.Baseline ?? value) : Decimals(gate.Metric, limit, isExact: true, value);
    }

    private static string Cell(string metric, double value, int decimals) => MetricName.KindOf(metric) == MetricKind.Rate ? Fixed(value * 100, decimals) + "%"
        : MetricName.IsTime(metric) ? Fixed(value, decimals) + " ms"
        : (MetricName.IsMoney(metric) ? "$" : "") + Trimmed(value, decimals);

    // Money is often very little: three digits of it are shown.
    private static int Usual(string metric, double value) => MetricName.KindOf(metric) == MetricKind.Rate ? 1
        : MetricName.IsTime(metric) ? Math.Abs(value) < 100 ? 2 : 0
        : MetricName.IsMoney(metric) && value != 0 ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 2, MostDecimals)
        : 2;

    private static string Fixed(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Trimmed(double value, int decimals) => value.ToString("0." + new string('#', decimals), CultureInfo.InvariantCulture);
}
