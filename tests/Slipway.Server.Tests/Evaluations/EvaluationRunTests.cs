using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>A run of an evaluation is a thing of its own: it is begun, followed, read and cancelled.</summary>
public sealed class EvaluationRunTests
{
    private const string Model = "openai/gpt-test-2026-01-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_does_not_wait_is_told_where_the_run_is_and_follows_it_to_its_report()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        using var begun = await PostAsync(installation, Router.Evaluation(Router.Good), "respond-async");
        Assert.Equal((HttpStatusCode.Accepted, "/api/v1/evaluations/eval-1"), (begun.StatusCode, begun.Headers.Location!.ToString()));
        var seen = new List<EvaluationRunDocument>();
        var ended = await installation.Ana.FollowEvaluationAsync(new EvaluationRunId(1), seen.Add, cancellation: Cancellation).Ok();
        Assert.Equal((EvaluationRunState.Finished, GateVerdict.Pass, "ana", Router.Good, Router.First), (ended.State, ended.Verdict, ended.By.Value, ended.Candidate.ToString(), ended.Baseline?.ToString()));
        Assert.Equal((10, 10, 5, 0), (ended.Progress!.Calls, ended.Progress.CallsDone, ended.Progress.CasesDone, ended.Progress.Failed));
        Assert.Equal((5, ended.Verdict), (ended.Report!.Counts.CandidatePassed, ended.Report.Verdict));
        Assert.Equal(EvaluationRunState.Finished, seen[^1].State);
        Assert.Contains(await installation.Ana.LogAsync(null, Cancellation).Ok(), line => line.Sentence.StartsWith("evaluated router:v1.1.0 against 1.0.0", StringComparison.Ordinal));
        Assert.Equal(new EvaluationRunId(1), Assert.Single(await installation.Dan.EvaluationRunsAsync(Cancellation).Ok()).Id);
    }

    [Fact]
    public async Task A_repeated_request_finds_the_run_that_the_first_began()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(fake);
        using var first = await PostAsync(installation, Router.Evaluation(Router.Good).Replace("production-default", Model, StringComparison.Ordinal), "respond-async", "mine");
        using var second = await PostAsync(installation, Router.Evaluation(Router.Good).Replace("production-default", Model, StringComparison.Ordinal), "respond-async", "mine");
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        using var waited = await PostAsync(installation, Router.Evaluation(Router.Good).Replace("production-default", Model, StringComparison.Ordinal), null, "mine");
        Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
        Assert.NotNull(JsonSerializer.Deserialize(await waited.Content.ReadAsStringAsync(Cancellation), ApiJson.Default.EvaluationDocument));
        Assert.Equal(10, fake.Requests.Count);
        using var other = await PostAsync(installation, Router.Evaluation(Router.Bad), "respond-async", "mine");
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_keeps_what_it_was_answered()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(fake);
        var answered = 0;
        fake.Answer = (context, sent) => Interlocked.Increment(ref answered) <= 4 ? FakeOpenAi.Usual(context, sent) : fake.Hang(context);
        var run = (await installation.Ana.BeginEvaluationAsync(Manifest, new EvaluationChanges(Concurrency: 1), Cancellation).Ok()).Id;
        await Some.Eventually(async () => (await installation.Ana.EvaluationRunAsync(run, Cancellation).Ok()).Progress is { CallsDone: 4 }, "four answers are stored");

        var cancelled = await installation.Ana.CancelEvaluationAsync(run, Cancellation).Ok();
        Assert.Equal((EvaluationRunState.Cancelled, "ana cancelled it. 4 of 10 answers are kept: the same evaluation goes on from there."), (cancelled.State, cancelled.Message));
        Assert.Equal(cancelled, await installation.Ana.CancelEvaluationAsync(run, Cancellation).Ok() with { Progress = cancelled.Progress });
        Assert.Equal(EvaluationRunState.Cancelled, (await installation.Ana.FollowEvaluationAsync(run, cancellation: Cancellation).Ok()).State);

        fake.Answer = FakeOpenAi.Usual;
        var document = await installation.Ana.EvaluateAsync(Manifest, Cancellation).Ok();
        Assert.Equal((5, 11), (document.Report.Counts.Cases, fake.Requests.Count));
    }

    [Fact]
    public async Task Who_waits_and_goes_away_ends_the_run()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(fake);
        fake.Answer = (context, _) => fake.Hang(context);
        using var away = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var waiting = installation.Ana.EvaluateAsync(Manifest, away.Token);
        await Some.Eventually(() => Task.FromResult(!fake.Requests.IsEmpty), "it is asked");
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var ended = await installation.Ana.FollowEvaluationAsync(new EvaluationRunId(1), cancellation: Cancellation).Ok();
        Assert.Equal(EvaluationRunState.Cancelled, ended.State);
        Assert.StartsWith("Its caller went away.", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_back_is_told_only_what_is_new()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(fake);
        var (answered, free) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        fake.Answer = async (context, sent) =>
        {
            if (Interlocked.Increment(ref answered) > 4) await free.Task.WaitAsync(context.RequestAborted);
            await FakeOpenAi.Usual(context, sent);
        };
        var run = (await installation.Ana.BeginEvaluationAsync(Manifest, new EvaluationChanges(Concurrency: 1), Cancellation).Ok()).Id;
        await Some.Eventually(async () => (await installation.Ana.EvaluationRunAsync(run, Cancellation).Ok()).Progress is { CallsDone: 4 }, "four answers are stored");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/evaluations/{run}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", "4");
        using var response = await installation.Http("ana").SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        free.SetResult();
        var events = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("\"calls_done\":3,", events, StringComparison.Ordinal);
        Assert.Contains("event: finished\n", events.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("id: 10\n", events.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repeats=0", "repeats must be from 1 to 100.")]
    [InlineData("repeats=many", "repeats must be a whole number.")]
    [InlineData("concurrency=0", "concurrency must be at least 1.")]
    [InlineData("max_cost=-1", "max_cost must be a number of US dollars, as in 2.50.")]
    [InlineData("max_cost=2", "A ceiling on the cost needs prices, and the catalog has none for offline/offline-2026-11: a cost that is unknown is not zero.")]
    [InlineData("cache=perhaps", "cache must be true or false.")]
    public async Task Settings_that_do_not_fit_are_refused_and_nothing_is_run(string query, string why)
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        using var refused = await PostAsync(installation, Router.Evaluation(Router.Good), "respond-async", query: query);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(why, await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(await installation.Ana.EvaluationRunsAsync(Cancellation).Ok());
    }

    [Fact]
    public async Task A_run_that_is_not_there_is_said_not_to_be()
    {
        await using var installation = await TestInstallation.StartAsync();
        Assert.Equal((404, "There is no run eval-7."), await ShownAsync(installation.Ana.EvaluationRunAsync(new EvaluationRunId(7), Cancellation)));
        Assert.Equal((404, "There is no run eval-7."), await ShownAsync(installation.Ana.CancelEvaluationAsync(new EvaluationRunId(7), Cancellation)));
        Assert.Equal((404, "There is no run eval-7."), await ShownAsync(installation.Ana.FollowEvaluationAsync(new EvaluationRunId(7), cancellation: Cancellation)));
    }

    [Fact]
    public async Task What_models_answered_to_an_erased_golden_set_is_erased_with_it()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Ok();
        // A larger set holds the same cases: what it asked for is found for them too.
        await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>("router_golden:v2"), Router.Cases + EvaluationBench.Cases(3), Cancellation).Ok();
        await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good).Replace(Router.GoldenSet, "router_golden:v2", StringComparison.Ordinal), Cancellation).Ok();
        Assert.Equal(16L, Answers(installation));
        var second = Assert.Single(await installation.Ana.ObjectsAsync(Cancellation).Ok(), known => known.What == "the golden set router_golden:v2").Hash;
        await installation.Admin.EraseAsync(second, "The reader asked us to.", Cancellation).Ok();
        Assert.Equal(0L, Answers(installation));
    }

    private static string Manifest => Router.Evaluation(Router.Good).Replace("production-default", Model, StringComparison.Ordinal);

    private static async Task<TestInstallation> StartAsync(FakeOpenAi fake)
    {
        var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] }, Model);
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good, Model), Cancellation).Ok();
        return installation;
    }

    private static long Answers(TestInstallation installation) =>
        (long)Storage.SqliteFileEditor.Ask(Path.Combine(installation.Folder, "evaluations.db"), "SELECT count(*) FROM evaluation_answers")!;

    private static async Task<(int?, string)> ShownAsync<T>(Task<ApiResult<T>> asked)
    {
        var failure = await asked.Refused();
        return (failure.Status, failure.Message);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestInstallation installation, string manifest, string? prefer, string? id = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/evaluations?{query}") { Content = new StringContent(manifest, Encoding.UTF8, "application/json") };
        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        if (id is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        return await installation.Http("ana").SendAsync(request, Cancellation);
    }
}
