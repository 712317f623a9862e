using System.Threading.Channels;
using Slipway.Core.Journal;

namespace Slipway.Server;

/// <summary>Has every hundredth entry signed in the journal, and the newest one beside it. It runs on its own: no command waits for it.</summary>
internal sealed partial class CheckpointKeeper(Checkpoints checkpoints, Ledger ledger, TimeProvider clock, ILogger<CheckpointKeeper> log) : BackgroundService
{
    // The file is written through to the disk; more than once a second would slow the journal's own writing down.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool keep = true;
    private long kept;

    /// <summary>Keeps the newest checkpoint, then stops.</summary>
    /// <param name="cancellationToken">Not heeded: open requests may have used up the time to stop, and what was written is signed.</param>
    public override Task StopAsync(CancellationToken cancellationToken) => base.StopAsync(CancellationToken.None);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ledger.Changed += WakeUpWhenDue;
        using var heartbeat = clock.CreateTimer(_ => WakeUp(alsoKeep: true), null, TimeSpan.Zero, Heartbeat);
        try
        {
            await foreach (var _ in wakeUps.Reader.ReadAllAsync(stoppingToken)) Step();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            ledger.Changed -= WakeUpWhenDue;
            keep = true;
            Step();
        }
    }

    private void WakeUpWhenDue(Registry state)
    {
        if (state.Checkpoints.Due is not null) WakeUp(alsoKeep: false);
    }

    private void WakeUp(bool alsoKeep)
    {
        if (alsoKeep) keep = true;
        wakeUps.Writer.TryWrite(true);
    }

    private void Step()
    {
        try
        {
            checkpoints.RecordDue();
            var state = ledger.Current;
            if (!keep || state.Head == kept) return;
            keep = false;
            checkpoints.Keep(state);
            kept = state.Head;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A full disk must not end the server; it is tried again at the next heartbeat.
            LogFailure(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal's newest checkpoint could not be written")]
    private partial void LogFailure(Exception exception);
}
