using System.Net;
using System.Net.Sockets;

namespace Slipway.Server.Access;

/// <summary>Counts failed authentications per remote address and says who must wait.</summary>
/// <remarks>An IPv6 address counts with its /64, which is what one customer is given: within it everybody has more addresses than could be counted.</remarks>
internal sealed class FailureLimiter(TimeProvider clock)
{
    /// <summary>So many failures are answered within the window: enough for a person who tries the keys they have, and for a client's first retries.</summary>
    public const int Most = 10;

    /// <summary>So many addresses are remembered, some megabytes; beyond that the one that failed longest ago is forgotten.</summary>
    public const int MostAddresses = 10_000;

    /// <summary>Short: a mended client is not kept waiting, and a broken one is down to a request every six seconds.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<IPAddress, LinkedListNode<Failures>> known = [];
    private readonly LinkedList<Failures> byLatest = [];        // the oldest first
    private readonly Lock gate = new();

    /// <summary>How many addresses are remembered.</summary>
    public int Addresses
    {
        get { lock (gate) return known.Count; }
    }

    /// <summary>How long an address must wait; null where it need not.</summary>
    public TimeSpan? Wait(IPAddress? address)
    {
        lock (gate) return known.TryGetValue(Network(address), out var node) ? Wait(node.Value, clock.GetUtcNow()) : null;
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>How long the address must wait, where it failed too often before; such a failure does not count, so that waiting always helps.</returns>
    public TimeSpan? Add(IPAddress? address)
    {
        var (network, now) = (Network(address), clock.GetUtcNow());
        lock (gate)
        {
            Forget(now);
            if (!known.TryGetValue(network, out var node)) node = new LinkedListNode<Failures>(new Failures(network));
            else if (Wait(node.Value, now) is { } wait) return wait;
            else byLatest.Remove(node);
            node.Value.Add(now);
            known[network] = node;
            byLatest.AddLast(node);
            if (known.Count > MostAddresses) Drop(byLatest.First!);
            return null;
        }
    }

    private static TimeSpan? Wait(Failures failures, DateTimeOffset now) =>
        failures.Times.Count == Most && failures.Times.Peek() + Window - now is { Ticks: > 0 } wait ? wait : null;

    private void Forget(DateTimeOffset now)
    {
        while (byLatest.First is { } oldest && oldest.Value.Latest + Window <= now) Drop(oldest);
    }

    private void Drop(LinkedListNode<Failures> node)
    {
        byLatest.Remove(node);
        known.Remove(node.Value.Network);
    }

    private static IPAddress Network(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Failures(IPAddress network)
    {
        public IPAddress Network => network;
        public Queue<DateTimeOffset> Times { get; } = new(Most);
        public DateTimeOffset Latest { get; private set; }

        public void Add(DateTimeOffset now)
        {
            if (Times.Count == Most) Times.Dequeue();
            Times.Enqueue(Latest = now);
        }
    }
}
