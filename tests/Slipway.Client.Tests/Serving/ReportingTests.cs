using Slipway.Core.Calls;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

public sealed class ReportingTests : IAsyncLifetime
{
    private FakeSlipway server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeSlipway.StartAsync();
        server.Keep(Some.Stable);
        server.Hold(Some.Route() with { RollbackTo = null });
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Reports_gather_and_leave_together()
    {
        await using var running = await RunningClient.ServingAsync(server);
        foreach (var number in Enumerable.Range(0, 20)) running.Client.Report(Some.Call($"{number:x32}"));

        await running.Clock.RunUntilAsync(server.Requests.FirstAsync(request => request.What == FakeSlipway.Calls));

        var report = Assert.Single(server.Requests.All, request => request.What == FakeSlipway.Calls).As<CallReport>();
        Assert.Equal((20, 0, "app-1"), (report.Calls.Length, report.Dropped, report.Instance));
    }

    [Fact]
    public async Task What_does_not_fit_is_dropped_counted_and_said()
    {
        await using var running = await RunningClient.ServingAsync(server, configure: options => options.ReportQueue = 5);
        foreach (var number in Enumerable.Range(0, 8)) running.Client.Report(Some.Call($"{number:x32}"));

        await running.Clock.RunUntilAsync(server.Requests.FirstAsync(request => request.What == FakeSlipway.Calls));

        var report = Assert.Single(server.Requests.All, request => request.What == FakeSlipway.Calls).As<CallReport>();
        Assert.Equal((5, 3, 3), (report.Calls.Length, report.Dropped, running.Client.Status.DroppedCalls));
    }

    [Fact]
    public async Task Outcomes_have_a_way_of_their_own()
    {
        await using var running = await RunningClient.ServingAsync(server);
        running.Client.ReportOutcome(new CallOutcomeDocument(Some.Call().TraceId, Escalated: true, Thumbs: Thumbs.Down));

        await running.Clock.RunUntilAsync(server.Requests.FirstAsync(request => request.What == FakeSlipway.Outcomes));

        var outcome = Assert.Single(Assert.Single(server.Requests.All, request => request.What == FakeSlipway.Outcomes).As<OutcomeReport>().Outcomes);
        Assert.Equal((Some.Call().TraceId, true, Thumbs.Down), (outcome.TraceId, outcome.Escalated, outcome.Thumbs));
    }

    [Fact]
    public async Task The_end_sends_what_waits()
    {
        var running = await RunningClient.ServingAsync(server, configure: options => options.FlushTimeout = TimeSpan.FromSeconds(2));
        running.Client.Report(Some.Call());

        await running.DisposeAsync();

        Assert.Single(server.Requests.All, request => request.What == FakeSlipway.Calls);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_a_server_that_is_gone()
    {
        var running = await RunningClient.ServingAsync(server);
        await server.StopAsync();
        running.Client.Report(Some.Call());

        await running.DisposeAsync();

        Assert.Equal(1, running.Client.Status.DroppedCalls);
        Assert.Contains(running.Log.Loud, line => line.Text.StartsWith("Slipway lost the reports of 1 calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_server_will_never_take_is_not_sent_twice()
    {
        server.Instead(FakeSlipway.Calls, context => { context.Response.StatusCode = 400; return Task.CompletedTask; });
        await using var running = await RunningClient.ServingAsync(server);
        running.Client.Report(Some.Call());

        await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Text.Contains("the server refused them: it answered 400", StringComparison.Ordinal)));

        Assert.Equal(1, running.Client.Status.DroppedCalls);
    }

    [Fact]
    public async Task A_call_that_the_application_made_is_reported_with_what_it_came_to()
    {
        await using var running = await RunningClient.ServingAsync(server);
        var rendered = Assert.IsType<RenderAnswer.Rendered>(running.Client.Render(Some.Router, Some.Variables, Some.Unit, context: new CallContext { Tenant = "nordlicht" }));

        CallRecord call = rendered.Call(new CallFacts { Text = "Done.", FinishReason = "stop", Latency = TimeSpan.FromMilliseconds(12), TraceId = Some.Call().TraceId });

        Assert.Equal((Some.Call().TraceId, Some.Router, "1.0.0", "nordlicht", Some.Unit, 12d, "Done."), (call.TraceId, call.Prompt, call.PromptVersion, call.Tenant, call.UnitKey, call.LatencyMs, call.Output));
        Assert.Contains("Stable: My card is gone.", call.Input, StringComparison.Ordinal);
    }
}
