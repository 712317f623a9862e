using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
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
    /// <summary>The candidate gets a share of traffic and is judged.</summary>
    [JsonStringEnumMemberName("canary")] Canary,
    /// <summary>The share stays as it is until somebody decides.</summary>
    [JsonStringEnumMemberName("frozen")] Frozen,
    /// <summary>The candidate went live.</summary>
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

    /// <summary>Where it stands.</summary>
    public required ReleaseState State { get; init; }

    /// <summary>Since when it stands there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it stands there, in a sentence; empty before anything was decided.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who approved it; null before.</summary>
    public MemberName? ApprovedBy { get; init; }

    /// <summary>When it was approved; null before.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>What its approver said; empty before, or where they said nothing.</summary>
    public string ApprovalNote { get; init; } = "";

    /// <summary>Whether it ever went live, even if it was rolled back later.</summary>
    public bool WasCompleted { get; init; }

    /// <summary>What its buckets are drawn with; null before it starts.</summary>
    public string? Salt { get; init; }

    /// <summary>The share of each epoch so far; the first epoch is 1.</summary>
    public ImmutableArray<Share> Weights { get; init; } = [];

    /// <summary>When the current epoch began.</summary>
    public DateTimeOffset EpochSince { get; init; }

    /// <summary>Rises with every change of the weight; 0 before it starts.</summary>
    public int Epoch => Weights.Length;

    /// <summary>The candidate's share now.</summary>
    public Share Weight => CarriesTraffic ? Weights[^1] : default;

    /// <summary>Whether units are split at this moment.</summary>
    public bool CarriesTraffic => State is ReleaseState.Canary or ReleaseState.Frozen;

    /// <summary>Whether no other release of the prompt may be proposed in this environment.</summary>
    public bool Active => State is ReleaseState.Proposed or ReleaseState.Approved || CarriesTraffic;

    /// <summary>The version everybody gets after a rollback; null for the first version of a prompt.</summary>
    public VersionId? RollbackTarget => Plan.RollbackTo is { } number ? new VersionId(Candidate.Prompt, number) : null;

    /// <summary>The share that follows the current one.</summary>
    public Share NextWeight => Plan.Steps.First(step => step > Weight);
}
