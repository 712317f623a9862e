using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Slipway.Core.Access;

namespace Slipway.Server.Snapshots;

/// <summary>One open event stream. It has no queue: all it remembers is the revision up to which it was told, and what is missing stands in the table. So a client that
/// reads slowly costs nothing, holds up nobody, and gets the newest record of each prompt when it reads again.</summary>
internal sealed class RouteStream : IDisposable
{
    /// <summary>Where more records than these were missed, the whole table is sent instead.</summary>
    public const int MostMissed = 500;

    private readonly Func<Edition> current;
    private readonly PipeWriter writer;
    private readonly TimeProvider clock;
    private readonly Instance? instance;
    private readonly CancellationTokenSource end;
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private volatile Edition? toldOf;
    private volatile bool isToBeat;
    private long beatAt, blockedSince;
    private readonly long beganAt;
    private long sent;

    /// <param name="current">What is published now.</param>
    /// <param name="key">Who listens.</param>
    /// <param name="writer">To whom.</param>
    /// <param name="instance">Who that is; null where it did not say.</param>
    /// <param name="clock">For heartbeats.</param>
    /// <param name="end">Ends it; not disposed here.</param>
    public RouteStream(Func<Edition> current, ApiKey key, PipeWriter writer, Instance? instance, TimeProvider clock, CancellationTokenSource end)
    {
        (this.current, Key, Reach, this.writer, this.instance, this.clock, this.end) = (current, key, Reach.Of(key), writer, instance, clock, end);
        beatAt = beganAt = clock.GetTimestamp();
    }

    /// <summary>Who listens.</summary>
    public ApiKey Key { get; }

    /// <summary>What they see.</summary>
    public Reach Reach { get; }

    /// <summary>When it was last asked to say that all is well.</summary>
    public long BeatAt => Volatile.Read(ref beatAt);

    /// <summary>Since when the other end takes nothing; 0 where it does.</summary>
    public long BlockedSince => Volatile.Read(ref blockedSince);

    /// <summary>The revision up to which it was told.</summary>
    public long Sent => Volatile.Read(ref sent);

    /// <summary>Tells until it is ended or nobody listens any more.</summary>
    /// <param name="after">The revision that the client has; null where it has none, or one that cannot be gone on from.</param>
    public async Task RunAsync(long? after)
    {
        try
        {
            writer.Write("retry: 1000\n\n"u8);
            if (after is { } revision && IsToldByRecords(revision)) sent = revision;
            else if (!await WriteSnapshotAsync()) return;
            while (!end.IsCancellationRequested)
            {
                if (!WriteMissed()) await wakeUps.Reader.ReadAsync(end.Token);
                else if (!await FlushAsync()) return;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // It was ended while it had nothing to say.
        }
    }

    /// <summary>Has it look for what it was not told yet.</summary>
    public void Wake() => wakeUps.Writer.TryWrite(true);

    /// <summary>Has it look, where something was published since it was last told to.</summary>
    public void WakeIfBehind()
    {
        if (toldOf != current()) Wake();
    }

    /// <summary>Has it say that all is well.</summary>
    public void Beat()
    {
        Volatile.Write(ref beatAt, clock.GetTimestamp());
        isToBeat = true;
        Wake();
    }

    /// <summary>Ends it; where the other end takes nothing, by breaking the connection.</summary>
    public void End()
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this very moment.
        }
    }

    public void Dispose() => instance?.Disconnected(clock.GetUtcNow());

    private bool IsToldByRecords(long revision)
    {
        var edition = current();
        return revision >= 0 && revision <= edition.Revision && edition.After(revision).Length <= MostMissed;
    }

    private async ValueTask<bool> WriteSnapshotAsync()
    {
        var edition = current();
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {edition.RevisionOf(Reach)}\nevent: snapshot\ndata: ")));
        if (!await SnapshotBody.WriteAsync(writer, edition, Reach, FlushAsync)) return false;
        writer.Write("\n\n"u8);
        sent = edition.Revision;
        return await FlushAsync();
    }

    // The newest there is, a slice at a time: what changes while the other end takes it is not sent in its older form first.
    private bool WriteMissed()
    {
        var (edition, written) = (current(), 0);
        toldOf = edition;
        foreach (var record in edition.After(sent))
        {
            sent = record.Revision;
            if (!Reach.Covers(record.Route.Prompt)) continue;
            writer.Write(record.Event);
            if ((written += record.Event.Length) >= SnapshotBody.Slice) return true;
        }
        if (!isToBeat) return written > 0;
        isToBeat = false;
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: heartbeat\ndata: {{\"revision\":{edition.RevisionOf(Reach)},\"at\":{(long)clock.GetElapsedTime(beganAt).TotalMilliseconds}}}\n\n")));
        return true;
    }

    private async ValueTask<bool> FlushAsync()
    {
        var flush = writer.FlushAsync(end.Token);
        if (!flush.IsCompleted) Volatile.Write(ref blockedSince, clock.GetTimestamp());
        var result = await flush;
        Volatile.Write(ref blockedSince, 0);
        if (result.IsCompleted || end.IsCancellationRequested) return false;
        instance?.Heard(clock.GetUtcNow());
        return true;
    }
}
