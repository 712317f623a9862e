using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Rollouts;

/// <summary>How far one change of a prompt's routing record has come: which instances followed the prompt when it was made, and when each of them was known to serve it.</summary>
/// <param name="revision">The revision of the change.</param>
/// <param name="at">When it was decided.</param>
/// <param name="wasSeen">Whether this server ran then. Where it did not, an instance that comes may have been there before, and may have served the change before it was heard.</param>
/// <param name="leased">Whether a lease takes the change to who is cut off: then one whose lease ended before it is not waited for.</param>
internal sealed class RecordSpread(long revision, DateTimeOffset at, bool wasSeen, bool leased)
{
    // Whoever renews a lease after the change was sent the change before: what is renewed on older knowledge is a second older at most.
    private readonly DateTimeOffset lastLease = at + InstanceList.Lease + Heartbeats.Fresh;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Key, string Name), InstanceReach> instances = [];
    private readonly HashSet<(string Key, string Name)> present = [];

    /// <summary>Whether this server ran when it was decided.</summary>
    public bool WasSeen => wasSeen;

    /// <summary>Takes in what is known now.</summary>
    /// <returns>The instances, and whether one that is not known to serve the change may still be heard of.</returns>
    public (ImmutableArray<InstanceReach> Instances, bool MoreMayCome) Look(IEnumerable<Sighting> sightings)
    {
        lock (gate)
        {
            present.Clear();
            foreach (var sighting in sightings)
            {
                var id = (sighting.Key, sighting.Name);
                present.Add(id);
                var known = instances.GetValueOrDefault(id);
                if (known is null && !IsConcerned(sighting)) continue;
                instances[id] = new InstanceReach(known?.BackAt ?? (sighting.Revision >= revision ? sighting.Since : null), LeaseEnd(sighting), sighting.Connected);
            }
            foreach (var id in instances.Keys.Except(present).ToList()) instances[id] = instances[id] with { Connected = false };
            return ([.. instances.Values], instances.Any(entry => entry.Value.BackAt is null && present.Contains(entry.Key)));
        }
    }

    private bool IsConcerned(Sighting sighting) =>
        (!wasSeen || sighting.Came <= at) && (!leased || sighting.Connected || sighting.Revision >= revision || sighting.LastSeen + InstanceList.Lease > at);

    private DateTimeOffset LeaseEnd(Sighting sighting) => !sighting.Connected && sighting.LastSeen + InstanceList.Lease < lastLease ? sighting.LastSeen + InstanceList.Lease : lastLease;
}
