using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>People scored answers of a run without knowing whose they were, and their scores are final.</summary>
/// <param name="Review">Which review.</param>
/// <param name="Report">The run's report.</param>
/// <param name="Candidate">What was tested.</param>
/// <param name="Baseline">What it was compared with; null where nothing was.</param>
/// <param name="Rubric">By which rubric; null for none.</param>
/// <param name="Rows">How many rows were scored.</param>
/// <param name="People">Who scored, by name.</param>
/// <param name="Results">The hash of every score by row.</param>
/// <param name="Note">What whoever closed it says of it; null for nothing.</param>
public sealed record ReviewClosed(
    ReviewId Review, ContentHash Report, VersionId Candidate, VersionId? Baseline, RubricId? Rubric, int Rows, ImmutableArray<MemberName> People, ContentHash Results, string? Note) : EvaluationEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"closed the review {Review} of {Candidate}{(Baseline is null ? "" : $" against {Baseline.Number}")}{(Rubric is null ? "" : $" by {Rubric}")}: {(Rows == 1 ? "1 row" : $"{Rows} rows")} scored by {string.Join(", ", People)}{(Note is null ? "" : $" ({Note})")}");
}
