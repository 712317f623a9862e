using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Objects;

namespace Slipway.Server.Incidents;

/// <summary>Finds the cases of incidents in golden sets, by what they say of where they come from.</summary>
internal sealed class IncidentSets(ObjectKeeper objects)
{
    // A set's content never changes, and few of its cases are of incidents.
    private readonly ConcurrentDictionary<ContentHash, ImmutableArray<(string Case, string Source, bool IsProposed)>> known = new();

    /// <summary>The newest versions of the prompt's golden sets that hold cases of an incident, those with the most cases first.</summary>
    public ImmutableArray<IncidentSet> Of(Incident incident, Registry registry) =>
    [
        .. Newest(incident, registry).Select(set => (set.Set, Cases: CasesOf(set).Where(one => incident.Id.IsSource(one.Source)).ToList())).Where(set => set.Cases.Count > 0)
            .Select(set => new IncidentSet(set.Set, [.. set.Cases.Where(one => !one.IsProposed).Select(one => one.Case)], [.. set.Cases.Where(one => one.IsProposed).Select(one => one.Case)]))
            .OrderByDescending(set => set.Cases.Length).ThenBy(set => set.Set.Name, StringComparer.Ordinal),
    ];

    /// <summary>The newest version of each golden set that a version of the prompt names, but for those that were erased.</summary>
    public static IEnumerable<GoldenSetPushed> Newest(Incident incident, Registry registry) =>
        (registry.Prompts.Find(incident.Version.Prompt)?.Versions ?? []).Select(version => version.Facts.GoldenSet?.Name).OfType<string>().Distinct()
            .Select(name => registry.Evaluations.Versions(name).LastOrDefault(set => registry.Objects.Find(set.Content) is null)).OfType<GoldenSetPushed>();

    private ImmutableArray<(string Case, string Source, bool IsProposed)> CasesOf(GoldenSetPushed set) => known.GetOrAdd(set.Content, _ =>
        [.. objects.Load(set.Set, set.Content).Cases.Where(one => one.Source?.StartsWith("incident:", StringComparison.Ordinal) == true).Select(one => (one.Id, one.Source!, one.IsProposed))]);
}
