using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Staging;

namespace Slipway.Core.Wire;

/// <summary>Asks that a staged version is called with recorded requests of production and held against what is live there.</summary>
/// <param name="Version">Which version; live in staging.</param>
/// <param name="Requests">How many requests at most, 1 to 200; 20 where left out.</param>
/// <param name="Since">From when they may be, as a time or as how long ago; 7 days where left out.</param>
/// <param name="MaxCost">What the calls may cost, in US dollars; any amount where left out.</param>
public sealed record StagingRequest(VersionId Version, int? Requests = null, string? Since = null, decimal? MaxCost = null);

/// <summary>Says why a difference may stay.</summary>
/// <param name="Version">Of which staged version.</param>
/// <param name="Part">What differs, as the report names it.</param>
/// <param name="Reason">Why it may.</param>
public sealed record StagingExplanationRequest(VersionId Version, string Part, string Reason);

/// <summary>The newest report on a staged version.</summary>
/// <param name="ReportHash">Its object.</param>
/// <param name="Report">What it says.</param>
/// <param name="By">Who made it.</param>
/// <param name="At">When.</param>
/// <param name="Explanations">Why differences may stay.</param>
/// <param name="Unexplained">The differences that nobody explained yet.</param>
/// <param name="Outdated">Why it is worth nothing any more, in a sentence; null where it is of now.</param>
public sealed record StagingReportDocument(
    ContentHash ReportHash, StagingReport Report, MemberName By, DateTimeOffset At, ImmutableArray<StagingExplanation> Explanations, ImmutableArray<OpenDifference> Unexplained, string? Outdated);
