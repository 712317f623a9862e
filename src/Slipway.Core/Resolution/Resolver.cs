using System.Text.Json.Serialization;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>What a caller asks for.</summary>
/// <param name="Prompt">The prompt's name, not yet known to exist.</param>
/// <param name="UnitKey">The sticky unit, usually a conversation id; null or empty always gets stable.</param>
/// <param name="Tenant">The application's customer; null for none.</param>
/// <param name="Model">The model the caller asks for; null for any.</param>
/// <param name="Attributes">What else is known of the request, by name; null for nothing.</param>
/// <param name="LeaseExpired">Whether whoever resolves was cut off from the server for longer than a candidate may be served unheard.</param>
public readonly record struct ResolveRequest(
    string Prompt, string? UnitKey, string? Tenant = null, string? Model = null, IReadOnlyDictionary<string, string>? Attributes = null, bool LeaseExpired = false);

/// <summary>Which side of a release answered.</summary>
[JsonConverter(typeof(EnumTextConverter<Arm>))]
public enum Arm
{
    /// <summary>The version that is live.</summary>
    [JsonStringEnumMemberName("stable")] Stable,
    /// <summary>The version that is being released.</summary>
    [JsonStringEnumMemberName("candidate")] Candidate,
    /// <summary>The version that is being released, asked once more after stable had answered; nobody was shown its answer.</summary>
    [JsonStringEnumMemberName("shadow")] Shadow,
}

/// <summary>Why a request gets the version it gets.</summary>
[JsonConverter(typeof(EnumTextConverter<ResolveReason>))]
public enum ResolveReason
{
    /// <summary>No release carries traffic.</summary>
    [JsonStringEnumMemberName("no_release")] NoRelease,
    /// <summary>The request's tenant or model has a variant of its own.</summary>
    [JsonStringEnumMemberName("variant")] Variant,
    /// <summary>The release's conditions leave the request out.</summary>
    [JsonStringEnumMemberName("not_eligible")] NotEligible,
    /// <summary>Whoever resolves is older than the server and does not know how the release chooses its units.</summary>
    [JsonStringEnumMemberName("not_understood")] NotUnderstood,
    /// <summary>The caller named no unit.</summary>
    [JsonStringEnumMemberName("no_unit_key")] NoUnitKey,
    /// <summary>The unit's bucket is not below the weight.</summary>
    [JsonStringEnumMemberName("outside_canary")] OutsideCanary,
    /// <summary>The unit's bucket is below the weight.</summary>
    [JsonStringEnumMemberName("in_canary")] InCanary,
    /// <summary>Whoever resolves has not heard from the server for too long to serve a candidate.</summary>
    [JsonStringEnumMemberName("lease_expired")] LeaseExpired,
    /// <summary>The caller asked for this version by its number.</summary>
    [JsonStringEnumMemberName("pinned")] Pinned,
    /// <summary>The unit is in the sample that also goes to the candidate after stable has answered it.</summary>
    [JsonStringEnumMemberName("shadowed")] Shadowed,
}

/// <summary>Which version a request gets, and why.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <summary>This version answers.</summary>
    /// <param name="Served">Which, with its package.</param>
    /// <param name="Arm">On which side.</param>
    /// <param name="Release">The active release, also where stable answers within it.</param>
    /// <param name="Epoch">The release's epoch; 0 without one.</param>
    /// <param name="Revision">The revision of the prompt's routing record.</param>
    /// <param name="Reason">Why; <see cref="Resolver.Explain"/> says it in words.</param>
    public sealed record Serve(ServedVersion Served, Arm Arm, ReleaseId? Release, int Epoch, long Revision, ResolveReason Reason) : Decision;

    /// <summary>No version of the prompt is live in the environment.</summary>
    public sealed record Unknown : Decision
    {
        /// <summary>The one answer of its kind.</summary>
        public static Unknown Instance { get; } = new();
    }
}

/// <summary>The one function that decides which version a request gets; server, gateway and SDK share it.</summary>
public static class Resolver
{
    /// <summary>Prompt known, then the tenant's or model's variant, then the active release's conditions, then bucket against weight, then stable.</summary>
    public static Decision Resolve(Snapshot snapshot, in ResolveRequest request)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!snapshot.Routes.TryGetValue(request.Prompt, out var route)) return Decision.Unknown.Instance;
        if (route.VariantAnswers?.Find(request.Tenant, request.Model) is { } variant) return variant;
        if (route.Candidate is not { } candidate) return route.NoRelease;
        if (candidate.NotUnderstood is not null) return route.NotUnderstood;
        if (!candidate.Eligibility.Covers(request.Attributes)) return route.NotEligible;
        if (string.IsNullOrEmpty(request.UnitKey)) return route.NoUnitKey;
        if (!candidate.Weight.Covers(route.Salt.Of(request.UnitKey))) return route.OutsideCanary;
        return request.LeaseExpired ? route.LeaseExpired : route.InCanary!;
    }

    /// <summary>Whether a request that stable answers also goes to the candidate afterwards: a unit that could be in the canary, in a sample of its own.</summary>
    /// <param name="route">The prompt's record.</param>
    /// <param name="serve">What was decided by it.</param>
    /// <param name="unitKey">The sticky unit.</param>
    public static bool IsShadowed(Route route, Decision.Serve serve, string? unitKey)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(serve);
        return route.Candidate is { Shadow: var share } && share != default && serve.Reason == ResolveReason.OutsideCanary && unitKey is not null && share.Covers(route.ShadowSalt.Of(unitKey));
    }

    /// <summary>Why a request gets what it gets, in a few words.</summary>
    public static string Explain(Snapshot snapshot, in ResolveRequest request)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (Resolve(snapshot, request) is not Decision.Serve serve) return $"no version of a prompt {request.Prompt} is live in {snapshot.Environment}";
        var candidate = snapshot.Routes[request.Prompt].Candidate;
        return serve.Reason switch
        {
            ResolveReason.NoRelease => "no release is active",
            ResolveReason.Variant => "its tenant or model has a variant of its own",
            ResolveReason.NotEligible => "the release's conditions leave it out, so stable",
            ResolveReason.NotUnderstood => "this build does not know how the release chooses its units, so stable",
            ResolveReason.NoUnitKey => "no unit key, so stable",
            ResolveReason.InCanary => $"bucket {Bucket.Of(candidate!.Salt, request.UnitKey!)} is below {candidate.Weight.PartsPerMillion}",
            ResolveReason.OutsideCanary => $"bucket {Bucket.Of(candidate!.Salt, request.UnitKey!)} is not below {candidate.Weight.PartsPerMillion}",
            _ => "nothing was heard from the server for too long to serve a candidate",
        };
    }
}
