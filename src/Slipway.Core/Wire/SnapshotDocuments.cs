using System.Collections.Frozen;
using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Wire;

/// <summary>The routing table of an environment, whole: whoever gets it replaces what it had.</summary>
/// <param name="Environment">Which environment.</param>
/// <param name="Revision">Strictly rising within the environment.</param>
/// <param name="Routes">One record a prompt that something is live of, by name.</param>
public sealed record SnapshotDocument(EnvironmentName Environment, long Revision, ImmutableArray<RouteDocument> Routes)
{
    /// <summary>The document of a table.</summary>
    public static SnapshotDocument Of(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new SnapshotDocument(
            snapshot.Environment, snapshot.Revision, [.. snapshot.Routes.Values.OrderBy(route => route.Prompt.Value, StringComparer.Ordinal).Select(RouteDocument.Of)]);
    }

    /// <summary>The table, ready to resolve with. Of a prompt that stands in it twice the newer record counts.</summary>
    public Snapshot ToSnapshot() => (Snapshot.Empty(Environment) with { Revision = Revision }).With(Routes.Select(route => route.ToRoute()));
}

/// <summary>The whole routing record of one prompt.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Revision">Of this record; what is lower than what one has is passed over.</param>
/// <param name="Stable">What everybody gets who is neither in a canary nor has a variant.</param>
/// <param name="Candidate">The active release; null where none carries traffic.</param>
/// <param name="RollbackTo">What everybody would get after a rollback; null where there is nothing before.</param>
/// <param name="Variants">What a tenant or a model gets instead of stable.</param>
/// <param name="Policy">What is done with answers that break their contract, and what is kept of calls.</param>
/// <param name="BroughtBy">The salt of the release by which everybody got stable; null where it is not known.</param>
/// <param name="Withdrawn">The salts of the releases that were rolled back: whoever has seen one never serves what goes by it again. None where left out.</param>
public sealed record RouteDocument(
    Prompts.PromptName Prompt, long Revision, ServedVersion Stable, CandidateDocument? Candidate, ServedVersion? RollbackTo,
    ImmutableArray<VariantDocument> Variants, ServingPolicy Policy, string? BroughtBy = null, ImmutableArray<string>? Withdrawn = null)
{
    /// <summary>The document of a record.</summary>
    public static RouteDocument Of(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var variants = route.Variants
            .OrderBy(variant => variant.Key.Tenant is null).ThenBy(variant => variant.Key.Tenant, StringComparer.Ordinal)
            .ThenBy(variant => variant.Key.Model is null).ThenBy(variant => variant.Key.Model, StringComparer.Ordinal)
            .Select(variant => new VariantDocument(variant.Key.Tenant, variant.Key.Model, variant.Value));
        return new RouteDocument(
            route.Prompt, route.Revision, route.Stable, route.Candidate is { } candidate ? CandidateDocument.Of(candidate) : null, route.RollbackTo, [.. variants], route.Policy, route.BroughtBy,
            route.Withdrawn.IsEmpty ? null : route.Withdrawn);
    }

    /// <summary>The record, ready to resolve with. A variant for nobody in particular is passed over.</summary>
    public Route ToRoute()
    {
        var variants = new Dictionary<VariantKey, ServedVersion>();
        foreach (var variant in Variants)
            if (variant is not { Tenant: null, Model: null }) variants[new VariantKey(variant.Tenant, variant.Model)] = variant.Served;
        return new Route(Prompt, Revision, Stable, Candidate?.ToCandidate(), RollbackTo, Policy, variants.ToFrozenDictionary()) { BroughtBy = BroughtBy, Withdrawn = Withdrawn ?? [] };
    }
}

/// <summary>The candidate of an active release and whom it gets.</summary>
/// <param name="Release">Which release.</param>
/// <param name="Served">What is served.</param>
/// <param name="WeightPpm">A unit is in the canary where its bucket, 0 to 999,999, is below this.</param>
/// <param name="Salt">What the buckets are drawn with.</param>
/// <param name="Algorithm">How: <see cref="MurmurPpm"/>. Whoever does not know the name serves stable.</param>
/// <param name="Epoch">Rises with every change of the weight.</param>
/// <param name="Eligibility">Conditions that must all hold; none means everybody.</param>
public sealed record CandidateDocument(
    ReleaseId Release, ServedVersion Served, int WeightPpm, string Salt, string Algorithm, int Epoch, ImmutableArray<ConditionDocument> Eligibility)
{
    /// <summary><c>(MurmurHash3_x86_32(UTF8(salt) ‖ 0x00 ‖ UTF8(unit), seed 0) × 1,000,000) >> 32</c>; its bytes are fixed for ever.</summary>
    public const string MurmurPpm = "murmur3_x86_32/ppm";

    /// <summary>The document of a candidate.</summary>
    public static CandidateDocument Of(CandidateRoute candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return candidate.NotUnderstood ?? new CandidateDocument(
            candidate.Release, candidate.Served, candidate.Weight.PartsPerMillion, candidate.Salt, MurmurPpm, candidate.Epoch, [.. candidate.Eligibility.Conditions.Select(ConditionDocument.Of)]);
    }

    /// <summary>The candidate. Where a newer build wrote what this one does not know, an algorithm or an operator, it is one that nobody gets.</summary>
    public CandidateRoute ToCandidate()
    {
        var conditions = Eligibility.Select(document => Condition.Parse(document, out _)).ToList();
        return Algorithm == MurmurPpm && Share.TryOf(WeightPpm, out var weight) && !conditions.Contains(null)
            ? new CandidateRoute(Release, Served, weight, Salt, Epoch, new Eligibility([.. conditions!]))
            : new CandidateRoute(Release, Served, default, Salt, Epoch, Resolution.Eligibility.Everybody) { NotUnderstood = this };
    }

    /// <summary>The same candidate under the same conditions.</summary>
    public bool Equals(CandidateDocument? other) => other is not null
        && (Release, Served, WeightPpm, Salt, Algorithm, Epoch) == (other.Release, other.Served, other.WeightPpm, other.Salt, other.Algorithm, other.Epoch)
        && Eligibility.SequenceEqual(other.Eligibility);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Release, Served, WeightPpm, Salt, Algorithm, Epoch);
}

/// <summary>A condition as people or another build wrote it: its operator need not be known here.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Operator">How it is compared; the names of <see cref="ConditionOperator"/>.</param>
/// <param name="Values">With what; none where left out.</param>
/// <param name="Not">Whether the opposite is wanted; of an attribute that is not there, that is true.</param>
public sealed record ConditionDocument(string Attribute, string Operator, ImmutableArray<string>? Values = null, bool Not = false)
{
    /// <summary>The document of a condition.</summary>
    public static ConditionDocument Of(Condition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new ConditionDocument(condition.Attribute, SnakeCase<ConditionOperator>.Of(condition.Operator), condition.Values, condition.Not);
    }

    /// <summary>The same words.</summary>
    public bool Equals(ConditionDocument? other) => other is not null
        && (Attribute, Operator, Not) == (other.Attribute, other.Operator, other.Not) && (Values ?? []).SequenceEqual(other.Values ?? [], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attribute, Operator, Not);
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
/// <param name="AppliedMsAgo">Milliseconds since it applied that revision, at most <see cref="LongestAgo"/>; 0 where left out.</param>
public sealed record AcknowledgementDocument(string Instance, EnvironmentName Environment, long Revision, string? Sdk = null, int AppliedMsAgo = 0)
{
    /// <summary>The longest time ago that an instance can say: 60 s.</summary>
    public const int LongestAgo = 60_000;
}

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

/// <summary>The instances of an environment.</summary>
/// <param name="Environment">Which environment.</param>
/// <param name="Revision">What they should serve: of the prompt that was asked for, else of all.</param>
/// <param name="At">The server's time.</param>
/// <param name="Instances">By name; one that was not heard of for a minute is not among them.</param>
public sealed record InstancesDocument(EnvironmentName Environment, long Revision, DateTimeOffset At, ImmutableArray<InstanceDocument> Instances);
