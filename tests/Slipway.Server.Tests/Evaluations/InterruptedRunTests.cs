using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Nodes;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>A server is killed in the middle of a run: the next one goes on with it, and pays for nothing twice.</summary>
public sealed class InterruptedRunTests
{
    private const string Model = "openai/gpt-test-2026-01-01";
    private const int Cases = 40, AnsweredBefore = 25;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_run_goes_on_after_the_server_was_killed_and_nothing_that_was_answered_is_asked_again(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var fake = await FakeOpenAi.StartAsync();
        var answered = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var (count, isFree) = (0, false);
        fake.Answer = async (context, sent) =>
        {
            if (!isFree && Interlocked.Increment(ref count) > AnsweredBefore)
            {
                await fake.Hang(context);       // Under way when the server is killed: nobody pays for what nobody was told.
                return;
            }
            await FakeOpenAi.Usual(context, sent);
            answered.AddOrUpdate(sent.Text, 1, (_, times) => times + 1);
        };
        var folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;
        string[] arguments = ["--provider", $"openai={fake.BaseUrl}", .. engine == "postgres" ? (string[])["--postgres", ((PostgresTestEngine)storage).Address] : []];
        try
        {
            string key;
            EvaluationRunId run;
            await using (var first = await ServeProcess.StartAsync(folder, isFirst: true, arguments))
            {
                key = await FillAsync(first);
                using var ana = new SlipwayApi(first.Address, key);
                run = (await ana.BeginEvaluationAsync("""{"candidate_prompt": "router:v1.0.0", "dataset": "many:v1", "gates": {"schema_pass_rate": ">= 99%"}}""", new EvaluationChanges(Concurrency: 4), Cancellation).Ok()).Id;
                await Some.Eventually(async () => (await ana.EvaluationRunAsync(run, Cancellation).Ok()).Progress is { CallsDone: AnsweredBefore }, "what was answered is stored");
                first.Kill();
            }
            isFree = true;
            await using var second = await ServeProcess.StartAsync(folder, isFirst: false, arguments);
            using var again = new SlipwayApi(second.Address, key);
            var ended = await again.FollowEvaluationAsync(run, cancellation: Cancellation).Ok();
            Assert.Equal((EvaluationRunState.Finished, GateVerdict.Pass, Cases), (ended.State, ended.Verdict, ended.Report!.Counts.CandidatePassed));
            Assert.Equal((Cases, AnsweredBefore), (ended.Progress!.CallsDone, ended.Progress.Cached));
            Assert.Equal(Cases, answered.Count);
            Assert.All(answered, question => Assert.Equal(1, question.Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_a_judge_answered_before_the_server_was_killed_is_not_paid_again()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        var judged = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var (count, isFree) = (0, false);
        fake.Answer = async (context, sent) =>
        {
            if (!sent.Text.Contains("You judge one answer", StringComparison.Ordinal)) await FakeOpenAi.Usual(context, sent);
            else if (!isFree && Interlocked.Increment(ref count) > AnsweredBefore) await fake.Hang(context);
            else
            {
                await FakeOpenAi.Whole(context, """{"reason": "It is short.", "verdict": "curt"}""");
                judged.AddOrUpdate(sent.Text, 1, (_, times) => times + 1);
            }
        };
        var folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;
        string[] arguments = ["--provider", $"openai={fake.BaseUrl}"];
        try
        {
            string key;
            EvaluationRunId run;
            await using (var first = await ServeProcess.StartAsync(folder, isFirst: true, arguments))
            {
                key = await FillAsync(first);
                using var ana = new SlipwayApi(first.Address, key);
                await ana.PushRubricAsync(Some.Value<RubricId>("tone:v1"), JudgeBench.Text(4, Model), Cancellation).Ok();
                run = (await ana.BeginEvaluationAsync("""
                    {"candidate_prompt": "router:v1.0.0", "dataset": "many:v1", "gates": {"schema_pass_rate": ">= 99%"}, "judges": [{"rubric": "tone:v1"}]}
                    """, new EvaluationChanges(Concurrency: 4), Cancellation).Ok()).Id;
                await Some.Eventually(async () => (await ana.EvaluationRunAsync(run, Cancellation).Ok()).Progress is { JudgeCalls: AnsweredBefore }, "what judges answered is stored");
                first.Kill();
            }
            isFree = true;
            await using var second = await ServeProcess.StartAsync(folder, isFirst: false, arguments);
            using var again = new SlipwayApi(second.Address, key);
            var ended = await again.FollowEvaluationAsync(run, cancellation: Cancellation).Ok();
            Assert.Equal((EvaluationRunState.Finished, Cases, Cases + 4), (ended.State, ended.Report!.Judges[0].Judged, ended.Progress!.JudgeCalls));
            Assert.Equal(Cases + 4, judged.Count);
            Assert.All(judged, question => Assert.Equal(1, question.Value));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_is_stopped_in_order_leaves_its_runs_to_the_next_start()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] }, Model);
        await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>("many:v1"), EvaluationBench.Cases(Cases), Cancellation).Ok();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good, Model), Cancellation).Ok();
        var count = 0;
        fake.Answer = (context, sent) => Interlocked.Increment(ref count) > AnsweredBefore ? fake.Hang(context) : FakeOpenAi.Usual(context, sent);
        var run = (await installation.Ana.BeginEvaluationAsync("""{"candidate_prompt": "router:v1.1.0", "dataset": "many:v1", "gates": {"schema_pass_rate": ">= 99%"}}""", null, Cancellation).Ok()).Id;
        await Some.Eventually(async () => (await installation.Ana.EvaluationRunAsync(run, Cancellation).Ok()).Progress is { CallsDone: AnsweredBefore }, "what was answered is stored");
        await installation.StopAsync();
        fake.Answer = FakeOpenAi.Usual;
        var before = fake.Requests.Count;
        await installation.RestartAsync();
        var ended = await installation.Ana.FollowEvaluationAsync(run, cancellation: Cancellation).Ok();
        Assert.Equal((EvaluationRunState.Finished, 2 * Cases - AnsweredBefore), (ended.State, fake.Requests.Count - before));
    }

    [Fact]
    public async Task A_run_whose_end_cannot_be_stored_is_left_to_the_next_start_and_who_waits_is_told()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        await installation.StopAsync();
        var store = new EndlessStore(Path.Combine(installation.Folder, "evaluations.db"));
        await using (var server = await SlipwayServer.StartAsync(installation.Options, TimeProvider.System, services => services.AddSingleton<IEvaluationStore>(_ => store), Cancellation))
        {
            using var ana = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", installation.Key("ana")) } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/evaluations") { Content = new StringContent(Router.Evaluation(Router.Good)), Headers = { { "Idempotency-Key", "mine" } } };
            var waiting = ana.SendAsync(request, Cancellation);
            await store.Ending.WaitAsync(Cancellation);
            var ended = server.Parts.GetRequiredService<EvaluationRuns>().FindLive(1)!.Ended;
            store.GoAway();
            await ended;        // What faults here would break the stop of the whole server.
            using var told = await waiting;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, told.StatusCode);
            Assert.Contains("eval-1 was interrupted; it goes on when the server starts again.", await told.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
        await installation.RestartAsync();
        var run = await installation.Ana.FollowEvaluationAsync(new EvaluationRunId(1), cancellation: Cancellation).Ok();
        Assert.Equal((EvaluationRunState.Finished, 10), (run.State, run.Progress!.Cached));
    }

    // A prompt that is live, cases, and somebody who may evaluate.
    private static async Task<string> FillAsync(ServeProcess server)
    {
        using var admin = new SlipwayApi(server.Address, server.AdministratorKey);
        var ana = Some.Value<MemberName>("ana");
        await admin.AddMemberAsync(ana, [Role.Author], Cancellation).Ok();
        var key = (await admin.IssueKeyAsync(ana, Cancellation).Ok()).Secret;
        using var api = new SlipwayApi(server.Address, key);
        await api.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, Cancellation).Ok();
        await api.PushGoldenSetAsync(Some.Value<GoldenSetId>("many:v1"), EvaluationBench.Cases(Cases), Cancellation).Ok();
        await api.SubmitAsync(Router.Submission(Router.First, Model), Cancellation).Ok();
        return key;
    }

    /// <summary>A store that stores all but how a run ended.</summary>
    private sealed class EndlessStore(string file) : IEvaluationStore
    {
        private readonly SqliteEvaluationStore store = new(file);
        private readonly TaskCompletionSource ending = new(TaskCreationOptions.RunContinuationsAsynchronously), away = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when the end of a run is to be stored, which waits for <see cref="GoAway"/>.</summary>
        public Task Ending => ending.Task;

        public string Name => store.Name;

        public bool IsShared => store.IsShared;

        public void GoAway() => away.SetResult();

        public void End(long number, EvaluationRunState state, string outcome, string? progress, DateTimeOffset now)
        {
            ending.TrySetResult();
            away.Task.GetAwaiter().GetResult();
            throw new StorageUnavailableException("The disk is full.");
        }

        public IReadOnlyDictionary<ContentHash, string> Find(IReadOnlyCollection<ContentHash> keys, long? ofRun, DateTimeOffset now) => store.Find(keys, ofRun, now);

        public bool Append(IReadOnlyCollection<StoredAnswer> answers, RunProgress? run, DateTimeOffset now) => store.Append(answers, run, now);

        public void Erase(IReadOnlyCollection<ContentHash> objects, IReadOnlyCollection<ContentHash> cases) => store.Erase(objects, cases);

        public bool Remove(DateTimeOffset before, long mostAnswers) => store.Remove(before, mostAnswers);

        public StoredRun Begin(NewRun run, DateTimeOffset now) => store.Begin(run, now);

        public StoredRun? Find(long number) => store.Find(number);

        public StoredRun? FindByCommand(string command) => store.FindByCommand(command);

        public ImmutableArray<StoredRun> Newest(long? before, int most) => store.Newest(before, most);

        public ImmutableArray<StoredRun> Unfinished() => store.Unfinished();

        public void AskToCancel(long number) => store.AskToCancel(number);

        public IRunHold? Hold(long number) => store.Hold(number);

        public void Dispose() => store.Dispose();
    }
}
