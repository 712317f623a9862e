using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Access;

namespace Slipway.Server.Snapshots;

/// <summary>The instances that asked this server for routing, by what they call themselves. Nobody says that a process has ended for good: one that was not heard of
/// for a minute is forgotten.</summary>
internal sealed class InstanceBook(ServerOptions options, TimeProvider clock)
{
    /// <summary>After how long one is forgotten.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(EnvironmentName Environment, string Key, string Name), Instance> instances = new();
    private long changes;

    /// <summary>Rises with every change but that somebody was heard again.</summary>
    public long Changes => Interlocked.Read(ref changes);

    /// <summary>An instance by its name; entered where it is new.</summary>
    /// <returns>Null where it is new and there are too many.</returns>
    public Instance? Of(EnvironmentName environment, ApiKey key, string name)
    {
        var id = (environment, key.Id, name);
        if (instances.TryGetValue(id, out var known)) return known;
        // As many as may listen, and as many again that poll or are about to be forgotten: names cost whoever invents them nothing.
        if (instances.Count >= 2 * options.MostStreams) Forget();
        if (instances.Count >= 2 * options.MostStreams) return null;
        return instances.GetOrAdd(id,
            static (entered, made) => new Instance(entered.Name, entered.Environment, entered.Key, made.Reach, made.Now, made.Book), (Reach: Reach.Of(key), Now: clock.GetUtcNow(), Book: this));
    }

    /// <summary>Something became known that others want to know.</summary>
    public void Changed() => Interlocked.Increment(ref changes);

    /// <summary>Everybody who was heard of within a minute.</summary>
    public ImmutableArray<Sighting> All()
    {
        Forget();
        return [.. instances.Values.Select(instance => instance.Look())];
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (id, instance) in instances)
            if (instance.Look() is { Connected: false } sighting && now - sighting.LastSeen > Forgotten) instances.TryRemove(KeyValuePair.Create(id, instance));
    }
}
