namespace Slipway.Client.Tests.Serving;

/// <summary>Time that passes when a test says so: a monotonic clock with timers, and a wall clock that can be set.</summary>
internal sealed class ManualClock : TimeProvider
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Set)> waiting = [];
    private TaskCompletionSource timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Lets somebody's wait pass, and the next one's, until the goal is reached.</summary>
    /// <param name="goal">What is to happen.</param>
    /// <param name="patience">What limits how long something may take runs out where it is no longer than this: what really takes place has its time.</param>
    public async Task RunUntilAsync(Task goal, TimeSpan patience = default)
    {
        while (!goal.IsCompleted)
        {
            Task set;
            Timer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.IsDelay || timer.Length <= patience).MinBy(timer => timer.Due);
                if (timerSet.Task.IsCompleted) timerSet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                set = timerSet.Task;
            }
            if (next is not null) Advance(TimeSpan.FromTicks(Math.Max(0, next.Due - GetTimestamp())));
            // What rings may set nothing anew, and what is on the wire takes real time: there the next wait passes a little later.
            await (next is null ? Task.WhenAny(goal, set) : Task.WhenAny(goal, set, Task.Delay(Pace, TestContext.Current.CancellationToken))).WaitAsync(TestContext.Current.CancellationToken);
        }
        await goal;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), state is not CancellationTokenSource);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ManualClock clock, Action ring, bool isDelay) : ITimer
    {
        public bool IsDelay => isDelay;

        public long Due { get; private set; }

        public TimeSpan Length { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (Due, Length) = (clock.ticks + dueTime.Ticks, dueTime);
                clock.timers.Add(this);
                foreach (var (due, set) in clock.waiting)
                    if (due == dueTime) set.TrySetResult();
                clock.timerSet.TrySetResult();
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
