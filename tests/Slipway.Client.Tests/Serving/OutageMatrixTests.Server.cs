using Microsoft.Extensions.Logging;

namespace Slipway.Client.Tests.Serving;

/// <content>The server is down, slow, broken, or refuses the key.</content>
public sealed partial class OutageMatrixTests
{
    [Fact]
    public async Task Down_at_the_first_start_answers()
    {
        await server.StopAsync();
        await using var running = RunningClient.Start(server);

        var refused = Assert.IsType<RenderAnswer.Refused>(running.Client.Render(Some.Router, Some.Variables, Some.Unit));

        Assert.Equal((RenderRefusal.NotReady, "No version of router is here: nothing was heard from Slipway's server yet, and nothing was kept from before."), (refused.Why, refused.Message));
        Assert.IsType<Core.Resolution.Decision.Unknown>(running.Client.Resolve(Some.Router, Some.Unit));
    }

    [Fact]
    public async Task Down_at_the_first_start_reports()
    {
        await server.StopAsync();
        await using var running = RunningClient.Start(server);
        await ReportWaitsAsync(running, server.StartAgainAsync);
    }

    [Fact]
    public async Task Down_at_the_first_start_logs()
    {
        await server.StopAsync();
        await using var running = RunningClient.Start(server);
        await LogsAsync(running, LogLevel.Warning, $"Slipway at {server.Address.GetLeftPart(UriPartial.Authority)} cannot be followed");
    }

    [Fact]
    public async Task Down_at_the_first_start_recovers()
    {
        await server.StopAsync();
        await using var running = RunningClient.Start(server);
        await LogsAsync(running, LogLevel.Warning, "cannot be followed");

        await server.StartAgainAsync();

        await ServesAgainAsync(running, 8);
    }

    [Fact]
    public async Task Down_at_a_later_start_answers()
    {
        await KeepAsync();
        await server.StopAsync();
        await using var running = RunningClient.Start(server, folder.Root);

        Assert.Equal("Stable: My card is gone.", running.Text());
        Assert.Equal((Core.Resolution.Arm.Stable, null), (running.Serve().Arm, running.Serve().Release));
    }

    [Fact]
    public async Task Down_at_a_later_start_reports()
    {
        await KeepAsync();
        await server.StopAsync();
        await using var running = RunningClient.Start(server, folder.Root);
        await ReportWaitsAsync(running, server.StartAgainAsync);
    }

    [Fact]
    public async Task Down_at_a_later_start_logs()
    {
        await KeepAsync();
        await server.StopAsync();
        await using var running = RunningClient.Start(server, folder.Root);
        await LogsAsync(running, LogLevel.Information, "Slipway starts with the stable versions of 1 prompts at revision 8");
        await LogsAsync(running, LogLevel.Warning, "cannot be followed");
    }

    [Fact]
    public async Task Down_at_a_later_start_recovers()
    {
        await KeepAsync();
        await server.StopAsync();
        server.Hold(Some.Canary(20));
        await using var running = RunningClient.Start(server, folder.Root);
        await LogsAsync(running, LogLevel.Warning, "cannot be followed");

        await server.StartAgainAsync();

        await ServesAgainAsync(running);
    }

    [Fact]
    public async Task Down_while_running_answers()
    {
        await using var running = await ServingAsync();
        await server.StopAsync();
        AnswersUntilTheLeaseEnds(running);
    }

    [Fact]
    public async Task Down_while_running_reports()
    {
        await using var running = await ServingAsync();
        await server.StopAsync();
        await ReportWaitsAsync(running, server.StartAgainAsync);
    }

    [Fact]
    public async Task Down_while_running_logs()
    {
        await using var running = await ServingAsync();
        await server.StopAsync();
        await LogsAsync(running, LogLevel.Warning, "cannot be followed");

        // However often it is tried, people are told once.
        await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Level == LogLevel.Debug && line.Text.Contains("still cannot be followed", StringComparison.Ordinal)));
        await running.Clock.RunUntilAsync(running.Log.Lines.NextAsync(line => line.Text.Contains("still cannot be followed", StringComparison.Ordinal)));
        Assert.Single(running.Log.Loud);
    }

    [Fact]
    public async Task Down_while_running_recovers()
    {
        await using var running = await ServingAsync();
        await server.StopAsync();
        server.Hold(Some.Canary(20));
        AnswersUntilTheLeaseEnds(running);

        await server.StartAgainAsync();

        await ServesAgainAsync(running);
    }

    [Fact]
    public async Task Slow_answers()
    {
        await using var running = await ServingAsync();
        server.BeSlow();
        AnswersUntilTheLeaseEnds(running);
    }

    [Fact]
    public async Task Slow_reports()
    {
        await using var running = await ServingAsync();
        server.BeSlow();
        running.Client.Report(Some.Call());
        var asked = ReportedAsync(Some.Call().TraceId);
        await running.Clock.RunUntilAsync(asked);
        server.Recover();
        var again = server.Requests.NextAsync(request => request.What == FakeSlipway.Calls);
        running.Clock.Advance(TimeSpan.FromSeconds(10));
        await running.Clock.RunUntilAsync(again);
        Assert.Equal(0, running.Client.Status.DroppedCalls);
    }

    [Fact]
    public async Task Slow_logs()
    {
        await using var running = await ServingAsync();
        server.BeSlow();
        running.Clock.Advance(TimeSpan.FromSeconds(7));
        await LogsAsync(running, LogLevel.Warning, "the stream is silent");
    }

    [Fact]
    public async Task Slow_recovers()
    {
        await using var running = await ServingAsync();
        server.BeSlow();
        AnswersUntilTheLeaseEnds(running);
        await LogsAsync(running, LogLevel.Warning, "the stream is silent");

        server.Recover();
        server.Hold(Some.Canary(20));

        running.Clock.Advance(TimeSpan.FromSeconds(10));
        await ServesAgainAsync(running);
    }

    [Fact]
    public async Task Answering_500_answers()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(500);
        AnswersUntilTheLeaseEnds(running);
    }

    [Fact]
    public async Task Answering_500_reports()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(500);
        await ReportWaitsAsync(running, RecoverAsync);
    }

    [Fact]
    public async Task Answering_500_logs()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(500);
        await LogsAsync(running, LogLevel.Warning, "the stream ended");
        await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Text.Contains("it answered 500", StringComparison.Ordinal)));
        Assert.Single(running.Log.Loud);
    }

    [Fact]
    public async Task Answering_500_recovers()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(500);
        AnswersUntilTheLeaseEnds(running);

        server.Recover();
        server.Hold(Some.Canary(20));

        await ServesAgainAsync(running);
    }

    [Fact]
    public async Task Refusing_the_key_answers()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(401);
        AnswersUntilTheLeaseEnds(running);
    }

    [Fact]
    public async Task Refusing_the_key_reports()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(403);
        await ReportWaitsAsync(running, RecoverAsync);
    }

    [Fact]
    public async Task Refusing_the_key_logs()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(401);
        await running.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var line = await LogsAsync(running, LogLevel.Error, "refuses the key (401)");
        Assert.DoesNotContain("slw_key", string.Concat(running.Log.Lines.All.Select(logged => logged.Text)), StringComparison.Ordinal);
        Assert.Contains("wrong, revoked, expired, or does not reach this environment", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusing_the_key_recovers()
    {
        await using var running = await ServingAsync();
        server.AnswerEverythingWith(401);
        await running.Clock.PassAsync(TimeSpan.FromSeconds(1));
        // Half a minute and the jitter: a key does not mend itself, and nobody is asked in between.
        await running.Clock.WaitedForAsync(TimeSpan.FromSeconds(32));
        var asked = server.Requests.All.Count(request => request.What is FakeSlipway.Stream or FakeSlipway.Snapshot);
        running.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(asked, server.Requests.All.Count(request => request.What is FakeSlipway.Stream or FakeSlipway.Snapshot));

        server.Recover();
        server.Hold(Some.Canary(20));

        await ServesAgainAsync(running);
    }
}
