using System.Diagnostics;
using System.Threading.Channels;
using Slipway.Core.Calls;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>Takes call records from requests without making them wait, and stores them in batches. What waits is bounded: telemetry gives way, requests never do.</summary>
internal sealed partial class CallRecorder(ICallLog calls, Ledger ledger, CallTelemetry telemetry, TimeProvider clock, ILogger<CallRecorder> log) : BackgroundService
{
    /// <summary>How many records wait at most; beside them at most one batch.</summary>
    public const int Capacity = 20_000;

    private const int BatchSize = 4_000;
    private const long MostText = 32 * 1024 * 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // A transaction costs as much as dozens of rows: records that come within this time share one. A judge sees a bad answer so much later.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly CancellationTokenSource ending = new();
    private long dropped, textsDropped, reported, text;

    /// <summary>Called after a batch was stored.</summary>
    public event Action? Stored;

    /// <summary>What was lost so far, and what waits.</summary>
    public DroppedDocument Dropped => new(Interlocked.Read(ref dropped), Interlocked.Read(ref textsDropped), Interlocked.Read(ref reported), queue.Reader.Count);

    /// <summary>Whether so many more records have room now.</summary>
    public bool HasRoom(int records) => queue.Reader.Count + records <= Capacity;

    /// <summary>Queues the record of a call that this server made; never blocks.</summary>
    /// <param name="call">Its texts as <see cref="Captured"/> keeps them.</param>
    public void Record(CallRecord call)
    {
        telemetry.Record(call);
        Queue(new Waiting(call.SpanId is null ? call with { SpanId = ActivitySpanId.CreateRandom().ToHexString() } : call, MayRepeat: false));
    }

    /// <summary>Queues the record of a call that an application made, and may report twice.</summary>
    /// <param name="call">With a span; its texts as <see cref="Captured"/> keeps them.</param>
    public void RecordReported(CallRecord call) => Queue(new Waiting(call, MayRepeat: true));

    /// <summary>Counts what an application could not report.</summary>
    public void AddReported(long lost) => Interlocked.Add(ref reported, lost);

    /// <summary>Stores what is queued, then stops.</summary>
    /// <param name="cancellationToken">Not heeded: open requests may have used up the time to stop, and what was answered is recorded.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await ending.CancelAsync();
        if (ExecuteTask is { } running) await running;
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        ending.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<CallRecord>(BatchSize);
        // The channel's completion ends the loop, not the token: what was answered is recorded.
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            if (queue.Reader.Count < BatchSize) await WaitAsync(Gathering);
            var (models, mayRepeat, length) = (ledger.Current.Models, false, 0L);
            while (batch.Count < BatchSize && queue.Reader.TryRead(out var waiting))
            {
                var call = waiting.Call;
                batch.Add(CallCost.Of(call, models) is { } cost && call.Cost is null ? call with { Cost = cost } : call);
                mayRepeat |= waiting.MayRepeat;
                length += TextOf(call);
            }
            await StoreAsync(batch, mayRepeat);
            Interlocked.Add(ref text, -length);
            batch.Clear();
        }
    }

    private void Queue(Waiting waiting)
    {
        if (TextOf(waiting.Call) is > 0 and var length)
        {
            // The facts of many calls need little room; their texts are let go of first.
            if (Interlocked.Add(ref text, length) > MostText)
            {
                Interlocked.Add(ref text, -length);
                Interlocked.Increment(ref textsDropped);
                waiting = waiting with { Call = waiting.Call with { Input = null, Output = null } };
            }
        }
        if (queue.Writer.TryWrite(waiting)) return;
        Interlocked.Add(ref text, -TextOf(waiting.Call));
        Drop(1);
    }

    // A database that is away comes back: what is held waits for it, and what comes in meanwhile waits in the queue as long as there is room.
    private async Task StoreAsync(List<CallRecord> batch, bool mayRepeat)
    {
        for (var away = false; ; away = true)
        {
            try
            {
                // On a thread of its own: the database keeps it for milliseconds, and where there are few cores the pool's threads are as few, and requests need them.
                await Task.Factory.StartNew(() => calls.Append(batch, mayRepeat || away), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (away) LogBack(calls.Name);
                Stored?.Invoke();
                return;
            }
            catch (StorageUnavailableException exception)
            {
                if (!away) LogAway(exception.Message, batch.Count);
                if (!ending.IsCancellationRequested) await WaitAsync(RetryAfter);
                else
                {
                    LogLost(exception.Message, batch.Count);
                    Drop(batch.Count);
                    return;
                }
            }
            catch (StorageException exception) when (batch.Count == 1)
            {
                LogRefused(exception, batch[0].TraceId);
                Drop(1);
                return;
            }
            catch (StorageException)
            {
                // One record that the engine does not take must not take the others with it.
                var half = batch.Count / 2;
                await StoreAsync([.. batch.Take(half)], mayRepeat || away);
                await StoreAsync([.. batch.Skip(half)], mayRepeat || away);
                return;
            }
        }
    }

    private async Task WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, clock, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The server stops: what there is is stored now.
        }
    }

    private void Drop(int records)
    {
        var before = Interlocked.Add(ref dropped, records) - records;
        if (before == 0 || before / 1_000 != (before + records) / 1_000) LogDropped(before + records);
    }

    private static int TextOf(CallRecord call) => (call.Input?.Length ?? 0) + (call.Output?.Length ?? 0);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Dropped} call records were dropped so far because more came than could be stored")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call records cannot be stored and wait, {Count} and what comes now: {Reason}")]
    private partial void LogAway(string reason, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call records are stored again in {Name}")]
    private partial void LogBack(string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} call records are lost because the server stops and cannot store them: {Reason}")]
    private partial void LogLost(string reason, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The call record of trace {Trace} is lost, the call log does not take it")]
    private partial void LogRefused(Exception exception, string trace);

    private readonly record struct Waiting(CallRecord Call, bool MayRepeat);
}
