using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Rollouts;

/// <summary>What a request showed of both versions: of stable, whose answer its user saw, and of the candidate in its shadow.</summary>
/// <param name="Candidate">What the candidate showed.</param>
/// <param name="Stable">What stable showed; null where its record is lost.</param>
public readonly record struct ShadowPair(CallOutcome Candidate, CallOutcome? Stable);

/// <summary>The evidence of a shadow: the fold of its pairs in the order in which they were stored. Judged by itself, and never part of a canary's evidence.</summary>
/// <remarks>Feeding the same pairs again gives the same evidence, so nothing of it is stored.</remarks>
public sealed class ShadowEvidence
{
    private readonly ImmutableArray<GuardrailMonitor> monitors;
    private readonly HashSet<string> units = new(StringComparer.Ordinal);
    private readonly Tally candidate = new(), stable = new();

    /// <summary>No evidence yet.</summary>
    /// <param name="plan">Whose guardrails are compared by.</param>
    public ShadowEvidence(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        // A shadow touches nobody and is one step: it has a coin of its own.
        var judged = new JudgePlan(plan.ShadowGuardrails);
        monitors = [.. plan.ShadowGuardrails.Select(guardrail => new GuardrailMonitor(judged, guardrail, segment: null))];
    }

    /// <summary>The time of the newest call.</summary>
    public DateTimeOffset Newest { get; private set; }

    /// <summary>Different units that both versions were asked for.</summary>
    public long Units => units.Count;

    /// <summary>Calls of the candidate.</summary>
    public long Calls { get; private set; }

    /// <summary>What is known of their cost, in US dollars.</summary>
    public decimal Cost { get; private set; }

    /// <summary>Calls whose cost is known.</summary>
    public long Priced { get; private set; }

    /// <summary>What the candidate showed.</summary>
    public ShadowSide Candidate => candidate.Side;

    /// <summary>What stable showed of the same requests.</summary>
    public ShadowSide Stable => stable.Side;

    /// <summary>Takes in the next pair.</summary>
    public void Observe(in ShadowPair pair)
    {
        Calls++;
        if (pair.Candidate.AssignedAt > Newest) Newest = pair.Candidate.AssignedAt;
        if (pair.Candidate.Cost is { } cost)
        {
            Cost += Dollars(cost);
            Priced++;
        }
        if (pair.Stable is not { } beside) return;
        candidate.Add(pair.Candidate);
        stable.Add(beside);
        var first = units.Add(pair.Candidate.UnitKey);
        foreach (var monitor in monitors)
            if (first || monitor.TakesEveryCall) monitor.ObservePair(monitor.Guardrail.Read(pair.Candidate), monitor.Guardrail.Read(beside), Newest);
    }

    /// <summary>Every guardrail's evidence now, in the plan's order; those that are told later are left out.</summary>
    public ImmutableArray<GuardrailEvidence> Current() => [.. monitors.Select(monitor => monitor.Evidence)];

    /// <summary>All that is known of each guardrail now, in the plan's order.</summary>
    public ImmutableArray<GuardrailFinding> Findings() => [.. monitors.Select(monitor => monitor.Finding())];

    // The call log counts in billionths, so that money adds up exactly.
    private static decimal Dollars(double cost) => decimal.Round((decimal)cost, 9);

    private sealed class Tally
    {
        private readonly LogHistogram latency = new();
        private long calls, successes, errors, checks, failures, refusals, truncations, priced;
        private decimal cost;

        public ShadowSide Side => new(calls, successes, errors, checks, failures, refusals, truncations, priced == 0 ? null : cost, Percentiles.Of(latency));

        public void Add(in CallOutcome outcome)
        {
            calls++;
            successes += outcome.Succeeded ? 1 : 0;
            errors += outcome.Failed ? 1 : 0;
            checks += outcome.FitsContract is null ? 0 : 1;
            failures += outcome.FitsContract == false ? 1 : 0;
            refusals += outcome.Refused == true ? 1 : 0;
            truncations += outcome.Truncated == true ? 1 : 0;
            if (outcome.LatencyMs is { } time) latency.Add(time);
            if (outcome.Cost is not { } spent) return;
            priced++;
            cost += Dollars(spent);
        }
    }
}

/// <summary>What one version showed of the requests that both were asked.</summary>
/// <param name="Calls">How many.</param>
/// <param name="Successes">Answers that came, kept their contract, refused nothing and were not cut off.</param>
/// <param name="Errors">Calls without an answer.</param>
/// <param name="ContractChecks">Answers held against an output schema or tools.</param>
/// <param name="ContractFailures">Answers that do not fit.</param>
/// <param name="Refusals">Answers in which the model refused.</param>
/// <param name="Truncations">Answers cut off at the length limit.</param>
/// <param name="Cost">US dollars, where known; null where none is.</param>
/// <param name="LatencyMs">Of calls with an answer; null without any.</param>
public sealed record ShadowSide(
    long Calls, long Successes, long Errors, long ContractChecks, long ContractFailures, long Refusals, long Truncations, decimal? Cost, Percentiles? LatencyMs);
