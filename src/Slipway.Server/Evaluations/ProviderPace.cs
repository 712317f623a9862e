using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>Keeps all that ask one provider from asking it while it wants to be left alone.</summary>
internal sealed class ProviderPace(string provider, Jitter jitter, TimeProvider clock)
{
    /// <summary>How long it may refuse, one refusal after the other, before it is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1), LongestSpread = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private DateTimeOffset pausedAt, pausedUntil, refusedSince;
    private int pauses;

    /// <summary>Why it is not asked at the moment; null where it is.</summary>
    public string? Waiting => Left is { Ticks: > 0 } left ? $"{provider} limits the rate; it is asked again in {Math.Ceiling(left.TotalSeconds):0} s." : null;

    private TimeSpan Left
    {
        get
        {
            lock (gate) return pausedUntil - clock.GetUtcNow();
        }
    }

    /// <summary>Waits until it may be asked. Who waited comes back a little later than the moment itself, by chance: not all at once.</summary>
    /// <returns>When the question is sent.</returns>
    public async ValueTask<DateTimeOffset> WaitAsync(CancellationToken cancellation)
    {
        while (Left is { Ticks: > 0 } left)
        {
            await Task.Delay(left + jitter.Within(left < LongestSpread ? left : LongestSpread), clock, cancellation);
        }
        return clock.GetUtcNow();
    }

    /// <summary>It answered.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref pauses) == 0) return;
        lock (gate) pauses = 0;
    }

    /// <summary>It refused because it is asked too much.</summary>
    /// <param name="failure">What it said.</param>
    /// <param name="sentAt">When the question was sent: those that were under way when a pause began say nothing new.</param>
    /// <returns>Why it is given up, in a sentence; null where it is worth asking again after the pause.</returns>
    public string? Refused(ProviderException failure, DateTimeOffset sentAt)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (pauses == 0) refusedSince = now;
            var isNew = pauses == 0 || sentAt >= pausedAt;
            if (isNew) pauses++;
            var wait = failure.RetryAfter ?? (isNew ? jitter.After(pauses - 1, FirstPause, LongestPause) : TimeSpan.Zero);
            if (wait > Patience) return $"{failure.Message.TrimEnd('.')}; it wants to be asked again in {Words(wait)}.";
            if (now - refusedSince > Patience) return $"{failure.Message.TrimEnd('.')}, for {Words(now - refusedSince)} now.";
            if (isNew) pausedAt = now;
            if (now + wait > pausedUntil) pausedUntil = now + wait;
            return null;
        }
    }

    private static string Words(TimeSpan time) => time.TotalHours >= 2 ? $"{time.TotalHours:0} hours" : $"{Math.Ceiling(time.TotalMinutes):0} minutes";
}
