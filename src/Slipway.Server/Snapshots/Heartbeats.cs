using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Storage;

namespace Slipway.Server.Snapshots;

/// <summary>Says to every listener every 3 s that all is well, for clients serve candidates only as long as they hear it; cuts off those that take nothing, and ends those whose key expired.</summary>
/// <remarks>It is said only right after the journal's end was seen. A server that has lost its database cannot know of a rollback: it falls silent, and leases run out.</remarks>
internal sealed class Heartbeats(StreamHub hub, Ledger ledger, TimeProvider clock) : BackgroundService
{
    /// <summary>How often it is said.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    /// <summary>How old what is known of the journal may be for all to be well.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>How long somebody may take nothing; their lease is over then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Those that are due within it are told together; the others wait for their own turn, so that thousands are not told at once.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var turns = new PeriodicTimer(Turn, clock);
        try
        {
            while (await turns.WaitForNextTickAsync(stoppingToken)) TakeTurn();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Does what is due.</summary>
    internal void TakeTurn()
    {
        var (now, time, due) = (clock.GetTimestamp(), clock.GetUtcNow(), new List<RouteStream>());
        foreach (var stream in hub.Streams)
        {
            if (stream.Key.StateAt(time) != KeyState.Active || stream.BlockedSince is var since and not 0 && clock.GetElapsedTime(since, now) > Patience) stream.End();
            else if (clock.GetElapsedTime(stream.BeatAt, now) >= Every) due.Add(stream);
        }
        if (due.Count > 0 && SeesTheEnd())
            foreach (var stream in due) stream.Beat();
    }

    private bool SeesTheEnd()
    {
        try
        {
            ledger.CatchUp();
            return true;
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            return false;       // Who follows the journal logs it, or stops the server.
        }
    }
}
