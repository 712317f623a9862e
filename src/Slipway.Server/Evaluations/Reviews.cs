using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Reviews: draws their rows, keeps what people say of them, and puts it on record when they are closed. Who may do so is asked before.</summary>
internal sealed class Reviews(EvaluationEngine engine, EvaluationPlans plans, IEvaluationStore answers, IReviewStore store, Ledger ledger, ObjectKeeper objects, TimeProvider clock)
{
    /// <summary>The rows of a new review of a run.</summary>
    /// <param name="run">A run that is finished.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="report">The run's report.</param>
    /// <param name="rubric">By which rubric; null for none.</param>
    /// <returns>Perhaps without rows.</returns>
    /// <exception cref="InvalidOperationException">A provider is not configured here.</exception>
    public ReviewPlan Draw(StoredRun run, ReviewRequest request, (ContentHash Hash, EvaluationReport Value) report, Rubric? rubric)
    {
        var told = EvaluationRuns.Read(run);
        var plan = plans.Make(told, run.Member);
        var sides = engine.SidesOf(plan);
        var bytes = objects.Get(told.SetContent) ?? throw new StorageException($"The golden set {told.Dataset} is missing from the object store.");
        ImmutableArray<ReadOnlyMemory<byte>> lines = [.. StoredCases.Lines(bytes)];
        var cases = lines.Select(line => StoredCases.Read(told.Dataset, line)).Index().ToDictionary(one => one.Item.Id, one => (Line: one.Index, Input: CaseInput.HashOf(one.Item)), StringComparer.Ordinal);
        var outputs = report.Value.Outputs.ToDictionary(one => one.CaseId, StringComparer.Ordinal);
        // Chance, not a count: who scores could draw from a seed that can be guessed.
        var seed = request.Seed ?? (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) & (ulong)ReviewSample.LargestSeed);
        var draw = ReviewSample.Draw(report.Value, request.Rows ?? ReviewSample.DefaultRows, request.Compare, seed, IsThere);
        var judge = report.Value.Judges.FirstOrDefault(one => one.Content == rubric?.Content) is { } reported && engine.JudgeOf(plan, reported) is { } found ? new ReviewJudge(found, answers, clock) : null;
        var scale = (rubric, request.Compare) switch
        {
            ({ } named, var compare) => ReviewScale.Of(named, compare),
            (null, true) => ReviewScale.PlainPair,
            (null, false) => ReviewScale.Plain,
        };
        return new ReviewPlan(new EvaluationRunId(run.Number), report.Hash, told.Candidate, told.Baseline, told.Dataset, told.SetContent, rubric?.Id, rubric?.Content, scale, seed, draw.Pairs, draw.Differing,
            [.. draw.Rows.Select(row => Judged(new PlannedRow(row, cases[row.CaseId].Line, Place(row, row.First), row.Second is { } second ? Place(row, second) : null)))]);

        bool IsThere(string caseId, int repeat)
        {
            if (!cases.ContainsKey(caseId)) return false;
            ImmutableArray<AnswerPlace> places = [.. Enumerable.Range(0, sides.Length).Select(side => PlaceOf(caseId, repeat, side))];
            var found = answers.Find([.. places.Select(place => place.Key)], null, clock.GetUtcNow());
            return places.All(place => ReviewTexts.Read(found, place) is not null);
        }

        PlannedRow Judged(PlannedRow row)
        {
            if (judge is null) return row;
            var found = answers.Find(row.Second is null ? [row.First.Key] : [row.First.Key, row.Second.Key], null, clock.GetUtcNow());
            var (goldenCase, first) = (StoredCases.Read(told.Dataset, lines[row.Line]), ReviewTexts.Read(found, row.First)!);
            return row with { Judge = row.Second is null ? judge.Of(goldenCase, first) : judge.Of(goldenCase, first, ReviewTexts.Read(found, row.Second)!) };
        }

        AnswerPlace Place(ReviewRow row, ReviewSide side) => PlaceOf(row.CaseId, row.Repeat, side == ReviewSide.Baseline ? 1 : 0);

        AnswerPlace PlaceOf(string caseId, int repeat, int side) =>
            new(sides[side].KeyOf(cases[caseId].Input, repeat), (side == 0 ? outputs[caseId].Candidate : outputs[caseId].Baseline)[repeat]);
    }

    /// <summary>Writes a review down that begins; one that the same command opened stays as it is.</summary>
    public StoredReview Open(CommandId id, MemberName by, ReviewRequest request, ReviewPlan plan)
    {
        var registry = ledger.Current;
        var review = new NewReview(
            id.Value, id.Request ?? ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.ReviewRequest)), by.Value, plan.Report, plan.SetContent,
            registry.Prompts.Find(plan.Candidate)!.Package, plan.Baseline is null ? null : registry.Prompts.Find(plan.Baseline)?.Package, plan.ToJson());
        // The store may have been thrown away, and the journal never is: no number comes a second time.
        return store.Open(review, registry.Evaluations.Reviews.Select(closed => closed.Facts.Review.Number).DefaultIfEmpty(0).Max(), clock.GetUtcNow());
    }

    /// <summary>The review that a command opened; null where it opened none.</summary>
    public StoredReview? FindByCommand(CommandId id) => id.Request is null ? null : store.FindReviewByCommand(id.Value);

    /// <summary>A review by its number; null where there is none, or where it was closed so long ago that only its outcome is left.</summary>
    public StoredReview? Find(ReviewId id) => store.FindReview(id.Number);

    /// <summary>Reviews, newest first.</summary>
    public ImmutableArray<StoredReview> Newest(ContentHash? report, long? before, int most) => store.NewestReviews(report, before, most);

    /// <summary>All scores so far.</summary>
    public ImmutableArray<StoredScore> Scores(StoredReview review) => store.Scores(review.Number);

    /// <summary>What a review is.</summary>
    public static ReviewPlan Read(StoredReview review) => ReviewPlan.FromJson(review.Plan);

    /// <summary>The texts of some of a review's rows.</summary>
    public ReviewTexts Texts(ReviewPlan plan, params IReadOnlyCollection<PlannedRow> rows) => new(plan, rows, ledger.Current.Prompts.Policy(plan.Candidate.Prompt).Serving, answers, objects, clock);

    /// <summary>Stores what somebody says of a row.</summary>
    /// <returns>False where the review takes no more scores.</returns>
    public bool Score(StoredReview review, StoredScore score) => store.Score(review.Number, score, clock.GetUtcNow());

    /// <summary>Makes the scores of a review final and puts them on record. A review that nobody scored leaves nothing to record.</summary>
    /// <returns>Null where nothing was scored.</returns>
    public LedgerResult? Close(StoredReview review, ReviewPlan plan, MemberName by, string? note, CommandId id, ApiKey key)
    {
        // First no more scores come, then they are read: none is lost in between.
        store.Seal(review.Number, clock.GetUtcNow());
        var results = plan.Results(new ReviewId(review.Number), NameOf(review, review.Member), review.OpenedAt, Scores(review).ToLookup(score => score.Row, score => new RowScore(NameOf(review, score.Member), score.Label)));
        ImmutableArray<MemberName> people = [.. results.People];
        if (people.IsEmpty) return null;
        var hash = objects.Put(CanonicalJson.Of(results.ToJson()));
        var facts = new ReviewClosed(results.Review, plan.Report, plan.Candidate, plan.Baseline, plan.Rubric, results.Rows.Count(row => !row.Scores.IsEmpty), people, hash, note);
        var result = ledger.Execute(new CloseReview(by, facts), id, key);
        if (result is LedgerResult.Refused) store.Unseal(review.Number);
        return result;
    }

    /// <summary>What closed reviews of a report came to, oldest first.</summary>
    public ImmutableArray<ReviewOutcome> OutcomesOf(ContentHash report) => [.. ledger.Current.Evaluations.Reviews.Where(review => review.Facts.Report == report).Select(OutcomeOf)];

    /// <summary>What a closed review came to.</summary>
    public ReviewOutcome OutcomeOf(ClosedReview closed)
    {
        var facts = closed.Facts;
        var results = ResultsOf(closed);
        return new ReviewOutcome(facts.Review, facts.Rubric, results?.Scale, facts.Results, closed.By, closed.At, results is null ? null : ReviewFigures.Of(results), ledger.Current.Objects.Find(facts.Results)?.Fate);
    }

    /// <summary>Every score of a closed review; null where they were erased.</summary>
    public ReviewResults? ResultsOf(ClosedReview closed) => ledger.Current.Objects.Find(closed.Facts.Results) is not null ? null
        : ReviewResults.FromJson(Encoding.UTF8.GetString(objects.Get(closed.Facts.Results) ?? throw new StorageException($"The scores of {closed.Facts.Review} are missing from the object store.")));

    /// <summary>The rows of a closed review that people agree on, as examples of its rubric.</summary>
    /// <param name="review">A review that was closed, of answers one by one.</param>
    /// <param name="results">Its results.</param>
    /// <param name="leftOut">Takes a sentence for what becomes no example.</param>
    public IEnumerable<RubricExample> Examples(StoredReview review, ReviewResults results, List<string> leftOut)
    {
        var (plan, notes) = (Read(review), Scores(review).ToLookup(score => score.Row));
        var texts = Texts(plan, plan.Rows);
        foreach (var row in results.Rows.Where(row => !row.Scores.IsEmpty))
        {
            var name = new ReviewRowId(results.Review, row.Row.Number);
            var most = row.Scores.GroupBy(score => score.Label, StringComparer.Ordinal).MaxBy(one => one.Count())!;
            if (2 * most.Count() <= row.Scores.Length)
            {
                leftOut.Add($"{name} was left out: no label has more than half of its {row.Scores.Length} scores.");
                continue;
            }
            var shown = texts.Of(plan.Rows[row.Row.Number - 1]);
            if (shown.Gone is { } gone)
            {
                leftOut.Add($"{name} was left out: {char.ToLowerInvariant(gone[0])}{gone[1..]}");
                continue;
            }
            var why = string.Join(" ", notes[row.Row.Number].Where(score => score.Label == most.Key).Select(score => score.Note).OfType<string>().Distinct(StringComparer.Ordinal));
            yield return new RubricExample(
                string.Create(CultureInfo.InvariantCulture, $"{results.Review}-{row.Row.Number}"), shown.Input!, shown.First!, shown.Reference, results.Scale.Steps[results.Scale.PlaceOf(most.Key)!.Value].Score, why.Length == 0 ? null : why);
        }
    }

    /// <summary>A name as it was stored.</summary>
    public static MemberName NameOf(StoredReview review, string text) =>
        MemberName.TryParse(text, out var name) ? name : throw new StorageException($"The review {review.Number} has lost who took part in it.");
}
