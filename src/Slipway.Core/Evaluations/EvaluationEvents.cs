using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Something that happened to golden sets and evaluations.</summary>
public abstract record EvaluationEvent : JournalEvent;

/// <summary>A version of a golden set exists from now on and never changes.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Counts">What it holds.</param>
public sealed record GoldenSetPushed(GoldenSetId Set, ContentHash Content, GoldenSetCounts Counts) : EvaluationEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"pushed the golden set {Set} with {Counts.Cases} cases{(Counts.Proposed > 0 ? $", {Counts.Proposed} of them to be confirmed" : "")}");
}

/// <summary>As <see cref="GoldenSetPushed"/>, before kinds were counted.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Cases">How many cases it holds.</param>
public sealed record GoldenSetPushedV1(GoldenSetId Set, ContentHash Content, int Cases) : EvaluationEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new GoldenSetPushed(Set, Content, new GoldenSetCounts(Cases, 0, null));
}

/// <summary>A version of a rubric exists from now on and never changes.</summary>
/// <param name="Rubric">Its name.</param>
/// <param name="Content">The hash of its JSON.</param>
/// <param name="Examples">How many answers it holds that people scored.</param>
public sealed record RubricPushed(RubricId Rubric, ContentHash Content, int Examples) : EvaluationEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => string.Create(CultureInfo.InvariantCulture, $"pushed the rubric {Rubric} with {Examples} examples that people scored");
}

/// <summary>A candidate was run on a golden set and judged by gates.</summary>
/// <param name="Report">The hash of the report.</param>
/// <param name="Candidate">What was tested.</param>
/// <param name="Baseline">What it was compared with; null where nothing was live.</param>
/// <param name="Set">On which cases.</param>
/// <param name="Verdict">The worst of the gates.</param>
/// <param name="Gates">The gates with their outcome, a sentence each.</param>
public sealed record EvaluationRecorded(
    ContentHash Report, VersionId Candidate, VersionId? Baseline, GoldenSetId Set, GateVerdict Verdict, System.Collections.Immutable.ImmutableArray<string> Gates) : EvaluationEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence =>
        $"evaluated {Candidate}{(Baseline is null ? "" : $" against {Baseline.Number}")} on {Set}: {Verdict.ToString().ToLowerInvariant()} ({string.Join("; ", Gates)})";
}
