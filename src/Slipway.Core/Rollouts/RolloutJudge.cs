using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Slipway.Core.Releases;

namespace Slipway.Core.Rollouts;

/// <summary>What the numbers ask for.</summary>
public abstract record RolloutVerdict
{
    private RolloutVerdict(string reason) => Reason = reason;

    /// <summary>One sentence for people.</summary>
    public string Reason { get; }

    /// <summary>Wait for more.</summary>
    public sealed record Hold(string Why) : RolloutVerdict(Why);

    /// <summary>Every guardrail is proved: go to the next step.</summary>
    public sealed record Advance(string Why) : RolloutVerdict(Why);

    /// <summary>The step cannot be decided in time: stay and let people look.</summary>
    public sealed record Freeze(string Why) : RolloutVerdict(Why);

    /// <summary>A guardrail is broken, or nobody decided in time: back.</summary>
    public sealed record RollBack(string Why) : RolloutVerdict(Why);
}

/// <summary>Judges a running release on its evidence. Pure: the controller acts, this only says what is right.</summary>
public static class RolloutJudge
{
    /// <summary>The verdict now, as <see cref="Decide"/> comes to it.</summary>
    /// <param name="release">A release that carries traffic.</param>
    /// <param name="evidence">All its outcomes so far.</param>
    /// <param name="now">The time.</param>
    public static RolloutVerdict Judge(Release release, RolloutEvidence evidence, DateTimeOffset now) => Decide(release, evidence, now) switch
    {
        { Action: RolloutAction.Hold, Sentence: var why } => new RolloutVerdict.Hold(why),
        { Action: RolloutAction.Advance, Sentence: var why } => new RolloutVerdict.Advance(why),
        { Action: RolloutAction.Freeze, Sentence: var why } => new RolloutVerdict.Freeze(why),
        { Action: RolloutAction.RollBack, Sentence: var why } => new RolloutVerdict.RollBack(why),
        _ => throw new UnreachableException(),
    };

    /// <summary>The decision now, with all it is made of.</summary>
    /// <param name="release">A release that carries traffic.</param>
    /// <param name="evidence">All its outcomes so far.</param>
    /// <param name="now">The time.</param>
    public static RolloutDecision Decide(Release release, RolloutEvidence evidence, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(evidence);
        var findings = evidence.Findings();
        var (action, cause, sentence) = findings.Guardrails.FirstOrDefault(guardrail => guardrail.Standing == GuardrailStanding.Harmful) is { } broken
            ? (RolloutAction.RollBack, RolloutCause.Harm, broken.Sentence)
            : release.State == ReleaseState.Frozen ? WhileFrozen(release, now) : WhileSplit(release, evidence, findings, now);
        return new RolloutDecision(action, cause, sentence, release.Epoch, now, findings);
    }

    private static (RolloutAction, RolloutCause, string) WhileFrozen(Release release, DateTimeOffset now) => now - release.Since >= release.Plan.MaximumFreeze.Value
        ? (RolloutAction.RollBack, RolloutCause.FrozenTooLong, $"it was frozen for {release.Plan.MaximumFreeze} and nobody decided")
        : (RolloutAction.Hold, RolloutCause.Frozen, "it is frozen");

    private static (RolloutAction, RolloutCause, string) WhileSplit(Release release, RolloutEvidence evidence, RolloutFindings findings, DateTimeOffset now)
    {
        // Whoever resumes a frozen release has seen why it froze: only what became known in this step, or since then, freezes it.
        if (findings.Doubts.FirstOrDefault(doubt => doubt.Since >= release.EpochSince) is { Sentence: not null } doubt) return (RolloutAction.Freeze, doubt.Cause, doubt.Sentence);
        var units = evidence.CandidateUnitsIn(release.Epoch);
        var waited = now - release.EpochSince;
        var open = findings.Guardrails.Where(guardrail => guardrail.Standing != GuardrailStanding.Safe).ToImmutableArray();
        var waits = (Proved: open.IsEmpty, Units: units >= release.MinimumUnits, Time: waited >= release.MinimumTime.Value) switch
        {
            (true, true, true) => null,
            (false, _, _) => $"no proof yet for {string.Join(" and ", open.Select(Name))}",
            (_, false, _) => string.Create(CultureInfo.InvariantCulture, $"{units} of {release.MinimumUnits} units at {release.Weight}"),
            _ => $"at {release.Weight} for less than {release.MinimumTime}",
        };
        if (waits is null) return (RolloutAction.Advance, RolloutCause.Proved, Sentences(findings.Guardrails));
        if (waited >= release.Plan.DecideWithin.Value)
            return (RolloutAction.Freeze, units == 0 ? RolloutCause.NoData : RolloutCause.Undecided, $"undecided after {release.Plan.DecideWithin} at {release.Weight}; {waits}{(open.IsEmpty ? "" : ": " + Sentences(open))}");
        return Lost(release, evidence.Newest, now) is { } lost ? (RolloutAction.Freeze, RolloutCause.Lost, lost) : (RolloutAction.Hold, RolloutCause.Waiting, waits);
    }

    // Who measures nothing sees nothing bad: silence stops a canary before its deadline does.
    private static string? Lost(Release release, DateTimeOffset newest, DateTimeOffset now)
    {
        var allowed = (release.Plan.Judging ?? JudgingPlan.Default).LostAfter;
        return now - (newest > release.EpochSince ? newest : release.EpochSince) >= allowed.Value
            ? $"no call of either version was recorded for {allowed}: nobody knows how the candidate does" : null;
    }

    private static string Name(GuardrailFinding finding) => finding.Segment is null ? finding.Guardrail.Metric : $"{finding.Guardrail.Metric} for {finding.Segment}";

    private static string Sentences(IEnumerable<GuardrailFinding> guardrails) => string.Join("; ", guardrails.Select(guardrail => guardrail.Sentence));
}
