using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>A golden set that was pushed.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Cases">How many cases it holds.</param>
/// <param name="Notices">What is worth knowing of it, e.g. cases with the same content.</param>
/// <param name="Created">Whether this request made it; false where it was there before.</param>
/// <param name="Summary">What it is made of.</param>
/// <param name="Missing">What it lacks of what the policies of the prompts that use it ask for; empty where it lacks nothing.</param>
public sealed record GoldenSetDocument(
    GoldenSetId Set, ContentHash Content, int Cases, ImmutableArray<string> Notices, bool Created, GoldenSetSummary Summary, ImmutableArray<MissingKinds> Missing);

/// <summary>A golden set in a list.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Cases">How many cases it holds.</param>
/// <param name="Proposed">Those of them that somebody must confirm before a run asks them.</param>
/// <param name="UsedBy">The prompts whose versions name it, in some version.</param>
/// <param name="Erased">What became of its cases where they were erased, as the end of a sentence; null where they are there.</param>
public sealed record GoldenSetListing(GoldenSetId Set, ContentHash Content, int Cases, int Proposed, ImmutableArray<PromptName> UsedBy, string? Erased);

/// <summary>A golden set with its cases.</summary>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Summary">What it is made of.</param>
/// <param name="Missing">What it lacks of what the policies of the prompts that use it ask for; empty where it lacks nothing.</param>
/// <param name="Cases">Its cases, as they stand in its lines.</param>
public sealed record GoldenSetContent(GoldenSetId Set, ContentHash Content, GoldenSetSummary Summary, ImmutableArray<MissingKinds> Missing, ImmutableArray<JsonElement> Cases);

/// <summary>Kinds of which a golden set holds too few cases for a prompt's policy.</summary>
/// <param name="Prompt">Whose policy.</param>
/// <param name="Kinds">The kinds, at least one.</param>
public sealed record MissingKinds(PromptName Prompt, ImmutableArray<MissingKind> Kinds);

/// <summary>Asks for cases of recorded calls: those of one trace, or those of a prompt that something happened to.</summary>
/// <param name="Trace">The trace; null where <paramref name="From"/> says which calls.</param>
/// <param name="From"><c>schema-failures</c>, <c>corrections</c>, <c>escalations</c>, <c>costly</c> or <c>abandoned</c>; null where <paramref name="Trace"/> does.</param>
/// <param name="Prompt">Whose calls; needed with <paramref name="From"/>, and with a trace of several prompts.</param>
/// <param name="Environment">Where; default production.</param>
/// <param name="Since">From when, as a time or as how long ago; default a day ago.</param>
/// <param name="Limit">How many cases at most, 1 to 200; default 20.</param>
/// <param name="Kind">What the cases try out; default normal.</param>
public sealed record GoldenCasesRequest(
    string? Trace = null, string? From = null, PromptName? Prompt = null, EnvironmentName? Environment = null, string? Since = null, int? Limit = null, CaseKind? Kind = null);

/// <summary>What became of recorded calls.</summary>
/// <param name="Set">The version that holds them; the newest there was where no call became a case.</param>
/// <param name="Created">Whether this request made it.</param>
/// <param name="Added">The ids of the new cases; each waits to be confirmed.</param>
/// <param name="LeftOut">The calls that became no case, a sentence each.</param>
public sealed record GoldenCasesDocument(GoldenSetId Set, bool Created, ImmutableArray<string> Added, ImmutableArray<string> LeftOut);
