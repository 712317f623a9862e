using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Incidents;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>The runs of this server: begins them, goes on with those that a restart interrupted, and puts what they come to on record.</summary>
internal sealed partial class EvaluationRuns(
    EvaluationEngine engine, EvaluationPlans plans, IEvaluationStore store, Ledger ledger, ObjectKeeper objects, IncidentProofs proofs, TimeProvider clock, ILogger<EvaluationRuns> log) : BackgroundService
{
    /// <summary>How many runs are asked at once; the others wait for their turn.</summary>
    public const int MostAtOnce = 4;

    /// <summary>How long an answer is kept that nobody uses, and a run after its end.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    /// <summary>How many answers are kept at most; those used least recently go first.</summary>
    public const long MostAnswers = 1_000_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5), RemoveEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<long, LiveRun> live = [];
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turns = new(MostAtOnce, MostAtOnce);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Begins a run, or finds the one that the same command began.</summary>
    /// <param name="run">As it is stored.</param>
    /// <param name="plan">What it is told to do.</param>
    /// <returns>The run; this process is at it unless another is, or it has ended.</returns>
    public StoredRun Begin(NewRun run, RunPlan plan)
    {
        lock (gate)
        {
            var stored = store.Begin(run, clock.GetUtcNow());
            if (stored.State == EvaluationRunState.Running && !live.ContainsKey(stored.Number)) Take(stored, stored.Plan == run.Plan ? plan : Read(stored), isLeft: false);
            return stored;
        }
    }

    /// <summary>The run that a command began; null where it began none.</summary>
    public StoredRun? FindByCommand(CommandId id) => id.Request is null ? null : store.FindByCommand(id.Value);

    /// <summary>What this process knows of a run that it is at; null where it is at none of that number.</summary>
    public LiveRun? FindLive(long number)
    {
        lock (gate) return live.GetValueOrDefault(number);
    }

    /// <summary>A run as it stands now; null where there is none of that number.</summary>
    public StoredRun? Find(long number) => store.Find(number);

    /// <summary>Runs, newest first.</summary>
    public ImmutableArray<StoredRun> Newest(long? before, int most) => store.Newest(before, most);

    /// <summary>Waits for a run's end, whichever server is at it.</summary>
    /// <returns>The run as it ended, or as it is where nobody goes on with it before a server starts.</returns>
    public async Task<StoredRun> WaitAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            if (FindLive(number) is { } run) await run.Ended.WaitAsync(cancellation);
            var found = store.Find(number) ?? throw new StorageException($"The run {number} is not stored any more.");
            // Nobody else takes up what this server is not at any more.
            if (found.State != EvaluationRunState.Running || stopping.IsCancellationRequested || !store.IsShared) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(500), clock, cancellation);
        }
    }

    /// <summary>Ends a run, whichever server is at it; one that has ended stays as it is.</summary>
    /// <param name="number">Which.</param>
    /// <param name="why">A sentence.</param>
    public void Cancel(long number, string why)
    {
        store.AskToCancel(number);
        FindLive(number)?.End(why);
    }

    /// <summary>What a run was told to do.</summary>
    public static RunPlan Read(StoredRun run) => JsonSerializer.Deserialize(run.Plan, RunJson.Default.RunPlan) ?? throw new StorageException($"The run {run.Number} has lost its plan.");

    /// <summary>How a run ended; null while it runs.</summary>
    public static RunOutcome? OutcomeOf(StoredRun run) => run.Outcome is null ? null : JsonSerializer.Deserialize(run.Outcome, RunJson.Default.RunOutcome);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        Task[] running;
        lock (gate) running = [.. live.Values.Select(run => run.Ended)];
        await Task.WhenAll(running);        // What they were answered is stored; the next start goes on from there.
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        turns.Dispose();
        stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the server answers: what was left may be much.
        await Task.Yield();
        ledger.Changed += EndWhatWasErased;
        try
        {
            TakeWhatWasLeft(isStart: true);
            Remove(stoppingToken);
            var removedAt = clock.GetTimestamp();
            using var timer = new PeriodicTimer(LookEvery, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Another server may have ended in the middle of a run; of a file of one's own that would have been seen at the start.
                if (store.IsShared) TakeWhatWasLeft(isStart: false);
                if (clock.GetElapsedTime(removedAt) < RemoveEvery) continue;
                Remove(stoppingToken);
                removedAt = clock.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            ledger.Changed -= EndWhatWasErased;
        }
    }

    private void TakeWhatWasLeft(bool isStart)
    {
        try
        {
            lock (gate)
            {
                foreach (var run in store.Unfinished())
                {
                    if (live.ContainsKey(run.Number)) continue;
                    Take(run, Read(run), isLeft: true);
                    if (isStart) LogContinued(run.Number, run.Member);
                }
            }
        }
        catch (StorageException exception)
        {
            LogNotTaken(exception.Message);
        }
    }

    // Where another process has the run, nothing is done.
    private void Take(StoredRun stored, RunPlan plan, bool isLeft)
    {
        if (store.Hold(stored.Number) is not { } hold) return;
        var run = new LiveRun(stored, plan, stopping.Token);
        live.Add(stored.Number, run);
        var isUnwanted = isLeft && plan.IsWaitedFor;
        run.Ended = Task.Run(async () =>
        {
            try
            {
                if (stored.ToBeCancelled || isUnwanted) End(run, EvaluationRunState.Cancelled, new RunOutcome(null, null, isUnwanted ? "Its caller was gone when the server that ran it ended." : "It was cancelled."));
                else await RunAsync(run, hold);
            }
            catch (Exception exception)
            {
                LogBroken(exception, stored.Number);
                End(run, EvaluationRunState.Failed, new RunOutcome(null, null, "It broke; the server's log says where.", StatusCodes.Status500InternalServerError));
            }
            finally
            {
                lock (gate) live.Remove(stored.Number);
                hold.Dispose();
                run.Dispose();
            }
        }, CancellationToken.None);
    }

    private async Task RunAsync(LiveRun run, IRunHold hold)
    {
        try
        {
            await turns.WaitAsync(run.Token);
            EvaluationResult result;
            var cases = new List<CaseRun>();
            try
            {
                var plan = plans.Make(run.Plan, run.Stored.Member);
                result = await engine.RunAsync(run.Plan.Incident is null ? plan : plan with { Settled = cases.Add }, run.Stored, run.Tell, run.Token);
            }
            finally
            {
                turns.Release();
            }
            if (hold.IsKept) Record(run, result, cases);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && run.EndedBecause is null)
        {
            // It is gone on with at the next start, or by another server.
        }
        catch (OperationCanceledException)
        {
            var kept = run.Progress is { } progress ? FormattableString.Invariant($" {progress.CallsDone} of {progress.Calls} answers are kept: the same evaluation goes on from there.") : "";
            End(run, EvaluationRunState.Cancelled, new RunOutcome(null, null, (run.EndedBecause ?? "It was cancelled.") + kept));
            Forget(run);
        }
        catch (ErasedException exception)
        {
            End(run, EvaluationRunState.Failed, new RunOutcome(null, null, exception.Message, exception.Status));
            Forget(run);
        }
        catch (InvalidOperationException exception)
        {
            End(run, EvaluationRunState.Failed, new RunOutcome(null, null, exception.Message, StatusCodes.Status422UnprocessableEntity));
        }
        catch (StorageException exception)
        {
            LogBroken(exception, run.Stored.Number);
            End(run, EvaluationRunState.Failed, new RunOutcome(null, null, exception.Message, exception is StorageUnavailableException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError));
        }
    }

    // The command's id makes sure that it stands in the journal once, however often the process ends between this and the next line.
    private void Record(LiveRun run, EvaluationResult result, IReadOnlyCollection<CaseRun> cases)
    {
        var (stored, plan, report) = (run.Stored, run.Plan, plans.BesideEarlier(run.Plan, result.Report));
        var hash = objects.Put(CanonicalJson.Of(report.ToJson()));
        var registry = ledger.Current;
        if (registry.Access.FindKey(stored.Key) is not { } key)
        {
            End(run, EvaluationRunState.Failed, new RunOutcome(null, null, $"The key {stored.Key} with which it was begun is gone.", StatusCodes.Status403Forbidden));
            return;
        }
        // A test of an incident's cases is no evaluation of the version: nothing is released on the word of some cases.
        Command command = plan.Incident is { } tested ? proofs.Of(key.Member, tested, run, hash, cases, result.Stopped)
            : new RecordEvaluation(key.Member, new EvaluationRecorded(hash, plan.Candidate, plan.Baseline, plan.Dataset, report.Verdict, [.. report.Gates.Select(gate => gate.Sentence)]));
        switch (ledger.Execute(command, new CommandId(stored.Command, stored.Request), key))
        {
            case LedgerResult.Done done:
                End(run, EvaluationRunState.Finished, done.Entries[0].Read() switch
                {
                    EvaluationRecorded recorded => new RunOutcome(recorded.Report, recorded.Verdict.ToString(), result.Stopped is { } why ? $"The run was stopped: {why}." : null),
                    IncidentTested found => new RunOutcome(found.Report, report.Verdict.ToString(), IncidentProofs.Why(found, cases)),
                    var other => throw new InvalidOperationException($"A run does not record {other.GetType().Name}."),
                });
                break;
            case LedgerResult.Refused refused:
                End(run, EvaluationRunState.Failed, new RunOutcome(null, null, refused.Why.Reason, Refusals.StatusOf(refused.Why.Kind)));
                break;
        }
    }

    // A run whose end cannot be stored stays unfinished: the next start goes on with it, and takes from the store and the journal what is there.
    private void End(LiveRun run, EvaluationRunState state, RunOutcome outcome)
    {
        try
        {
            store.End(
                run.Stored.Number, state, JsonSerializer.Serialize(outcome, RunJson.Default.RunOutcome),
                run.Progress is { } progress ? JsonSerializer.Serialize(progress, ApiJson.Default.EvaluationProgress) : null, clock.GetUtcNow());
        }
        catch (StorageException exception)
        {
            LogNotEnded(run.Stored.Number, exception.Message);
        }
    }

    // What it stored between an erasure and its own end goes too.
    private void Forget(LiveRun run)
    {
        var erased = ErasedOf(ledger.Current, run.Plan);
        if (erased.Count > 0) store.Erase(erased, []);
    }

    private void EndWhatWasErased(Registry registry)
    {
        if (registry.Objects.Erased.IsEmpty) return;
        lock (gate)
        {
            foreach (var run in live.Values)
                if (ErasedOf(registry, run.Plan).Count > 0) run.End("What it was run on was erased.");
        }
    }

    private static List<ContentHash> ErasedOf(Registry registry, RunPlan plan) =>
    [
        .. ((ContentHash?[])[plan.SetContent, registry.Prompts.Find(plan.Candidate)?.Package, plan.Baseline is null ? null : registry.Prompts.Find(plan.Baseline)?.Package])
            .OfType<ContentHash>().Where(hash => registry.Objects.Find(hash) is not null),
    ];

    private void Remove(CancellationToken cancellation)
    {
        try
        {
            while (!cancellation.IsCancellationRequested && !store.Remove(clock.GetUtcNow() - KeptFor, MostAnswers)) { }
        }
        catch (StorageException exception)
        {
            LogNotRemoved(exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The evaluation eval-{Run} of {Member}, which a restart interrupted, goes on")]
    private partial void LogContinued(long run, string member);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Evaluations that were interrupted cannot be gone on with yet; it is tried again: {Reason}")]
    private partial void LogNotTaken(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The evaluation eval-{Run} broke")]
    private partial void LogBroken(Exception exception, long run);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of the evaluation eval-{Run} could not be stored; the next start goes on with it: {Reason}")]
    private partial void LogNotEnded(long run, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old answers of evaluations could not be removed; it is tried again within the hour: {Reason}")]
    private partial void LogNotRemoved(string reason);
}
