using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Snapshots;

/// <summary>What is published of one environment at one revision: the table that this process resolves with, and its records ready to be sent. Immutable.</summary>
internal sealed class Edition
{
    private static readonly Comparer<RouteRecord> ByNameOrder = Comparer<RouteRecord>.Create((one, other) => string.CompareOrdinal(one.Route.Prompt.Value, other.Route.Prompt.Value));

    private readonly ImmutableArray<RouteRecord> byRevision;
    private readonly ConcurrentDictionary<Reach, long> revisions = new();

    private Edition(Snapshot snapshot, ImmutableArray<RouteRecord> byName, ImmutableArray<RouteRecord> byRevision) => (Snapshot, Records, this.byRevision) = (snapshot, byName, byRevision);

    /// <summary>The table.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>The newest revision of all records.</summary>
    public long Revision => Snapshot.Revision;

    /// <summary>All records, by the prompt's name.</summary>
    public ImmutableArray<RouteRecord> Records { get; }

    /// <summary>What is published first, from a table that was there before.</summary>
    public static Edition Of(Snapshot snapshot)
    {
        var records = snapshot.Routes.Values.Select(route => new RouteRecord(route, committedAt: null)).ToList();
        return new Edition(snapshot, [.. records.Order(ByNameOrder)], [.. records.OrderBy(record => record.Revision)]);
    }

    /// <summary>The next edition: the records that have not changed are the same ones, with their bytes.</summary>
    /// <param name="snapshot">The table with the changes in it.</param>
    /// <param name="changed">What changed.</param>
    /// <param name="committedAt">When that was decided.</param>
    public Edition Next(Snapshot snapshot, IEnumerable<Route> changed, DateTimeOffset committedAt)
    {
        var (byName, newest) = (Records.ToList(), byRevision.ToList());
        foreach (var record in changed.OrderBy(route => route.Revision).Select(route => new RouteRecord(route, committedAt)))
        {
            var index = byName.BinarySearch(record, ByNameOrder);
            if (index >= 0)
            {
                newest.Remove(byName[index]);
                byName[index] = record;
            }
            else
            {
                byName.Insert(~index, record);
            }
            newest.Add(record);
        }
        return new Edition(snapshot, [.. byName], [.. newest]);
    }

    /// <summary>The records that changed after a revision, in the order in which they did. No more need ever be kept to bring somebody up to date:
    /// each prompt's newest record is in the table, with the revision that made it.</summary>
    public ReadOnlySpan<RouteRecord> After(long revision)
    {
        var (low, high) = (0, byRevision.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (byRevision[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }
        return byRevision.AsSpan()[low..];
    }

    /// <summary>The record that a revision made; null where it was replaced since, or is none of this environment.</summary>
    public RouteRecord? Find(long revision) => After(revision - 1) is [var first, ..] && first.Revision == revision ? first : null;

    /// <summary>The newest revision of the records somebody sees; 0 where there is none.</summary>
    public long RevisionOf(Reach reach) => reach.Patterns is null ? Revision : revisions.GetOrAdd(reach, NewestOf);

    /// <summary>The newest revision of what somebody sees of one prompt; null where nothing of it is live, or where they do not see it.</summary>
    public long? RevisionOf(Reach reach, PromptName prompt) => reach.Covers(prompt) && Snapshot.Routes.TryGetValue(prompt.Value, out var route) ? route.Revision : null;

    private long NewestOf(Reach reach)
    {
        for (var i = byRevision.Length - 1; i >= 0; i--)
            if (reach.Covers(byRevision[i].Route.Prompt)) return byRevision[i].Revision;
        return 0;
    }
}
