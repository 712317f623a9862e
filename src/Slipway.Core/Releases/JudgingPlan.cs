using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>How the numbers of a release are read: in which slices of traffic, what of a unit counts, how long what is told later may take, and when silence is a reason to stop.</summary>
/// <param name="SegmentBy">The attribute of a request whose values are slices of traffic, or <c>tenant</c> or <c>workflow</c>; null for none.</param>
/// <param name="Segments">The values, agreed beforehand: every guardrail is judged in each of them too, beside everybody.</param>
/// <param name="UnitCalls">At most so many calls of a unit make its one reading, 1 to 1,000; with 1, the default, its first call speaks for it.</param>
/// <param name="UnitTime">For so long after a unit's first call its calls count; needed where there may be more than one.</param>
/// <param name="OutcomesWithin">How long after a call the application may tell what became of it, at most 7 days; what is told later counts no more.</param>
/// <param name="FreezeWhenWorse">Whether it freezes when the candidate is proved to be worse than stable at all, within the margin or not.</param>
/// <param name="LostAfter">For so long nothing may be heard of any call of either version while users are split; then it freezes.</param>
public sealed record JudgingPlan(
    string? SegmentBy, ImmutableArray<string> Segments, int UnitCalls, Duration UnitTime, Duration OutcomesWithin, bool FreezeWhenWorse, Duration LostAfter)
{
    /// <summary>The most slices of traffic: the chance of a false rollback is split over all of them.</summary>
    public const int MostSegments = 20;

    /// <summary>The most calls of a unit that make its reading.</summary>
    public const int MostUnitCalls = 1_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>What stands where nobody says anything.</summary>
    public static JudgingPlan Default { get; } = new(null, [], 1, Duration.Zero, Duration.Hours(1), false, Duration.Hours(24));

    /// <summary>What makes it impossible, a sentence each.</summary>
    internal IEnumerable<string> Problems(bool needsOutcomes)
    {
        if (SegmentBy is null != Segments.IsEmpty) yield return "judging: segment_by names an attribute, and segments the values of it that are judged; one needs the other.";
        if (SegmentBy is { Length: 0 or > 100 }) yield return "judging.segment_by must be 1 to 100 characters.";
        if (Segments.Length > MostSegments) yield return $"judging.segments: {Segments.Length} are too many; {MostSegments} are the most.";
        if (Segments.Any(string.IsNullOrEmpty) || Segments.Distinct(StringComparer.Ordinal).Count() < Segments.Length) yield return "judging.segments must be different texts, none of them empty.";
        if (UnitCalls is < 1 or > MostUnitCalls) yield return $"judging.unit_calls must be 1 to {MostUnitCalls}.";
        if (UnitCalls > 1 != UnitTime.Value > TimeSpan.Zero) yield return "judging: unit_time says for how long the calls of a unit count; it is needed with unit_calls of more than 1, and means nothing without.";
        if (OutcomesWithin.Value > LongestWait) yield return $"judging.outcomes_within ({OutcomesWithin}) must be at most 7 days.";
        if (needsOutcomes && OutcomesWithin.Value == TimeSpan.Zero) yield return "judging.outcomes_within must be longer than nothing: a guardrail looks at what is told later.";
        if (LostAfter.Value == TimeSpan.Zero) yield return "judging.lost_after must be longer than nothing.";
    }

    /// <summary>The part of a contract's sentence that says what of it is unusual; empty where all is as always.</summary>
    internal string Told() => (SegmentBy is null ? "" : $", also for {SegmentBy} {string.Join(", ", Segments)}") + (FreezeWhenWorse ? ", frozen where it is worse at all" : "");

    /// <summary>Plans that say the same are the same.</summary>
    public bool Equals(JudgingPlan? other) => other is not null
        && (SegmentBy, UnitCalls, UnitTime, OutcomesWithin, FreezeWhenWorse, LostAfter) == (other.SegmentBy, other.UnitCalls, other.UnitTime, other.OutcomesWithin, other.FreezeWhenWorse, other.LostAfter)
        && Segments.SequenceEqual(other.Segments, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SegmentBy, Segments.Length, UnitCalls, UnitTime, OutcomesWithin, FreezeWhenWorse, LostAfter);
}

/// <summary>How the numbers are read, as people write it; what is left out is as <see cref="JudgingPlan.Default"/> says.</summary>
public sealed record JudgingDocument
{
    /// <summary>The attribute whose values are slices of traffic, or <c>tenant</c> or <c>workflow</c>.</summary>
    public string? SegmentBy { get; init; }

    /// <summary>The values that are judged beside everybody.</summary>
    public ImmutableArray<string>? Segments { get; init; }

    /// <summary>At most so many calls of a unit make its one reading.</summary>
    public int? UnitCalls { get; init; }

    /// <summary>For so long after a unit's first call its calls count.</summary>
    public Duration? UnitTime { get; init; }

    /// <summary>How long after a call the application may tell what became of it.</summary>
    public Duration? OutcomesWithin { get; init; }

    /// <summary>Whether it freezes when the candidate is worse at all.</summary>
    public bool? FreezeWhenWorse { get; init; }

    /// <summary>For so long nothing may be heard; then it freezes.</summary>
    public Duration? LostAfter { get; init; }

    /// <summary>The document of a plan: all of it said.</summary>
    public static JudgingDocument Of(JudgingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new JudgingDocument
        {
            SegmentBy = plan.SegmentBy,
            Segments = plan.Segments,
            UnitCalls = plan.UnitCalls,
            UnitTime = plan.UnitTime,
            OutcomesWithin = plan.OutcomesWithin,
            FreezeWhenWorse = plan.FreezeWhenWorse,
            LostAfter = plan.LostAfter,
        };
    }

    /// <summary>The same with what it leaves out taken from another one.</summary>
    public JudgingDocument Over(JudgingDocument? other) => other is null ? this : new JudgingDocument
    {
        SegmentBy = SegmentBy ?? other.SegmentBy,
        Segments = Segments ?? other.Segments,
        UnitCalls = UnitCalls ?? other.UnitCalls,
        UnitTime = UnitTime ?? other.UnitTime,
        OutcomesWithin = OutcomesWithin ?? other.OutcomesWithin,
        FreezeWhenWorse = FreezeWhenWorse ?? other.FreezeWhenWorse,
        LostAfter = LostAfter ?? other.LostAfter,
    };

    /// <summary>The plan it asks for.</summary>
    internal JudgingPlan ToPlan()
    {
        var stands = JudgingPlan.Default;
        return new JudgingPlan(
            SegmentBy ?? stands.SegmentBy, Segments ?? stands.Segments, UnitCalls ?? stands.UnitCalls, UnitTime ?? stands.UnitTime, OutcomesWithin ?? stands.OutcomesWithin,
            FreezeWhenWorse ?? stands.FreezeWhenWorse, LostAfter ?? stands.LostAfter);
    }

    /// <summary>Documents that say the same are the same.</summary>
    public bool Equals(JudgingDocument? other) => other is not null
        && (SegmentBy, UnitCalls, UnitTime, OutcomesWithin, FreezeWhenWorse, LostAfter) == (other.SegmentBy, other.UnitCalls, other.UnitTime, other.OutcomesWithin, other.FreezeWhenWorse, other.LostAfter)
        && (Segments, other.Segments) switch
        {
            ({ } mine, { } theirs) => mine.SequenceEqual(theirs, StringComparer.Ordinal),
            (null, null) => true,
            _ => false,
        };

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SegmentBy, UnitCalls, UnitTime, OutcomesWithin, FreezeWhenWorse, LostAfter);
}
