using System.Text.Json.Serialization;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>What a caller asks for.</summary>
/// <param name="Prompt">The prompt's name, not yet known to exist.</param>
/// <param name="UnitKey">The sticky unit, usually a conversation id; null or empty always gets stable.</param>
public readonly record struct ResolveRequest(string Prompt, string? UnitKey);

/// <summary>Which side of a release answered.</summary>
[JsonConverter(typeof(EnumTextConverter<Arm>))]
public enum Arm
{
    /// <summary>The version that is live.</summary>
    [JsonStringEnumMemberName("stable")] Stable,
    /// <summary>The version that is being released.</summary>
    [JsonStringEnumMemberName("candidate")] Candidate,
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
    /// <param name="Reason">In a few words.</param>
    public sealed record Serve(ServedVersion Served, Arm Arm, ReleaseId? Release, int Epoch, string Reason) : Decision;

    /// <summary>Nothing answers.</summary>
    /// <param name="Reason">One sentence.</param>
    public sealed record Refuse(string Reason) : Decision;
}

/// <summary>The one function that decides which version a request gets; server, gateway and SDK share it.</summary>
public static class Resolver
{
    /// <summary>Prompt known, then active release, then bucket against weight, then stable.</summary>
    public static Decision Resolve(Snapshot snapshot, in ResolveRequest request)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!snapshot.Routes.TryGetValue(request.Prompt, out var route))
            return new Decision.Refuse($"No version of a prompt {request.Prompt} is live in {snapshot.Environment}.");
        if (route.Candidate is not { } candidate)
            return new Decision.Serve(route.Stable, Arm.Stable, null, 0, "no release is active");
        if (string.IsNullOrEmpty(request.UnitKey))
            return new Decision.Serve(route.Stable, Arm.Stable, candidate.Release, candidate.Epoch, "no unit key, so stable");
        var bucket = Bucket.Of(candidate.Salt, request.UnitKey);
        return candidate.Weight.Covers(bucket)
            ? new Decision.Serve(candidate.Served, Arm.Candidate, candidate.Release, candidate.Epoch, $"bucket {bucket} is below {candidate.Weight.PartsPerMillion}")
            : new Decision.Serve(route.Stable, Arm.Stable, candidate.Release, candidate.Epoch, $"bucket {bucket} is not below {candidate.Weight.PartsPerMillion}");
    }
}
