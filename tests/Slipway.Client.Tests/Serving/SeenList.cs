namespace Slipway.Client.Tests.Serving;

/// <summary>What happened so far, and a way to wait for what has not happened yet.</summary>
internal sealed class SeenList<T>
{
    private readonly Lock gate = new();
    private readonly List<T> all = [];
    private readonly List<(Func<T, bool> Is, TaskCompletionSource<T> Seen)> waiting = [];

    public IReadOnlyList<T> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    public void Add(T item)
    {
        lock (gate)
        {
            all.Add(item);
            foreach (var waiter in waiting.Where(waiter => waiter.Is(item)).ToList())
            {
                waiter.Seen.TrySetResult(item);
                waiting.Remove(waiter);
            }
        }
    }

    /// <summary>The first that fits, now or later.</summary>
    /// <param name="fits">What it is like.</param>
    /// <param name="after">How many were there before, and are not looked at.</param>
    public Task<T> FirstAsync(Func<T, bool> fits, int after = 0)
    {
        lock (gate) return all.Skip(after).Any(fits) ? Task.FromResult(all.Skip(after).First(fits)) : LaterAsync(fits);
    }

    /// <summary>The next that fits and has not happened yet.</summary>
    public Task<T> NextAsync(Func<T, bool> fits)
    {
        lock (gate) return LaterAsync(fits);
    }

    private Task<T> LaterAsync(Func<T, bool> fits)
    {
        var seen = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Add((fits, seen));
        return seen.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
