using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Reviews over HTTP: opened, scored row by row, closed. Until one is closed, nothing here tells which row is which.</summary>
internal static class ReviewEndpoints
{
    private const string Path = "/reviews", Reads = "read reviews";
    private const int LongestNote = 2_000;

    public static void MapReviews(this RouteGroupBuilder api)
    {
        api.MapPost(Path, Open).Gives<ReviewDocument>("Open a review: people score answers of a finished run without knowing whose they are");
        api.MapGet(Path, List).Reads(Reads, withinReach: true).Gives<ReviewDocument[]>("List the reviews, newest first")
            .WithMetadata(new TakesParameter("report", Microsoft.OpenApi.ParameterLocation.Query, "Only those of the report with this hash."));
        api.MapGet(Path + "/{review}", Show).Reads(Reads, withinReach: true).Gives<ReviewDocument>("Show a review, with every score once it is closed");
        api.MapGet(Path + "/{review}/next", Next).Reads(Reads, withinReach: true).Gives<ReviewTurnDocument>("Show the row that the caller is to score next");
        api.MapGet(Path + "/{review}/rows/{row}", Row).Reads(Reads, withinReach: true).Gives<ReviewRowDocument>("Show a row");
        api.MapPut(Path + "/{review}/rows/{row}/score", Score).Gives<ReviewTurnDocument>("Say what a row is; it takes the place of what the caller said of it before");
        api.MapPost(Path + "/{review}/close", Close).Gives<ReviewDocument>("Close a review: its scores are final, and every row says whose it was");
        api.MapGet("/evaluations/{run}/review-examples", Examples).Reads(Reads, withinReach: true).Gives<ReviewExamplesDocument>("Give what people scored as examples of a rubric")
            .WithMetadata(new TakesParameter("rubric", Microsoft.OpenApi.ParameterLocation.Query, "The rubric they were scored by, NAME:vN."));
    }

    private static IResult Open(Body<ReviewRequest> body, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, EvaluationRuns runs, EvaluationEngine engine, EvaluationPlans plans, Reviews reviews)
    {
        var (request, registry) = (body.Value, caller.View(ledger.Current));
        if (CloseReview.Deny(registry, caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (reviews.FindByCommand(id) is { } opened)
            return opened.Request == id.Request ? TypedResults.Ok(Document(opened, reviews, ledger, whole: true)) : Conflict($"The Idempotency-Key {id.Value} was used for another request; use a new one.");
        if (runs.Find(request.Run.Number) is not { } run) return Refusals.Unknown($"There is no run {request.Run}.");
        var told = EvaluationRuns.Read(run);
        if (caller.Access.DenyReach(CloseReview.About(told.Candidate, told.Baseline)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        if (EvaluationRuns.OutcomeOf(run)?.Report is not { } hash) return Conflict($"{request.Run} has no report: answers are reviewed when a run is finished.");
        Rubric? rubric = null;
        if (request.Rubric is { } named)
        {
            if (registry.Evaluations.Find(named) is not { } pushed) return Refusals.Unknown($"There is no rubric {named}.");
            rubric = objects.Load(pushed);
        }
        if (request.Rows is < 1 or > ReviewSample.MostRows) return Refusals.Invalid([$"rows must be a whole number from 1 to {ReviewSample.MostRows}."]);
        if (request.Seed is < 0 or > ReviewSample.LargestSeed) return Refusals.Invalid([$"seed must be a whole number from 0 to {ReviewSample.LargestSeed}."]);
        if (request.Compare && told.Baseline is null) return Refusals.Invalid([$"{request.Run} compared with nothing, so there are no two answers to compare."]);
        if (registry.Prompts.Policy(told.Candidate.Prompt).Serving.Capture == CapturePolicy.None)
            return Conflict($"The policy of {told.Candidate.Prompt} keeps no texts, so there is nothing to show to people. It is changed with: slipway policy set {told.Candidate.Prompt} --capture redacted");
        if (engine.MissingProvider(plans.Make(told, run.Member)) is { } missing) return Refusals.Unknown(missing);
        var report = EvaluationReport.FromJson(Encoding.UTF8.GetString(objects.Get(hash) ?? throw new StorageException($"The report {hash} is missing from the object store.")));
        var plan = reviews.Draw(run, request, (hash, report), rubric);
        if (plan.Rows.IsEmpty)
        {
            return Conflict(request.Compare && report.Outputs.Length > 0 && plan.Differing == 0 ? $"Both sides of {request.Run} answered every case word for word the same: there is nothing to compare."
                : $"No answer of {request.Run} is kept any more; run the evaluation again.");
        }
        return TypedResults.Ok(Document(reviews.Open(id, caller.Name, request, plan), reviews, ledger, whole: true));
    }

    private static IResult List(HttpContext context, Page page, Caller caller, Ledger ledger, Reviews reviews)
    {
        ReviewId? before = null;
        if (page.After is not null && !ReviewId.TryParse(page.After, out before)) return Refusals.Invalid([$"after names \"{page.After}\", which is no review."]);
        ContentHash? report = null;
        if (context.Request.Query["report"] is [{ } text] && !ContentHash.TryParse(text, out report)) return Refusals.Invalid([$"report is \"{text}\": it must be {ContentHash.Form}."]);
        return page.OfRest(context, Stored(), document => document.Id.ToString());

        IEnumerable<ReviewDocument> Stored()
        {
            var from = before?.Number;
            while (reviews.Newest(report, from, page.Limit + 1) is { IsEmpty: false } next)
            {
                foreach (var review in next)
                    if (Beyond(caller, Reviews.Read(review)) is null) yield return Document(review, reviews, ledger, whole: false);
                from = next[^1].Number;
            }
        }
    }

    private static IResult Show(string review, Caller caller, Ledger ledger, Reviews reviews)
    {
        if (Find(review, caller, ledger, reviews, out var refused) is { } found) return TypedResults.Ok(Document(found, reviews, ledger, whole: true));
        // One that was closed long ago is left as it stands on record.
        if (ReviewId.TryParse(review, out var id) && ledger.Current.Evaluations.Find(id) is { } closed && caller.Access.DenyReach(CloseReview.About(closed.Facts.Candidate, closed.Facts.Baseline)) is null
            && reviews.ResultsOf(closed) is { } results)
            return TypedResults.Ok(Recorded(closed, results, reviews));
        return refused!;
    }

    private static IResult Next(string review, Caller caller, Ledger ledger, Reviews reviews)
    {
        if (Find(review, caller, ledger, reviews, out var refused) is not { } found) return refused!;
        var plan = Reviews.Read(found);
        if (DenyScoring(found, plan, caller, ledger) is { } denied) return denied;
        return TypedResults.Ok(Turn(found, plan, caller, reviews));
    }

    private static IResult Row(string review, int row, Caller caller, Ledger ledger, Reviews reviews)
    {
        if (Find(review, caller, ledger, reviews, out var refused) is not { } found) return refused!;
        var plan = Reviews.Read(found);
        if (row < 1 || row > plan.Rows.Length) return NoRow(review, row, plan);
        var isClosed = IsClosed(found, ledger);
        // Who may not score is not shown the rows either before they say whose they are.
        if (!isClosed && CloseReview.DenyScoring(caller.View(ledger.Current), caller.Name, plan.Candidate) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        return TypedResults.Ok(RowOf(found, plan, row, reviews.Scores(found), reviews.Texts(plan, plan.Rows[row - 1]), caller, isClosed));
    }

    private static IResult Score(string review, int row, Body<ScoreRequest> body, Caller caller, Ledger ledger, Reviews reviews)
    {
        if (Find(review, caller, ledger, reviews, out var refused) is not { } found) return refused!;
        var (plan, said) = (Reviews.Read(found), body.Value);
        if (DenyScoring(found, plan, caller, ledger) is { } denied) return denied;
        if (row < 1 || row > plan.Rows.Length) return NoRow(review, row, plan);
        if (plan.Scale.PlaceOf(said.Label) is not { } place) return Refusals.Invalid([$"\"{said.Label}\" is no label of {review}: it must be {string.Join(", ", plan.Scale.Steps.Select(step => step.Label))}."]);
        if (said.Note is { Length: > LongestNote }) return Refusals.Invalid([$"note is longer than {LongestNote} characters."]);
        if (reviews.Texts(plan, plan.Rows[row - 1]).Of(plan.Rows[row - 1]).Gone is { } gone) return Conflict($"{review}/{row} takes no score: {char.ToLowerInvariant(gone[0])}{gone[1..]}");
        var score = new StoredScore(row, caller.Name.Value, plan.Scale.Steps[place].Label, string.IsNullOrWhiteSpace(said.Note) ? null : said.Note.Trim());
        return reviews.Score(found, score) ? TypedResults.Ok(Turn(found, plan, caller, reviews)) : Conflict(NoMoreScores(found));
    }

    private static IResult Close(string review, Body<CloseRequest> body, Caller caller, CommandId id, Ledger ledger, Reviews reviews)
    {
        if (Find(review, caller, ledger, reviews, out var refused) is not { } found) return refused!;
        if (CloseReview.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (body.Value.Note is { Length: > LongestNote }) return Refusals.Invalid([$"note is longer than {LongestNote} characters."]);
        if (!IsClosed(found, ledger) && reviews.Close(found, Reviews.Read(found), caller.Name, string.IsNullOrWhiteSpace(body.Value.Note) ? null : body.Value.Note.Trim(), id, caller.Key) is LedgerResult.Refused why)
            return Refusals.Of(why.Why);
        return TypedResults.Ok(Document(reviews.Find(new ReviewId(found.Number))!, reviews, ledger, whole: true));
    }

    private static IResult Examples(string run, HttpContext context, Caller caller, Ledger ledger, EvaluationRuns runs, Reviews reviews)
    {
        if (!RubricId.TryParse(context.Request.Query["rubric"].ToString(), out var rubric)) return Refusals.Invalid([$"rubric is \"{context.Request.Query["rubric"]}\": it must be {RubricId.Form}."]);
        if (!EvaluationRunId.TryParse(run, out var id)) return Refusals.Unknown($"\"{run}\" is no run of an evaluation: it must be {EvaluationRunId.Form}.");
        if (runs.Find(id.Number) is not { } found) return Refusals.Unknown($"There is no run {id}.");
        var told = EvaluationRuns.Read(found);
        if (caller.Access.DenyReach(CloseReview.About(told.Candidate, told.Baseline)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        var report = EvaluationRuns.OutcomeOf(found)?.Report;
        ImmutableArray<ClosedReview> closed = [.. ledger.Current.Evaluations.Reviews.Where(review => review.Facts.Report == report && review.Facts.Rubric == rubric)];
        if (closed.IsEmpty) return Refusals.Unknown($"No review of {id} by {rubric} is closed.");
        var (examples, leftOut) = (new List<RubricExample>(), new List<string>());
        foreach (var review in closed)
        {
            if (reviews.Find(review.Facts.Review) is not { } stored || reviews.ResultsOf(review) is not { } results) leftOut.Add($"{review.Facts.Review} was left out: what it showed is not kept any more.");
            else if (results.Scale.Compares) leftOut.Add($"{review.Facts.Review} was left out: it compared answers, and an example is one answer with its score.");
            else examples.AddRange(reviews.Examples(stored, results, leftOut));
        }
        return TypedResults.Ok(new ReviewExamplesDocument(rubric, [.. examples], [.. leftOut]));
    }

    // In the order of this person: the first row that is not scored and can be shown.
    private static ReviewTurnDocument Turn(StoredReview review, ReviewPlan plan, Caller caller, Reviews reviews)
    {
        var scores = reviews.Scores(review);
        var mine = scores.Where(score => score.Member == caller.Name.Value).Select(score => score.Row).ToHashSet();
        ImmutableArray<int> left = [.. ReviewSample.OrderFor(plan.Seed, caller.Name.Value, plan.Rows.Length).Where(row => !mine.Contains(row))];
        var texts = reviews.Texts(plan, [.. left.Select(row => plan.Rows[row - 1])]);
        var (gone, next) = (0, (ReviewRowDocument?)null);
        foreach (var row in left)
        {
            var shown = RowOf(review, plan, row, scores, texts, caller, isClosed: false);
            if (shown.Gone is not null) gone++;
            else next ??= shown;
        }
        return new ReviewTurnDocument(new ReviewId(review.Number), plan.Rows.Length, mine.Count, gone, next);
    }

    private static ReviewRowDocument RowOf(StoredReview review, ReviewPlan plan, int row, ImmutableArray<StoredScore> scores, ReviewTexts texts, Caller caller, bool isClosed)
    {
        var (planned, mine) = (plan.Rows[row - 1], scores.FirstOrDefault(score => score.Row == row && score.Member == caller.Name.Value));
        var shown = texts.Of(planned);
        return new ReviewRowDocument(
            new ReviewRowId(new ReviewId(review.Number), row), plan.Scale.Question, plan.Scale.Steps, shown.Input, shown.Reference, shown.First, shown.Second, shown.Gone, mine?.Label, mine?.Note,
            isClosed ? new RevealedRow(planned.Row, [.. scores.Where(score => score.Row == row).Select(score => new NotedScore(Reviews.NameOf(review, score.Member), score.Label, score.Note))]) : null);
    }

    private static ReviewDocument Document(StoredReview review, Reviews reviews, Ledger ledger, bool whole)
    {
        var (plan, id) = (Reviews.Read(review), new ReviewId(review.Number));
        var closed = ledger.Current.Evaluations.Find(id);
        var scores = reviews.Scores(review);
        ImmutableArray<ReviewScorer> people = [.. scores.GroupBy(score => score.Member, StringComparer.Ordinal).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new ReviewScorer(Reviews.NameOf(review, one.Key), one.Count()))];
        var isClosed = IsClosed(review, scores.Length, closed);
        var message = isClosed ? closed is null ? "It was closed before anybody scored a row: there is nothing on record." : closed.Facts.Note : review.SealedAt is null ? null : NoMoreScores(review);
        return new ReviewDocument(
            id, isClosed ? ReviewState.Closed : ReviewState.Open, plan.Run, plan.Candidate.Prompt, plan.Rubric, plan.Scale, plan.Rows.Length, Reviews.NameOf(review, review.Member), review.OpenedAt, people, message,
            closed is null ? null : reviews.OutcomeOf(closed), closed is null || !whole ? null : reviews.ResultsOf(closed));
    }

    private static ReviewDocument Recorded(ClosedReview closed, ReviewResults results, Reviews reviews)
    {
        var outcome = reviews.OutcomeOf(closed);
        return new ReviewDocument(
            results.Review, ReviewState.Closed, results.Run, results.Candidate.Prompt, results.Rubric, results.Scale, results.Rows.Length, results.OpenedBy, results.OpenedAt, outcome.Figures!.People, closed.Facts.Note, outcome, results);
    }

    private static bool IsClosed(StoredReview review, Ledger ledger) => ledger.Current.Evaluations.Find(new ReviewId(review.Number)) is not null;

    // Sealed without a score is closed with nothing to record; sealed with scores is not closed before they are on record.
    private static bool IsClosed(StoredReview review, int scores, ClosedReview? closed) => closed is not null || (review.SealedAt is not null && scores == 0);

    private static StoredReview? Find(string text, Caller caller, Ledger ledger, Reviews reviews, out IResult? refused)
    {
        refused = null;
        if (!ReviewId.TryParse(text, out var id)) refused = Refusals.Unknown($"\"{text}\" is no review: it must be {ReviewId.Form}.");
        else if (reviews.Find(id) is not { } review)
        {
            refused = Refusals.Unknown(ledger.Current.Evaluations.Find(id) is null ? $"There is no review {id}." : $"The rows of {id} are not kept any more: it was closed long ago.");
        }
        else if ((refused = Beyond(caller, Reviews.Read(review))) is null) return review;
        return null;
    }

    private static IResult? DenyScoring(StoredReview review, ReviewPlan plan, Caller caller, Ledger ledger) =>
        CloseReview.DenyScoring(caller.View(ledger.Current), caller.Name, plan.Candidate) is Verdict.Refuse denied ? Refusals.Of(denied.Why)
        : review.SealedAt is not null ? Conflict(IsClosed(review, ledger) ? $"{new ReviewId(review.Number)} is closed and takes no more scores." : NoMoreScores(review)) : null;

    private static string NoMoreScores(StoredReview review) =>
        $"{new ReviewId(review.Number)} is being closed and takes no more scores. If that was interrupted, finish it with: slipway review close {new ReviewId(review.Number)}";

    private static IResult NoRow(string review, int row, ReviewPlan plan) => Refusals.Unknown($"{review} has no row {row}: its rows are 1 to {plan.Rows.Length}.");

    private static IResult Conflict(string why) => Refusals.Of(new Refusal(RefusalKind.Conflict, why));

    private static IResult? Beyond(Caller caller, ReviewPlan plan) =>
        caller.Access.DenyReach(CloseReview.About(plan.Candidate, plan.Baseline)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;
}
