using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>Values of metrics as tables and sentences show them, in every form of a report alike.</summary>
public static class Numbers
{
    /// <summary>A value with its unit, rounded for a table; <c>no data</c> where there is none.</summary>
    public static string Value(string metric, double? value) => value is not { } known ? "no data"
        : MetricName.KindOf(metric) == MetricKind.Rate ? (known * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%"
        : MetricName.IsTime(metric) ? known.ToString(known < 100 ? "0.00" : "0", CultureInfo.InvariantCulture) + " ms"
        : MetricName.IsMoney(metric) ? "$" + known.ToString("0.######", CultureInfo.InvariantCulture)
        : known.ToString("0.##", CultureInfo.InvariantCulture);

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
}
