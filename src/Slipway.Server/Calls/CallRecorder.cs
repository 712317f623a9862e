using System.Threading.Channels;
using Slipway.Core.Calls;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>Takes call records from requests without making them wait, and stores them in batches.</summary>
internal sealed partial class CallRecorder(SqliteCallLog calls, ILogger<CallRecorder> log) : BackgroundService
{
    private const int Capacity = 20_000, BatchSize = 500;
    private readonly Channel<CallRecord> queue = Channel.CreateBounded<CallRecord>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long dropped;

    /// <summary>Called after a batch was stored.</summary>
    public event Action? Stored;

    /// <summary>Records that were dropped because the queue was full: telemetry gives way, requests never do.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Queues a record; never blocks.</summary>
    public void Record(CallRecord call)
    {
        if (queue.Writer.TryWrite(call)) return;
        if (Interlocked.Increment(ref dropped) % 1_000 == 1) LogDropped(Dropped);
    }

    /// <summary>Stores what is queued, then stops.</summary>
    /// <param name="cancellationToken">Not heeded: open requests may have used up the time to stop, and what was answered is recorded.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } running) await running;
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<CallRecord>(BatchSize);
        // The channel's completion ends the loop, not the token: what was answered is recorded.
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < BatchSize && queue.Reader.TryRead(out var call)) batch.Add(call);
            Store(batch);
            batch.Clear();
        }
    }

    private void Store(List<CallRecord> batch)
    {
        try
        {
            calls.Append(batch);
        }
        catch (Exception exception) when (exception is Microsoft.Data.Sqlite.SqliteException or IOException)
        {
            Interlocked.Add(ref dropped, batch.Count);
            LogFailure(exception, batch.Count);
            return;
        }
        Stored?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Dropped} call records were dropped so far because the call log is too slow")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} call records could not be stored")]
    private partial void LogFailure(Exception exception, int count);
}
