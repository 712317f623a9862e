using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>A limit on a metric, fixed or relative to a baseline: <c>>= 99.5%</c>, <c>>= baseline - 1pp</c>, <c>&lt;= baseline + 10%</c>.</summary>
/// <remarks>
/// An operator (<c>>=</c>, <c>&lt;=</c>, <c>></c>, <c>&lt;</c>, <c>=</c> or nothing, which means <c>=</c>), then a value, or <c>baseline</c>
/// with or without a margin.
/// Rates: <c>99.5%</c> or <c>0.995</c>; margins in points, <c>1pp</c>, and a bare <c>1%</c> means points too.
/// Quantities: a number, or a time with <c>ms</c> or <c>s</c>; margins relative to the baseline, <c>10%</c>.
/// </remarks>
public sealed record Threshold
{
    // Beyond these sizes a decimal would round, and a threshold would no longer be the one that was written.
    private const int MostDigits = 12, MostDecimals = 9;

    private Threshold(MetricKind kind, ThresholdOperator @operator, Margin margin) => (Kind, Operator, Margin) = (kind, @operator, margin);

    /// <summary>What it limits.</summary>
    public MetricKind Kind { get; }

    /// <summary>How a value is compared with the limit.</summary>
    public ThresholdOperator Operator { get; }

    /// <summary>Where the limit lies.</summary>
    public Margin Margin { get; }

    /// <summary>Whether the limit moves with a baseline.</summary>
    public bool NeedsBaseline => Margin is not Margin.Absolute;

    /// <summary>Reads a threshold for a metric of one kind.</summary>
    public static ThresholdResult Parse(string text, MetricKind kind)
    {
        if (ThresholdText.Read(text) is not { } parts)
        {
            return Refuse(text, "is not a threshold: write an operator (>=, <=, >, <, =) and a value, "
                + "as in \">= 99.5%\", \"<= baseline + 10%\" or \"<= 800ms\"");
        }
        var (amount, unit) = (parts.Amount, parts.Unit);
        if (!Fits(amount)) return Refuse(text, $"has a number with more than {MostDigits} digits, or more than {MostDecimals} after the point");
        var number = amount.Length > 0 ? decimal.Parse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;
        var (margin, refusal) = parts.Baseline
            ? Relative(kind, parts.Minus ? -number : number, unit, bare: amount.Length == 0)
            : Fixed(kind, number, unit);
        return margin is null ? Refuse(text, refusal!) : new ThresholdResult.Parsed(new Threshold(kind, OperatorOf(parts.Operator), margin));
    }

    /// <summary>Whether a value keeps the threshold.</summary>
    /// <param name="value">A rate from 0 to 1, or a quantity in the metric's unit (milliseconds for times).</param>
    /// <param name="baseline">The baseline's value in the same unit; null where there is none, and then a relative threshold allows nothing.</param>
    public bool Allows(double value, double? baseline)
    {
        if (LimitFor(baseline) is not { } limit) return false;
        var tolerance = Tolerance(limit);
        return Operator switch
        {
            ThresholdOperator.AtLeast => value >= limit - tolerance,
            ThresholdOperator.AtMost => value <= limit + tolerance,
            ThresholdOperator.Above => value > limit + tolerance,
            ThresholdOperator.Below => value < limit - tolerance,
            _ => Math.Abs(value - limit) <= tolerance,
        };
    }

    /// <summary>Whether a value counts as equal to a limit.</summary>
    internal static bool IsSame(double value, double limit) => Math.Abs(value - limit) <= Tolerance(limit);

    /// <summary>The value the limit comes to, in the metric's unit.</summary>
    /// <returns>Null where the limit needs a baseline and there is none.</returns>
    public double? LimitFor(double? baseline) => Margin switch
    {
        Margin.Absolute absolute => (double)absolute.Value,
        Margin.BaselinePlusPoints points => baseline + (double)points.Points,
        Margin.BaselinePlusRelative relative => baseline * (double)(1 + relative.Share),
        _ => null,
    };

    /// <summary>The threshold in its one normal spelling, which <see cref="Parse"/> reads back to an equal one.</summary>
    public override string ToString() => $"{SignOf(Operator)} {Margin}";

    // 0.9 - 0.01 is not 0.89 to a double: what only such rounding parts counts as equal, on either side.
    private static double Tolerance(double limit) => 1e-9 * Math.Max(1, Math.Abs(limit));

    private static (Margin? Margin, string? Refusal) Fixed(MetricKind kind, decimal number, string unit) => (kind, unit) switch
    {
        (MetricKind.Rate, "%") when number > 100 => (null, "is beyond 100%, and a rate cannot be"),
        (MetricKind.Rate, "%") => (new Margin.Absolute(number / 100, ThresholdUnit.Share), null),
        (MetricKind.Rate, "") when number > 1 => (null, $"is beyond 1, and a rate cannot be; if {Text(number)}% is meant, write the %"),
        (MetricKind.Rate, "") => (new Margin.Absolute(number, ThresholdUnit.Share), null),
        (MetricKind.Rate, _) => (null, $"has the unit {unit}, but the metric is a rate: write 99.5% or 0.995"),
        (_, "") => (new Margin.Absolute(number, ThresholdUnit.Number), null),
        (_, "ms") => (new Margin.Absolute(number, ThresholdUnit.Milliseconds), null),
        (_, "s") when number >= 1_000_000_000 => (null, "is longer than anybody waits"),
        (_, "s") => (new Margin.Absolute(number * 1000, ThresholdUnit.Milliseconds), null),
        _ => (null, $"has the unit {unit}, but the metric is a quantity: write a number, or a time with ms or s"),
    };

    private static (Margin? Margin, string? Refusal) Relative(MetricKind kind, decimal number, string unit, bool bare) => (kind, unit) switch
    {
        (MetricKind.Rate, _) when bare => (new Margin.BaselinePlusPoints(0), null),
        (_, _) when bare => (new Margin.BaselinePlusRelative(0), null),
        (MetricKind.Rate, "") => (null, "has a margin without a unit: write points, as in 1pp"),
        (_, "") => (null, "has a margin without a unit: write a percentage, as in 10%"),
        (MetricKind.Rate, "pp" or "%") when Math.Abs(number) > 100 => (null, "has a margin beyond 100 points, and a rate cannot move so far"),
        (MetricKind.Rate, "pp" or "%") => (new Margin.BaselinePlusPoints(number / 100), null),
        (MetricKind.Quantity, "%") => (new Margin.BaselinePlusRelative(number / 100), null),
        (MetricKind.Quantity, "pp") => (null, "has a margin in points, but the metric is a quantity: write a percentage, as in 10%"),
        _ => (null, $"has a margin in {unit}: a margin is in {(kind == MetricKind.Rate ? "points, as in 1pp" : "percent, as in 10%")}"),
    };

    private static ThresholdResult.Refused Refuse(string text, string reason) => new($"\"{text}\" {reason}.");

    private static bool Fits(string amount) => amount.Split('.') is [{ Length: <= MostDigits }] or [{ Length: <= MostDigits }, { Length: <= MostDecimals }];

    private static ThresholdOperator OperatorOf(string sign) => sign switch
    {
        ">=" => ThresholdOperator.AtLeast,
        "<=" => ThresholdOperator.AtMost,
        ">" => ThresholdOperator.Above,
        "<" => ThresholdOperator.Below,
        _ => ThresholdOperator.Exactly,
    };

    private static string SignOf(ThresholdOperator @operator) => @operator switch
    {
        ThresholdOperator.AtLeast => ">=",
        ThresholdOperator.AtMost => "<=",
        ThresholdOperator.Above => ">",
        ThresholdOperator.Below => "<",
        _ => "=",
    };

    internal static string Text(decimal number) => number.ToString("0.############", CultureInfo.InvariantCulture);
}

/// <summary>What kind of number a metric is.</summary>
[JsonConverter(typeof(SnakeCaseConverter<MetricKind>))]
public enum MetricKind
{
    /// <summary>A share from 0 to 1, shown in percent.</summary>
    Rate,

    /// <summary>An amount in the metric's own unit, such as milliseconds.</summary>
    Quantity,
}

/// <summary>How a value is compared with a limit.</summary>
public enum ThresholdOperator
{
    /// <summary><c>>=</c></summary>
    AtLeast,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>></c></summary>
    Above,

    /// <summary><c>&lt;</c></summary>
    Below,

    /// <summary><c>=</c></summary>
    Exactly,
}

/// <summary>The unit a fixed limit is written in.</summary>
public enum ThresholdUnit
{
    /// <summary>A part of 1, written in percent.</summary>
    Share,

    /// <summary>A bare number in the metric's unit.</summary>
    Number,

    /// <summary>Milliseconds.</summary>
    Milliseconds,
}

/// <summary>Where a limit lies.</summary>
public abstract record Margin
{
    private Margin() { }

    /// <summary>At a fixed value.</summary>
    /// <param name="Value">In the unit: 0.995 for 99.5 %.</param>
    /// <param name="Unit">How the value is written.</param>
    public sealed record Absolute(decimal Value, ThresholdUnit Unit) : Margin
    {
        /// <inheritdoc/>
        public override string ToString() => Unit switch
        {
            ThresholdUnit.Share => Threshold.Text(Value * 100) + "%",
            ThresholdUnit.Milliseconds => Threshold.Text(Value) + "ms",
            _ => Threshold.Text(Value),
        };
    }

    /// <summary>At a rate's baseline, moved by points.</summary>
    /// <param name="Points">As a share, with its sign: -0.01 for one point down.</param>
    public sealed record BaselinePlusPoints(decimal Points) : Margin
    {
        /// <inheritdoc/>
        public override string ToString() => Moved(Points, "pp");
    }

    /// <summary>At a quantity's baseline, moved by a share of it.</summary>
    /// <param name="Share">With its sign: 0.1 for 10 % up.</param>
    public sealed record BaselinePlusRelative(decimal Share) : Margin
    {
        /// <inheritdoc/>
        public override string ToString() => Moved(Share, "%");
    }

    private static string Moved(decimal by, string unit) =>
        by == 0 ? "baseline" : $"baseline {(by < 0 ? '-' : '+')} {Threshold.Text(Math.Abs(by) * 100)}{unit}";
}

/// <summary>A threshold, or why a text is none.</summary>
public abstract record ThresholdResult
{
    private ThresholdResult() { }

    /// <summary>The text is a threshold.</summary>
    /// <param name="Threshold">The threshold; its <see cref="Threshold.ToString"/> is the normal spelling.</param>
    public sealed record Parsed(Threshold Threshold) : ThresholdResult;

    /// <summary>The text is none.</summary>
    /// <param name="Reason">One sentence that quotes the text.</param>
    public sealed record Refused(string Reason) : ThresholdResult;
}
