using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Evaluations;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>A live metric and how far the candidate may fall short: <c>schema_pass_rate &gt;= baseline - 2pp</c>, <c>p95_latency &lt;= baseline + 10%</c>.</summary>
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

    /// <summary>Whether its metric is known only some time after the call, from what the application tells of it.</summary>
    [JsonIgnore] public bool IsToldLater => metric.IsToldLater;

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
        var parse = Evaluations.Threshold.Parse(text, live.Kind);
        if (parse is not ThresholdResult.Parsed { Threshold: var threshold })
        {
            problem = $"{metric}: {((ThresholdResult.Refused)parse).Reason}";
            return null;
        }
        var form = GuardrailForm.Of(live, threshold, out problem);
        return form is null ? null : new Guardrail(live, threshold, form);
    }

    /// <summary>What a call shows of the metric; null where it says nothing.</summary>
    public Reading? Read(in CallOutcome outcome) => metric.Read(outcome);

    /// <summary>Whether two are the same limit on the same metric.</summary>
    public bool Equals(Guardrail? other) => other is not null && Metric == other.Metric && Threshold == other.Threshold;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Metric, Threshold);

    /// <inheritdoc/>
    public override string ToString() => $"{Metric} {Threshold}";
}
