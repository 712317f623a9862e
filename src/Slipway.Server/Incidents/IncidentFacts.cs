using System.Collections.Immutable;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Incidents;

/// <summary>What there is to say of an incident: its own record, what its calls come to, and what the journal tells.</summary>
internal sealed class IncidentFacts(ICallLog calls, IJournal journal, IncidentSets sets)
{
    private const int MostGroups = 20, MostCalls = 100;

    /// <summary>Its record without what it came to, as in a list.</summary>
    public static IncidentDocument Brief(Incident incident, Registry registry) => new(
        incident.Id, incident.State, incident.Origin, incident.Version, incident.RightNow(registry.Releases), incident.Environment, incident.Release, incident.Reason,
        incident.OpenedBy, incident.OpenedAt, incident.Since, incident.End(registry.Releases), incident.Causes is [.., var cause] ? cause.Text : null, incident.Causes, incident.Tests,
        incident.EndedBy, incident.EndedAt, incident.EndedBecause, incident.State == IncidentState.Open ? IncidentRules.Waivers(registry, incident) : [], IncidentRules.Next(registry, incident));

    /// <summary>All of it.</summary>
    public IncidentDocument Whole(Incident incident, Registry registry)
    {
        var stretch = Stretch(incident, registry);
        var (touched, timeline) = (calls.Touched(stretch, MostGroups), Timeline(incident, registry));
        // What was counted when it ended stands: calls are kept for a while only.
        var figures = incident.Figures ?? touched.Figures;
        var back = timeline.LastOrDefault(line => line.Event is ReleaseRolledBack rolled && rolled.From == incident.Version).Entry;
        return Brief(incident, registry) with
        {
            Details = new IncidentDetails(
                Clock(incident, figures, back), figures, touched.Workflows, touched.Tenants, touched.Segments, FailingCalls(stretch), sets.Of(incident, registry),
                [.. timeline.Select(line => new LogLine(line.Entry.Sequence, line.Entry.Time, line.Entry.Actor, line.Event.Sentence))]),
        };
    }

    /// <summary>What its calls come to now.</summary>
    public IncidentFigures Count(Incident incident, Registry registry)
    {
        var figures = calls.Touched(Stretch(incident, registry), mostGroups: 1).Figures;
        return figures with { FirstFailureAt = figures.FirstFailureAt is { } first ? JournalEntry.Milliseconds(first) : null };
    }

    /// <summary>The calls that may be of it.</summary>
    public static CallStretch Stretch(Incident incident, Registry registry) => new(incident.Version, incident.Environment, incident.Since, incident.End(registry.Releases));

    private ImmutableArray<FailingCall> FailingCalls(CallStretch stretch)
    {
        var failing = calls.Failing(stretch, MostCalls);
        var outcomes = calls.Outcomes([.. failing.Select(call => call.TraceId).Distinct(StringComparer.Ordinal)]);
        return [.. failing.Select(call => new FailingCall(call.TraceId, call.StartedAt, call.Workflow, call.Tenant, CallFailure.Of(call, outcomes.GetValueOrDefault(call.TraceId))))];
    }

    private static IncidentClock Clock(Incident incident, IncidentFigures figures, JournalEntry? back)
    {
        var until = back?.Time;
        return new IncidentClock(incident.Since, figures.FirstFailureAt, until, back?.Actor, (until - incident.Since)?.TotalSeconds, (until - figures.FirstFailureAt)?.TotalSeconds);
    }

    // Whatever names the incident, its release or the submission of its version is of its story, events of other features included. Only what may be is read:
    // a journal is long.
    private List<(JournalEntry Entry, JournalEvent Event)> Timeline(Incident incident, Registry registry)
    {
        string[] named = [$"\"{incident.Id}\"", $"\"{incident.Release?.ToString() ?? incident.Id.ToString()}\""];
        var version = $"\"{incident.Version}\"";
        var lines = new List<(JournalEntry Entry, JournalEvent Event)>();
        foreach (var entry in journal.Entries().TakeWhile(entry => entry.Sequence <= registry.Head))
        {
            var isNamed = named.Any(name => entry.Event.Contains(name, StringComparison.Ordinal));
            if (!isNamed && !entry.Event.Contains(version, StringComparison.Ordinal)) continue;
            var happened = entry.Read();
            if (isNamed || happened is VersionSubmitted submitted && submitted.Version == incident.Version) lines.Add((entry, happened));
        }
        return lines;
    }
}
