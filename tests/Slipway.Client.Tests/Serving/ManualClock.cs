namespace Slipway.Client.Tests.Serving;

/// <summary>Time that passes when a test says so: a monotonic clock with timers, and a wall clock that can be set.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Set)> waiting = [];
    private readonly DateTimeOffset start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private long ticks;

    /// <summary>How far somebody has set the wall clock from the truth.</summary>
    public TimeSpan SetBy { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => start + TimeSpan.FromTicks(GetTimestamp()) + SetBy;

    /// <summary>Lets time pass; timers ring in their order.</summary>
    public void Advance(TimeSpan span)
    {
        var until = GetTimestamp() + span.Ticks;
        while (true)
        {
            Timer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                if (next is null)
                {
                    Interlocked.Exchange(ref ticks, until);
                    return;
                }
                Interlocked.Exchange(ref ticks, Math.Max(ticks, next.Due));
                timers.Remove(next);
            }
            next.Ring();
        }
    }

    /// <summary>Ends when somebody waits for exactly this long from now.</summary>
    public Task WaitedForAsync(TimeSpan due)
    {
        lock (gate)
        {
            if (timers.Exists(timer => timer.Due - ticks == due.Ticks)) return Task.CompletedTask;
            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((due, set));
            return set.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets somebody wait for exactly this long, and the time pass.</summary>
    public async Task PassAsync(TimeSpan due)
    {
        await WaitedForAsync(due);
        Advance(due);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualClock clock, Action ring) : ITimer
    {
        public long Due { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock.ticks + dueTime.Ticks;
                clock.timers.Add(this);
                foreach (var (due, set) in clock.waiting)
                    if (due == dueTime) set.TrySetResult();
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
