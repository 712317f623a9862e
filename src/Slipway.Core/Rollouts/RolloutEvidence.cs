using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>The evidence of one release: the fold of its call outcomes in the order in which they were stored.</summary>
/// <remarks>
/// Feeding the same outcomes again gives the same evidence, and so does going on from a stored <see cref="State"/>. What becomes known later
/// than the call (a thumb, an escalation) is fed when the time in which it may come is over, in the same order: <see cref="ObserveRipe"/>.
/// </remarks>
public sealed class RolloutEvidence
{
    /// <summary>The chance that a release whose candidate is within every margin is rolled back all the same; split over its guardrails and segments.</summary>
    public const double RollbackLevel = 0.01;

    /// <summary>The chance, per guardrail, that a candidate at or beyond the margin is held to be safe.</summary>
    public const double SafeLevel = 0.05;

    /// <summary>The chance that units split as agreed are held not to be.</summary>
    public const double SampleRatioLevel = 0.001;

    private readonly JudgePlan plan;
    private readonly EvidenceFold atOnce, ripe;
    private readonly ImmutableArray<GuardrailMonitor> monitors;
    private readonly SampleRatio ratio;
    private readonly SortedDictionary<int, long> candidateUnits = [];
    private DateTimeOffset? ratioSince;
    private RolloutFindings? findings;

    /// <summary>No evidence yet.</summary>
    /// <param name="plan">Whose guardrails are judged.</param>
    public RolloutEvidence(ReleasePlan plan) : this(JudgePlan.Of(plan))
    {
    }

    /// <summary>No evidence yet, or what was known before.</summary>
    /// <param name="plan">What is judged, and how.</param>
    /// <param name="state">What <see cref="State"/> said for the same plan; null at the start.</param>
    /// <exception cref="ArgumentException">It is the state of another plan.</exception>
    public RolloutEvidence(JudgePlan plan, RolloutEvidenceState? state = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        this.plan = plan;
        atOnce = new EvidenceFold(plan.For(guardrail => !guardrail.IsToldLater), state?.AtOnce);
        ripe = new EvidenceFold(plan.For(guardrail => guardrail.IsToldLater), state?.Ripe);
        var all = atOnce.Monitors.Concat(ripe.Monitors).ToDictionary(monitor => (monitor.Guardrail.Metric, monitor.Segment));
        monitors = [.. plan.Segments.Prepend(null).SelectMany(segment => plan.Guardrails.Select(guardrail => all[(guardrail.Metric, segment)]))];
        ratio = state is null ? new SampleRatio() : new SampleRatio(state.SampleRatio);
        if (state is null) return;
        foreach (var (epoch, count) in state.CandidateUnits) candidateUnits[epoch] = count;
        ratioSince = state.SampleRatioSince;
    }

    /// <summary>All that is known, to be stored and gone on from.</summary>
    public RolloutEvidenceState State => new(atOnce.State, ripe.State, ratio.State, candidateUnits.ToImmutableSortedDictionary(), ratioSince);

    /// <summary>When the newest call was assigned; the default before the first.</summary>
    public DateTimeOffset Newest => atOnce.Newest;

    /// <summary>Whether some guardrail looks at what is told only later.</summary>
    public bool WaitsForRipe => !ripe.Monitors.IsEmpty;

    /// <summary>Takes in the next outcome, for what is known at once.</summary>
    /// <param name="outcome">What a call showed.</param>
    /// <param name="weight">The candidate's share in the outcome's epoch.</param>
    public void Observe(in CallOutcome outcome, Share weight)
    {
        if (outcome.Epoch < plan.FirstEpoch) return;
        findings = null;
        if (!atOnce.Observe(outcome, weight)) return;
        if (outcome.Candidate) candidateUnits[outcome.Epoch] = CandidateUnitsIn(outcome.Epoch) + 1;
        if (atOnce.Met(outcome.UnitKey, !outcome.Candidate)) return;
        ratio.Add(outcome.Candidate, weight);
        if (ratio.PeakLogWealth >= Math.Log(1 / SampleRatioLevel)) ratioSince ??= Newest;
    }

    /// <summary>Takes in the next outcome, for what is told later, once the time for that is over.</summary>
    /// <param name="outcome">What became of a call.</param>
    /// <param name="weight">The candidate's share in the outcome's epoch.</param>
    public void ObserveRipe(in CallOutcome outcome, Share weight)
    {
        if (outcome.Epoch < plan.FirstEpoch) return;
        findings = null;
        ripe.Observe(outcome, weight);
    }

    /// <summary>Takes in what came together, in the order of the calls and not of their answers: how they were stored changes nothing.</summary>
    /// <param name="outcomes">Any order.</param>
    /// <param name="weights">The share of each epoch, the first epoch's first.</param>
    public void Observe(IEnumerable<CallOutcome> outcomes, ImmutableArray<Share> weights)
    {
        foreach (var outcome in outcomes.OrderBy(outcome => outcome.AssignedAt).ThenBy(outcome => outcome.UnitKey, StringComparer.Ordinal)
            .ThenBy(outcome => outcome.Candidate).ThenBy(outcome => outcome.ToString(), StringComparer.Ordinal)) Observe(outcome, weights[outcome.Epoch - 1]);
    }

    /// <summary>How many units the candidate has answered within an epoch.</summary>
    public long CandidateUnitsIn(int epoch) => candidateUnits.GetValueOrDefault(epoch);

    /// <summary>Every guardrail's evidence for everybody now, in the plan's order.</summary>
    public ImmutableArray<GuardrailEvidence> Current() => [.. monitors.Take(plan.Guardrails.Length).Select(monitor => monitor.Evidence)];

    /// <summary>All that is known now.</summary>
    // Quantiles' intervals take a while, and who watches a thousand releases asks about all of them again and again.
    public RolloutFindings Findings() => findings ??= Find();

    private RolloutFindings Find()
    {
        var (candidates, expected, all) = ratio.Seen;
        return new RolloutFindings([.. monitors.Select(monitor => monitor.Finding())],
            new SampleRatioFinding(candidates, expected, all, Math.Min(Math.Exp(ratio.PeakLogWealth), 1e300), 1 / SampleRatioLevel, ratioSince), plan.FreezesWhenWorse);
    }
}

/// <summary>All that is known of a release: stored with the place in the call log up to which it was read, it makes a restart go on as if there had been none.</summary>
/// <param name="AtOnce">What is known with the call.</param>
/// <param name="Ripe">What was told later.</param>
/// <param name="SampleRatio">How units were split.</param>
/// <param name="CandidateUnits">How many units the candidate answered within each epoch.</param>
/// <param name="SampleRatioSince">When the split was first proved not to be the agreed one; null before.</param>
public sealed record RolloutEvidenceState(
    FoldState AtOnce, FoldState Ripe, SampleRatioState SampleRatio, ImmutableSortedDictionary<int, long> CandidateUnits, DateTimeOffset? SampleRatioSince);
