using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>All that a review is, as it is stored while it is open: nobody who scores is shown any of it but the scale.</summary>
/// <param name="Run">Of which run.</param>
/// <param name="Report">The run's report.</param>
/// <param name="Candidate">The version under test.</param>
/// <param name="Baseline">What it was compared with; null where nothing was.</param>
/// <param name="Dataset">On which cases.</param>
/// <param name="SetContent">The golden set's object.</param>
/// <param name="Rubric">By which rubric; null for none.</param>
/// <param name="RubricContent">The rubric's object; null for none.</param>
/// <param name="Scale">What people are asked.</param>
/// <param name="Seed">What chance went by.</param>
/// <param name="Pairs">See <see cref="ReviewDraw.Pairs"/>.</param>
/// <param name="Differing">See <see cref="ReviewDraw.Differing"/>.</param>
/// <param name="Rows">By their numbers.</param>
public sealed record ReviewPlan(
    EvaluationRunId Run, ContentHash Report, VersionId Candidate, VersionId? Baseline, GoldenSetId Dataset, ContentHash SetContent, RubricId? Rubric, ContentHash? RubricContent, ReviewScale Scale,
    long Seed, int Pairs, int Differing, ImmutableArray<PlannedRow> Rows)
{
    /// <summary>What it comes to with some scores.</summary>
    /// <param name="review">Its name.</param>
    /// <param name="openedBy">Who opened it.</param>
    /// <param name="openedAt">When.</param>
    /// <param name="scores">What was said of each row, by its number.</param>
    public ReviewResults Results(ReviewId review, MemberName openedBy, DateTimeOffset openedAt, ILookup<int, RowScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return new ReviewResults(review, Run, Report, Candidate, Baseline, Rubric, RubricContent, Scale, Seed, openedBy, openedAt, Pairs, Differing,
            [.. Rows.Select(row => new ReviewedRow(row.Row, row.First.Text, row.Second?.Text, [.. scores[row.Row.Number].OrderBy(score => score.By.Value, StringComparer.Ordinal)]) { Judge = row.Judge })]);
    }

    /// <summary>The plan as JSON, which <see cref="FromJson"/> reads back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.ReviewPlan);

    /// <summary>Reads a stored plan.</summary>
    /// <exception cref="JsonException">The text is none.</exception>
    public static ReviewPlan FromJson(string json) => JsonSerializer.Deserialize(json, EvaluationJson.Default.ReviewPlan) ?? throw new JsonException("A plan is an object.");
}

/// <summary>A row, and where its texts are: not in the review, so that they are erased where they are.</summary>
/// <param name="Row">What it shows.</param>
/// <param name="Line">Where its case stands in the golden set, from 0.</param>
/// <param name="First">The answer that stands first, or alone.</param>
/// <param name="Second">The answer that stands second; null where the row shows one.</param>
public sealed record PlannedRow(ReviewRow Row, int Line, AnswerPlace First, AnswerPlace? Second)
{
    /// <summary>What the run's judge of the same rubric said, as a label of the review's scale; null where it said nothing.</summary>
    public string? Judge { get; init; }
}

/// <summary>Where an answer is stored.</summary>
/// <param name="Key">Under which key.</param>
/// <param name="Text">The hash of its text: what was asked again since is another answer.</param>
public sealed record AnswerPlace(ContentHash Key, ContentHash Text);
