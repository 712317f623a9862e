using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What one row of a review shows, and from where: what no scorer is told before the review is closed.</summary>
/// <param name="Number">Its name in the review, from 1; the numbers were dealt by chance and say nothing of side, case or part.</param>
/// <param name="CaseId">The case that was asked.</param>
/// <param name="Repeat">Which of the times it was asked, from 0.</param>
/// <param name="Part">Why it was drawn.</param>
/// <param name="First">Whose answer it shows, or whose stands first.</param>
/// <param name="Second">Whose answer stands second; null where a row shows one.</param>
public sealed record ReviewRow(int Number, string CaseId, int Repeat, ReviewPart Part, ReviewSide First, ReviewSide? Second);

/// <summary>Whose answer it is.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ReviewSide>))]
public enum ReviewSide
{
    /// <summary>The version under test.</summary>
    Candidate,

    /// <summary>What it was compared with.</summary>
    Baseline,

    /// <summary>Both answered word for word the same: people read it once, and it counts for each.</summary>
    Both,
}

/// <summary>Why a row is in a review.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ReviewPart>))]
public enum ReviewPart
{
    /// <summary>Chance drew it from all cases: rates speak of these rows alone.</summary>
    Random,

    /// <summary>It is among what differs worst between the sides, which people should see, and which is like nothing but itself.</summary>
    Worst,
}
