using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>One passage of a run through its cases: a reader looks answers up in the cache, workers ask what is missing, and one collector stores what came
/// and only then counts it. What waits between them is bounded, so memory does not grow with the answers.</summary>
/// <param name="plan">What is run.</param>
/// <param name="sides">The candidate and, where there is one, the baseline.</param>
/// <param name="judges">Who scores their answers; usually nobody.</param>
/// <param name="asker">Asks.</param>
/// <param name="store">The cache; null for none.</param>
/// <param name="run">The run as it is stored; null where it is not.</param>
/// <param name="clock">The clock of all of it.</param>
/// <param name="told">Told how far it is.</param>
internal sealed class EvaluationPass(
    EvaluationPlan plan, EvaluatedSide[] sides, ImmutableArray<PanelJudge> judges, ModelAsker asker, IEvaluationStore? store, StoredRun? run, TimeProvider clock, Action<EvaluationProgress>? told) : IDisposable
{
    /// <summary>How many questions are looked up at once.</summary>
    private const int LookedUpAtOnce = 128;

    /// <summary>How many answers wait at most to be stored. One batch is written at a time and the next as soon as it is; so an answer waits for two of them at most,
    /// some milliseconds, and a crash loses no more than came in that time.</summary>
    private const int MostWaiting = 1_024;

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private readonly EvaluationSettings settings = plan.Settings with { Concurrency = Math.Min(plan.Settings.Concurrency, EvaluationSettings.MostConcurrency) };
    private readonly AnswerCache cache = new(store, run, plan.Settings.UseCache, clock);
    private readonly CostCeiling ceiling = new(plan.Settings.MaxCost, run?.Spent ?? 0);
    private readonly Channel<Question> questions = Channel.CreateBounded<Question>(new BoundedChannelOptions(LookedUpAtOnce) { SingleWriter = true });
    private readonly Channel<Arrival> arrivals = Channel.CreateBounded<Arrival>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly CancellationTokenSource ending = new(), closing = new();
    private readonly PassTally tally = new(plan.Asked.Count, plan.Settings.Repeats, sides.Length, run?.Spent ?? 0, JudgeCostOf(run));
    private readonly ReportBuilder report = new(plan.Manifest, plan.Policy, plan.Serving);
    private readonly DateTimeOffset startedAt = run?.StartedAt ?? clock.GetUtcNow();
    private readonly long started = clock.GetTimestamp();
    private JudgePanel? panel;
    private ImmutableArray<CalibratedJudge> calibrated = [];
    private volatile string? stopped;
    private long writtenAt;

    private IEnumerable<EvaluatedSide> AllSides => sides.Concat(judges.SelectMany(judge => judge.Sides));

    private string? Waiting => AllSides.Select(side => side.Pace.Waiting).FirstOrDefault(waiting => waiting is not null);

    /// <summary>Asks, checks and counts.</summary>
    public async Task<EvaluationResult> RunAsync(CancellationToken cancellation)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellation, ending.Token);
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(working.Token, closing.Token);
        Tell();
        var collecting = Task.Run(() => CollectAsync(working.Token), CancellationToken.None);
        var asking = judges.IsEmpty ? AskAsync(working.Token, looking.Token) : JudgeAndAskAsync(working.Token, looking.Token);
        try
        {
            await asking;
        }
        catch (OperationCanceledException) when (working.IsCancellationRequested)
        {
            // What was answered before is stored all the same; the collector comes to its end below.
        }
        finally
        {
            arrivals.Writer.Complete();
            await collecting;       // What broke it comes out here, before what that ended.
        }
        working.Token.ThrowIfCancellationRequested();
        var progress = Tell();
        return new EvaluationResult(report.Build(Facts(progress), calibrated), progress, stopped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ending.Dispose();
        closing.Dispose();
    }

    private Task AskAsync(CancellationToken working, CancellationToken looking) =>
        Task.WhenAll(Enumerable.Range(0, settings.Concurrency).Select(_ => OrEndAsync(() => WorkAsync(working))).Append(OrEndAsync(() => LookUpAsync(looking))));

    // Whether a judge can be trusted is known before anything is paid for that it is asked about.
    private async Task JudgeAndAskAsync(CancellationToken working, CancellationToken looking)
    {
        panel = new JudgePanel(judges, plan, cache.FindAsync, AskAsync, arrival => arrivals.Writer.WriteAsync(arrival, CancellationToken.None));
        await OrEndAsync(async () =>
        {
            if (await panel.CalibrateAsync(settings.Concurrency, working) is { } done) calibrated = done;
        });
        await AskAsync(working, looking);
    }

    // What breaks one ends them all: nothing more is paid for.
    private Task OrEndAsync(Func<Task> work) => Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await ending.CancelAsync();
            throw;
        }
    }, CancellationToken.None);

    private async Task LookUpAsync(CancellationToken cancellation)
    {
        try
        {
            var chunk = new List<Question>(LookedUpAtOnce);
            foreach (var (index, goldenCase) in plan.Asked.Index())
            {
                var slots = new CaseSlots(goldenCase, index, CaseInput.HashOf(goldenCase), sides.Length, settings.Repeats, panel?.Takes(goldenCase) == true);
                for (var repeat = 0; repeat < settings.Repeats; repeat++)
                {
                    chunk.Add(new Question(slots, repeat, !cache.Keeps ? [] : [.. sides.Select(side => side.KeyOf(slots.Input, repeat))]));
                    if (chunk.Count == LookedUpAtOnce) await PassOnAsync(chunk, cancellation);
                }
            }
            await PassOnAsync(chunk, cancellation);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // Nothing more is asked.
        }
        finally
        {
            questions.Writer.Complete();
        }
    }

    private async Task PassOnAsync(List<Question> chunk, CancellationToken cancellation)
    {
        var found = await cache.FindAsync([.. chunk.SelectMany(question => question.Keys)], cancellation);
        if (found.Count > 0)
        {
            foreach (var question in chunk)
                for (var side = 0; side < sides.Length; side++) question.Known[side] = found.GetValueOrDefault(question.Keys[side]);
        }
        foreach (var question in chunk) await questions.Writer.WriteAsync(question, cancellation);
        chunk.Clear();
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await foreach (var question in questions.Reader.ReadAllAsync(cancellation))
        {
            // In turn first: what slows the machine down for a while, the first calls of a process above all, then slows both sides down alike.
            var (first, answers) = ((question.Slots.Index + question.Repeat) % sides.Length, question.Slots.IsJudged ? new Answer[sides.Length] : null);
            for (var turn = 0; turn < sides.Length; turn++)
            {
                var side = (first + turn) % sides.Length;
                if ((question.Known[side] ?? await AskAsync(sides[side], question.Slots.Case, cancellation)) is not { } answer) continue;
                await arrivals.Writer.WriteAsync(new Arrival(question, side, CaseOutcome.Judge(question.Slots.Case, answer, plan.Policy, question.Repeat)), CancellationToken.None);
                answers?[side] = answer;
            }
            if (answers is null || Array.IndexOf(answers, null) >= 0) continue;
            var judged = await panel!.JudgeAsync(question, answers, cancellation);
            if (!judged.IsDefault) await arrivals.Writer.WriteAsync(new Arrival(question, judged), CancellationToken.None);
        }
    }

    // Null where nothing is asked any more.
    private async Task<Answer?> AskAsync(EvaluatedSide side, GoldenCase goldenCase, CancellationToken cancellation)
    {
        if (stopped is not null) return null;
        if (!ceiling.TryBegin())
        {
            Stop(FormattableString.Invariant($"the ceiling of ${settings.MaxCost:0.######} was reached"));
            return null;
        }
        decimal? cost = null;
        try
        {
            var answer = await asker.AskAsync(side, goldenCase, cancellation);
            cost = answer.Cost;
            return answer;
        }
        catch (GivenUpException exception)
        {
            Stop(exception.Message.TrimEnd('.'));
            return null;
        }
        finally
        {
            ceiling.End(cost);
        }
    }

    private void Stop(string why)
    {
        stopped ??= why;
        closing.Cancel();
    }

    private async Task CollectAsync(CancellationToken cancellation)
    {
        try
        {
            var batch = new List<Arrival>(MostWaiting);
            // The channel's completion ends the loop, not the token: what was answered is stored.
            while (await arrivals.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (batch.Count < MostWaiting && arrivals.Reader.TryRead(out var arrival)) batch.Add(arrival);
                await StoreAsync(batch, cancellation);
                foreach (var arrival in batch)
                {
                    if (arrival.Judge is { } judge)
                    {
                        tally.CountJudge(arrival.Answer!);
                        panel!.Settled(judge.Key);
                        continue;
                    }
                    if (arrival.Answer is { } answer) tally.Count(answer);
                    if (!arrival.Settle()) continue;
                    tally.Complete();
                    var done = arrival.Question!.Slots.Run();
                    report.Add(done);
                    plan.Settled?.Invoke(done);
                }
                batch.Clear();
                Tell();
            }
        }
        catch
        {
            await ending.CancelAsync();
            await foreach (var _ in arrivals.Reader.ReadAllAsync(CancellationToken.None)) { }       // Nobody waits for room that does not come.
            throw;
        }
    }

    private async Task StoreAsync(List<Arrival> batch, CancellationToken cancellation)
    {
        if (!cache.Keeps) return;
        var (answers, spent) = (new List<StoredAnswer>(batch.Count), 0m);
        foreach (var arrival in batch)
        {
            if (arrival.Answer is not { FromCache: false } answer) continue;
            spent += answer.Cost ?? 0;
            if (answer.Error is not null) continue;     // The next run asks again.
            answers.Add(arrival.Judge is { } judge ? new StoredAnswer(judge.Key, judge.Package, judge.GoldenSet, judge.Case, AnswerCache.Written(answer)) : Stored(arrival.Question!, arrival.Side, answer));
        }
        var isToWrite = run is not null && clock.GetElapsedTime(writtenAt) >= WriteEvery;
        if (answers.Count == 0 && spent == 0 && !isToWrite) return;
        if (isToWrite) writtenAt = clock.GetTimestamp();
        var progress = run is null ? null : new RunProgress(run.Number, spent, isToWrite ? JsonSerializer.Serialize(Progress(), ApiJson.Default.EvaluationProgress) : null);
        if (!await cache.AppendAsync(answers, progress, cancellation)) await ending.CancelAsync();
    }

    private StoredAnswer Stored(Question question, int side, Answer answer) =>
        new(question.Keys[side], sides[side].Package.Hash, plan.SetContent ?? question.Slots.Input, question.Slots.Input, AnswerCache.Written(answer));

    // What the judges of an interrupted run cost was written down with its progress.
    private static decimal JudgeCostOf(StoredRun? run) => run?.Progress is { } json ? JsonSerializer.Deserialize(json, ApiJsonFor.OlderClients.EvaluationProgress)?.JudgeCost ?? 0 : 0;

    private EvaluationFacts Facts(EvaluationProgress progress) => new(VersionOf(plan.Candidate), plan.Baseline is null ? null : VersionOf(plan.Baseline))
    {
        DatasetContent = plan.SetContent,
        By = plan.By,
        Started = startedAt,
        Duration = clock.GetUtcNow() - startedAt,
        Stopped = stopped,
        Planned = stopped is null ? null : progress.Cases,
        Spent = AllSides.All(side => side.Prices is not null) ? progress.Spent : null,
        JudgeCalls = progress.JudgeCalls,
        JudgeCost = !judges.IsEmpty && judges.All(judge => judge.Score.Prices is not null) ? progress.JudgeCost : null,
        FromCache = progress.Cached,
        Retries = progress.Retries,
        Changes = plan.Baseline is null ? [] : VersionChange.Between(plan.Baseline.Package, plan.Candidate.Package).Reasons,
        RollbackTo = plan.RollbackTo,
    };

    private static EvaluatedVersion VersionOf(EvaluationSide side) => new(side.Name, side.Package.Hash, side.Package.Model.ToString(), side.ChangeReason);

    private EvaluationProgress Tell()
    {
        var progress = Progress();
        told?.Invoke(progress);
        return progress;
    }

    private EvaluationProgress Progress() => tally.Progress(clock.GetElapsedTime(started), Waiting);
}
