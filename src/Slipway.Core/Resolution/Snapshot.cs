using System.Collections.Frozen;
using Slipway.Core.Journal;
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
/// <param name="Weight">The share of units that get it.</param>
/// <param name="Salt">What the buckets of this rollout are drawn with.</param>
/// <param name="Epoch">Rises with every change of the weight.</param>
public sealed record CandidateRoute(ReleaseId Release, ServedVersion Served, Share Weight, string Salt, int Epoch);

/// <summary>How one prompt is served.</summary>
/// <param name="Stable">What everybody gets who is not in a canary.</param>
/// <param name="Candidate">The active release, if there is one.</param>
public sealed record Route(ServedVersion Stable, CandidateRoute? Candidate);

/// <summary>The immutable routing table of one environment at one revision.</summary>
/// <param name="Environment">Which environment.</param>
/// <param name="Revision">The journal's head it was made from; it strictly rises.</param>
/// <param name="Routes">By the prompt's name; a prompt that nothing is live of is not in it.</param>
public sealed record Snapshot(EnvironmentName Environment, long Revision, FrozenDictionary<string, Route> Routes)
{
    /// <summary>The table that the registry asks for.</summary>
    public static Snapshot Of(Registry registry, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(environment);
        return new Snapshot(environment, registry.Head, registry.Releases.Live(environment)
            .ToFrozenDictionary(live => live.Version.Prompt.Value, live => RouteOf(registry, live, environment), StringComparer.Ordinal));
    }

    private static Route RouteOf(Registry registry, LiveVersion live, EnvironmentName environment)
    {
        var active = registry.Releases.Active(live.Version.Prompt, environment);
        var candidate = active is { CarriesTraffic: true, Salt: { } salt }
            ? new CandidateRoute(active.Id, Served(registry, active.Candidate), active.Weight, salt, active.Epoch)
            : null;
        return new Route(Served(registry, live.Version), candidate);
    }

    private static ServedVersion Served(Registry registry, VersionId version) => new(version, registry.Prompts.Find(version)!.Package);
}
