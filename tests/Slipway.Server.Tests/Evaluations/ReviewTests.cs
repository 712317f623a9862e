using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>People score answers over HTTP and learn whose they were when the review is closed, not before.</summary>
public sealed partial class ReviewTests
{
    private const string Tone = """
        {"criterion": "Is the answer usable by a program?", "pass": 2, "model": "production-default",
         "scale": [{"score": 1, "label": "broken", "means": "It is no JSON."}, {"score": 2, "label": "odd", "means": "It is JSON of another form."}, {"score": 3, "label": "clean", "means": "It is what was agreed."}]}
        """;

    /// <summary>All that a document may name before a review is closed.</summary>
    private static readonly HashSet<string> Named =
    [
        "id", "state", "run", "prompt", "rubric", "scale", "question", "steps", "score", "label", "means", "pass", "rows", "opened_by", "opened_at", "people", "name", "message", "outcome", "results",
        "labels", "input", "reference", "answer", "second_answer", "gone", "note", "revealed", "review", "scored", "next",
    ];

    private static readonly EvaluationRunId Run = new(1);
    private static readonly ReviewId First = new(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_people_score_blind_and_closing_says_whose_each_row_was(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await StartAsync(storage);
        var eva = await EvaAsync(installation);
        var opened = await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Some.Value<RubricId>("tone:v1"), Rows: 16), Cancellation).Ok();
        Assert.Equal((First, ReviewState.Open, "router", "tone:v1"), (opened.Id, opened.State, opened.Prompt.Value, opened.Rubric?.ToString()));
        foreach (var person in (SlipwayApi[])[installation.Ben, eva]) await ScoreAllAsync(person, First, LabelOf);
        Assert.Equal([(opened.Rows, "ben"), (opened.Rows, "eva")], (await installation.Ben.ReviewAsync(First, Cancellation).Ok()).People.Select(one => (one.Rows, one.Name.Value)));

        var closed = await installation.Cleo.CloseReviewAsync(First, "Nobody could read it.", Cancellation).Ok();
        Assert.Equal((ReviewState.Closed, "cleo", "Nobody could read it."), (closed.State, closed.Outcome!.ClosedBy.Value, closed.Message));
        var figures = closed.Outcome.Figures!;
        // The bad version greets first where it is tempted, which is what breaks; of the rest both sides answer the same.
        Assert.Equal(1, figures.Baseline!.PassRate);
        Assert.InRange(figures.Candidate!.PassRate, 0, 0.9);
        Assert.Equal((2, 1.0), (figures.Agreement!.People, figures.Agreement.Same));
        Assert.Equal((0, 0), (figures.Worst!.CandidatePassed, figures.Worst.BaselineScores - figures.Worst.BaselinePassed));
        Assert.All(closed.Results!.Rows, row => Assert.Equal(row.Row.First == ReviewSide.Candidate ? ["broken", "broken"] : (string[])["clean", "clean"], row.Scores.Select(score => score.Label)));

        // What is shown with the report is the report and its reviews; the report itself is the object it was.
        var shown = await installation.Ben.EvaluationRunAsync(Run, Cancellation).Ok();
        Assert.Equal(closed.Outcome.Results, Assert.Single(shown.Reviews!.Value).Results);
        Assert.Equal(shown.ReportHash, ContentHash.Of(CanonicalJson.Of(shown.Report!.ToJson())));
        Assert.Equal(closed.Outcome.Results, Assert.Single(await installation.Ben.ReviewsAsync(shown.ReportHash, Cancellation).Ok()).Outcome!.Results);
        Assert.Contains(await installation.Ana.LogAsync(null, Cancellation).Ok(), line => line.Sentence == $"closed the review rev-1 of router:v1.2.0 against 1.0.0 by tone:v1: {opened.Rows} rows scored by ben, eva (Nobody could read it.)");
        var revealed = (await eva.ReviewRowAsync(new ReviewRowId(First, 1), Cancellation).Ok()).Revealed!;
        Assert.Equal(closed.Results.Rows[0].Row, revealed.Row);
        Assert.Equal(["ben", "eva"], revealed.Scores.Select(score => score.By.Value));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_field_of_any_answer_tells_which_row_is_which_before_the_review_is_closed(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await StartAsync(storage);
        var eva = await EvaAsync(installation);
        var report = (await installation.Ana.EvaluationRunAsync(Run, Cancellation).Ok()).Report!;
        foreach (var compare in (bool[])[false, true])
        {
            using var ben = installation.Http("ben");
            using var opened = await ben.PostAsJsonAsync("/api/v1/reviews", new { run = "eval-1", rows = 12, compare, seed = 8_675_309 }, Cancellation);
            var texts = new List<string> { await opened.Content.ReadAsStringAsync(Cancellation) };
            var review = JsonElement.Parse(texts[0]).GetProperty("id").GetString()!;
            var rows = JsonElement.Parse(texts[0]).GetProperty("rows").GetInt32();
            await ScoreAllAsync(eva, Some.Value<ReviewId>(review), _ => compare ? "tie" : "yes", note: "as eva said");
            for (var row = 1; row <= rows; row++)
            {
                using var scored = await ben.PutAsJsonAsync($"/api/v1/reviews/{review}/rows/{row}/score", new { label = compare ? "first" : "no", note = "mine" }, Cancellation);
                texts.Add(await scored.Content.ReadAsStringAsync(Cancellation));
                texts.Add(await ben.GetStringAsync($"/api/v1/reviews/{review}/rows/{row}", Cancellation));
                texts.Add(await ben.GetStringAsync($"/api/v1/reviews/{review}/next", Cancellation));
            }
            texts.Add(await ben.GetStringAsync("/api/v1/reviews", Cancellation));
            texts.Add(await ben.GetStringAsync($"/api/v1/reviews/{review}", Cancellation));
            string[] telling =
            [
                "candidate", "baseline", "worst", "random", "1.0.0", "1.2.0", "8675309", "eva said", .. report.Outputs.Select(one => $"\"{one.CaseId}\""),
                .. report.Outputs.SelectMany(one => one.Candidate.Concat(one.Baseline)).Select(hash => hash.Value), report.Facts!.Candidate.Package!.Value, report.Facts.Baseline!.Package!.Value,
            ];
            foreach (var text in texts)
            {
                Assert.All(FieldsOf(JsonElement.Parse(text)).ToList(), field => Assert.Contains(field, Named));
                foreach (var word in telling) Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
            }
            await installation.Ben.CloseReviewAsync(Some.Value<ReviewId>(review), null, Cancellation).Ok();
        }
    }

    [Fact]
    public async Task Whoever_wrote_the_version_or_may_not_score_is_shown_no_row()
    {
        await using var installation = await StartAsync();
        await installation.Ana.OpenReviewAsync(new ReviewRequest(Run), Cancellation).Ok();
        foreach (var person in (SlipwayApi[])[installation.Ana, installation.Cleo, installation.Dan, installation.Api("shop")])
        {
            Assert.Equal(403, (await person.NextReviewRowAsync(First, Cancellation).Refused()).Status);
            Assert.Equal(403, (await person.ReviewRowAsync(new ReviewRowId(First, 1), Cancellation).Refused()).Status);
            Assert.Equal(403, (await person.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("yes"), Cancellation).Refused()).Status);
        }
        Assert.Equal("ana wrote router:v1.2.0 and does not score it: even blind, whoever wrote it knows the words.", (await installation.Ana.NextReviewRowAsync(First, Cancellation).Refused()).Message);
        Assert.Equal(403, (await installation.Dan.CloseReviewAsync(First, null, Cancellation).Refused()).Status);
        Assert.Equal(403, (await installation.Dan.OpenReviewAsync(new ReviewRequest(Run), Cancellation).Refused()).Status);
        Assert.Empty((await installation.Ben.ReviewAsync(First, Cancellation).Ok()).People);
    }

    [Fact]
    public async Task A_key_that_is_limited_to_another_prompt_sees_no_review()
    {
        await using var installation = await StartAsync();
        await installation.Ana.OpenReviewAsync(new ReviewRequest(Run), Cancellation).Ok();
        var key = await installation.Admin.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("ben")) { Prompts = [Some.Value<PromptPattern>("other_*")] }, Cancellation).Ok();
        using var limited = new SlipwayApi(installation.Address, key.Secret);
        Assert.Empty(await limited.ReviewsAsync(cancellation: Cancellation).Ok());
        Assert.Equal(403, (await limited.ReviewAsync(First, Cancellation).Refused()).Status);
        Assert.Equal(403, (await limited.NextReviewRowAsync(First, Cancellation).Refused()).Status);
        Assert.Equal(403, (await limited.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("yes"), Cancellation).Refused()).Status);
        Assert.Equal(403, (await limited.CloseReviewAsync(First, null, Cancellation).Refused()).Status);
        Assert.Equal(403, (await limited.OpenReviewAsync(new ReviewRequest(Run), Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task Who_scores_a_row_twice_has_said_what_they_said_last()
    {
        await using var installation = await StartAsync();
        var eva = await EvaAsync(installation);
        await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Some.Value<RubricId>("tone:v1"), Rows: 4), Cancellation).Ok();
        var row = new ReviewRowId(First, 2);
        await installation.Ben.ScoreAsync(row, new ScoreRequest("broken", "It looked so."), Cancellation).Ok();
        await eva.ScoreAsync(row, new ScoreRequest("odd"), Cancellation).Ok();
        var turn = await installation.Ben.ScoreAsync(row, new ScoreRequest("CLEAN"), Cancellation).Ok();
        Assert.Equal(1, turn.Scored);
        Assert.NotEqual(row, turn.Next!.Id);
        var mine = await installation.Ben.ReviewRowAsync(row, Cancellation).Ok();
        Assert.Equal(("clean", null, null), (mine.Label, mine.Note, mine.Revealed));
        Assert.Equal("odd", (await eva.ReviewRowAsync(row, Cancellation).Ok()).Label);
        var closed = await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok();
        Assert.Equal(["ben clean", "eva odd"], closed.Results!.Rows[1].Scores.Select(score => $"{score.By} {score.Label}"));
    }

    [Fact]
    public async Task A_review_is_closed_once_and_takes_no_score_afterwards()
    {
        await using var installation = await StartAsync();
        await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Rows: 4), Cancellation).Ok();
        await installation.Ben.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("yes"), Cancellation).Ok();
        var closed = await installation.Ana.CloseReviewAsync(First, null, Cancellation).Ok();
        var again = await installation.Ben.CloseReviewAsync(First, "another note", Cancellation).Ok();
        Assert.Equal((closed.Outcome!.Results, closed.Outcome.ClosedAt, null), (again.Outcome!.Results, again.Outcome.ClosedAt, again.Message));
        Assert.Single(await installation.Ana.LogAsync(null, Cancellation).Ok(), line => line.Sentence.StartsWith("closed the review", StringComparison.Ordinal));
        var refused = await installation.Ben.ScoreAsync(new ReviewRowId(First, 2), new ScoreRequest("yes"), Cancellation).Refused();
        Assert.Equal((409, "rev-1 is closed and takes no more scores."), (refused.Status, refused.Message));
        // What was erased is said to be erased, and the report can still be read.
        await installation.Admin.EraseAsync(closed.Outcome.Results, "somebody asked for it", Cancellation).Ok();
        var outcome = Assert.Single((await installation.Ben.EvaluationRunAsync(Run, Cancellation).Ok()).Reviews!.Value);
        Assert.Null(outcome.Figures);
        Assert.StartsWith("was erased on ", outcome.Erased, StringComparison.Ordinal);
        Assert.Null((await installation.Ben.ReviewAsync(First, Cancellation).Ok()).Results);
    }

    [Fact]
    public async Task A_review_that_nobody_scored_is_closed_and_leaves_nothing_on_record()
    {
        await using var installation = await StartAsync();
        await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Rows: 4), Cancellation).Ok();
        var closed = await installation.Ana.CloseReviewAsync(First, null, Cancellation).Ok();
        Assert.Equal((ReviewState.Closed, null, "It was closed before anybody scored a row: there is nothing on record."), (closed.State, closed.Outcome, closed.Message));
        Assert.DoesNotContain(await installation.Ana.LogAsync(null, Cancellation).Ok(), line => line.Sentence.StartsWith("closed the review", StringComparison.Ordinal));
        Assert.Equal(409, (await installation.Ben.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("yes"), Cancellation).Refused()).Status);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_restart_in_the_middle_loses_no_score_and_nobody_starts_again(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await StartAsync(storage);
        var opened = await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Rows: 10), Cancellation).Ok();
        var seen = new List<int>();
        var turn = await installation.Ben.NextReviewRowAsync(First, Cancellation).Ok();
        for (var time = 0; time < 4; time++)
        {
            seen.Add(turn.Next!.Id.Row);
            turn = await installation.Ben.ScoreAsync(turn.Next.Id, new ScoreRequest("yes", $"time {time}"), Cancellation).Ok();
        }
        await installation.RestartAsync();
        var after = await installation.Ben.NextReviewRowAsync(First, Cancellation).Ok();
        Assert.Equal((4, turn.Next!.Id, turn.Next.Answer), (after.Scored, after.Next!.Id, after.Next.Answer));
        Assert.Equal("time 2", (await installation.Ben.ReviewRowAsync(new ReviewRowId(First, seen[2]), Cancellation).Ok()).Note);
        seen.AddRange(await ScoreAllAsync(installation.Ben, First, _ => "no"));
        Assert.Equal(Enumerable.Range(1, opened.Rows), seen.Order());
        Assert.Equal(opened.Rows, (await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok()).Outcome!.Figures!.Scores);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Rows_of_an_erased_set_say_that_they_are_gone_and_what_was_written_of_them_goes_too(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await StartAsync(storage);
        var opened = await installation.Ana.OpenReviewAsync(new ReviewRequest(Run, Rows: 10), Cancellation).Ok();
        await installation.Ben.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("no", "It names Mrs Smith."), Cancellation).Ok();
        var set = (await installation.Ana.GoldenSetAsync("desk:v1", Cancellation).Ok()).Content;
        await installation.Admin.EraseAsync(set, "a reader asked for it", Cancellation).Ok();

        var row = await installation.Ben.ReviewRowAsync(new ReviewRowId(First, 1), Cancellation).Ok();
        Assert.Equal((null, null, "no", null), (row.Input, row.Answer, row.Label, row.Note));
        Assert.StartsWith("The golden set desk:v1 was erased on ", row.Gone, StringComparison.Ordinal);
        var turn = await installation.Ben.NextReviewRowAsync(First, Cancellation).Ok();
        Assert.Equal((1, opened.Rows - 1, null), (turn.Scored, turn.Gone, turn.Next));
        var refused = await installation.Ben.ScoreAsync(new ReviewRowId(First, 2), new ScoreRequest("no"), Cancellation).Refused();
        Assert.Equal(409, refused.Status);
        Assert.StartsWith("rev-1/2 takes no score: the golden set desk:v1 was erased", refused.Message, StringComparison.Ordinal);
        // What was scored before stays: it has no text in it.
        Assert.Equal(1, (await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok()).Outcome!.Figures!.Scores);
    }

    [Fact]
    public async Task Two_answers_are_compared_and_the_share_that_is_preferred_is_shown()
    {
        await using var installation = await StartAsync();
        var opened = await installation.Ben.OpenReviewAsync(new ReviewRequest(Run, Rows: 8, Compare: true), Cancellation).Ok();
        Assert.Equal(["first", "tie", "second"], opened.Scale.Steps.Select(step => step.Label));
        // The first of the two is the better one where it is pure JSON.
        await ScoreAllAsync(installation.Ben, First, row => row.Answer!.StartsWith('{') ? "first" : "second");
        var closed = await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok();
        Assert.Equal((0.0, 0, 0), (closed.Outcome!.Figures!.Preference!.Share, closed.Outcome.Figures.Preference.Counts.Wins, closed.Outcome.Figures.Preference.Counts.Ties));
        Assert.Equal(0.5, closed.Outcome.Figures.Preference.Differing);
    }

    [Fact]
    public async Task What_the_runs_judge_said_of_the_same_answers_is_held_against_people()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        fake.Answer = (context, sent) => FakeOpenAi.Whole(context, $$"""{"reason": "It reads so.", "verdict": "{{Verdict(sent.Body.GetProperty("messages"))}}"}""");
        await using var installation = await StartAsync(configure: options => options with { Providers = [fake.Provider] }, judge: "openai/gpt-judge-2026-01-01");
        var opened = await installation.Ben.OpenReviewAsync(new ReviewRequest(Run, Some.Value<RubricId>("tone:v1"), Rows: 10), Cancellation).Ok();
        await ScoreAllAsync(installation.Ben, First, row => row.Id.Row == 1 ? LabelOf(row) == "clean" ? "broken" : "clean" : LabelOf(row));
        var closed = await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok();
        var judge = closed.Outcome!.Figures!.Judge!;
        Assert.Equal((opened.Rows, (opened.Rows - 1.0) / opened.Rows, 2.0 / opened.Rows), (judge.Rows, judge.Same, Math.Abs(judge.Bias)));
        Assert.All(closed.Results!.Rows, row => Assert.Equal(row.Row.First == ReviewSide.Candidate ? "broken" : "clean", row.Judge));

        await installation.Ben.OpenReviewAsync(new ReviewRequest(Run, Some.Value<RubricId>("tone:v1"), Rows: 6, Compare: true), Cancellation).Ok();
        await ScoreAllAsync(installation.Ben, new ReviewId(2), row => row.Answer!.StartsWith('{') ? "first" : "second");
        var compared = (await installation.Ben.CloseReviewAsync(new ReviewId(2), null, Cancellation).Ok()).Outcome!.Figures!.Judge!;
        Assert.Equal((1.0, 0.0), (compared.Same, compared.Bias));

        // An answer that is pure JSON is what was agreed.
        static string Verdict(JsonElement messages)
        {
            var (told, question) = (messages[0].GetProperty("content").GetString()!, messages[messages.GetArrayLength() - 1].GetProperty("content").GetString()!);
            return told.StartsWith("You compare", StringComparison.Ordinal) ? JsonComesFirst().IsMatch(question) ? "first" : "second" : JsonComes().IsMatch(question) ? "clean" : "broken";
        }
    }

    [Fact]
    public async Task What_people_agree_on_becomes_examples_of_the_rubric()
    {
        await using var installation = await StartAsync();
        var eva = await EvaAsync(installation);
        var rubric = Some.Value<RubricId>("tone:v1");
        var opened = await installation.Ben.OpenReviewAsync(new ReviewRequest(Run, rubric, Rows: 8), Cancellation).Ok();
        Assert.Equal(404, (await installation.Ana.ReviewExamplesAsync(Run, rubric, Cancellation).Refused()).Status);
        await ScoreAllAsync(installation.Ben, First, LabelOf, note: "Ben says so.");
        await ScoreAllAsync(eva, First, row => row.Id.Row == 1 ? "odd" : LabelOf(row));
        await installation.Ben.CloseReviewAsync(First, null, Cancellation).Ok();
        var found = await installation.Ana.ReviewExamplesAsync(Run, rubric, Cancellation).Ok();
        Assert.Equal("rev-1/1 was left out: no label has more than half of its 2 scores.", Assert.Single(found.LeftOut));
        Assert.Equal(opened.Rows - 1, found.Examples.Length);
        Assert.All(found.Examples, example => Assert.Equal((example.Answer.StartsWith('{') ? 3 : 1, "Ben says so."), (example.Score, example.Why)));
        Assert.All(found.Examples, example => Assert.StartsWith("library: city\n\nuser: ", example.Input, StringComparison.Ordinal));
        // They are what a rubric takes.
        var next = Tone.TrimEnd().TrimEnd('}') + $", \"examples\": {JsonSerializer.Serialize(found.Examples, ApiJson.Default.ImmutableArrayRubricExample)}}}";
        Assert.Equal(found.Examples.Length, (await installation.Ana.PushRubricAsync(Some.Value<RubricId>("tone:v2"), next, Cancellation).Ok()).Examples);
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_rows_and_a_repeated_request_opens_one_review()
    {
        await using var installation = await StartAsync();
        using var ben = installation.Http("ben");
        var ids = new List<string>();
        foreach (var key in (string[])["mine", "mine", "other"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reviews") { Content = new StringContent("""{"run": "eval-1", "rows": 10, "seed": 42}""", Encoding.UTF8, "application/json"), Headers = { { "Idempotency-Key", key } } };
            using var response = await ben.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            ids.Add(JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("id").GetString()!);
        }
        Assert.Equal(["rev-1", "rev-1", "rev-2"], ids);
        for (var row = 1; row <= 3; row++)
            Assert.Equal((await installation.Ben.ReviewRowAsync(new ReviewRowId(First, row), Cancellation).Ok()).Answer, (await installation.Ben.ReviewRowAsync(new ReviewRowId(new ReviewId(2), row), Cancellation).Ok()).Answer);
    }

    [Theory]
    [InlineData("""{"run": "eval-9"}""", 404, "There is no run eval-9.")]
    [InlineData("""{"run": "eval-1", "rubric": "mood:v1"}""", 404, "There is no rubric mood:v1.")]
    [InlineData("""{"run": "eval-1", "rows": 0}""", 422, "rows must be a whole number from 1 to 1000.")]
    [InlineData("""{"run": "eval-1", "seed": -1}""", 422, "seed must be a whole number from 0 to 9007199254740991.")]
    [InlineData("""{"run": "eval-1", "who": "ben"}""", 400, "who")]
    public async Task A_review_that_cannot_be_opened_is_refused_with_what_to_do(string body, int status, string why)
    {
        await using var installation = await StartAsync();
        using var ben = installation.Http("ben");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await ben.PostAsync("/api/v1/reviews", content, Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(why, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(await installation.Ben.ReviewsAsync(cancellation: Cancellation).Ok());
    }

    [Fact]
    public async Task Where_no_texts_are_kept_nothing_can_be_reviewed_and_a_wrong_score_is_told()
    {
        await using var installation = await StartAsync();
        await installation.Ben.OpenReviewAsync(new ReviewRequest(Run, Some.Value<RubricId>("tone:v1"), Rows: 4), Cancellation).Ok();
        var wrong = await installation.Ben.ScoreAsync(new ReviewRowId(First, 1), new ScoreRequest("nice"), Cancellation).Refused();
        Assert.Equal((422, "\"nice\" is no label of rev-1: it must be broken, odd, clean."), (wrong.Status, wrong.Message));
        Assert.Equal(404, (await installation.Ben.ScoreAsync(new ReviewRowId(First, 99), new ScoreRequest("odd"), Cancellation).Refused()).Status);
        Assert.Equal(404, (await installation.Ben.NextReviewRowAsync(new ReviewId(2), Cancellation).Refused()).Status);

        await installation.Cleo.ChangePolicyAsync(Some.Value<PromptName>(Router.Prompt), policy => policy with { Capture = CapturePolicy.None }, Cancellation).Ok();
        Assert.Equal("The policy of router keeps no texts any more.", (await installation.Ben.ReviewRowAsync(new ReviewRowId(First, 1), Cancellation).Ok()).Gone);
        var refused = await installation.Ben.OpenReviewAsync(new ReviewRequest(Run), Cancellation).Refused();
        Assert.Equal(409, refused.Status);
        Assert.StartsWith("The policy of router keeps no texts, so there is nothing to show to people.", refused.Message, StringComparison.Ordinal);
    }

    // A run of the version that greets first, on cases of which every other tempts it.
    private static async Task<TestInstallation> StartAsync(TestEngine? storage = null, Func<ServerOptions, ServerOptions>? configure = null, string? judge = null)
    {
        var installation = await TestInstallation.StartWithRouterAsync(configure ?? (storage is null ? null : storage.Configure));
        try
        {
            var cases = string.Concat(Enumerable.Range(0, 24).Select(number => string.Create(CultureInfo.InvariantCulture, $$"""
                {"id": "case-{{number}}", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "{{(number % 2 == 0 ? $"Do you have a study room for {number}?" : $"When is the due date of book {number}?")}}"}], "expect": [{"check": "schema"}]}

                """)));
            await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>("desk:v1"), cases, Cancellation).Ok();
            await installation.Ana.SubmitAsync(Router.Submission(Router.Bad), Cancellation).Ok();
            await installation.Ana.PushRubricAsync(Some.Value<RubricId>("tone:v1"), Tone.Replace("production-default", judge ?? "production-default", StringComparison.Ordinal), Cancellation).Ok();
            var judges = judge is null ? "" : """, "judges": [{"rubric": "tone:v1", "compare": true}]""";
            await installation.Ana.EvaluateAsync($$"""{"candidate_prompt": "router:v1.2.0", "dataset": "desk:v1", "gates": {"schema_pass_rate": ">= 99%"}{{judges}}}""", Cancellation).Ok();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    // A second person who may score: she writes prompts, but not this one.
    private static async Task<SlipwayApi> EvaAsync(TestInstallation installation)
    {
        var eva = Some.Value<MemberName>("eva");
        await installation.Admin.AddMemberAsync(eva, [Role.Author], Cancellation).Ok();
        return new SlipwayApi(installation.Address, (await installation.Admin.IssueKeyAsync(eva, Cancellation).Ok()).Secret);
    }

    private static string LabelOf(ReviewRowDocument row) => row.Answer!.StartsWith('{') ? "clean" : "broken";

    // The rows that were left, in the order in which they came.
    private static async Task<ImmutableArray<int>> ScoreAllAsync(SlipwayApi person, ReviewId review, Func<ReviewRowDocument, string> label, string? note = null)
    {
        var seen = ImmutableArray.CreateBuilder<int>();
        var turn = await person.NextReviewRowAsync(review, Cancellation).Ok();
        while (turn.Next is { } row)
        {
            seen.Add(row.Id.Row);
            turn = await person.ScoreAsync(row.Id, new ScoreRequest(label(row), note), Cancellation).Ok();
        }
        return seen.ToImmutable();
    }

    private static IEnumerable<string> FieldsOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(field => FieldsOf(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(FieldsOf),
        _ => [],
    };

    [GeneratedRegex(@"ANSWER [0-9a-f]{12} begins\n\{")] private static partial Regex JsonComes();

    [GeneratedRegex(@"FIRST ANSWER [0-9a-f]{12} begins\n\{")] private static partial Regex JsonComesFirst();
}
