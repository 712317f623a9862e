using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What a closed review came to: it is shown with the run's report, which itself never changes.</summary>
/// <param name="Review">Which review.</param>
/// <param name="Rubric">By which rubric; null for none.</param>
/// <param name="Scale">What people were asked.</param>
/// <param name="Results">The hash of every score by row.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="ClosedAt">When.</param>
/// <param name="Figures">What the scores come to; null where they were erased.</param>
/// <param name="Erased">What became of the scores where they were erased, as the end of a sentence; null where they are there.</param>
public sealed record ReviewOutcome(
    ReviewId Review, RubricId? Rubric, ReviewScale? Scale, ContentHash Results, MemberName ClosedBy, DateTimeOffset ClosedAt, ReviewFigures? Figures, string? Erased = null);
