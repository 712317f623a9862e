using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>The evidence of one release: the fold of its call outcomes in the order in which they were stored.</summary>
/// <remarks>
/// Feeding the same outcomes again gives the same evidence, and so does going on from a stored <see cref="State"/>. Outcomes that become
/// known later than the call (a thumb, an escalation) are fed when the time in which they may come is over, in the order of their calls.
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
    private readonly ImmutableArray<GuardrailMonitor> monitors;
    private readonly UnitMeans units;
    private readonly SampleRatio ratio;
    private readonly HashSet<ulong> seen = [];
    private readonly SortedDictionary<int, long> candidateUnits = [];
    private DateTimeOffset newest;
    private DateTimeOffset? ratioSince;

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
        (Guardrail Guardrail, string? Segment)[] watched = [.. plan.Segments.Prepend(null).SelectMany(segment => plan.Guardrails.Select(guardrail => (guardrail, segment)))];
        if (state is not null && state.Monitors.Length != watched.Length) throw new ArgumentException("It is the evidence of another plan.", nameof(state));
        monitors = [.. watched.Select((one, index) => new GuardrailMonitor(plan, one.Guardrail, one.Segment, state?.Monitors[index]))];
        units = new UnitMeans(plan, state?.Open ?? []);
        ratio = state is null ? new SampleRatio() : new SampleRatio(state.SampleRatio);
        if (state is null) return;
        foreach (var key in MemoryMarshal.Cast<byte, ulong>(Convert.FromBase64String(state.Seen))) seen.Add(BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key));
        foreach (var (epoch, count) in state.CandidateUnits) candidateUnits[epoch] = count;
        (newest, ratioSince) = (state.Newest, state.SampleRatioSince);
    }

    /// <summary>All that is known, to be stored and gone on from.</summary>
    public RolloutEvidenceState State
    {
        get
        {
            var keys = seen.Order().Select(key => BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key)).ToArray();
            return new RolloutEvidenceState(
                [.. monitors.Select(monitor => monitor.State)], units.State, ratio.State, Convert.ToBase64String(MemoryMarshal.AsBytes<ulong>(keys)),
                candidateUnits.ToImmutableSortedDictionary(), newest, ratioSince);
        }
    }

    /// <summary>Takes in the next outcome.</summary>
    /// <param name="outcome">What a call showed.</param>
    /// <param name="weight">The candidate's share in the outcome's epoch.</param>
    public void Observe(in CallOutcome outcome, Share weight)
    {
        if (outcome.Epoch < plan.FirstEpoch) return;
        if (outcome.AssignedAt > newest) newest = outcome.AssignedAt;
        foreach (var monitor in monitors)
            if (monitor.TakesEveryCall && Watches(monitor, outcome.Segment)) monitor.Observe(monitor.Guardrail.Read(outcome), outcome.Candidate, outcome.Epoch, weight, newest);
        // The unit of analysis is the unit of assignment: a chatty user counted by the request would turn a 5 % test into a 30 % one.
        var key = KeyOf(outcome.UnitKey, outcome.Candidate);
        var first = seen.Add(key);
        if (first) Meet(key, outcome, weight);
        if (plan.Unit.Calls == 1)
        {
            if (first) Take(outcome, weight);
            return;
        }
        if (units.Add(key, outcome, weight, first, newest) is { } complete) Take(complete);
        while (units.TryClose(newest, out var closed)) Take(closed!);
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
    public RolloutFindings Findings()
    {
        var (candidates, expected, all) = ratio.Seen;
        return new RolloutFindings([.. monitors.Select(monitor => monitor.Finding())],
            new SampleRatioFinding(candidates, expected, all, Math.Min(Math.Exp(ratio.PeakLogWealth), 1e300), 1 / SampleRatioLevel, ratioSince), plan.FreezesWhenWorse);
    }

    private void Meet(ulong key, in CallOutcome outcome, Share weight)
    {
        if (outcome.Candidate) candidateUnits[outcome.Epoch] = CandidateUnitsIn(outcome.Epoch) + 1;
        if (seen.Contains(key ^ 1)) return;
        ratio.Add(outcome.Candidate, weight);
        if (ratio.PeakLogWealth >= Math.Log(1 / SampleRatioLevel)) ratioSince ??= newest;
    }

    private void Take(in CallOutcome outcome, Share weight)
    {
        foreach (var monitor in monitors)
            if (!monitor.TakesEveryCall && Watches(monitor, outcome.Segment)) monitor.Observe(monitor.Guardrail.Read(outcome), outcome.Candidate, outcome.Epoch, weight, newest);
    }

    private void Take(OpenUnit unit)
    {
        for (var index = 0; index < monitors.Length; index++)
        {
            var monitor = monitors[index];
            if (monitor.TakesEveryCall || !Watches(monitor, unit.Segment)) continue;
            monitor.Observe(unit.Readings[index % plan.Guardrails.Length].Reading, unit.Candidate, unit.Epoch, unit.Weight, newest);
        }
    }

    private static bool Watches(GuardrailMonitor monitor, string? segment) => monitor.Segment is null || monitor.Segment == segment;

    // FNV-1a, mixed: the same on every machine, and eight bytes for each unit instead of its name. The lowest bit is the arm.
    private static ulong KeyOf(string unit, bool candidate)
    {
        var hash = 14695981039346656037;
        foreach (var character in unit) hash = (hash ^ character) * 1099511628211;
        hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        return hash & ~1ul | (candidate ? 1ul : 0);
    }
}

/// <summary>All that is known of a release: stored with the place in the call log up to which it was read, it makes a restart go on as if there had been none.</summary>
/// <param name="Monitors">Each guardrail for everybody, then for each segment.</param>
/// <param name="Open">Units some of whose calls may still come, oldest first.</param>
/// <param name="SampleRatio">How units were split.</param>
/// <param name="Seen">Every unit that was counted, eight bytes each, in Base64.</param>
/// <param name="CandidateUnits">How many units the candidate answered within each epoch.</param>
/// <param name="Newest">The time of the newest call.</param>
/// <param name="SampleRatioSince">When the split was first proved not to be the agreed one; null before.</param>
public sealed record RolloutEvidenceState(
    ImmutableArray<MonitorState> Monitors, ImmutableArray<OpenUnit> Open, SampleRatioState SampleRatio, string Seen,
    ImmutableSortedDictionary<int, long> CandidateUnits, DateTimeOffset Newest, DateTimeOffset? SampleRatioSince);
