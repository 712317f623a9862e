using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Resolution;

/// <summary>The immutable routing table of one environment at one revision.</summary>
/// <param name="Environment">Which environment.</param>
/// <param name="Revision">The newest revision of its records; 0 where it has none. It strictly rises, and is the same on every server that has read as far.</param>
/// <param name="Routes">By the prompt's name; a prompt that nothing is live of is not in it.</param>
public sealed record Snapshot(EnvironmentName Environment, long Revision, RouteDictionary Routes)
{
    /// <summary>The table that the registry asks for.</summary>
    public static Snapshot Of(Registry registry, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(environment);
        return Empty(environment).With(registry.Releases.Live(environment).Select(live => RouteOf(registry, live)));
    }

    /// <summary>The table of an environment that nothing is live in.</summary>
    public static Snapshot Empty(EnvironmentName environment) => new(environment, 0, RouteDictionary.Empty);

    /// <summary>The table with some records changed; a record that is older than the one the table has is passed over.</summary>
    public Snapshot With(IEnumerable<Route> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var (newer, revision) = (new Dictionary<string, Route>(StringComparer.Ordinal), Revision);
        foreach (var route in changed)
        {
            var had = newer.GetValueOrDefault(route.Prompt.Value) ?? Routes.GetValueOrDefault(route.Prompt.Value);
            if (had?.Revision > route.Revision) continue;
            newer[route.Prompt.Value] = route;
            revision = Math.Max(revision, route.Revision);
        }
        return newer.Count == 0 ? this : new Snapshot(Environment, revision, Routes.With(newer.Values));
    }

    /// <summary>The routing record of what is live.</summary>
    public static Route RouteOf(Registry registry, LiveVersion live)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(live);
        var (prompt, environment) = (live.Version.Prompt, live.Environment);
        var active = registry.Releases.Active(prompt, environment);
        var candidate = active is { CarriesTraffic: true, Salt: { } salt }
            ? new CandidateRoute(active.Id, Served(registry, active.Candidate), active.Weight, salt, active.Epoch, active.Weight == Share.All ? Eligibility.Everybody : new Eligibility(active.Plan.Eligibility)) { Shadow = active.Shadowed }
            // A drill goes to everybody and changes nothing; a release that begins meanwhile, or a rollback, ends it by being there.
            : registry.Releases.Drill(prompt, environment) is { IsForward: true } drill && drill.Version == live.Version
                ? new CandidateRoute(drill.Id, Served(registry, drill.Version), Share.All, drill.Salt, Epoch: 1, Eligibility.Everybody)
                : null;
        var revision = Math.Max(registry.Releases.RoutingRevision(prompt, environment), registry.Prompts.PolicyRevision(prompt));
        return new Route(prompt, revision, Served(registry, live.Version), candidate, live.RollbackTo is { } back ? Served(registry, back) : null, registry.Prompts.Policy(prompt).Serving)
        {
            BroughtBy = registry.Releases.StandsBy(live.Version, environment)?.Salt,
            Withdrawn = [.. registry.Releases.RolledBack(prompt, environment).Select(release => release.Salt!)],
        };
    }

    private static ServedVersion Served(Registry registry, VersionId version) => new(version, registry.Prompts.Find(version)!.Package);
}
