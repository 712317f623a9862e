using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Rollouts.Statistics;
using Slipway.Core.Wire;
using static Slipway.Core.Rollouts.EvidenceText;

namespace Slipway.Core.Rollouts;

/// <summary>What is known of one guardrail in one slice of traffic at one moment, as numbers.</summary>
/// <param name="Guardrail">Which one.</param>
/// <param name="Segment">Which slice; null for everybody.</param>
/// <param name="CandidateUnits">Units the candidate answered, with a result in this respect; calls for a zero tolerance.</param>
/// <param name="CandidateBad">How many of them were bad: slower than allowed for a latency, without success for a cost.</param>
/// <param name="StableUnits">Units stable answered beside it.</param>
/// <param name="StableBad">How many of them were bad.</param>
/// <param name="CandidateMissing">Units of the candidate that showed nothing in this respect.</param>
/// <param name="StableMissing">Units of stable that showed nothing.</param>
/// <param name="Scores">How many scores the bets have taken.</param>
/// <param name="Candidate">The candidate's value: a rate of bad units, milliseconds, or US dollars for each success; null without data.</param>
/// <param name="Stable">Stable's value.</param>
/// <param name="CandidateInterval">Where the candidate's quantile lies; null where that is not known or not asked.</param>
/// <param name="StableInterval">Where stable's quantile lies.</param>
/// <param name="Difference">Where the difference between the two bad rates lies, candidate less stable; null where that is not known or not asked.</param>
/// <param name="HarmCoins">What one coin against "the candidate is within the margin" has grown to at its peak; it rolls back at <paramref name="HarmLimit"/>.</param>
/// <param name="HarmLimit">Where it rolls back, and where the two below are proof.</param>
/// <param name="SafeCoins">What one coin against "the candidate is at or beyond the margin" has grown to at its peak.</param>
/// <param name="SafeLimit">Where it is proved safe.</param>
/// <param name="WorseCoins">What one coin against "the candidate is no worse than stable" has grown to at its peak; null where that is not asked.</param>
/// <param name="MissingCoins">What one coin against "no more of the candidate's results are missing" has grown to at its peak.</param>
/// <param name="WorseSince">When it was first proved to be worse at all: the newest call's time then; null before.</param>
/// <param name="MissingSince">When it was first proved that too much is missing; null before.</param>
public sealed record GuardrailFinding(
    Guardrail Guardrail, string? Segment, long CandidateUnits, long CandidateBad, long StableUnits, long StableBad, long CandidateMissing, long StableMissing,
    long Scores, double? Candidate, double? Stable, LiveInterval? CandidateInterval, LiveInterval? StableInterval, LiveInterval? Difference,
    double HarmCoins, double HarmLimit, double SafeCoins, double SafeLimit, double? WorseCoins, double MissingCoins,
    DateTimeOffset? WorseSince, DateTimeOffset? MissingSince)
{
    /// <summary>Where it stands: harm outweighs everything, so it is never safe and harmful at once.</summary>
    public GuardrailStanding Standing => (ZeroTolerance, Harmful, Safe) switch
    {
        (true, _, _) => CandidateBad > 0 ? GuardrailStanding.Harmful : CandidateUnits > 0 ? GuardrailStanding.Safe : GuardrailStanding.Open,
        (_, true, _) => GuardrailStanding.Harmful,
        (_, _, true) => GuardrailStanding.Safe,
        _ => GuardrailStanding.Open,
    };

    /// <summary>The evidence for a person.</summary>
    [JsonIgnore]
    public string Sentence => $"{Guardrail}{(Segment is null ? "" : $" for {Segment}")} {Words()}: {Numbers()}{Bet()}";

    private bool ZeroTolerance => Guardrail.Form is GuardrailForm.ZeroTolerance;

    private bool Harmful => HarmCoins >= HarmLimit;

    private bool Safe => SafeCoins >= SafeLimit;

    private string Words() => Standing switch
    {
        GuardrailStanding.Harmful => "is broken",
        GuardrailStanding.Safe => "holds",
        _ => "is open",
    };

    private string Numbers() => Guardrail.Form switch
    {
        GuardrailForm.Quantile or GuardrailForm.QuantileLimit => string.Create(CultureInfo.InvariantCulture,
            $"{Amount(Candidate)} ms with the candidate ({CandidateUnits} units), {Amount(Stable)} ms with stable ({StableUnits})"),
        GuardrailForm.CostPerSuccess => string.Create(CultureInfo.InvariantCulture,
            $"{Amount(Candidate)} US dollars for each success with the candidate ({CandidateUnits} units), {Amount(Stable)} with stable ({StableUnits})"),
        _ => string.Create(CultureInfo.InvariantCulture,
            $"{CandidateBad} of {CandidateUnits} were bad with the candidate ({Rate(CandidateBad, CandidateUnits)}), {StableBad} of {StableUnits} with stable ({Rate(StableBad, StableUnits)})"),
    };

    private string Bet() => (ZeroTolerance, Standing) switch
    {
        (true, GuardrailStanding.Harmful) => "; not one is allowed",
        (true, _) => "",
        (_, GuardrailStanding.Harmful) => $"; one coin bet on harm grew to {Coins(HarmCoins)}, {Coins(HarmLimit)} are proof",
        _ => $"; one coin bet on safety grew to {Coins(SafeCoins)}, {Coins(SafeLimit)} are proof",
    };
}

/// <summary>Where a guardrail stands.</summary>
[JsonConverter(typeof(SnakeCaseConverter<GuardrailStanding>))]
public enum GuardrailStanding
{
    /// <summary>Neither is proved.</summary>
    Open,

    /// <summary>The candidate is proved to be within the margin.</summary>
    Safe,

    /// <summary>The candidate is proved to be beyond the margin.</summary>
    Harmful,
}
