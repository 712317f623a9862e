using System.Collections.Immutable;
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
    /// <summary>The verdict now.</summary>
    /// <param name="release">A release that carries traffic.</param>
    /// <param name="evidence">All its outcomes so far.</param>
    /// <param name="now">The time.</param>
    public static RolloutVerdict Judge(Release release, RolloutEvidence evidence, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(evidence);
        var guardrails = evidence.Current();
        if (guardrails.FirstOrDefault(guardrail => guardrail.Harmful) is { } broken) return new RolloutVerdict.RollBack(broken.Sentence);
        return release.State == ReleaseState.Frozen ? WhileFrozen(release, now) : WhileSplit(release, evidence, guardrails, now);
    }

    private static RolloutVerdict WhileFrozen(Release release, DateTimeOffset now) => now - release.Since >= release.Plan.MaximumFreeze.Value
        ? new RolloutVerdict.RollBack($"it was frozen for {release.Plan.MaximumFreeze} and nobody decided")
        : new RolloutVerdict.Hold("it is frozen");

    private static RolloutVerdict WhileSplit(Release release, RolloutEvidence evidence, ImmutableArray<GuardrailEvidence> guardrails, DateTimeOffset now)
    {
        var units = evidence.CandidateUnitsIn(release.Epoch);
        var waited = now - release.EpochSince;
        var open = guardrails.Where(guardrail => !guardrail.Safe).ToList();
        var waits = (Proved: open.Count == 0, Units: units >= release.Plan.MinimumUnits, Time: waited >= release.Plan.MinimumTime.Value) switch
        {
            (true, true, true) => null,
            (false, _, _) => $"no proof yet for {string.Join(" and ", open.Select(guardrail => guardrail.Guardrail.Metric))}",
            (_, false, _) => string.Create(CultureInfo.InvariantCulture, $"{units} of {release.Plan.MinimumUnits} units at {release.Weight}"),
            _ => $"at {release.Weight} for less than {release.Plan.MinimumTime}",
        };
        if (waits is null) return new RolloutVerdict.Advance(Sentences(guardrails));
        return waited >= release.Plan.DecideWithin.Value
            ? new RolloutVerdict.Freeze($"undecided after {release.Plan.DecideWithin} at {release.Weight}; {waits}{(open.Count == 0 ? "" : ": " + Sentences(open))}")
            : new RolloutVerdict.Hold(waits);
    }

    private static string Sentences(IEnumerable<GuardrailEvidence> guardrails) => string.Join("; ", guardrails.Select(guardrail => guardrail.Sentence));
}
