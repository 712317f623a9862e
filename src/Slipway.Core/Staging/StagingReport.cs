using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Staging;

/// <summary>What differs between the staged version and production.</summary>
/// <param name="Part">What, in a word: <c>retrieval</c>.</param>
/// <param name="Staging">What is so in staging; null where there is nothing.</param>
/// <param name="Production">What is so in production; null where there is nothing.</param>
/// <param name="Sentence">Both, for people.</param>
/// <param name="NeedsReason">Whether somebody must say why it may differ: it does not follow from what the version says of itself.</param>
public sealed record StagingDifference(string Part, string? Staging, string? Production, string Sentence, bool NeedsReason);

/// <summary>How the recorded requests were answered by one version.</summary>
/// <param name="Asked">How many were asked.</param>
/// <param name="Kept">How many were answered as the version's contract has it.</param>
/// <param name="Errors">How many were not answered at all.</param>
/// <param name="LatencyP50">Milliseconds, half of the answers; null without any.</param>
/// <param name="LatencyP95">Milliseconds, 95 % of the answers; null without any.</param>
/// <param name="CostPerSuccess">US dollars for each answer that kept it; null where it is not known.</param>
public sealed record StagingAnswers(int Asked, int Kept, int Errors, double? LatencyP50, double? LatencyP95, double? CostPerSuccess);

/// <summary>What a person must know before a staged version goes on: kept as an object, and bound to the package and to what was live.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Package">Its package.</param>
/// <param name="Production">What was live in production.</param>
/// <param name="ProductionPackage">The package of that.</param>
/// <param name="Staged">How the staged version answered the recorded requests.</param>
/// <param name="Live">How what is live answered the same ones now.</param>
/// <param name="Differences">What differs; what needs a reason first.</param>
/// <param name="Evaluation">The object with every answer's outcome, an evaluation's report.</param>
/// <param name="OldestRequest">When the oldest of the requests arrived.</param>
/// <param name="NewestRequest">When the newest did.</param>
/// <param name="LeftOut">Recorded calls that could not be asked again, and why, a sentence each.</param>
public sealed record StagingReport(
    VersionId Version, ContentHash Package, VersionId Production, ContentHash ProductionPackage, StagingAnswers Staged, StagingAnswers Live, ImmutableArray<StagingDifference> Differences,
    ContentHash Evaluation, DateTimeOffset OldestRequest, DateTimeOffset NewestRequest, ImmutableArray<string> LeftOut);
