using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Incidents;

/// <summary>All incidents, as the journal has them.</summary>
/// <param name="All">By number.</param>
public sealed record IncidentsState(ImmutableSortedDictionary<int, Incident> All)
{
    /// <summary>None.</summary>
    public static IncidentsState Empty { get; } = new(ImmutableSortedDictionary<int, Incident>.Empty);

    /// <summary>The open ones of each prompt, oldest first: who asks for one prompt should not look through all there ever were.</summary>
    private ImmutableDictionary<PromptName, ImmutableArray<int>> OpenByPrompt { get; init; } = ImmutableDictionary<PromptName, ImmutableArray<int>>.Empty;

    /// <summary>The incident of each release, the newest where there were several.</summary>
    private ImmutableDictionary<ReleaseId, int> ByRelease { get; init; } = ImmutableDictionary<ReleaseId, int>.Empty;

    /// <summary>The name of the next incident.</summary>
    internal IncidentId NextId => new(All.Count + 1);

    /// <summary>An incident; null where there is none of that name.</summary>
    public Incident? Find(IncidentId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return All.GetValueOrDefault(id.Number);
    }

    /// <summary>The newest incident about what a release brought; null where there is none.</summary>
    public Incident? Of(ReleaseId release) => ByRelease.TryGetValue(release, out var number) ? All[number] : null;

    /// <summary>The open incidents of a prompt, oldest first.</summary>
    /// <param name="prompt">Which prompt.</param>
    /// <param name="environment">Where; null for everywhere.</param>
    public ImmutableArray<Incident> Open(PromptName prompt, EnvironmentName? environment = null) =>
        [.. OpenByPrompt.GetValueOrDefault(prompt, []).Select(number => All[number]).Where(incident => environment is null || incident.Environment == environment)];

    /// <summary>The open incident of a version; null where there is none.</summary>
    public Incident? Open(VersionId version, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Open(version.Prompt, environment).FirstOrDefault(incident => incident.Version == version);
    }

    internal IncidentsState Apply(IncidentEvent happened, JournalEntry entry)
    {
        if (happened is IncidentOpened opened)
        {
            var (prompt, number) = (opened.Version.Prompt, opened.Incident.Number);
            return this with
            {
                All = All.SetItem(number, New(opened, entry)),
                OpenByPrompt = OpenByPrompt.SetItem(prompt, OpenByPrompt.GetValueOrDefault(prompt, []).Add(number)),
                ByRelease = opened.Release is { } release ? ByRelease.SetItem(release, number) : ByRelease,
            };
        }
        var changed = Changed(All[happened.Incident.Number], happened, entry);
        var open = OpenByPrompt.GetValueOrDefault(changed.Version.Prompt, []);
        return this with
        {
            All = All.SetItem(changed.Id.Number, changed),
            OpenByPrompt = changed.State == IncidentState.Open ? OpenByPrompt : OpenByPrompt.SetItem(changed.Version.Prompt, open.Remove(changed.Id.Number)),
        };
    }

    private static Incident New(IncidentOpened opened, JournalEntry entry) => new()
    {
        Id = opened.Incident,
        Origin = opened.Origin,
        Version = opened.Version,
        Stable = opened.Stable,
        Environment = opened.Environment,
        Release = opened.Release,
        Since = opened.Since,
        Until = opened.Until,
        Reason = opened.Reason,
        OpenedBy = entry.Actor,
        OpenedAt = entry.Time,
    };

    private static Incident Changed(Incident incident, IncidentEvent happened, JournalEntry entry) => happened switch
    {
        IncidentExplained explained => incident with { Causes = incident.Causes.Add(new IncidentCause(entry.Actor, entry.Time, explained.Cause)) },
        IncidentTested tested => incident with { Tests = incident.Tests.Add(new IncidentTest(entry.Actor, entry.Time, tested)) },
        IncidentClosed closed => incident with { State = IncidentState.Closed, EndedBy = entry.Actor, EndedAt = entry.Time, EndedBecause = closed.Note, Figures = closed.Figures },
        IncidentWaived waived => incident with { State = IncidentState.Waived, EndedBy = entry.Actor, EndedAt = entry.Time, EndedBecause = waived.Reason, Figures = waived.Figures },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Incidents does not fold {happened.GetType().Name}."),
    };
}
