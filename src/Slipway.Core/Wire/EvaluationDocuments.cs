using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Core.Wire;

/// <summary>A run of an evaluation.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="Candidate">What is tested.</param>
/// <param name="Baseline">What it is compared with; null where nothing was live.</param>
/// <param name="Dataset">On which cases.</param>
/// <param name="Settings">How it is run: the manifest's, and what the request changed.</param>
/// <param name="By">Who began it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Progress">How far it is; null before it is asked for the first time, and on a server that only heard of it.</param>
/// <param name="Message">Why it was stopped, was cancelled or failed, in a sentence; null where there is nothing to say.</param>
/// <param name="Verdict">The worst of the gates; null while it runs, and where it was not finished.</param>
/// <param name="ReportHash">The report's object; null as <paramref name="Verdict"/>.</param>
/// <param name="Report">What came out; null while it runs, in lists and in events.</param>
/// <param name="Reviews">What people's reviews of it came to; null as <paramref name="Report"/>.</param>
public sealed record EvaluationRunDocument(
    EvaluationRunId Id, EvaluationRunState State, VersionId Candidate, VersionId? Baseline, GoldenSetId Dataset, EvaluationSettings Settings, MemberName By, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null, EvaluationProgress? Progress = null, string? Message = null, GateVerdict? Verdict = null, ContentHash? ReportHash = null, EvaluationReport? Report = null,
    ImmutableArray<ReviewOutcome>? Reviews = null);
