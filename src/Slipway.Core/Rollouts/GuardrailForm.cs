using Slipway.Core.Evaluations;

namespace Slipway.Core.Rollouts;

/// <summary>What a guardrail claims of the candidate, in the form the bet needs.</summary>
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

    /// <summary>A quantile of the candidate's amounts is at most stable's times a factor.</summary>
    /// <param name="Share">0.95 for the 95th percentile.</param>
    /// <param name="Factor">More than 1.</param>
    public sealed record Quantile(double Share, double Factor) : GuardrailForm;

    /// <summary>A quantile of the candidate's amounts is at most a fixed one.</summary>
    /// <param name="Share">0.95 for the 95th percentile.</param>
    /// <param name="Most">The amount, in the metric's unit; more than 0.</param>
    public sealed record QuantileLimit(double Share, double Most) : GuardrailForm;

    /// <summary>What the candidate costs for each success is at most what stable costs, times a factor.</summary>
    /// <param name="Factor">More than 1.</param>
    public sealed record CostPerSuccess(double Factor) : GuardrailForm;

    internal static GuardrailForm? Of(LiveMetric metric, Threshold threshold, out string? problem)
    {
        var limitsBad = metric.HigherIsBetter
            ? threshold.Operator is ThresholdOperator.AtLeast or ThresholdOperator.Above
            : threshold.Operator is ThresholdOperator.AtMost or ThresholdOperator.Below;
        var exact = threshold.Operator == ThresholdOperator.Exactly;
        problem = (threshold.Margin, limitsBad || exact) switch
        {
            (_, false) => $"{metric.Name} is better when it is {(metric.HigherIsBetter ? "higher, so its guardrail needs >=" : "lower, so its guardrail needs <=")}.",
            (not Margin.Absolute, _) when exact => $"{metric.Name}: two live {(metric.Kind == MetricKind.Rate ? "rates" : "amounts")} are never exactly equal; write {Example(metric)}.",
            _ => null,
        };
        if (problem is not null) return null;
        return metric is LiveMetric.Rate ? OfRate(metric, threshold, out problem) : OfAmount(metric, threshold, out problem);
    }

    // Everything is turned to the rate of bad calls: "passes at least 99 %" is "fails at most 1 %".
    private static GuardrailForm? OfRate(LiveMetric metric, Threshold threshold, out string? problem)
    {
        var exact = threshold.Operator == ThresholdOperator.Exactly;
        var (form, value) = threshold.Margin switch
        {
            Margin.BaselinePlusPoints points => ((GuardrailForm)new Relative((double)(metric.HigherIsBetter ? -points.Points : points.Points)), (double)(metric.HigherIsBetter ? -points.Points : points.Points)),
            Margin.Absolute absolute => Fixed((double)(metric.HigherIsBetter ? 1 - absolute.Value : absolute.Value)),
            _ => throw new InvalidOperationException("A rate's threshold is absolute or in points."),
        };
        problem = (form, value) switch
        {
            (Relative, <= 0) => $"{metric.Name} {threshold}: without a margin it could never be proved; allow some points, as in {Example(metric)}.",
            (_, >= 1) => $"{metric.Name} {threshold} allows everything, so it guards nothing.",
            (ZeroTolerance, _) when threshold.Operator is ThresholdOperator.Above or ThresholdOperator.Below =>
                $"{metric.Name} {threshold} allows nothing at all; write {threshold.Margin}.",
            (Absolute, _) when exact => $"{metric.Name}: a live rate is never exactly {threshold.Margin}; write {(metric.HigherIsBetter ? ">=" : "<=")} {threshold.Margin}.",
            _ => null,
        };
        return problem is null ? form : null;
    }

    private static GuardrailForm? OfAmount(LiveMetric metric, Threshold threshold, out string? problem)
    {
        problem = (metric, threshold.Margin) switch
        {
            (_, Margin.BaselinePlusRelative { Share: <= 0 }) => $"{metric.Name} {threshold}: without a margin it could never be proved; allow some percent, as in {Example(metric)}.",
            (LiveMetric.CostPerSuccess, Margin.Absolute) => $"{metric.Name} is held against stable's; write {Example(metric)}.",
            (_, Margin.Absolute) when threshold.Operator == ThresholdOperator.Exactly => $"{metric.Name}: a live amount is never exactly {threshold.Margin}; write <= {threshold.Margin}.",
            (_, Margin.Absolute { Value: <= 0 }) => $"{metric.Name} {threshold} allows nothing at all; write how much is allowed, as in <= 800ms.",
            _ => null,
        };
        if (problem is not null) return null;
        return (metric, threshold.Margin) switch
        {
            (LiveMetric.Quantile quantile, Margin.Absolute most) => new QuantileLimit(quantile.Share, (double)most.Value),
            (LiveMetric.Quantile quantile, Margin.BaselinePlusRelative relative) => new Quantile(quantile.Share, (double)(1 + relative.Share)),
            (_, Margin.BaselinePlusRelative relative) => new CostPerSuccess((double)(1 + relative.Share)),
            _ => throw new InvalidOperationException("A quantity's threshold is absolute or in percent."),
        };
    }

    private static string Example(LiveMetric metric) =>
        metric is not LiveMetric.Rate ? "<= baseline + 10%" : metric.HigherIsBetter ? ">= baseline - 2pp" : "<= baseline + 2pp";

    private static (GuardrailForm Form, double Limit) Fixed(double limit) => limit == 0 ? (new ZeroTolerance(), 0) : (new Absolute(limit), limit);
}
