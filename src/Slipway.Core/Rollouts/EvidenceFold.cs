using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Core.Resolution;

namespace Slipway.Core.Rollouts;

/// <summary>Makes of calls one reading a unit, and hands it to the guardrails.</summary>
internal sealed class EvidenceFold
{
    private readonly JudgePlan plan;
    private readonly ImmutableArray<GuardrailMonitor> monitors;
    private readonly UnitMeans units;
    private readonly HashSet<ulong> seen = [];

    /// <summary>Nothing seen yet, or what was seen before.</summary>
    /// <param name="plan">What is judged here, and how.</param>
    /// <param name="state">What <see cref="State"/> said for the same plan; null at the start.</param>
    /// <exception cref="ArgumentException">It is the state of another plan.</exception>
    public EvidenceFold(JudgePlan plan, FoldState? state)
    {
        this.plan = plan;
        (Guardrail Guardrail, string? Segment)[] watched = [.. plan.Segments.Prepend(null).SelectMany(segment => plan.Guardrails.Select(guardrail => (guardrail, segment)))];
        if (state is not null && state.Monitors.Length != watched.Length) throw new ArgumentException("It is the evidence of another plan.", nameof(state));
        monitors = [.. watched.Select((one, index) => new GuardrailMonitor(plan, one.Guardrail, one.Segment, state?.Monitors[index]))];
        units = new UnitMeans(plan, state?.Open ?? []);
        if (state is null) return;
        foreach (var key in MemoryMarshal.Cast<byte, ulong>((ReadOnlySpan<byte>)Base64Url.DecodeFromChars(state.Seen))) seen.Add(BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key));
        Newest = state.Newest;
    }

    /// <summary>Each guardrail for everybody, then for each segment.</summary>
    public ImmutableArray<GuardrailMonitor> Monitors => monitors;

    /// <summary>The time of the newest call.</summary>
    public DateTimeOffset Newest { get; private set; }

    /// <summary>All that is known, to be stored and gone on from.</summary>
    public FoldState State
    {
        get
        {
            var keys = seen.Order().Select(key => BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key)).ToArray();
            return new FoldState([.. monitors.Select(monitor => monitor.State)], units.State, Base64Url.EncodeToString(MemoryMarshal.AsBytes<ulong>(keys)), Newest);
        }
    }

    /// <summary>Takes in the next outcome.</summary>
    /// <param name="outcome">What a call showed.</param>
    /// <param name="weight">The candidate's share in the outcome's epoch.</param>
    /// <returns>Whether its unit was never seen in its arm before.</returns>
    public bool Observe(in CallOutcome outcome, Share weight)
    {
        if (outcome.AssignedAt > Newest) Newest = outcome.AssignedAt;
        foreach (var monitor in monitors)
            if (monitor.TakesEveryCall && Watches(monitor, outcome.Segment)) monitor.Observe(monitor.Guardrail.Read(outcome), outcome.Candidate, outcome.Epoch, weight, Newest);
        // The unit of analysis is the unit of assignment: a chatty user counted by the request would turn a 5 % test into a 30 % one.
        var key = KeyOf(outcome.UnitKey, outcome.Candidate);
        var first = seen.Add(key);
        if (plan.Unit.Calls == 1)
        {
            if (first) Take(outcome, weight);
            return first;
        }
        if (units.Add(key, outcome, weight, first, Newest) is { } complete) Take(complete);
        while (units.TryClose(Newest, out var closed)) Take(closed!);
        return first;
    }

    /// <summary>Whether a unit was seen in an arm.</summary>
    public bool Met(string unit, bool candidate) => seen.Contains(KeyOf(unit, candidate));

    private void Take(in CallOutcome outcome, Share weight)
    {
        foreach (var monitor in monitors)
            if (!monitor.TakesEveryCall && Watches(monitor, outcome.Segment)) monitor.Observe(monitor.Guardrail.Read(outcome), outcome.Candidate, outcome.Epoch, weight, Newest);
    }

    private void Take(OpenUnit unit)
    {
        for (var index = 0; index < monitors.Length; index++)
        {
            var monitor = monitors[index];
            if (monitor.TakesEveryCall || !Watches(monitor, unit.Segment)) continue;
            monitor.Observe(unit.Readings[index % plan.Guardrails.Length].Reading, unit.Candidate, unit.Epoch, unit.Weight, Newest);
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

/// <summary>What some guardrails have seen.</summary>
/// <param name="Monitors">Each guardrail for everybody, then for each segment.</param>
/// <param name="Open">Units some of whose calls may still come, oldest first.</param>
/// <param name="Seen">Every unit that was counted, eight bytes each, in Base64 for addresses.</param>
/// <param name="Newest">The time of the newest call.</param>
public sealed record FoldState(ImmutableArray<MonitorState> Monitors, ImmutableArray<OpenUnit> Open, string Seen, DateTimeOffset Newest);
