using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Rollouts;

/// <summary>The evidence of one release: the fold of its call outcomes in the order in which they were stored.</summary>
/// <remarks>Feeding the same outcomes again gives the same evidence, so it is kept in memory only and made anew after a restart.</remarks>
public sealed class RolloutEvidence
{
    /// <summary>The chance that a release whose candidate is within every margin is rolled back all the same; split over its guardrails.</summary>
    public const double RollbackLevel = 0.01;

    /// <summary>The chance, per guardrail, that a candidate at or beyond the margin is held to be safe.</summary>
    public const double SafeLevel = 0.05;

    private readonly ImmutableArray<GuardrailMonitor> monitors;
    private readonly HashSet<(string Unit, bool Candidate)> seen = [];
    private readonly Dictionary<int, long> candidateUnits = [];

    /// <summary>No evidence yet.</summary>
    /// <param name="plan">Whose guardrails are judged.</param>
    public RolloutEvidence(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        monitors = [.. plan.Guardrails.Select(guardrail => new GuardrailMonitor(guardrail, plan.Guardrails.Length / RollbackLevel, 1 / SafeLevel))];
    }

    /// <summary>Takes in the next outcome.</summary>
    /// <param name="outcome">What a call showed.</param>
    /// <param name="weight">The candidate's share in the outcome's epoch.</param>
    public void Observe(in CallOutcome outcome, Share weight)
    {
        // The unit of analysis is the unit of assignment: a chatty user counted by the request would turn a 5 % test into a 30 % one.
        if (!seen.Add((outcome.UnitKey, outcome.Candidate))) return;
        if (outcome.Candidate) candidateUnits[outcome.Epoch] = CandidateUnitsIn(outcome.Epoch) + 1;
        foreach (var monitor in monitors) monitor.Observe(outcome, weight);
    }

    /// <summary>How many units the candidate has answered within an epoch.</summary>
    public long CandidateUnitsIn(int epoch) => candidateUnits.GetValueOrDefault(epoch);

    /// <summary>Every guardrail's evidence now, in the plan's order.</summary>
    public ImmutableArray<GuardrailEvidence> Current() => [.. monitors.Select(monitor => monitor.Current())];
}
