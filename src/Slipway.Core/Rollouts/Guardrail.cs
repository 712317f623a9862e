using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Rollouts;

/// <summary>A live rate and how far the candidate may fall short: <c>schema_pass_rate &gt;= baseline - 2pp</c>.</summary>
public sealed record Guardrail
{
    private readonly LiveMetric metric;
    private readonly Threshold threshold;

    private Guardrail(LiveMetric metric, Threshold threshold, GuardrailForm form) => (this.metric, this.threshold, Form) = (metric, threshold, form);

    /// <summary>Reads one back from where a plan was stored.</summary>
    /// <exception cref="ArgumentException">It is not a guardrail that can be decided.</exception>
    [JsonConstructor]
    public Guardrail(string metric, string threshold)
        : this(Parse(metric, threshold, out var problem) ?? throw new ArgumentException(problem, nameof(threshold)))
    {
    }

    private Guardrail(Guardrail other) => (metric, threshold, Form) = (other.metric, other.threshold, other.Form);

    /// <summary>The metric's name.</summary>
    public string Metric => metric.Name;

    /// <summary>The threshold in its normal spelling.</summary>
    public string Threshold => threshold.ToString();

    /// <summary>What is bet against.</summary>
    [JsonIgnore] public GuardrailForm Form { get; }

    /// <summary>Reads a guardrail.</summary>
    /// <param name="metric">A live metric's name.</param>
    /// <param name="text">The threshold.</param>
    /// <param name="problem">Why it is none, in a sentence.</param>
    /// <returns>Null where it could never be decided.</returns>
    public static Guardrail? Parse(string metric, string text, [NotNullWhen(false)] out string? problem)
    {
        var live = LiveMetric.All.FirstOrDefault(known => known.Name == metric);
        if (live is null)
        {
            problem = $"{metric} cannot be a guardrail; these can: {string.Join(", ", LiveMetric.All.Select(known => known.Name))}.";
            return null;
        }
        var parse = Evaluations.Threshold.Parse(text, MetricKind.Rate);
        if (parse is not ThresholdResult.Parsed { Threshold: var threshold })
        {
            problem = $"{metric}: {((ThresholdResult.Refused)parse).Reason}";
            return null;
        }
        var form = GuardrailForm.Of(live, threshold, out problem);
        return form is null ? null : new Guardrail(live, threshold, form);
    }

    /// <summary>Whether a call was bad in the respect this guardrail looks at; null where it says nothing.</summary>
    public bool? Bad(in CallOutcome outcome) => metric.Bad(outcome);

    /// <summary>Whether two are the same limit on the same metric.</summary>
    public bool Equals(Guardrail? other) => other is not null && Metric == other.Metric && Threshold == other.Threshold;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Metric, Threshold);

    /// <inheritdoc/>
    public override string ToString() => $"{Metric} {Threshold}";
}

/// <summary>What a guardrail claims of the rate of bad calls, in the form the bet needs.</summary>
public abstract record GuardrailForm
{
    private GuardrailForm() { }

    /// <summary>The candidate's bad rate is at most stable's and some points.</summary>
    /// <param name="Points">More than 0, less than 1.</param>
    public sealed record Relative(double Points) : GuardrailForm;

    /// <summary>The candidate's bad rate is at most a fixed one.</summary>
    /// <param name="Limit">More than 0, less than 1.</param>
    public sealed record Absolute(double Limit) : GuardrailForm;

    /// <summary>Not one bad call is allowed: the first rolls back, with no test.</summary>
    public sealed record ZeroTolerance : GuardrailForm;

    internal static GuardrailForm? Of(LiveMetric metric, Threshold threshold, out string? problem)
    {
        var limitsBad = metric.HigherIsBetter
            ? threshold.Operator is ThresholdOperator.AtLeast or ThresholdOperator.Above
            : threshold.Operator is ThresholdOperator.AtMost or ThresholdOperator.Below;
        var exact = threshold.Operator == ThresholdOperator.Exactly;
        problem = (threshold.Margin, limitsBad || exact) switch
        {
            (_, false) => $"{metric.Name} is better when it is {(metric.HigherIsBetter ? "higher, so its guardrail needs >=" : "lower, so its guardrail needs <=")}.",
            (Margin.BaselinePlusPoints, _) when exact => $"{metric.Name}: two live rates are never exactly equal; write {(metric.HigherIsBetter ? ">= baseline - 2pp" : "<= baseline + 2pp")}.",
            _ => null,
        };
        if (problem is not null) return null;
        // Everything is turned to the rate of bad calls: "passes at least 99 %" is "fails at most 1 %".
        var (form, value) = threshold.Margin switch
        {
            Margin.BaselinePlusPoints points => ((GuardrailForm)new Relative((double)(metric.HigherIsBetter ? -points.Points : points.Points)), (double)(metric.HigherIsBetter ? -points.Points : points.Points)),
            Margin.Absolute absolute => Fixed((double)(metric.HigherIsBetter ? 1 - absolute.Value : absolute.Value)),
            _ => throw new InvalidOperationException("A rate's threshold is absolute or in points."),
        };
        problem = (form, value) switch
        {
            (Relative, <= 0) => $"{metric.Name} {threshold}: without a margin it could never be proved; allow some points, as in {(metric.HigherIsBetter ? ">= baseline - 2pp" : "<= baseline + 2pp")}.",
            (_, >= 1) => $"{metric.Name} {threshold} allows everything, so it guards nothing.",
            (ZeroTolerance, _) when threshold.Operator is ThresholdOperator.Above or ThresholdOperator.Below =>
                $"{metric.Name} {threshold} allows nothing at all; write {threshold.Margin}.",
            (Absolute, _) when exact => $"{metric.Name}: a live rate is never exactly {threshold.Margin}; write {(metric.HigherIsBetter ? ">=" : "<=")} {threshold.Margin}.",
            _ => null,
        };
        return problem is null ? form : null;
    }

    private static (GuardrailForm Form, double Limit) Fixed(double limit) => limit == 0 ? (new ZeroTolerance(), 0) : (new Absolute(limit), limit);
}
