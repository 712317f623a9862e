using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Rollouts.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Rollouts;

/// <summary>What can be watched while a release runs.</summary>
/// <param name="Name">As plans write it.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="Read">What a call shows of it; null where it says nothing.</param>
public abstract record LiveMetric(string Name, bool HigherIsBetter, Func<CallOutcome, Reading?> Read)
{
    /// <summary>A share of calls. What is read of a call is 1 where it was bad in this respect, else 0, whichever way the metric counts.</summary>
    public sealed record Rate(string Name, bool HigherIsBetter, Func<CallOutcome, bool?> Bad)
        : LiveMetric(Name, HigherIsBetter, outcome => Bad(outcome) is { } bad ? new Reading(bad ? 1 : 0) : null);

    /// <summary>An amount that a share of the calls does not exceed.</summary>
    /// <param name="Name">As plans write it.</param>
    /// <param name="Share">0.95 for the 95th percentile.</param>
    /// <param name="Amount">The amount of a call; at least 0.</param>
    public sealed record Quantile(string Name, double Share, Func<CallOutcome, double?> Amount)
        : LiveMetric(Name, false, outcome => Amount(outcome) is { } amount ? new Reading(amount) : null);

    /// <summary>What all calls cost, for each that succeeded.</summary>
    public sealed record CostPerSuccess(string Name)
        : LiveMetric(Name, false, outcome => outcome.Cost is { } cost ? new Reading(cost, outcome.Succeeded ? 1 : 0) : null);

    /// <summary>All there are.</summary>
    public static ImmutableArray<LiveMetric> All { get; } =
    [
        // Code that reads an answer breaks on a wrong schema as on wrong tool calls.
        new Rate("schema_pass_rate", HigherIsBetter: true, outcome => !outcome.FitsContract),
        new Rate("error_rate", HigherIsBetter: false, outcome => outcome.Failed),
        new Rate("refusal_rate", HigherIsBetter: false, outcome => outcome.Refused),
        new Rate("truncation_rate", HigherIsBetter: false, outcome => outcome.Truncated),
        new Quantile("p50_latency", 0.5, outcome => outcome.LatencyMs),
        new Quantile("p95_latency", 0.95, outcome => outcome.LatencyMs),
        new Quantile("p99_latency", 0.99, outcome => outcome.LatencyMs),
        new CostPerSuccess("cost_per_success"),
        // Of a task somebody says how it ended, or it is missing; of an escalation nobody says that there was none.
        Later("task_success_rate", higherIsBetter: true, told => told?.TaskSuccess is { } done ? !done : null),
        Later("escalation_rate", higherIsBetter: false, told => told?.Escalated == true),
        Later("correction_rate", higherIsBetter: false, told => told?.Corrected == true),
        Later("thumbs_down_rate", higherIsBetter: false, told => told?.Thumbs == Thumbs.Down),
        Later("complaint_rate", higherIsBetter: false, told => told?.Complaint == true),
    ];

    /// <summary>Whether it is known only some time after the call, from what the application tells of it.</summary>
    public bool IsToldLater { get; private init; }

    /// <summary>Whether its thresholds are written as rates or as quantities.</summary>
    public MetricKind Kind => this is Rate ? MetricKind.Rate : MetricKind.Quantity;

    private static Rate Later(string name, bool higherIsBetter, Func<CallOutcomeDocument?, bool?> bad) => new(name, higherIsBetter, outcome => outcome.Failed ? null : bad(outcome.Told)) { IsToldLater = true };
}
