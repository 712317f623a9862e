using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Tests.Serving;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Evaluations;

/// <summary>Following a run of an evaluation at a server that does not always answer.</summary>
public sealed class FollowedRunTests : IAsyncLifetime
{
    private static readonly EvaluationRunId Run = new(1);
    private readonly ManualClock clock = new();
    private FakeSlipway server = null!;
    private SlipwayApi api = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeSlipway.StartAsync();
        api = new SlipwayApi(server.Address, null, clock);
    }

    [Fact]
    public async Task A_server_that_only_answers_with_errors_is_given_up_when_the_patience_is_over()
    {
        server.AnswerEverythingWith(503);
        var failure = await GivenUpAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((503, "The server answered 503."), (failure.Status, failure.Message));
        Assert.InRange(clock.GetTimestamp(), TimeSpan.FromMinutes(1).Ticks, TimeSpan.FromMinutes(1.1).Ticks);
        Assert.True(server.Requests.All.Count > 10, "It was hardly asked again.");
    }

    [Fact]
    public async Task A_server_whose_streams_end_before_the_run_does_is_given_up_when_the_patience_is_over()
    {
        server.Instead(FakeSlipway.RunEvents, context => EventsAsync(context, null));
        var failure = await GivenUpAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((null, $"The server at {server.Address} is away; eval-1 goes on when it is back."), (failure.Status, failure.Message));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_given_up_when_the_patience_is_over()
    {
        await server.StopAsync();
        Assert.Equal($"The server at {server.Address} is away; eval-1 goes on when it is back.", (await GivenUpAsync(TimeSpan.FromMinutes(1))).Message);
    }

    [Fact]
    public async Task A_server_that_tells_of_the_end_and_never_gives_the_report_is_given_up_when_the_patience_is_over()
    {
        server.Instead(FakeSlipway.RunEvents, context => EventsAsync(context, EvaluationRunState.Finished));
        server.Instead(FakeSlipway.Run, context => { context.Response.StatusCode = 503; return Task.CompletedTask; });
        Assert.Equal(503, (await GivenUpAsync(TimeSpan.FromMinutes(1))).Status);
    }

    [Fact]
    public async Task Without_patience_the_first_failure_is_the_end()
    {
        server.AnswerEverythingWith(500);
        await GivenUpAsync(TimeSpan.Zero);
        Assert.Single(server.Requests.All);
    }

    [Fact]
    public async Task Whatever_is_heard_gives_the_server_its_whole_time_again_and_the_end_is_asked_for_until_it_comes()
    {
        var (heard, asked) = (0, 0);
        // Cut off after each progress, for longer than the patience in all.
        server.Instead(FakeSlipway.RunEvents, context => EventsAsync(context, ++heard < 40 ? EvaluationRunState.Running : EvaluationRunState.Finished));
        server.Instead(FakeSlipway.Run, async context =>
        {
            if (++asked < 3) context.Response.StatusCode = 503;
            else await context.Response.WriteAsync(Document(EvaluationRunState.Finished), context.RequestAborted);
        });
        var following = api.FollowEvaluationAsync(Run, null, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await clock.RunUntilAsync(following);
        var ended = Assert.IsType<ApiResult<EvaluationRunDocument>.Ok>(await following).Value;
        Assert.Equal((EvaluationRunState.Finished, 3), (ended.State, asked));
        Assert.True(clock.GetTimestamp() > TimeSpan.FromSeconds(5).Ticks, "It took no longer than the patience.");
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await server.DisposeAsync();
    }

    private async Task<ApiFailure> GivenUpAsync(TimeSpan patience)
    {
        var following = api.FollowEvaluationAsync(Run, null, patience, TestContext.Current.CancellationToken);
        await clock.RunUntilAsync(following);
        return Assert.IsType<ApiResult<EvaluationRunDocument>.Failed>(await following).Failure;
    }

    // A stream that tells so much and ends.
    private static async Task EventsAsync(HttpContext context, EvaluationRunState? told)
    {
        context.Response.ContentType = "text/event-stream";
        if (told is { } state) await context.Response.WriteAsync(FakeSlipway.Event("progress", null, Document(state)), context.RequestAborted);
    }

    private static string Document(EvaluationRunState state) => JsonSerializer.Serialize(
        new EvaluationRunDocument(
            Run, state, Some.Parse<VersionId>("router:v2.0.0"), null, Some.Parse<GoldenSetId>("router_golden:v1"), EvaluationSettings.Default, Some.Parse<MemberName>("ana"), DateTimeOffset.UnixEpoch), ApiJson.Default.EvaluationRunDocument);
}
