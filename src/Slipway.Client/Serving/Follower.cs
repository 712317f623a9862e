using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>Follows the server by its event stream, and by asking every few seconds while there is none. It never ends by itself.</summary>
/// <param name="server">Whom to follow.</param>
/// <param name="table">Gets what the server says.</param>
/// <param name="lease">Is renewed by the server's heartbeats and by its answers.</param>
/// <param name="options">How patient to be.</param>
/// <param name="heard">Called after each change, after connecting and after each answer.</param>
/// <param name="log">What people should know.</param>
/// <param name="clock">Timers and the monotonic clock.</param>
/// <param name="random">0 to 1, drawn anew each time.</param>
internal sealed class Follower(
    ServerConnection server, RoutingTable table, Lease lease, SlipwayClientOptions options, Action heard, FollowerLog log, TimeProvider clock, Func<double> random)
{
    // Less patience before the first byte: where a proxy keeps the stream back, the next poll must come while the lease still holds.
    private static readonly TimeSpan FirstByte = TimeSpan.FromSeconds(4), LongStream = TimeSpan.FromSeconds(10);
    private const int LowerTablesUntilBelieved = 3;

    private readonly Backoff backoff = new(random);
    private string? lastEvent, etag;
    private long nextPoll;
    private int lowerTables;
    private HeartbeatDelay delay = new(clock);

    /// <summary>How it follows now.</summary>
    public Following Mode { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var began = clock.GetTimestamp();
            var (why, refusal) = await StreamAsync(stopping);
            // A stream that is cut again and again is no reason to come back each second.
            if (Mode == Following.Streaming && clock.GetElapsedTime(began) >= LongStream) backoff.Reset();
            await WithoutStreamAsync(why, refusal, stopping);
        }
    }

    // One stream from its opening to its end, and why it ended.
    private async Task<(string Why, Reply? Refusal)> StreamAsync(CancellationToken stopping)
    {
        delay = new HeartbeatDelay(clock);
        using var silence = new CancellationTokenSource(FirstByte, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping, silence.Token);
        var (open, refusal) = await server.StreamAsync(lastEvent, limited.Token, stopping);
        if (open is null) return (refusal!.Problem!, refusal);
        using (open)
        {
            if (open.Content.Headers.ContentType?.MediaType is var type && type != "text/event-stream") return ($"what it sends as its event stream is {type ?? "of no type"}", null);
            try
            {
                using var stream = new HeardStream(await open.Content.ReadAsStreamAsync(limited.Token), () => silence.CancelAfter(options.StreamSilence));
                var events = SseParser.Create(stream, Read);
                await foreach (var item in events.EnumerateAsync(limited.Token))
                {
                    if (item.ReconnectionInterval is { } asked && asked > TimeSpan.Zero) backoff.First = asked;
                    if (!Take(item)) return ("what it said could not be read", null);
                }
                return ("the stream ended", null);
            }
            catch (Exception exception) when (ServerConnection.Expected(exception, stopping))
            {
                return (exception is OperationCanceledException ? "the stream is silent" : $"the stream broke off: {ServerConnection.Why(exception)}", null);
            }
        }
    }

    // False where it cannot be read: then the stream is of no use.
    private bool Take(SseItem<object?> item)
    {
        try
        {
            switch (item.Data)
            {
                case JsonException unreadable:
                    throw unreadable;
                case SnapshotDocument snapshot:
                    Replace(Ours(snapshot));
                    heard();
                    break;
                case RouteDocument route:
                    if (table.Change(route)) Understand(route);
                    else log.OlderRecord(route.Prompt.Value, route.Revision);
                    heard();
                    break;
                case Heartbeat { At: var said }:
                    lease.Renew(delay.Of(said));
                    nextPoll = After(PollInterval());
                    if (Mode == Following.Streaming) break;
                    Follows(Following.Streaming);
                    heard();
                    break;
            }
            if (item.EventId is { Length: > 0 } id) lastEvent = id;
            return true;
        }
        catch (JsonException exception)
        {
            Doubt(exception);
            return false;
        }
    }

    // The time to the next attempt at a stream. The table is asked for meanwhile, so that a proxy that breaks streams breaks nothing else.
    private async Task WithoutStreamAsync(string why, Reply? refusal, CancellationToken stopping)
    {
        var wait = backoff.Next(refusal);
        var nextStream = After(wait);
        CutOff(why, refusal, wait, polled: false);
        while (refusal is not { Forbidden: true } && nextPoll < nextStream)
        {
            await DelayAsync(nextPoll, stopping);
            var asked = clock.GetTimestamp();
            var reply = await server.SnapshotAsync(etag, stopping);
            nextPoll = After(reply.RetryAfter is { } quiet && quiet > options.PollInterval ? quiet : PollInterval());
            if (reply.Problem is null && Take(reply, clock.GetElapsedTime(asked)))
            {
                Follows(Following.Polling);
                heard();
                continue;
            }
            CutOff(reply.Problem ?? "what it said could not be read", reply, PollInterval(), polled: true);
            if (reply.Forbidden) (refusal, nextStream) = (reply, After(backoff.Next(reply)));
        }
        await DelayAsync(nextStream, stopping);
    }

    // An answer may have lain in a buffer: it is no younger than its question.
    private bool Take(Reply reply, TimeSpan onTheWay)
    {
        if (reply.Status == (int)HttpStatusCode.NotModified)
        {
            lease.Renew(reply.Age + onTheWay);
            return true;
        }
        try
        {
            var snapshot = Ours(Table(reply.Body));
            // Of several servers one may lag behind; where all of them say it, the journal was restored from a backup.
            if (snapshot.Revision < table.Told && ++lowerTables < LowerTablesUntilBelieved)
            {
                log.OlderTable(snapshot.Revision, table.Told);
                return true;
            }
            Replace(snapshot);
            lease.Renew(reply.Age + onTheWay);
            etag = reply.ETag;
            return true;
        }
        catch (JsonException exception)
        {
            Doubt(exception);
            return false;
        }
    }

    // From the bytes as they came: a table of ten thousand prompts is not made a text first. What cannot be read is told where the event is taken.
    private static object? Read(string type, ReadOnlySpan<byte> data)
    {
        try
        {
            return type switch
            {
                "snapshot" => Table(data),
                "route" => JsonSerializer.Deserialize(data, ApiJsonFor.OlderClients.RouteDocument) ?? throw new JsonException("A record is never null."),
                "heartbeat" => Heartbeat.Of(data),
                _ => null,
            };
        }
        catch (JsonException exception)
        {
            return exception;
        }
    }

    private static SnapshotDocument Table(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, ApiJsonFor.OlderClients.SnapshotDocument) ?? throw new JsonException("A table is never null.");

    private SnapshotDocument Ours(SnapshotDocument snapshot) =>
        snapshot.Environment.Value == options.Environment ? snapshot : throw new JsonException($"It is the table of {snapshot.Environment}, not of {options.Environment}.");

    private void Replace(SnapshotDocument snapshot)
    {
        if (snapshot.Revision < table.Told) log.Restored(snapshot.Revision, table.Told);
        lowerTables = 0;
        table.Replace(snapshot);
        foreach (var route in snapshot.Routes) Understand(route);
        lastEvent = snapshot.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        lease.Trust();
    }

    private void Understand(RouteDocument route)
    {
        if (table.IsRefused(route.Prompt.Value)) log.Withdrawn(route.Prompt.Value, route.Revision);
        if (table.Wanted(route.Prompt.Value)?.Candidate is { NotUnderstood: { } release }) log.NotUnderstood(route.Prompt.Value, release.Release.ToString());
    }

    private void Doubt(JsonException exception)
    {
        lease.Doubt();
        (lastEvent, etag) = (null, null);
        log.Unreadable(exception.Message);
    }

    private void CutOff(string why, Reply? refusal, TimeSpan wait, bool polled)
    {
        if (refusal is { Forbidden: true }) log.Forbidden(refusal.Status, wait);
        else if (Mode is not (Following.CutOff or Following.Polling)) log.CutOff(why, wait);
        else log.StillCutOff(why, wait);
        // Polling is enough: that the next stream fails as well changes nothing.
        if (Mode != Following.Polling || polled || refusal is { Forbidden: true }) Mode = Following.CutOff;
    }

    private void Follows(Following mode)
    {
        if (Mode == mode) return;
        Mode = mode;
        log.Follows(mode == Following.Streaming ? "its event stream" : "asking it every few seconds", table.Told);
    }

    // Not all instances in the same second.
    private TimeSpan PollInterval() => options.PollInterval * (0.5 + 0.5 * random());

    private long After(TimeSpan span) => clock.GetTimestamp() + (long)(span.TotalSeconds * clock.TimestampFrequency);

    private Task DelayAsync(long until, CancellationToken stopping)
    {
        var left = TimeSpan.FromSeconds((until - clock.GetTimestamp()) / (double)clock.TimestampFrequency);
        return left > TimeSpan.Zero ? Task.Delay(left, clock, stopping) : Task.CompletedTask;
    }
}
