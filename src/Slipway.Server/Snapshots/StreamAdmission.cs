namespace Slipway.Server.Snapshots;

/// <summary>Says how many event streams are taken: so many open, and so many new ones a second. After an outage all clients come back at once; those that must wait
/// are sent away with different times, so that they do not come back at once again.</summary>
internal sealed class StreamAdmission(ServerOptions options, Jitter jitter, TimeProvider clock)
{
    private static readonly TimeSpan WhenNewAreMany = TimeSpan.FromSeconds(10), WhenOpenAreMany = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private double tokens = options.NewStreamsPerSecond;
    private long filledAt = clock.GetTimestamp();
    private int open;

    /// <summary>Takes a stream.</summary>
    /// <returns>Null where it is taken, to be given back with <see cref="Leave"/>; else after how long to try again.</returns>
    public TimeSpan? Enter()
    {
        lock (gate)
        {
            if (open >= options.MostStreams) return Jittered(WhenOpenAreMany);
            var now = clock.GetTimestamp();
            tokens = Math.Min(options.NewStreamsPerSecond, tokens + clock.GetElapsedTime(filledAt, now).TotalSeconds * options.NewStreamsPerSecond);
            filledAt = now;
            if (tokens < 1) return Jittered(WhenNewAreMany);
            tokens--;
            open++;
            return null;
        }
    }

    /// <summary>Gives a stream back.</summary>
    public void Leave()
    {
        lock (gate) open--;
    }

    // A header says it in whole seconds, and none of them would be at once.
    private TimeSpan Jittered(TimeSpan most) => TimeSpan.FromSeconds(1 + Math.Floor(jitter.Within(most).TotalSeconds));
}
