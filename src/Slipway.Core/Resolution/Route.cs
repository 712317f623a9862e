using System.Collections.Frozen;
using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>A version that can be served, with the hash of its package.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Package">What to render and to check with.</param>
public sealed record ServedVersion(VersionId Version, ContentHash Package);

/// <summary>The candidate of an active release and whom it gets.</summary>
/// <param name="Release">Which release.</param>
/// <param name="Served">What is served.</param>
/// <param name="Weight">The share of the eligible units that get it.</param>
/// <param name="Salt">What the buckets of this rollout are drawn with.</param>
/// <param name="Epoch">Rises with every change of the weight.</param>
/// <param name="Eligibility">Which requests may be in the canary at all.</param>
public sealed record CandidateRoute(ReleaseId Release, ServedVersion Served, Share Weight, string Salt, int Epoch, Eligibility Eligibility)
{
    /// <summary>What the server said of it, where this build does not know how to choose its units; then nobody gets it. Null where it does.</summary>
    public CandidateDocument? NotUnderstood { get; init; }

    /// <summary>The share of the eligible units whose requests also go to the candidate after stable has answered; 0% for none. A gateway does that, nobody else needs to know.</summary>
    public Share Shadow { get; init; }
}

/// <summary>For whom a variant stands; at least one of the two is named.</summary>
/// <param name="Tenant">The application's customer; null for all.</param>
/// <param name="Model">The model the caller asks for; null for any.</param>
public readonly record struct VariantKey(string? Tenant, string? Model);

/// <summary>How one prompt is served: the whole routing record, as it is pushed to whoever resolves.</summary>
public sealed class Route
{
    /// <summary>The record.</summary>
    /// <param name="prompt">Which prompt.</param>
    /// <param name="revision">The journal's entry that changed this record last.</param>
    /// <param name="stable">What everybody gets who is neither in a canary nor has a variant.</param>
    /// <param name="candidate">The active release; null where none carries traffic.</param>
    /// <param name="rollbackTo">What everybody would get after a rollback of what is stable now; null where there is nothing before.</param>
    /// <param name="policy">What is done with answers that break their contract, and what is kept of calls.</param>
    /// <param name="variants">What a tenant or a model gets instead of stable; null for none. Such requests are in no canary.</param>
    public Route(
        PromptName prompt, long revision, ServedVersion stable, CandidateRoute? candidate, ServedVersion? rollbackTo, ServingPolicy policy,
        FrozenDictionary<VariantKey, ServedVersion>? variants = null)
    {
        (Prompt, Revision, Stable, Candidate, RollbackTo, Policy, Variants) =
            (prompt, revision, stable, candidate, rollbackTo, policy, variants ?? FrozenDictionary<VariantKey, ServedVersion>.Empty);
        (NoRelease, NotUnderstood, NoUnitKey, NotEligible, OutsideCanary, LeaseExpired) =
            (Answer(ResolveReason.NoRelease), Answer(ResolveReason.NotUnderstood), Answer(ResolveReason.NoUnitKey), Answer(ResolveReason.NotEligible), Answer(ResolveReason.OutsideCanary), Answer(ResolveReason.LeaseExpired));
        Salt = new Bucket.Salted(candidate?.Salt ?? "");
        // Of its own, so that the first users of the canary are not those whose requests were sampled.
        ShadowSalt = new Bucket.Salted(candidate is null ? "" : candidate.Salt + "/shadow");
        InCanary = candidate is null ? null : new Decision.Serve(candidate.Served, Arm.Candidate, candidate.Release, candidate.Epoch, revision, ResolveReason.InCanary);
        VariantAnswers = Variants.Count == 0 ? null : new VariantAnswers(Variants.Select(variant => (variant.Key, new Decision.Serve(variant.Value, Arm.Stable, null, 0, revision, ResolveReason.Variant))));
    }

    /// <summary>Which prompt.</summary>
    public PromptName Prompt { get; }

    /// <summary>The journal's entry that changed this record last; it strictly rises.</summary>
    public long Revision { get; }

    /// <summary>What everybody gets who is neither in a canary nor has a variant.</summary>
    public ServedVersion Stable { get; }

    /// <summary>The active release; null where none carries traffic.</summary>
    public CandidateRoute? Candidate { get; }

    /// <summary>What everybody would get after a rollback of what is stable now; null where there is nothing before.</summary>
    public ServedVersion? RollbackTo { get; }

    /// <summary>What is done with answers that break their contract, and what is kept of calls.</summary>
    public ServingPolicy Policy { get; }

    /// <summary>What a tenant or a model gets instead of stable.</summary>
    public FrozenDictionary<VariantKey, ServedVersion> Variants { get; }

    /// <summary>The salt of the release by which everybody got stable; null where it is not known.</summary>
    public string? BroughtBy { get; init; }

    /// <summary>The salts of the releases of this prompt that were rolled back. A salt is random and drawn once: whoever has seen one here never serves what goes by it again, neither as
    /// a candidate nor as stable, whatever comes later, and in whatever order.</summary>
    public ImmutableArray<string> Withdrawn { get; init; } = [];

    // The answers are made with the record, so that resolving allocates nothing.
    internal Decision.Serve NoRelease { get; }
    internal Decision.Serve NotUnderstood { get; }
    internal Decision.Serve NoUnitKey { get; }
    internal Decision.Serve NotEligible { get; }
    internal Decision.Serve OutsideCanary { get; }
    internal Decision.Serve LeaseExpired { get; }
    internal Decision.Serve? InCanary { get; }
    internal VariantAnswers? VariantAnswers { get; }

    /// <summary>The candidate's.</summary>
    internal Bucket.Salted Salt { get; }

    /// <summary>What samples its shadow.</summary>
    internal Bucket.Salted ShadowSalt { get; }

    private Decision.Serve Answer(ResolveReason reason) => new(Stable, Arm.Stable, Candidate?.Release, Candidate?.Epoch ?? 0, Revision, reason);
}
