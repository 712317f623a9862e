using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Server.Snapshots;

/// <summary>Holds what is published of each environment, and swaps it whole when the journal changes how something is routed.</summary>
internal sealed class SnapshotPublisher
{
    private readonly Edition[] editions;

    public SnapshotPublisher(Ledger ledger)
    {
        editions = [.. EnvironmentName.All.Select(environment => Edition.Of(Snapshot.Of(ledger.Current, environment)))];
        // Publishing is part of the change: when a rollback's caller is answered, this process serves stable already.
        ledger.Appended += Publish;
    }

    /// <summary>Called after something was published, before the command's caller is answered. Must be quick and must not throw.</summary>
    public event Action? Published;

    /// <summary>The routing table of an environment now.</summary>
    public Snapshot Current(EnvironmentName environment) => EditionOf(environment).Snapshot;

    /// <summary>What is published of an environment now.</summary>
    public Edition EditionOf(EnvironmentName environment) => Volatile.Read(ref editions[EnvironmentName.All.IndexOf(environment)]);

    private void Publish(Registry registry, ImmutableArray<JournalEntry> entries)
    {
        var touched = entries.SelectMany(entry => Touched(registry, entry.Read())).ToHashSet();
        if (touched.Count == 0) return;
        var published = false;
        foreach (var (index, environment) in EnvironmentName.All.Index())
        {
            var edition = editions[index];
            var changed = touched.Where(place => place.Environment == environment).Select(place => registry.Releases.Live(place.Prompt, environment)).OfType<LiveVersion>()
                .Select(live => Snapshot.RouteOf(registry, live)).Where(route => route.Revision > (edition.RevisionOf(Reach.Everything, route.Prompt) ?? 0)).ToList();
            if (changed.Count == 0) continue;
            Volatile.Write(ref editions[index], edition.Next(edition.Snapshot.With(changed), changed, registry.Time));
            published = true;
        }
        if (published) Published?.Invoke();
    }

    // Whether it changed how the prompt is routed is for the record's revision to say; here it may be one too many, never one too few.
    private static IEnumerable<(PromptName Prompt, EnvironmentName Environment)> Touched(Registry registry, JournalEvent happened) => happened switch
    {
        ReleaseEvent release => [(registry.Releases.Find(release.Release)!.Candidate.Prompt, registry.Releases.Find(release.Release)!.Environment)],
        DrillEvent drill => [(drill.Prompt, drill.Environment)],
        PromptPolicySet policy => EnvironmentName.All.Select(environment => (policy.Prompt, environment)),
        _ => [],
    };
}
