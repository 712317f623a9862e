using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>All scores of a closed review by row, with the side that each row was: an object, without a text of any answer.</summary>
/// <param name="Review">Which review.</param>
/// <param name="Run">Of which run.</param>
/// <param name="Report">The run's report.</param>
/// <param name="Candidate">The version under test.</param>
/// <param name="Baseline">What it was compared with; null where nothing was.</param>
/// <param name="Rubric">By which rubric; null for none.</param>
/// <param name="RubricContent">The rubric's object; null for none.</param>
/// <param name="Scale">What people were asked.</param>
/// <param name="Seed">What chance went by: whoever has the report draws the same rows again.</param>
/// <param name="OpenedBy">Who opened it.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="Pairs">See <see cref="ReviewDraw.Pairs"/>.</param>
/// <param name="Differing">See <see cref="ReviewDraw.Differing"/>.</param>
/// <param name="Rows">By their numbers, also those that nobody scored.</param>
public sealed record ReviewResults(
    ReviewId Review, EvaluationRunId Run, ContentHash Report, VersionId Candidate, VersionId? Baseline, RubricId? Rubric, ContentHash? RubricContent, ReviewScale Scale, long Seed,
    MemberName OpenedBy, DateTimeOffset OpenedAt, int Pairs, int Differing, ImmutableArray<ReviewedRow> Rows)
{
    /// <summary>Everybody who scored a row, by name.</summary>
    [JsonIgnore] public IEnumerable<MemberName> People => Rows.SelectMany(row => row.Scores).Select(score => score.By).DistinctBy(by => by.Value).OrderBy(by => by.Value, StringComparer.Ordinal);

    /// <summary>The results as JSON, which <see cref="FromJson"/> reads back.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.ReviewResults);

    /// <summary>Reads stored results.</summary>
    /// <exception cref="JsonException">The text is none.</exception>
    public static ReviewResults FromJson(string json) => JsonSerializer.Deserialize(json, EvaluationJson.Default.ReviewResults) ?? throw new JsonException("Results are an object.");
}

/// <summary>A row with its scores.</summary>
/// <param name="Row">What it showed.</param>
/// <param name="First">The hash of the text that stood first, or alone.</param>
/// <param name="Second">The hash of the text that stood second; null where a row shows one.</param>
/// <param name="Scores">By name; empty where nobody scored it.</param>
public sealed record ReviewedRow(ReviewRow Row, ContentHash First, ContentHash? Second, ImmutableArray<RowScore> Scores)
{
    /// <summary>What the run's judge of the same rubric said of it, as a label of the scale; null where it said nothing.</summary>
    public string? Judge { get; init; }
}

/// <summary>What one person said of a row.</summary>
/// <param name="By">Who.</param>
/// <param name="Label">A label of the scale.</param>
public sealed record RowScore(MemberName By, string Label);
