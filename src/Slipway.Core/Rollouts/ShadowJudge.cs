using System.Globalization;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>Judges a release in its shadow on the evidence of the shadow alone. Pure: the controller acts, this only says what is right.</summary>
public static class ShadowJudge
{
    /// <summary>How many units it takes to prove a guardrail where both versions answer every request alike; null where that depends on more than its margin.</summary>
    public static long? LeastUnits(Guardrail guardrail)
    {
        ArgumentNullException.ThrowIfNull(guardrail);
        if (guardrail.Form is not GuardrailForm.Relative { Points: var points }) return null;
        var bet = new BettingProcess(Scorer.Of(guardrail.Form)!.SafeBound);
        for (var units = 1L; ; units++)
        {
            bet.Add(points);
            if (bet.PeakLogWealth >= Math.Log(1 / RolloutEvidence.SafeLevel)) return units;
        }
    }

    /// <summary>The verdict now.</summary>
    /// <param name="release">A release in its shadow, frozen or not.</param>
    /// <param name="evidence">All its pairs so far.</param>
    /// <param name="now">The time.</param>
    public static RolloutVerdict Judge(Release release, ShadowEvidence evidence, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(evidence);
        var findings = evidence.Findings();
        if (findings.FirstOrDefault(finding => finding.Standing == GuardrailStanding.Harmful) is { } broken) return new RolloutVerdict.RollBack($"in its shadow, before any user met it: {broken.Sentence}");
        if (release.State == ReleaseState.Frozen)
        {
            return now - release.Since >= release.Plan.MaximumFreeze.Value
                ? new RolloutVerdict.RollBack($"it was frozen in its shadow for {release.Plan.MaximumFreeze} and nobody decided")
                : new RolloutVerdict.Hold("it is frozen in its shadow");
        }
        // Whoever resumes a frozen release has seen why it froze: only what became known since then freezes it again.
        if (findings.FirstOrDefault(finding => finding.MissingSince >= release.EpochSince) is { } missing)
            return new RolloutVerdict.Freeze(string.Create(CultureInfo.InvariantCulture, $"in its shadow {missing.Guardrail.Metric} is missing more often with the candidate: for {missing.CandidateMissing} of {missing.CandidateMissing + missing.CandidateUnits} units, with stable for {missing.StableMissing} of {missing.StableMissing + missing.StableUnits}"));
        var open = findings.Where(finding => finding.Standing != GuardrailStanding.Safe).ToList();
        var waited = now - release.EpochSince;
        var lacks = open.Count > 0 ? $"no proof yet for {string.Join(" and ", open.Select(finding => finding.Guardrail.Metric))}"
            : evidence.Units < release.MinimumUnits ? string.Create(CultureInfo.InvariantCulture, $"{evidence.Units} of {release.MinimumUnits} units in its shadow")
            : null;
        return (lacks, waited >= release.MinimumTime.Value) switch
        {
            (null, true) => new RolloutVerdict.Advance($"in its shadow {string.Join("; ", findings.Select(finding => finding.Sentence))}"),
            (null, false) => new RolloutVerdict.Hold($"in its shadow for less than {release.MinimumTime}"),
            _ when release.ShadowStoppedAt >= release.EpochSince => new RolloutVerdict.Freeze($"its shadow is over and undecided; {lacks}{Sentences()}"),
            _ when waited >= release.Plan.DecideWithin.Value => new RolloutVerdict.Freeze($"undecided after {release.Plan.DecideWithin} in its shadow; {lacks}{Sentences()}"),
            _ when release.Shadowed != default && Lost(release, evidence.Newest, now) is { } lost => new RolloutVerdict.Freeze(lost),
            _ => new RolloutVerdict.Hold(lacks!),
        };

        // A prompt that no gateway asks for has no shadow, and waiting longer shows nothing.
        static string? Lost(Release release, DateTimeOffset newest, DateTimeOffset now)
        {
            var allowed = (release.Plan.Judging ?? JudgingPlan.Default).LostAfter;
            return now - (newest > release.EpochSince ? newest : release.EpochSince) >= allowed.Value ? $"no request went through a gateway to its shadow for {allowed}: nobody knows how the candidate does" : null;
        }

        string Sentences() => open.Count == 0 ? "" : ": " + string.Join("; ", open.Select(finding => finding.Sentence));
    }
}
