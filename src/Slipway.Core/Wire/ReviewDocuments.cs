using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Core.Wire;

/// <summary>What a review is opened with.</summary>
/// <param name="Run">The finished run whose answers people score.</param>
/// <param name="Rubric">By which rubric; null asks whether the answer could go out.</param>
/// <param name="Rows">About how many rows; null for <see cref="ReviewSample.DefaultRows"/>.</param>
/// <param name="Compare">Whether a row shows both answers of a case, to say which is better. Default false.</param>
/// <param name="Seed">What chance goes by, for drawing the same rows again; null draws one that nobody knows before the review is closed.</param>
public sealed record ReviewRequest(EvaluationRunId Run, RubricId? Rubric = null, int? Rows = null, bool Compare = false, long? Seed = null);

/// <summary>What becomes of a review.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ReviewState>))]
public enum ReviewState
{
    /// <summary>It takes scores, and tells nobody which row is which.</summary>
    Open,

    /// <summary>Its scores are final.</summary>
    Closed,
}

/// <summary>A review. While it is open, nothing in it says which row is which.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="Run">Of which run.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Rubric">By which rubric; null for none.</param>
/// <param name="Scale">What people are asked of each row.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="OpenedBy">Who opened it.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="People">Who scored, and how many rows each.</param>
/// <param name="Message">What there is to say of it, in a sentence; null for nothing.</param>
/// <param name="Outcome">What came out; null while it is open, and where nobody scored.</param>
/// <param name="Results">Every score by row, and which side each row was; null as <paramref name="Outcome"/>, and in lists.</param>
public sealed record ReviewDocument(
    ReviewId Id, ReviewState State, EvaluationRunId Run, PromptName Prompt, RubricId? Rubric, ReviewScale Scale, int Rows, MemberName OpenedBy, DateTimeOffset OpenedAt,
    ImmutableArray<ReviewScorer> People, string? Message = null, ReviewOutcome? Outcome = null, ReviewResults? Results = null);

/// <summary>One row, for who scores it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Question">What is asked of it.</param>
/// <param name="Labels">What may be said.</param>
/// <param name="Input">What was asked, as far as the prompt's policy shows texts; null where it is gone.</param>
/// <param name="Reference">What a good answer says here, where the case says so for the rubric; else null.</param>
/// <param name="Answer">The answer, or the one that stands first; null where it is gone.</param>
/// <param name="SecondAnswer">The answer that stands second; null where the row shows one, or where it is gone.</param>
/// <param name="Gone">Why the texts are gone, in a sentence; null where they are here.</param>
/// <param name="Label">What the reader said of it; null for nothing yet.</param>
/// <param name="Note">Why the reader said so; null for nothing.</param>
/// <param name="Revealed">Which row it was and what everybody said; null while the review is open.</param>
public sealed record ReviewRowDocument(
    ReviewRowId Id, string Question, ImmutableArray<RubricStep> Labels, string? Input, string? Reference, string? Answer, string? SecondAnswer, string? Gone, string? Label, string? Note, RevealedRow? Revealed = null);

/// <summary>A row of a closed review.</summary>
/// <param name="Row">Which case, repeat and side it was.</param>
/// <param name="Scores">What everybody said.</param>
public sealed record RevealedRow(ReviewRow Row, ImmutableArray<NotedScore> Scores);

/// <summary>What one person said of a row.</summary>
/// <param name="By">Who.</param>
/// <param name="Label">What.</param>
/// <param name="Note">Why; null for nothing.</param>
public sealed record NotedScore(MemberName By, string Label, string? Note);

/// <summary>Where one person is in a review.</summary>
/// <param name="Review">Which.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Scored">How many of them this person scored.</param>
/// <param name="Gone">How many of the rest cannot be shown any more.</param>
/// <param name="Next">The row that comes next for this person; null where none is left.</param>
public sealed record ReviewTurnDocument(ReviewId Review, int Rows, int Scored, int Gone, ReviewRowDocument? Next);

/// <summary>What somebody says of a row.</summary>
/// <param name="Label">A label of the review's scale.</param>
/// <param name="Note">Why; up to 2,000 characters. Null for nothing.</param>
public sealed record ScoreRequest(string Label, string? Note = null);

/// <summary>What is said when a review is closed.</summary>
/// <param name="Note">A sentence for the record; null for nothing.</param>
public sealed record CloseRequest(string? Note = null);

/// <summary>Rows that people scored, as examples of a rubric.</summary>
/// <param name="Rubric">The rubric they were scored by.</param>
/// <param name="Examples">As they stand in a rubric.</param>
/// <param name="LeftOut">Why rows became no example, a sentence each.</param>
public sealed record ReviewExamplesDocument(RubricId Rubric, ImmutableArray<RubricExample> Examples, ImmutableArray<string> LeftOut);
