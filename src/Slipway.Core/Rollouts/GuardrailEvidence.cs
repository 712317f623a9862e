using System.Globalization;
using System.Text.Json.Serialization;
using static Slipway.Core.Rollouts.EvidenceText;

namespace Slipway.Core.Rollouts;

/// <summary>What is known of one guardrail at one moment: numbers, stored as they are; what they mean is derived from them.</summary>
/// <param name="Guardrail">Which one.</param>
/// <param name="CandidateUnits">Units the candidate answered, with a result in this respect.</param>
/// <param name="CandidateBad">How many of them were bad.</param>
/// <param name="StableUnits">Units stable answered beside it.</param>
/// <param name="StableBad">How many of them were bad.</param>
/// <param name="Scores">How many scores the bets have taken.</param>
/// <param name="HarmCoins">What one coin against "the candidate is within the margin" has grown to at its peak; it rolls back at <paramref name="HarmLimit"/>.</param>
/// <param name="HarmLimit">Where it rolls back.</param>
/// <param name="SafeCoins">What one coin against "the candidate is at or beyond the margin" has grown to at its peak; 20 prove it safe.</param>
/// <param name="SafeLimit">Where it is proved safe.</param>
/// <param name="Segment">The slice of traffic it is about; null for everybody.</param>
public sealed record GuardrailEvidence(
    Guardrail Guardrail, long CandidateUnits, long CandidateBad, long StableUnits, long StableBad, long Scores,
    double HarmCoins, double HarmLimit, double SafeCoins, double SafeLimit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Segment = null)
{
    /// <summary>Whether the candidate is proved to be beyond the margin; a zero tolerance needs one bad call.</summary>
    [JsonIgnore] public bool Harmful => Guardrail.Form is GuardrailForm.ZeroTolerance ? CandidateBad > 0 : HarmCoins >= HarmLimit;

    /// <summary>Whether the candidate is proved to be within the margin and not to be beyond it; a zero tolerance is safe while nothing bad was seen.</summary>
    [JsonIgnore] public bool Safe => !Harmful && (Guardrail.Form is GuardrailForm.ZeroTolerance ? CandidateUnits > 0 : SafeCoins >= SafeLimit);

    /// <summary>The evidence for a person.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"{Guardrail}{(Segment is null ? "" : $" for {Segment}")} {Standing()}: {CandidateBad} of {CandidateUnits} were bad with the candidate ({Rate(CandidateBad, CandidateUnits)}), {StableBad} of {StableUnits} with stable ({Rate(StableBad, StableUnits)}){Bet()}");

    private string Standing() => Harmful ? "is broken" : Safe ? "holds" : "is open";

    private string Bet() => (Guardrail.Form, Harmful) switch
    {
        (GuardrailForm.ZeroTolerance, true) => "; not one is allowed",
        (GuardrailForm.ZeroTolerance, false) => "",
        (_, true) => $"; one coin bet on harm grew to {Coins(HarmCoins)}, {Coins(HarmLimit)} are proof",
        _ => $"; one coin bet on safety grew to {Coins(SafeCoins)}, {Coins(SafeLimit)} are proof",
    };
}

/// <summary>Numbers of evidence as people read them.</summary>
internal static class EvidenceText
{
    public static string Rate(long bad, long all) => all == 0 ? "no data" : (100d * bad / all).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    public static string Coins(double coins) => coins >= 1_000_000 ? "over a million" : coins.ToString(coins < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);

    public static string Amount(double? value) => value is { } known ? known.ToString(known < 1 ? "0.####" : "0.#", CultureInfo.InvariantCulture) : "no data";
}
