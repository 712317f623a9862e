using System.Text.Json;

namespace Slipway.Client.Serving;

/// <summary>How late the heartbeats of one stream come. One that lay in a buffer, because the network stood still or this process did, is as old as it is: a lease that counted from
/// when it was read would let a candidate be served that was taken back long ago.</summary>
/// <remarks>
/// The server says by its own clock, in milliseconds since the stream began, when it said each one. No clock needs to be right for it: the quickest of the last minute says how the two
/// clocks stand to each other, and the first is held against the moment at which the stream was asked for.
/// </remarks>
/// <param name="clock">The monotonic clock; the stream is asked for now.</param>
internal sealed class HeartbeatDelay(TimeProvider clock)
{
    private const int Remembered = 20;
    private readonly long askedAt = clock.GetTimestamp();
    private readonly Queue<double> offsets = new([0]);

    /// <summary>How long ago a heartbeat was said.</summary>
    /// <param name="said">When the server says that it did, in milliseconds since the stream began; one that does not say is taken to say it now.</param>
    public TimeSpan Of(long? said)
    {
        if (said is not { } at) return TimeSpan.Zero;
        var offset = clock.GetElapsedTime(askedAt).TotalMilliseconds - at;
        var late = Math.Max(0, offset - offsets.Min());
        offsets.Enqueue(offset);
        if (offsets.Count > Remembered) offsets.Dequeue();
        return TimeSpan.FromMilliseconds(late);
    }
}

/// <summary>That all is well.</summary>
/// <param name="At">Milliseconds since the stream began, by the server's clock; null where it does not say.</param>
internal sealed record Heartbeat(long? At)
{
    private static readonly Heartbeat Undated = new((long?)null);

    /// <summary>Reads the data of an event; what else stands in it is passed over.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static Heartbeat Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("at"u8, out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var said)
            ? new Heartbeat(said) : Undated;
    }
}
