using System.Collections.Concurrent;
using System.Threading.Channels;
using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Server.Snapshots;

/// <summary>All open event streams: wakes them when something was published, and ends those whose key opens nothing any more. It runs on its own, so that
/// thousands of listeners cost the command that changes something no time.</summary>
internal sealed class StreamHub : BackgroundService
{
    private readonly ConcurrentDictionary<RouteStream, bool> streams = new();
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Ledger ledger;
    private readonly TimeProvider clock;
    private AccessState access;

    public StreamHub(Ledger ledger, SnapshotPublisher publisher, TimeProvider clock)
    {
        (this.ledger, this.clock, access) = (ledger, clock, ledger.Current.Access);
        publisher.Published += WakeUp;
        ledger.Changed += LookAtKeys;
    }

    /// <summary>Those that are open.</summary>
    public IEnumerable<RouteStream> Streams => streams.Keys;

    /// <summary>Runs a stream to its end.</summary>
    /// <param name="stream">Which; disposed here.</param>
    /// <param name="checkedIn">Members and keys as they were when its key was found good.</param>
    /// <param name="after">The revision that its client has; null where it has none.</param>
    public async Task RunAsync(RouteStream stream, AccessState checkedIn, long? after)
    {
        streams[stream] = true;
        try
        {
            // Revoked between the door and here: whoever ends streams may have looked before this one was among them.
            if (!ReferenceEquals(checkedIn.Keys, ledger.Current.Access.Keys)) EndClosed();
            if (ledger.Age < Heartbeats.Fresh) stream.Beat();
            await stream.RunAsync(after);
        }
        finally
        {
            streams.TryRemove(stream, out _);
            stream.Dispose();
        }
    }

    private void EndClosed()
    {
        var now = clock.GetUtcNow();
        var open = ledger.Current.Access.Keys.Values.Where(key => key.StateAt(now) == KeyState.Active).Select(key => key.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var stream in Streams)
            if (!open.Contains(stream.Key.Id)) stream.End();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in wakeUps.Reader.ReadAllAsync(stoppingToken))
            {
                foreach (var stream in Streams) stream.WakeIfBehind();
                if (ReferenceEquals(access, ledger.Current.Access)) continue;
                access = ledger.Current.Access;
                EndClosed();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void LookAtKeys(Registry registry)
    {
        if (!ReferenceEquals(access, registry.Access)) WakeUp();
    }

    private void WakeUp() => wakeUps.Writer.TryWrite(true);
}
