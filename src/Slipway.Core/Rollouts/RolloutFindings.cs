using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Slipway.Core.Rollouts;

/// <summary>All that is known of a release at one moment, as numbers.</summary>
/// <param name="Guardrails">Each guardrail for everybody, in the plan's order, then for each segment.</param>
/// <param name="SampleRatio">Whether the units were split as agreed.</param>
/// <param name="FreezesWhenWorse">Whether being worse at all, within the margin or not, is a reason to freeze.</param>
public sealed record RolloutFindings(ImmutableArray<GuardrailFinding> Guardrails, SampleRatioFinding SampleRatio, bool FreezesWhenWorse)
{
    /// <summary>What speaks against going on without speaking for going back, and since when it is known.</summary>
    [JsonIgnore]
    public IEnumerable<(RolloutCause Cause, DateTimeOffset Since, string Sentence)> Doubts
    {
        get
        {
            if (SampleRatio.Since is { } split) yield return (RolloutCause.SampleRatio, split, SampleRatio.Sentence);
            foreach (var guardrail in Guardrails)
            {
                if (guardrail.MissingSince is { } missing)
                {
                    yield return (RolloutCause.MissingOutcomes, missing, string.Create(CultureInfo.InvariantCulture,
                        $"{guardrail.Guardrail.Metric} is missing more often with the candidate: for {guardrail.CandidateMissing} of {guardrail.CandidateMissing + guardrail.CandidateUnits} units, with stable for {guardrail.StableMissing} of {guardrail.StableMissing + guardrail.StableUnits}"));
                }
                if (FreezesWhenWorse && guardrail is { WorseSince: { } worse, Standing: not GuardrailStanding.Safe })
                    yield return (RolloutCause.Worse, worse, $"the candidate is worse than stable, perhaps within the margin: {guardrail.Sentence}");
            }
        }
    }
}

/// <summary>Whether units were split as the plan says.</summary>
/// <param name="CandidateUnits">Units that the candidate met first.</param>
/// <param name="Expected">How many it should have been.</param>
/// <param name="Units">All units.</param>
/// <param name="Coins">What one coin against "they were split as agreed" has grown to at its peak.</param>
/// <param name="Limit">Where that is proof.</param>
/// <param name="Since">When it was first proved: the newest call's time then; null before.</param>
public sealed record SampleRatioFinding(long CandidateUnits, double Expected, long Units, double Coins, double Limit, DateTimeOffset? Since)
{
    /// <summary>The evidence for a person.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"{CandidateUnits} of {Units} units met the candidate and {Expected:0} should have: units are lost or counted in the wrong arm, so the other numbers cannot be trusted");
}
