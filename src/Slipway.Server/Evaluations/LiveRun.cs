using Slipway.Core.Evaluations;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>A run that this process is at.</summary>
internal sealed class LiveRun(StoredRun stored, RunPlan plan, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile TaskCompletionSource changed = New();
    private volatile EvaluationProgress? progress;
    private volatile string? endedBecause;

    /// <summary>As it is stored.</summary>
    public StoredRun Stored => stored;

    /// <summary>What it is told to do.</summary>
    public RunPlan Plan => plan;

    /// <summary>How far it is; null before it begins.</summary>
    public EvaluationProgress? Progress => progress;

    /// <summary>Cancelled when it is to end.</summary>
    public CancellationToken Token => end.Token;

    /// <summary>Why somebody ended it; null where nobody did.</summary>
    public string? EndedBecause => endedBecause;

    /// <summary>Completes when it has ended, or is left to another process.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary>Completes at the next change from now on.</summary>
    public Task Changed => changed.Task;

    /// <summary>It is further now.</summary>
    public void Tell(EvaluationProgress now)
    {
        progress = now;
        Interlocked.Exchange(ref changed!, New()).TrySetResult();
    }

    /// <summary>Ends it.</summary>
    /// <param name="why">A sentence.</param>
    public void End(string why)
    {
        endedBecause ??= why;
        end.Cancel();
    }

    public void Dispose() => end.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
