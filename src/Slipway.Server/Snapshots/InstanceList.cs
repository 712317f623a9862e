using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Snapshots;

/// <summary>Says which instance serves what, over all servers of the installation.</summary>
internal sealed class InstanceList(InstanceBook book, InstanceExchange? exchange, SnapshotPublisher publisher, TimeProvider clock)
{
    /// <summary>How long a candidate may be served unheard.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The instances of an environment.</summary>
    /// <param name="environment">Which.</param>
    /// <param name="prompt">Only those that see this prompt, and current is who serves its record; null for all, and everything they see.</param>
    public InstancesDocument In(EnvironmentName environment, PromptName? prompt)
    {
        var (edition, now, reaches) = (publisher.EditionOf(environment), clock.GetUtcNow(), new Dictionary<string, Reach>(StringComparer.Ordinal));
        var instances = Sightings(environment)
            .Select(sighting => (Sighting: sighting, Newest: Newest(edition, ReachOf(sighting.Patterns), prompt))).Where(one => one.Newest is not null)
            .Select(one => Document(one.Sighting, one.Newest!.Value)).OrderBy(one => one.Instance, StringComparer.Ordinal).ToImmutableArray();
        return new InstancesDocument(environment, Newest(edition, Reach.Everything, prompt) ?? 0, now, instances);

        Reach ReachOf(string? patterns) => patterns is null ? Reach.Everything : CollectionsMarshal.GetValueRefOrAddDefault(reaches, patterns, out _) ??= new Reach(patterns);
    }

    /// <summary>Whether other servers tell of theirs, a little later than this one knows of its own.</summary>
    public bool HearsOthers => exchange is not null;

    /// <summary>What is known of the instances that see a prompt.</summary>
    public ImmutableArray<Sighting> Following(EnvironmentName environment, PromptName prompt) =>
        [.. Sightings(environment).Where(sighting => sighting.Patterns is null || new Reach(sighting.Patterns).Covers(prompt))];

    /// <summary>As <see cref="In"/>, once every instance is current or serves no candidate any more because its lease is over; at the latest after a while.</summary>
    public async Task<InstancesDocument> SettledAsync(EnvironmentName environment, PromptName? prompt, TimeSpan atMost, CancellationToken cancellation)
    {
        // A thousand acknowledgements within a moment are one look; what other servers heard is in none of this one's signals.
        using var looks = new PeriodicTimer(Look, clock);
        var started = clock.GetTimestamp();
        while (true)
        {
            var document = In(environment, prompt);
            if (document.Instances.All(one => one.Current || one.LeaseEndsAt <= document.At) || clock.GetElapsedTime(started) >= atMost) return document;
            await looks.WaitForNextTickAsync(cancellation);
        }
    }

    private IEnumerable<Sighting> Sightings(EnvironmentName environment) => book.All().Concat(exchange?.Others() ?? []).Where(sighting => sighting.Environment == environment)
        .GroupBy(sighting => (sighting.Key, sighting.Name)).Select(group => group.Aggregate((one, other) => one.With(other)));

    private static long? Newest(Edition edition, Reach reach, PromptName? prompt) => prompt is null ? edition.RevisionOf(reach) : edition.RevisionOf(reach, prompt);

    private static InstanceDocument Document(Sighting one, long newest) => new(
        one.Name, one.Environment, one.Sdk, one.Revision, one.Since, one.Revision >= newest, one.Connected, one.LastSeen, one.AppliedAfterMs, one.Connected ? null : one.LastSeen + Lease);
}
