using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Where a release stands.</summary>
[JsonConverter(typeof(EnumTextConverter<ReleaseState>))]
public enum ReleaseState
{
    /// <summary>Waits for a reviewer.</summary>
    [JsonStringEnumMemberName("proposed")] Proposed,
    /// <summary>Waits for the release owner.</summary>
    [JsonStringEnumMemberName("approved")] Approved,
    /// <summary>The candidate is asked what stable was asked, after the user has been answered; nobody gets its answers.</summary>
    [JsonStringEnumMemberName("shadow")] Shadow,
    /// <summary>The candidate gets a share of traffic and is judged.</summary>
    [JsonStringEnumMemberName("canary")] Canary,
    /// <summary>The share stays as it is until somebody decides.</summary>
    [JsonStringEnumMemberName("frozen")] Frozen,
    /// <summary>Everybody gets the candidate, and it is watched until it is completed.</summary>
    [JsonStringEnumMemberName("full")] Full,
    /// <summary>The candidate was watched to the end; it is what the next release is compared with.</summary>
    [JsonStringEnumMemberName("completed")] Completed,
    /// <summary>The candidate was taken back; final.</summary>
    [JsonStringEnumMemberName("rolled_back")] RolledBack,
    /// <summary>A reviewer said no; final.</summary>
    [JsonStringEnumMemberName("declined")] Declined,
    /// <summary>Given up before it carried traffic; final.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>One attempt to move one version into one environment under a contract agreed beforehand.</summary>
public sealed record Release
{
    /// <summary>Its name.</summary>
    public required ReleaseId Id { get; init; }

    /// <summary>Where it is to go live.</summary>
    public required EnvironmentName Environment { get; init; }

    /// <summary>What is to go live.</summary>
    public required VersionId Candidate { get; init; }

    /// <summary>What was live when it was proposed; null for the first version.</summary>
    public required VersionId? Baseline { get; init; }

    /// <summary>Who wrote the candidate; never its approver.</summary>
    public required MemberName Author { get; init; }

    /// <summary>Whom the candidate's manifest names as owner; who has the duty stands in the prompt's duties.</summary>
    public required MemberName Owner { get; init; }

    /// <summary>Who proposed it.</summary>
    public required MemberName ProposedBy { get; init; }

    /// <summary>Why it was proposed; null where nothing beside the version's own reason was said.</summary>
    public string? ProposedBecause { get; init; }

    /// <summary>The contract.</summary>
    public required ReleasePlan Plan { get; init; }

    /// <summary>How long it will take, as it was foretold with its plan; null where nobody could.</summary>
    public ReleaseForecast? Forecast { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReleaseState State { get; init; }

    /// <summary>Since when it stands there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it stands there, in a sentence; empty before anything was decided.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The report of the evaluation it was proposed with; null where none was looked at.</summary>
    public ContentHash? Report { get; init; }

    /// <summary>Until when two people's word carries an emergency; null once it is approved, and for every other release.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The parts of its review that were signed for the plan it has now.</summary>
    public ImmutableArray<SignedReview> Reviews { get; init; } = [];

    /// <summary>Who changed its plan after it was proposed; like who proposed it, they sign nothing.</summary>
    public ImmutableArray<MemberName> PlannedBy { get; init; } = [];

    /// <summary>The release owner who said yes to its start at the time of its plan; null where nobody did.</summary>
    public MemberName? ScheduledBy { get; init; }

    /// <summary>Who declined or cancelled it; null where nobody did.</summary>
    public MemberName? ClosedBy { get; init; }

    /// <summary>Who approved it, or confirmed it as the second person; null before.</summary>
    public MemberName? ApprovedBy { get; init; }

    /// <summary>When it was approved; null before.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>What its approver said; empty before, or where they said nothing.</summary>
    public string ApprovalNote { get; init; } = "";

    /// <summary>Whether everybody ever got the candidate, even if it was rolled back later.</summary>
    public bool WentLive { get; init; }

    /// <summary>The revision of the routing record that took it back; null where it was not rolled back.</summary>
    public long? RollbackRevision { get; init; }

    /// <summary>How soon its rollback was everywhere; null where that is not known yet, or nobody was there to be reached.</summary>
    public RollbackProof? Rollback { get; init; }

    /// <summary>What its buckets are drawn with; null before it starts.</summary>
    public string? Salt { get; init; }

    /// <summary>When users first got it; null before, also in its shadow.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The share of each epoch so far; the first epoch is 1. A shadow is an epoch of 0%.</summary>
    public ImmutableArray<Share> Weights { get; init; } = [];

    /// <summary>When the current epoch began.</summary>
    public DateTimeOffset EpochSince { get; init; }

    /// <summary>Rises with every change of the weight; 0 before it starts.</summary>
    public int Epoch => Weights.Length;

    /// <summary>The candidate's share now.</summary>
    public Share Weight => CarriesTraffic ? Weights[^1] : default;

    /// <summary>Whether it has traffic that a freeze or a rollback is about.</summary>
    public bool CarriesTraffic => State is ReleaseState.Shadow or ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full;

    /// <summary>When its shadow had spent its budget; null before, and where it has none.</summary>
    public DateTimeOffset? ShadowStoppedAt { get; init; }

    /// <summary>Whether it was started and no user met the candidate: it is in its shadow, or was stopped there.</summary>
    public bool MetNobody => !Weights.IsEmpty && Weights[^1] == default;

    /// <summary>Whether it is in its shadow, frozen or not.</summary>
    public bool InShadow => CarriesTraffic && MetNobody;

    /// <summary>The share of live requests that also go to the candidate now; 0% where none do.</summary>
    public Share Shadowed => InShadow && ShadowStoppedAt is null ? Plan.Shadow!.Share : default;

    /// <summary>Where its candidate stands, as sentences say it.</summary>
    internal string Stage => InShadow ? "in its shadow" : $"at {Weight}";

    /// <summary>Whether no other release of the prompt may be proposed in this environment.</summary>
    public bool Active => State is ReleaseState.Proposed or ReleaseState.Approved || CarriesTraffic;

    /// <summary>The version everybody gets after a rollback; null for the first version of a prompt.</summary>
    public VersionId? RollbackTarget => Plan.RollbackTo is { } number ? new VersionId(Candidate.Prompt, number) : null;

    /// <summary>The step it is in; null before it starts and in its shadow.</summary>
    public PlanStep? Step => Weights.IsEmpty ? null : Plan.Steps.LastOrDefault(step => step.Share <= Weights[^1]);

    /// <summary>The step that follows; null after the last.</summary>
    public PlanStep? NextStep => Plan.Steps.FirstOrDefault(step => step.Share > Weight);

    /// <summary>How long the step it is in lasts at least.</summary>
    public Duration MinimumTime => (InShadow ? Plan.Shadow!.MinimumTime : Step?.MinimumTime) ?? Plan.MinimumTime;

    /// <summary>Units the candidate must have answered within the step it is in.</summary>
    public int MinimumUnits => (InShadow ? Plan.Shadow!.MinimumUnits : Step?.MinimumUnits) ?? Plan.MinimumUnits;

    /// <summary>The parts of its review that nobody signed yet, in their order; empty where none can be signed any more.</summary>
    /// <param name="registry">All state.</param>
    public ImmutableArray<SignOff> OpenReviews(Registry registry) =>
        Baseline is not null && (State is ReleaseState.Proposed || CarriesTraffic && ExpiresAt is not null) ? Releases.Reviews.Open(this, PromptRights.Of(registry, Candidate.Prompt)) : [];

    /// <summary>When its observation at 100% ends; null where it is not observed.</summary>
    public DateTimeOffset? ObservedUntil => State == ReleaseState.Full ? EpochSince + Plan.Observe.Value : null;
}
