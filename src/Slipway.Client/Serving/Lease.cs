namespace Slipway.Client.Serving;

/// <summary>How long a candidate may be served without hearing from the server. By the monotonic clock: setting the machine's time does nothing.</summary>
internal sealed class Lease(TimeSpan length, TimeProvider clock)
{
    private const long Never = long.MinValue;
    private readonly long ticks = Ticks(length, clock);
    private long heard = Never;
    private volatile bool doubted;

    /// <summary>Whether a candidate must not be served.</summary>
    public bool Expired => Volatile.Read(ref heard) is var at && (at == Never || clock.GetTimestamp() - at >= ticks);

    /// <summary>How long ago the lease was renewed; null for never.</summary>
    public TimeSpan? SilentFor => Volatile.Read(ref heard) is var at && at == Never ? null : clock.GetElapsedTime(at);

    /// <summary>The server was heard, and knew the end of the journal.</summary>
    /// <param name="age">How long ago it did.</param>
    public void Renew(TimeSpan age = default)
    {
        var at = clock.GetTimestamp() - Ticks(age, clock);
        if (!doubted && at > Volatile.Read(ref heard)) Volatile.Write(ref heard, at);
    }

    /// <summary>What the server said could not be read: it may have been a rollback, so nothing is renewed until a whole table is read.</summary>
    public void Doubt() => doubted = true;

    /// <summary>A whole table was read.</summary>
    public void Trust() => doubted = false;

    private static long Ticks(TimeSpan span, TimeProvider clock) => (long)(span.TotalSeconds * clock.TimestampFrequency);
}
