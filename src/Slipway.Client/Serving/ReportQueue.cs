using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>Reports on their way to the server: gathered, sent in batches, never in anybody's way. What does not fit is dropped and counted.</summary>
/// <typeparam name="T">What is reported.</typeparam>
/// <param name="name">What it is, for the log.</param>
/// <param name="options">How many may wait, and how long they are gathered.</param>
/// <param name="size">About how many bytes one takes.</param>
/// <param name="send">Sends a batch; the number is how many were dropped since the last one that came through.</param>
/// <param name="logger">Hears of drops.</param>
/// <param name="clock">Timers.</param>
/// <param name="random">0 to 1, drawn anew each time.</param>
internal sealed partial class ReportQueue<T>(
    string name, SlipwayClientOptions options, Func<T, int> size, Func<IReadOnlyList<T>, long, CancellationToken, Task<Reply>> send, ILogger logger, TimeProvider clock, Func<double> random) : IDisposable
{
    private const int MostInBatch = 500, MostBytes = 1_000_000;
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(100);
    private readonly Channel<T> queue = Channel.CreateBounded<T>(new BoundedChannelOptions(options.ReportQueue) { SingleReader = true });
    private readonly Backoff backoff = new(random);
    private readonly CancellationTokenSource ending = new();
    private long dropped, reportedDrops;

    /// <summary>How many were dropped since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Takes one, or drops it; returns at once.</summary>
    public void Add(T item)
    {
        if (!queue.Writer.TryWrite(item)) Interlocked.Increment(ref dropped);
    }

    /// <summary>Nothing more is taken, and what waits is sent without delay.</summary>
    public void End()
    {
        queue.Writer.TryComplete();
        ending.Cancel();
    }

    /// <summary>Sends until the end, and all that waits then.</summary>
    /// <param name="stopping">Gives up what is left.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(stopping))
            {
                if (queue.Reader.Count < MostInBatch) await UntilTheEndAsync(options.ReportInterval, stopping);
                var (batch, bytes) = (new List<T>(), 0);
                while (batch.Count < MostInBatch && queue.Reader.TryPeek(out var next) && (batch.Count == 0 || bytes + size(next) <= MostBytes) && queue.Reader.TryRead(out var item))
                {
                    batch.Add(item);
                    bytes += size(item);
                }
                await SendAsync(batch, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            if (queue.Reader.Count is > 0 and var left) Drop(left, "the application ended before they could be sent");
        }
    }

    private async Task SendAsync(List<T> batch, CancellationToken stopping)
    {
        while (batch.Count > 0)
        {
            var drops = Dropped - reportedDrops;
            Reply reply;
            try
            {
                reply = await send(batch, drops, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                Drop(batch.Count, "the application ended before they could be sent");
                throw;
            }
            if (reply.Problem is null)
            {
                reportedDrops += drops;
                backoff.Reset();
                if (Rejected(reply) is { IsDefaultOrEmpty: false } rejected) Drop(rejected.Length, $"the server refused them: {rejected[0]}");
                return;
            }
            // What the server will never take is not sent again; what it cannot take now waits, and what comes meanwhile is dropped when the queue is full.
            if (reply.Status is >= 400 and < 500 and not (401 or 403 or 408 or 429))
            {
                Drop(batch.Count, $"the server refused them: {reply.Problem}");
                return;
            }
            try
            {
                await PauseAsync(backoff.Next(reply), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                Drop(batch.Count, $"the application ended before they could be sent: {reply.Problem}");
                throw;
            }
        }
    }

    // At the end there is little time: what waits is tried again soon, or never.
    private Task PauseAsync(TimeSpan span, CancellationToken stopping) =>
        ending.IsCancellationRequested ? Task.Delay(span < LastPause ? span : LastPause, clock, stopping) : UntilTheEndAsync(span, stopping);

    private async Task UntilTheEndAsync(TimeSpan span, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, ending.Token);
        await Task.Delay(span, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.ThrowIfCancellationRequested();
    }

    private static ImmutableArray<string> Rejected(Reply reply)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body, ApiJsonFor.OlderClients.ReportReceipt)?.Rejected ?? [];
        }
        catch (JsonException)
        {
            return [];      // taken, and nothing more is said
        }
    }

    public void Dispose() => ending.Dispose();

    private void Drop(int count, string why)
    {
        Interlocked.Add(ref dropped, count);
        LogDropped(logger, count, name, why);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slipway lost the reports of {Count} {Name}: {Why}")]
    private static partial void LogDropped(ILogger logger, int count, string name, string why);
}
