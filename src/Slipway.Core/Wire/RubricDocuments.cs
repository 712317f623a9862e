using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;

namespace Slipway.Core.Wire;

/// <summary>A rubric that was pushed.</summary>
/// <param name="Rubric">Its name.</param>
/// <param name="Content">The hash of its canonical JSON.</param>
/// <param name="Examples">How many answers it holds that people scored.</param>
/// <param name="Notices">What is worth knowing of it, e.g. that its examples are too few to gate by.</param>
/// <param name="Created">Whether this request made it; false where it was there before.</param>
public sealed record RubricDocument(RubricId Rubric, ContentHash Content, int Examples, ImmutableArray<string> Notices, bool Created);

/// <summary>A rubric in a list.</summary>
/// <param name="Rubric">Its name.</param>
/// <param name="Content">The hash of its canonical JSON.</param>
/// <param name="Examples">How many answers it holds that people scored.</param>
/// <param name="Erased">What became of it where it was erased, as the end of a sentence; null where it is there.</param>
public sealed record RubricListing(RubricId Rubric, ContentHash Content, int Examples, string? Erased);

/// <summary>A rubric with all it says.</summary>
/// <param name="Rubric">Its name.</param>
/// <param name="Content">The hash of its canonical JSON.</param>
/// <param name="Definition">Its JSON, as it is pushed.</param>
public sealed record RubricContent(RubricId Rubric, ContentHash Content, JsonElement Definition);

/// <summary>What a rubric's judge came to on the rubric's examples.</summary>
/// <param name="Rubric">Which.</param>
/// <param name="Content">The hash of its canonical JSON.</param>
/// <param name="Model">The model that judged, dated.</param>
/// <param name="Hash">What its figures depend on: evaluations whose judges have the same can be compared.</param>
/// <param name="Calibration">The figures, and why it may inform only.</param>
/// <param name="MayGate">Whether it may decide gates.</param>
/// <param name="Cost">What asking cost, in US dollars; 0 where all was known, null where a price is unknown.</param>
/// <param name="Examples">Every example with what the judge said, the worst disagreements first.</param>
public sealed record RubricCheckDocument(
    RubricId Rubric, ContentHash Content, ModelReference Model, ContentHash Hash, JudgeCalibration Calibration, bool MayGate, decimal? Cost, ImmutableArray<JudgedExample> Examples);

/// <summary>An example of a rubric with what the judge said of it.</summary>
/// <param name="Id">The example's id.</param>
/// <param name="Input">What was asked.</param>
/// <param name="Answer">What was answered.</param>
/// <param name="Reference">What a good answer says; null where nobody said.</param>
/// <param name="People">The label people gave.</param>
/// <param name="Why">Why, in their words; null where nobody said.</param>
/// <param name="Judge">The label the judge gave; null where it did not judge.</param>
/// <param name="Reason">Why, in the judge's words; where it did not judge, what kept it from that.</param>
public sealed record JudgedExample(string Id, string Input, string Answer, string? Reference, string People, string? Why, string? Judge, string? Reason);
