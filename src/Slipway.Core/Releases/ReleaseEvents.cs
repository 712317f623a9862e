using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>Something that happened to a release.</summary>
/// <param name="Release">Which one.</param>
public abstract record ReleaseEvent(ReleaseId Release) : JournalEvent;

/// <summary>A release was proposed under a plan.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Environment">Where it is to go live.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Baseline">What is live now; null for the first version.</param>
/// <param name="Author">Who wrote the candidate.</param>
/// <param name="Owner">Whom its manifest names as owner.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
public sealed record ReleaseProposed(
    ReleaseId Release, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, MemberName Author, MemberName Owner, ReleasePlan Plan,
    string? Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => (Baseline is null
        ? $"proposed {Release}: {Candidate} as the first version in {Environment}"
        : $"proposed {Release}: {Candidate} after {Baseline.Number} in {Environment}, by {string.Join(", ", Plan.Steps)}, " +
          $"while {string.Join(" and ", Plan.Guardrails.Select(guardrail => guardrail.ToString()))}, back to {Plan.RollbackTo}" +
          (Plan.Eligibility.IsEmpty ? "" : $", only where {string.Join(" and ", Plan.Eligibility)}")) + (Reason is null ? "" : $": {Reason}");
}

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

    internal override JournalEvent Upcast() => new ReleaseProposed(Release, Environment, Candidate, Baseline, Author, Owner, Plan.Upcast(), Reason: null);
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

    internal override JournalEvent Upcast() => new ReleaseProposed(Release, Environment, Candidate, Baseline, Author, Owner, Plan.Upcast(), Reason);
}

/// <summary>Somebody else than the author said yes.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Note">What they said; may be empty.</param>
public sealed record ReleaseApproved(ReleaseId Release, string Note) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"approved {Release}{(Note.Length == 0 ? "" : $": {Note}")}";
}

/// <summary>A reviewer said no; the release is over.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Reason">Why.</param>
public sealed record ReleaseDeclined(ReleaseId Release, string Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"declined {Release}: {Reason}";
}

/// <summary>The release was given up before it carried traffic.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Reason">Why.</param>
public sealed record ReleaseCancelled(ReleaseId Release, string Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"cancelled {Release}: {Reason}";
}

/// <summary>The candidate gets traffic from now on.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Weight">The first step.</param>
/// <param name="Salt">What the buckets are drawn with; random.</param>
public sealed record ReleaseStarted(ReleaseId Release, Share Weight, string Salt) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"started {Release} at {Weight}";
}

/// <summary>The candidate gets a larger share from now on.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Weight">The new share.</param>
/// <param name="Epoch">The epoch that begins.</param>
/// <param name="Reason">The evidence in a sentence, or why a person did it.</param>
/// <param name="Evidence">The evidence in numbers; empty where a person did it.</param>
public sealed record ReleaseAdvanced(ReleaseId Release, Share Weight, int Epoch, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"advanced {Release} to {Weight}: {Reason}";
}

/// <summary>The weight stays where it is until somebody decides.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Reason">Why.</param>
/// <param name="Evidence">The evidence in numbers; empty where a person did it.</param>
public sealed record ReleaseFrozen(ReleaseId Release, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"froze {Release}: {Reason}";
}

/// <summary>A frozen release goes on.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Reason">Why it may.</param>
public sealed record ReleaseResumed(ReleaseId Release, string Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"resumed {Release}: {Reason}";
}

/// <summary>The candidate is live.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Version">What is live now.</param>
/// <param name="Reason">The evidence in a sentence, or why a person did it.</param>
/// <param name="Evidence">The evidence in numbers; empty for a first version or where a person did it.</param>
public sealed record ReleaseCompleted(ReleaseId Release, VersionId Version, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"completed {Release}, {Version} is live: {Reason}";
}

/// <summary>The candidate is served to nobody any more.</summary>
/// <param name="Release">Which one.</param>
/// <param name="From">What was taken back.</param>
/// <param name="To">What everybody gets.</param>
/// <param name="Reason">The evidence in a sentence, or why a person did it.</param>
/// <param name="Evidence">The evidence in numbers; empty where a person did it.</param>
public sealed record ReleaseRolledBack(ReleaseId Release, VersionId From, VersionId To, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"rolled back {Release} from {From} to {To.Number}: {Reason}";
}
