using System.Text.Json;
using System.Threading.Channels;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>One passage of a run through its cases: a reader looks answers up in the cache, workers ask what is missing, and one collector stores what they
/// were answered and only then counts it. What waits between them is bounded, so memory does not grow with the cases.</summary>
internal sealed class EvaluationPass(
    EvaluationPlan plan, EvaluatedSide candidate, EvaluatedSide? baseline, ModelAsker asker, IEvaluationStore? store, StoredRun? run, TimeProvider clock, Action<EvaluationProgress>? told)
    : IDisposable
{
    /// <summary>How many answers are looked up at once.</summary>
    private const int LookedUpAtOnce = 256;

    /// <summary>How many questions that were answered wait at most to be stored; a crash loses no more than these and one batch, and they wait no longer than one
    /// batch takes.</summary>
    private const int MostWaiting = 512;

    /// <summary>How many cases may be begun beyond the first that has not ended: the report is told of cases in their order.</summary>
    private const int Window = 4_096;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(100), WriteEvery = TimeSpan.FromSeconds(1), StoreAgainAfter = TimeSpan.FromSeconds(1);

    private readonly EvaluationSettings settings = plan.Settings with { Concurrency = Math.Min(plan.Settings.Concurrency, EvaluationSettings.MostConcurrency) };
    private readonly CostCeiling ceiling = new(plan.Settings.MaxCost, run?.Spent ?? 0);
    private readonly Channel<Question> questions = Channel.CreateBounded<Question>(new BoundedChannelOptions(2 * LookedUpAtOnce) { SingleWriter = true });
    private readonly Channel<Question> answered = Channel.CreateBounded<Question>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly SemaphoreSlim room = new(Window, Window);
    private readonly CancellationTokenSource ending = new(), closing = new();
    private readonly PassTally tally = new(plan.Set.Asked.Length, plan.Settings.Repeats, baseline is null ? 1 : 2, run?.Spent ?? 0);
    private readonly long started = clock.GetTimestamp();
    private volatile string? stopped;
    private long toldAt, writtenAt;

    /// <summary>Asks, checks and counts.</summary>
    public async Task<EvaluationResult> RunAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, ending.Token);
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(linked.Token, closing.Token);
        var builder = new ReportCollector(plan);
        Tell(force: true);
        var collecting = Task.Run(() => CollectAsync(builder, linked.Token), CancellationToken.None);
        var asking = Task.WhenAll(Enumerable.Range(0, settings.Concurrency).Select(_ => Task.Run(() => WorkAsync(linked.Token), CancellationToken.None))
            .Append(Task.Run(() => LookUpAsync(looking.Token), CancellationToken.None)));
        try
        {
            await asking;
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            // What was answered before is stored all the same; the collector comes to its end below.
        }
        finally
        {
            answered.Writer.Complete();
            await collecting;       // What broke it comes out here, before what that ended.
        }
        linked.Token.ThrowIfCancellationRequested();
        var progress = Tell(force: true);
        return new EvaluationResult(builder.Build(stopped), progress, stopped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        room.Dispose();
        ending.Dispose();
        closing.Dispose();
    }

    private async Task LookUpAsync(CancellationToken cancellation)
    {
        try
        {
            var chunk = new List<Question>(LookedUpAtOnce);
            foreach (var (index, goldenCase) in plan.Set.Asked.Index())
            {
                await room.WaitAsync(cancellation);
                var input = CaseInput.HashOf(goldenCase);
                var slots = new CaseSlots(goldenCase, index, input, settings.Repeats);
                for (var repeat = 0; repeat < settings.Repeats; repeat++)
                {
                    chunk.Add(new Question(slots, repeat, store is null ? null : candidate.KeyOf(input, repeat), store is null ? null : baseline?.KeyOf(input, repeat)));
                    if (chunk.Count == LookedUpAtOnce) await FlushAsync();
                }
            }
            await FlushAsync();

            async Task FlushAsync()
            {
                Find(chunk);
                foreach (var question in chunk) await questions.Writer.WriteAsync(question, cancellation);
                chunk.Clear();
            }
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

    private void Find(List<Question> chunk)
    {
        // Who wants no answer from the cache still does not pay twice for what this very run was answered before a restart.
        if (store is null || !settings.UseCache && run is null) return;
        var keys = chunk.Select(question => question.CandidateKey!).Concat(chunk.Select(question => question.BaselineKey).OfType<ContentHash>()).ToList();
        var found = store.Find(keys, settings.UseCache ? null : run!.Number, clock.GetUtcNow());
        if (found.Count == 0) return;
        foreach (var question in chunk)
        {
            if (found.TryGetValue(question.CandidateKey!, out var answer)) question.Candidate = Cached(answer);
            if (question.BaselineKey is { } key && found.TryGetValue(key, out answer)) question.Baseline = Cached(answer);
        }
    }

    private static Answer? Cached(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvaluationJson.Default.Answer) is { } answer ? answer with { FromCache = true } : null;
        }
        catch (JsonException)
        {
            return null;        // Of another build's form: it is asked again, and replaced.
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await foreach (var question in questions.Reader.ReadAllAsync(cancellation))
        {
            // In turn first: what slows the machine down for a while, the first calls of a process above all, then slows both sides down alike.
            if ((question.Slots.Index + question.Repeat) % 2 == 0)
            {
                question.Candidate ??= await AskAsync(candidate, question, cancellation);
                if (baseline is not null) question.Baseline ??= await AskAsync(baseline, question, cancellation);
            }
            else
            {
                if (baseline is not null) question.Baseline ??= await AskAsync(baseline, question, cancellation);
                question.Candidate ??= await AskAsync(candidate, question, cancellation);
            }
            question.Judge(plan.Policy, withBaseline: baseline is not null);
            await answered.Writer.WriteAsync(question, CancellationToken.None);
        }
    }

    // Null where nothing is asked any more.
    private async Task<Answer?> AskAsync(EvaluatedSide side, Question question, CancellationToken cancellation)
    {
        if (stopped is not null) return null;
        if (!ceiling.TryBegin())
        {
            Stop(FormattableString.Invariant($"The run was stopped before it would have cost more than ${settings.MaxCost:0.######}"));
            return null;
        }
        decimal? cost = null;
        try
        {
            var answer = await asker.AskAsync(side, question.Slots.Case, cancellation);
            cost = answer.Cost;
            return answer;
        }
        catch (GivenUpException exception)
        {
            Stop($"The run was stopped: {exception.Message.TrimEnd('.')}");
            return null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && (question.Candidate ?? question.Baseline) is not null)
        {
            // The other side was answered, and is stored.
            await answered.Writer.WriteAsync(question, CancellationToken.None);
            throw;
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

    private async Task CollectAsync(ReportCollector builder, CancellationToken cancellation)
    {
        try
        {
            var batch = new List<Question>(MostWaiting);
            while (await answered.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (batch.Count < MostWaiting && answered.Reader.TryRead(out var question)) batch.Add(question);
                await StoreAsync(batch, cancellation);
                foreach (var question in batch)
                {
                    tally.Count(question);
                    if (!question.Slots.Add(question)) continue;
                    tally.Complete();
                    if (builder.Add(question.Slots) is > 0 and var released) room.Release(released);
                }
                batch.Clear();
                Tell(force: false);
            }
        }
        catch
        {
            await ending.CancelAsync();
            while (await answered.Reader.WaitToReadAsync(CancellationToken.None)) while (answered.Reader.TryRead(out _)) { }     // Nobody waits for room that does not come.
            throw;
        }
    }

    // A database that is away comes back: answers that were paid for wait for it, and as the room for them ends, nothing more is asked.
    private async Task StoreAsync(List<Question> batch, CancellationToken cancellation)
    {
        if (store is null) return;
        var (answers, spent) = (new List<StoredAnswer>(), 0m);
        foreach (var question in batch)
        {
            spent += Take(candidate, question, question.Candidate, question.CandidateKey);
            if (baseline is not null) spent += Take(baseline, question, question.Baseline, question.BaselineKey);
        }
        var isToWrite = run is not null && clock.GetElapsedTime(writtenAt) >= WriteEvery;
        if (answers.Count == 0 && spent == 0 && !isToWrite) return;
        if (isToWrite) writtenAt = clock.GetTimestamp();
        var progress = run is null ? null : new RunProgress(run.Number, spent, isToWrite ? JsonSerializer.Serialize(tally.Progress(clock.GetElapsedTime(started), Waiting), ApiJson.Default.EvaluationProgress) : null);
        while (true)
        {
            try
            {
                if (!store.Append(answers, progress, clock.GetUtcNow())) await ending.CancelAsync();
                return;
            }
            catch (StorageUnavailableException) when (!cancellation.IsCancellationRequested)
            {
                await Task.Delay(StoreAgainAfter, clock, CancellationToken.None);
            }
        }

        decimal Take(EvaluatedSide side, Question question, Answer? answer, ContentHash? key)
        {
            if (answer is null || answer.FromCache) return 0;
            if (answer.Error is null) answers.Add(new StoredAnswer(key!, side.Package.Hash, plan.SetContent ?? question.Slots.Input, question.Slots.Input, JsonSerializer.Serialize(answer, EvaluationJson.Default.Answer)));
            return answer.Cost ?? 0;
        }
    }

    private string? Waiting => candidate.Pace.Waiting ?? baseline?.Pace.Waiting;

    private EvaluationProgress Tell(bool force)
    {
        var progress = tally.Progress(clock.GetElapsedTime(started), Waiting);
        if (!force && clock.GetElapsedTime(toldAt) < TellEvery) return progress;
        toldAt = clock.GetTimestamp();
        told?.Invoke(progress);
        return progress;
    }
}
