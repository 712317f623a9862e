using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;

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
