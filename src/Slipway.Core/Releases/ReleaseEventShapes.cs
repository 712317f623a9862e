using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>A proposal as it was written before it could give a reason of its own.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Environment">Where it is to go live.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Baseline">What is live now; null for the first version.</param>
/// <param name="Author">Who wrote the candidate.</param>
/// <param name="Owner">Whom its manifest names as owner.</param>
/// <param name="Plan">The contract.</param>
public sealed record ReleaseProposedV1(
    ReleaseId Release, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, MemberName Author, MemberName Owner, ReleasePlanV1 Plan) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new ReleaseProposed(Release, Environment, Candidate, Baseline, Author, Owner, Plan.Upcast(), Report: null, ExpiresAt: null, Reason: null);
}

/// <summary>A proposal as it was written before its plan could say who may be in the canary.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Environment">Where it is to go live.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Baseline">What is live now; null for the first version.</param>
/// <param name="Author">Who wrote the candidate.</param>
/// <param name="Owner">Whom its manifest names as owner.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
public sealed record ReleaseProposedV2(
    ReleaseId Release, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, MemberName Author, MemberName Owner, ReleasePlanV1 Plan,
    string? Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new ReleaseProposed(Release, Environment, Candidate, Baseline, Author, Owner, Plan.Upcast(), Report: null, ExpiresAt: null, Reason);
}

/// <summary>A proposal as it was written before releases had levels, steps of their own and an observation.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Environment">Where it is to go live.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Baseline">What is live now; null for the first version.</param>
/// <param name="Author">Who wrote the candidate.</param>
/// <param name="Owner">Whom its manifest names as owner.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
public sealed record ReleaseProposedV3(
    ReleaseId Release, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, MemberName Author, MemberName Owner, ReleasePlanV2 Plan,
    string? Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new ReleaseProposed(Release, Environment, Candidate, Baseline, Author, Owner, Plan.Upcast(), Report: null, ExpiresAt: null, Reason);
}

/// <summary>A plan as it was written before it could say who may be in the canary.</summary>
/// <param name="Steps">The shares of traffic, rising strictly, the last one all.</param>
/// <param name="Guardrails">What is judged continuously while units are split.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within a step.</param>
/// <param name="MinimumTime">How long a step lasts at least.</param>
/// <param name="DecideWithin">How long a step may stay undecided before the release freezes.</param>
/// <param name="MaximumFreeze">How long a release may stay frozen before it is rolled back.</param>
/// <param name="RollbackTo">The version to go back to; null for the first version of a prompt.</param>
/// <param name="Watcher">Who watches; null where nobody was named.</param>
public sealed record ReleasePlanV1(
    ImmutableArray<Share> Steps, ImmutableArray<Guardrail> Guardrails, int MinimumUnits, Duration MinimumTime,
    Duration DecideWithin, Duration MaximumFreeze, VersionNumber? RollbackTo, MemberName? Watcher)
{
    internal ReleasePlan Upcast() => new ReleasePlanV2(Steps, Guardrails, MinimumUnits, MinimumTime, DecideWithin, MaximumFreeze, RollbackTo, Watcher, []).Upcast();
}

/// <summary>A plan as it was written before releases had levels: every step alike, and completed as soon as everybody got the candidate.</summary>
/// <param name="Steps">The shares of traffic, rising strictly, the last one all.</param>
/// <param name="Guardrails">What is judged continuously while units are split.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within a step.</param>
/// <param name="MinimumTime">How long a step lasts at least.</param>
/// <param name="DecideWithin">How long a step may stay undecided before the release freezes.</param>
/// <param name="MaximumFreeze">How long a release may stay frozen before it is rolled back.</param>
/// <param name="RollbackTo">The version to go back to; null for the first version of a prompt.</param>
/// <param name="Watcher">Who watches; null where nobody was named.</param>
/// <param name="Eligibility">Conditions that a request must meet to be in the canary, all of them; none means everybody.</param>
public sealed record ReleasePlanV2(
    ImmutableArray<Share> Steps, ImmutableArray<Guardrail> Guardrails, int MinimumUnits, Duration MinimumTime,
    Duration DecideWithin, Duration MaximumFreeze, VersionNumber? RollbackTo, MemberName? Watcher, ImmutableArray<Condition> Eligibility)
{
    // Nobody agreed to an observation then, so the release is completed where it would have been.
    internal ReleasePlan Upcast() => new(
        Steps.Length == 1 ? ReleaseLevel.Direct : ReleaseLevel.Limited, [.. Steps.Select(PlanStep.FromShare)], Guardrails, MinimumUnits, MinimumTime, DecideWithin, MaximumFreeze,
        Duration.Zero, RollbackTo, Watcher, StickyUnit.Conversation, StartAt: null, Eligibility, Shadow: null, Staging: false);
}
