using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

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
/// <param name="Report">The report of the evaluation whose gates passed; null where none was needed or looked at.</param>
/// <param name="ExpiresAt">Until when two people's word carries an emergency; null for every other release.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
/// <param name="Forecast">How long it will take, as far as that was known; null where it was not.</param>
public sealed record ReleaseProposed(
    ReleaseId Release, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, MemberName Author, MemberName Owner, ReleasePlan Plan,
    ContentHash? Report, DateTimeOffset? ExpiresAt, string? Reason, ReleaseForecast? Forecast = null) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => (Baseline is null
        ? $"proposed {Release}: {Candidate} as the first version in {Environment}"
        : ExpiresAt is { } end
            ? $"asked to break the glass for {Release}: {Candidate} after {Baseline.Number} in {Environment}, {Plan.Told()}, until {ReleasePlan.Time(end)}"
            : $"proposed {Release}: {Candidate} after {Baseline.Number} in {Environment}, {Plan.Told()}") + (Reason is null ? "" : $": {Reason}");
}

/// <summary>Its plan is another one from now on; what was signed for the one before is void.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Reason">Why.</param>
/// <param name="Forecast">How long it will take, as far as that was known; null where it was not.</param>
public sealed record ReleasePlanChanged(ReleaseId Release, ReleasePlan Plan, string Reason, ReleaseForecast? Forecast = null) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"changed the plan of {Release}, which voids its approvals: {Plan.Told()}: {Reason}";
}

/// <summary>Parts of its review were signed.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Parts">Which parts, in their order.</param>
/// <param name="Note">What was said; may be empty.</param>
public sealed record ReleaseReviewed(ReleaseId Release, ImmutableArray<SignOff> Parts, string Note) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"signed the {string.Join(" and the ", Parts.Select(part => part.Word()))} of {Release}{(Note.Length == 0 ? "" : $": {Note}")}";
}

/// <summary>A release owner said yes to its start at the time of its plan.</summary>
/// <param name="Release">Which one.</param>
/// <param name="At">When it starts by itself.</param>
public sealed record ReleaseScheduled(ReleaseId Release, DateTimeOffset At) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"scheduled {Release} to start at {ReleasePlan.Time(At)}";
}

/// <summary>A second person confirmed an emergency: it starts without gates and reviews.</summary>
/// <param name="Release">Which one.</param>
/// <param name="AskedBy">The first person.</param>
/// <param name="ExpiresAt">Until when two people's word carries it.</param>
/// <param name="Reason">Why, in the second person's words.</param>
public sealed record GlassBroken(ReleaseId Release, MemberName AskedBy, DateTimeOffset ExpiresAt, string Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"broke the glass for {Release} together with {AskedBy}, without gates and reviews, until {ReleasePlan.Time(ExpiresAt)}: {Reason}";
}

/// <summary>Every part of its review was signed; of a first version, a second person said yes.</summary>
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

/// <summary>The candidate gets traffic from now on, or is asked in its shadow.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Weight">The first step; 0% where a shadow comes before it.</param>
/// <param name="Salt">What the buckets are drawn with; random.</param>
public sealed record ReleaseStarted(ReleaseId Release, Share Weight, string Salt) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Weight == default ? $"started {Release} in its shadow" : $"started {Release} at {Weight}";
}

/// <summary>The shadow spent its budget: from now on the candidate is asked nothing until its first step.</summary>
/// <param name="Release">Which one.</param>
/// <param name="Calls">Calls it made.</param>
/// <param name="Cost">What is known of their cost, in US dollars; null where nothing is.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record ReleaseShadowStopped(ReleaseId Release, long Calls, decimal? Cost, string Reason) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"stopped the shadow of {Release} after {Calls} calls{(Cost is { } cost ? $" for ${cost:0.######}" : "")}: {Reason}");
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
