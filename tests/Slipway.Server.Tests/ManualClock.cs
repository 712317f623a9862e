namespace Slipway.Server.Tests;

/// <summary>A clock that stands until a test moves it, and with it the timers that were set by it.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private readonly DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());     // keys and certificates are of today
    private TimeSpan passed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time; UTC.</summary>
    public DateTimeOffset Now => GetUtcNow();

    /// <summary>How many timers wait.</summary>
    public int Waiting
    {
        get { lock (gate) return alarms.Count(alarm => alarm.Due is not null); }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return start + passed;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate) return (start + passed).Ticks;
    }

    /// <summary>Lets time pass; whatever is due is called before this returns, once, however often it was due.</summary>
    public void Advance(TimeSpan time)
    {
        List<Alarm> due;
        lock (gate)
        {
            passed += time;
            due = [.. alarms.Where(alarm => alarm.Due <= passed)];
            foreach (var alarm in due) alarm.Due = alarm.Period > TimeSpan.Zero ? passed + alarm.Period : null;
        }
        foreach (var alarm in due) alarm.Ring();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        lock (gate) alarms.Add(alarm);
        return alarm;
    }

    private sealed class Alarm(ManualClock clock, Action ring) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate) (Due, Period) = (dueTime <= TimeSpan.Zero ? null : clock.passed + dueTime, period);
            if (dueTime == TimeSpan.Zero) ThreadPool.QueueUserWorkItem(_ => Ring());
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
