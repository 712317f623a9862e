namespace Slipway.Server.Gateway;

/// <summary>How long a call may take, all attempts together; over as well when its caller goes away.</summary>
internal sealed class CallTime : IDisposable
{
    private readonly TimeProvider clock;
    private readonly TimeSpan limit;
    private readonly long started;
    private readonly CancellationTokenSource over;
    private readonly CancellationTokenRegistration leaving;
    private List<CancellationTokenSource>? attempts;

    /// <param name="limit">All attempts, the waiting between them and the rest of a stream.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="callerLeft">Cancelled when the caller goes away.</param>
    public CallTime(TimeSpan limit, TimeProvider clock, CancellationToken callerLeft)
    {
        (this.limit, this.clock, started) = (limit, clock, clock.GetTimestamp());
        over = new CancellationTokenSource(limit, clock);
        leaving = callerLeft.UnsafeRegister(static over => ((CancellationTokenSource)over!).Cancel(), over);
    }

    /// <summary>All of it.</summary>
    public TimeSpan Limit => limit;

    /// <summary>What is left of it.</summary>
    public TimeSpan Left => limit - clock.GetElapsedTime(started);

    /// <summary>Cancelled when it is over.</summary>
    public CancellationToken Token => over.Token;

    /// <summary>Begins an attempt with a limit of its own.</summary>
    /// <param name="within">Its limit.</param>
    /// <param name="token">Cancelled when the attempt or the whole call is over.</param>
    /// <returns>Takes the attempt's own limit away, once a stream has begun.</returns>
    public CancellationTokenSource Attempt(TimeSpan within, out CancellationToken token)
    {
        var timer = new CancellationTokenSource(within, clock);
        var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, Token);
        (attempts ??= []).AddRange(timer, linked);      // a stream that has begun goes on under it, so they end with the call
        token = linked.Token;
        return timer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        leaving.Dispose();
        foreach (var attempt in attempts ?? []) attempt.Dispose();
        over.Dispose();
    }
}
