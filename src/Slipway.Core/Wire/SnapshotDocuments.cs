using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Wire;

/// <summary>The routing table of an environment, whole: whoever gets it replaces what it had.</summary>
/// <param name="Environment">Which environment.</param>
/// <param name="Revision">Strictly rising within the environment.</param>
/// <param name="Routes">One record a prompt that something is live of, by name.</param>
public sealed record SnapshotDocument(EnvironmentName Environment, long Revision, ImmutableArray<RouteDocument> Routes);

/// <summary>The whole routing record of one prompt.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Revision">Of this record; what is lower than what one has is passed over.</param>
/// <param name="Stable">What everybody gets who is neither in a canary nor has a variant.</param>
/// <param name="Candidate">The active release; null where none carries traffic.</param>
/// <param name="RollbackTo">What everybody would get after a rollback; null where there is nothing before.</param>
/// <param name="Variants">What a tenant or a model gets instead of stable.</param>
/// <param name="Policy">What is done with answers that break their contract, and what is kept of calls.</param>
public sealed record RouteDocument(
    Prompts.PromptName Prompt, long Revision, ServedVersion Stable, CandidateDocument? Candidate, ServedVersion? RollbackTo,
    ImmutableArray<VariantDocument> Variants, ServingPolicy Policy);

/// <summary>The candidate of an active release and whom it gets.</summary>
/// <param name="Release">Which release.</param>
/// <param name="Served">What is served.</param>
/// <param name="WeightPpm">A unit is in the canary where its bucket, 0 to 999,999, is below this.</param>
/// <param name="Salt">What the buckets are drawn with.</param>
/// <param name="Algorithm">How: <see cref="MurmurPpm"/>. Whoever does not know the name serves stable.</param>
/// <param name="Epoch">Rises with every change of the weight.</param>
/// <param name="Eligibility">Conditions that must all hold; none means everybody.</param>
public sealed record CandidateDocument(
    ReleaseId Release, ServedVersion Served, int WeightPpm, string Salt, string Algorithm, int Epoch, ImmutableArray<Condition> Eligibility)
{
    /// <summary><c>(MurmurHash3_x86_32(UTF8(salt) ‖ 0x00 ‖ UTF8(unit), seed 0) × 1,000,000) >> 32</c>; its bytes are fixed for ever.</summary>
    public const string MurmurPpm = "murmur3_x86_32/ppm";
}

/// <summary>What a tenant or a model gets instead of stable.</summary>
/// <param name="Tenant">Null for all.</param>
/// <param name="Model">Null for any.</param>
/// <param name="Served">What.</param>
public sealed record VariantDocument(string? Tenant, string? Model, ServedVersion Served);

/// <summary>What an instance says of itself: which revision it serves.</summary>
/// <param name="Instance">Its name, 1 to 100 characters, its own as long as it runs.</param>
/// <param name="Environment">What it serves.</param>
/// <param name="Revision">The revision it has applied.</param>
/// <param name="Sdk">What it is, e.g. <c>slipway-dotnet/0.1</c>; null for unsaid.</param>
public sealed record AcknowledgementDocument(string Instance, EnvironmentName Environment, long Revision, string? Sdk = null);

/// <summary>What the server knows of an instance.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="Environment">What it serves.</param>
/// <param name="Sdk">What it is; null for unsaid.</param>
/// <param name="Revision">The newest revision it acknowledged; 0 for none yet.</param>
/// <param name="Since">When it acknowledged that.</param>
/// <param name="Current">Whether that is the environment's revision.</param>
/// <param name="Connected">Whether its event stream is open.</param>
/// <param name="LastSeen">When it was last heard.</param>
/// <param name="AppliedAfterMs">Milliseconds from the change's commit to its acknowledgement; null where it joined later.</param>
/// <param name="LeaseEndsAt">When it stops serving candidates if nothing reaches it; null while it is connected.</param>
public sealed record InstanceDocument(
    string Instance, EnvironmentName Environment, string? Sdk, long Revision, DateTimeOffset Since, bool Current, bool Connected, DateTimeOffset LastSeen,
    double? AppliedAfterMs, DateTimeOffset? LeaseEndsAt);
