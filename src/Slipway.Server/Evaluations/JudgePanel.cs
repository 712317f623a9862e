using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>One judge of a run, ready to be asked.</summary>
/// <param name="Rubric">Its rubric.</param>
/// <param name="Request">On which cases, beside those that name the rubric themselves; null for these alone.</param>
/// <param name="Score">Scores an answer.</param>
/// <param name="Pair">Compares two; null where nothing is compared.</param>
internal sealed record PanelJudge(Rubric Rubric, JudgeRequest? Request, EvaluatedSide Score, EvaluatedSide? Pair)
{
    /// <summary>Both packages that are asked.</summary>
    public IEnumerable<EvaluatedSide> Sides => Pair is null ? [Score] : [Score, Pair];

    public bool Takes(GoldenCase goldenCase) => Request?.Takes(goldenCase) == true || Wish(goldenCase) is not null;

    public JudgeExpectation? Wish(GoldenCase goldenCase) => goldenCase.Judges.FirstOrDefault(one => one.Rubric == Rubric.Id);
}

/// <summary>The judges of a run: calibrates them, then asks them about the answers of each case.</summary>
/// <remarks>The same question is asked once, however many cases and repeats ask it at the same time: whoever comes first looks in the cache, asks and pays, the others wait for that.</remarks>
/// <param name="judges">At least one.</param>
/// <param name="plan">What is run.</param>
/// <param name="find">Looks answers up that are stored, by their keys.</param>
/// <param name="ask">Asks; null where nothing is asked any more.</param>
/// <param name="arrived">Takes what was answered, to be stored and counted.</param>
internal sealed class JudgePanel(
    ImmutableArray<PanelJudge> judges, EvaluationPlan plan, Func<IReadOnlyCollection<ContentHash>, CancellationToken, Task<IReadOnlyDictionary<ContentHash, Answer>>> find,
    Func<EvaluatedSide, GoldenCase, CancellationToken, Task<Answer?>> ask, Func<Arrival, ValueTask> arrived)
{
    private readonly ConcurrentDictionary<ContentHash, TaskCompletionSource<Answer?>> underWay = new();

    /// <summary>All that are asked.</summary>
    public IEnumerable<EvaluatedSide> Sides => judges.SelectMany(judge => judge.Sides);

    /// <summary>Whether any judge is asked about a case.</summary>
    public bool Takes(GoldenCase goldenCase) => judges.Any(judge => judge.Takes(goldenCase));

    /// <summary>Asks every judge about the examples of its rubric.</summary>
    /// <returns>Null where that was not finished, as nothing is asked any more.</returns>
    public async Task<ImmutableArray<CalibratedJudge>?> CalibrateAsync(int concurrency, CancellationToken cancellation)
    {
        var calibrated = ImmutableArray.CreateBuilder<CalibratedJudge>(judges.Length);
        foreach (var judge in judges)
        {
            if (await JudgeCheck.JudgeExamplesAsync(judge, concurrency, OneAsync, cancellation) is not { } judged) return null;
            calibrated.Add(new CalibratedJudge(judge.Rubric, judge.Score.Package, judge.Pair?.Package, JudgeCalibration.Of(judge.Rubric, judged, plan.Policy.JudgeBar, plan.Manifest.Seed)));
        }
        return calibrated.ToImmutable();

        async Task<Answer?> OneAsync(JudgeAsk one, CancellationToken token) => await AnswersAsync([one], token) is { } answers ? answers[one.Key] : null;
    }

    /// <summary>Asks the judges about what was answered to a case once.</summary>
    /// <param name="question">The case and the repeat.</param>
    /// <param name="answers">By side.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What they said, one a rubric; default where not all was asked.</returns>
    public async Task<ImmutableArray<JudgedRepeat>> JudgeAsync(Question question, Answer[] answers, CancellationToken cancellation)
    {
        var asked = judges.Where(judge => judge.Takes(question.Slots.Case)).Select(judge => AsksOf(judge, question, answers)).ToList();
        if (await AnswersAsync([.. asked.SelectMany(one => one.All).DistinctBy(one => one.Key)], cancellation) is not { } said) return default;
        return [.. asked.Select(one => one.Read(said))];
    }

    /// <summary>What was answered under a key is stored: whoever asks from now on finds it there.</summary>
    public void Settled(ContentHash key) => underWay.TryRemove(key, out _);

    private JudgeAsks AsksOf(PanelJudge judge, Question question, Answer[] answers)
    {
        var (goldenCase, slots) = (question.Slots.Case, question.Slots);
        var (input, reference) = (goldenCase.InputText, judge.Wish(goldenCase)?.Reference);
        var scores = answers.Select((answer, side) => answer.Error is not null ? null
            : Ask(judge.Score, JudgeQuestion.Score(judge.Score.Package, input, answer.Shown, reference), side)).ToArray();
        if (answers.Length < 2 || judge.Pair is not { } pair) return new JudgeAsks(judge.Rubric, scores, null, null, null);
        if (PairJudgement.WithoutAsking(answers[0], answers[1]) is { } known) return new JudgeAsks(judge.Rubric, scores, known, null, null);
        return new JudgeAsks(judge.Rubric, scores, null,
            Ask(pair, JudgeQuestion.Compare(pair.Package, input, answers[0].Shown, answers[1].Shown, reference), 0),
            Ask(pair, JudgeQuestion.Compare(pair.Package, input, answers[1].Shown, answers[0].Shown, reference), 0));

        // It quotes the case and the answer: it goes with them where they are erased.
        JudgeAsk Ask(EvaluatedSide side, GoldenCase asks, int whose) =>
            new(side, asks, (whose == 0 ? plan.Candidate : plan.Baseline!).Package.Hash, plan.SetContent ?? slots.Input, slots.Input);
    }

    // All that are this caller's to ask come before those that it waits for: who waits for each other would wait for ever.
    private async Task<Dictionary<ContentHash, Answer>?> AnswersAsync(ImmutableArray<JudgeAsk> asks, CancellationToken cancellation)
    {
        var (mine, others) = (new List<(JudgeAsk Ask, TaskCompletionSource<Answer?> Done)>(), new List<(ContentHash Key, Task<Answer?> Done)>());
        var answers = new Dictionary<ContentHash, Answer>(asks.Length);
        foreach (var one in asks)
        {
            var done = new TaskCompletionSource<Answer?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = underWay.GetOrAdd(one.Key, done);
            if (first == done) mine.Add((one, done));
            else others.Add((one.Key, first.Task));
        }
        try
        {
            var known = await find([.. mine.Select(one => one.Ask.Key)], cancellation);
            foreach (var (one, done) in mine)
            {
                if ((known.GetValueOrDefault(one.Key) ?? await ask(one.Side, one.Asked, cancellation)) is not { } answer) return null;
                answers[one.Key] = answer;
                done.SetResult(answer);
                await arrived(new Arrival(one, answer));
            }
        }
        finally
        {
            foreach (var (one, done) in mine)
                if (done.TrySetResult(null)) underWay.TryRemove(one.Key, out _);
        }
        foreach (var (key, done) in others)
        {
            if (await done.WaitAsync(cancellation) is not { } answer) return null;
            answers[key] = answer;
        }
        return answers;
    }
}

/// <summary>A question to a judge.</summary>
/// <param name="Side">The judge.</param>
/// <param name="Asked">What it is asked, as a case of its prompt.</param>
/// <param name="Package">Whose answer it is about; that of the judge itself in its calibration.</param>
/// <param name="GoldenSet">The set of the case it is about, or the rubric of the example.</param>
/// <param name="Case">The hash of the input of the case it is about.</param>
internal sealed record JudgeAsk(EvaluatedSide Side, GoldenCase Asked, ContentHash Package, ContentHash GoldenSet, ContentHash Case)
{
    /// <summary>What the answer is stored under: the same answer is judged once, whoever gave it and in whichever repeat.</summary>
    public ContentHash Key { get; } = Side.KeyOf(CaseInput.HashOf(Asked), repeat: 0);
}

/// <summary>What one judge is asked about one case once.</summary>
/// <param name="Rubric">The rubric.</param>
/// <param name="Scores">By side; null where there is no answer to judge.</param>
/// <param name="Known">How the pair came out where nobody must be asked; null where somebody must, or nothing is compared.</param>
/// <param name="CandidateFirst">The pair with the candidate's answer first; null where it is not asked.</param>
/// <param name="BaselineFirst">The other order.</param>
internal sealed record JudgeAsks(Rubric Rubric, JudgeAsk?[] Scores, PairJudgement? Known, JudgeAsk? CandidateFirst, JudgeAsk? BaselineFirst)
{
    public IEnumerable<JudgeAsk> All => Scores.Append(CandidateFirst).Append(BaselineFirst).OfType<JudgeAsk>();

    public JudgedRepeat Read(Dictionary<ContentHash, Answer> answers)
    {
        var said = Scores.Select(asked => asked is null ? Judgement.NoAnswer : Judgement.Of(Rubric, answers[asked.Key])).ToArray();
        return new JudgedRepeat(Rubric, said[0], said.ElementAtOrDefault(1), CandidateFirst is null ? Known : PairJudgement.Of(answers[CandidateFirst.Key], answers[BaselineFirst!.Key]));
    }
}

/// <summary>What one judge said of one case once.</summary>
internal sealed record JudgedRepeat(Rubric Rubric, Judgement Candidate, Judgement? Baseline, PairJudgement? Pair)
{
    /// <summary>What one judge said of all repeats.</summary>
    public static JudgedCase Together(ImmutableArray<JudgedRepeat> repeats) => new(
        repeats[0].Rubric, [.. repeats.Select(one => one.Candidate)], [.. repeats.Select(one => one.Baseline).OfType<Judgement>()], [.. repeats.Select(one => one.Pair).OfType<PairJudgement>()]);
}
