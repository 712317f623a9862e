using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Client.Tests.Serving;

/// <content>Something between the application and the server breaks streams.</content>
public sealed partial class OutageMatrixTests
{
    [Fact]
    public Task Proxy_that_buffers_answers() => ProxyAndAnswersAsync(FakeSlipway.NeverAsync);

    [Fact]
    public Task Proxy_that_buffers_reports() => ProxyAndReportsAsync(FakeSlipway.NeverAsync);

    [Fact]
    public Task Proxy_that_buffers_logs() => ProxyAndLogsAsync(FakeSlipway.NeverAsync);

    [Fact]
    public Task Proxy_that_buffers_recovers() => ProxyAndRecoversAsync(FakeSlipway.NeverAsync);

    [Fact]
    public Task Proxy_that_cuts_answers() => ProxyAndAnswersAsync(CutAsync);

    [Fact]
    public Task Proxy_that_cuts_reports() => ProxyAndReportsAsync(CutAsync);

    [Fact]
    public Task Proxy_that_cuts_logs() => ProxyAndLogsAsync(CutAsync);

    [Fact]
    public Task Proxy_that_cuts_recovers() => ProxyAndRecoversAsync(CutAsync);

    private static async Task CutAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(": here\n\n");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private async Task<RunningClient> BehindAsync(Func<HttpContext, Task> proxy)
    {
        server.Instead(FakeSlipway.Stream, proxy);
        var running = RunningClient.Start(server);
        await PassUntilAsync(running, running.ServesAsync(8));
        return running;
    }

    private static Task PassUntilAsync(RunningClient running, Task goal) => running.Clock.RunUntilAsync(goal, patience: TimeSpan.FromSeconds(4));

    // Each change comes with a poll.
    private async Task ProxyAndAnswersAsync(Func<HttpContext, Task> proxy)
    {
        await using var running = await BehindAsync(proxy);
        Assert.Equal("Candidate: My card is gone.", running.Text());

        server.Hold(Some.Route(9));
        await PassUntilAsync(running, running.ServesAsync(9));

        Assert.Equal("Stable: My card is gone.", running.Text());
        Assert.Equal(Following.Polling, running.Client.Status.Following);
    }

    private async Task ProxyAndReportsAsync(Func<HttpContext, Task> proxy)
    {
        await using var running = await BehindAsync(proxy);
        await ReportArrivesAsync(running);
    }

    private async Task ProxyAndLogsAsync(Func<HttpContext, Task> proxy)
    {
        await using var running = await BehindAsync(proxy);
        await LogsAsync(running, LogLevel.Warning, "cannot be followed");
        await LogsAsync(running, LogLevel.Information, "is followed by asking it every few seconds; revision 8");
        Assert.Single(running.Log.Loud, line => line.Text.Contains("followed", StringComparison.Ordinal));
    }

    private async Task ProxyAndRecoversAsync(Func<HttpContext, Task> proxy)
    {
        await using var running = await BehindAsync(proxy);

        server.Recover();

        // A stream that was asked for before is kept back for ever: only its time ends it.
        await PassUntilAsync(running, running.Log.Lines.FirstAsync(IsStreaming));
        server.Push(Some.Canary(20));
        // Time passes quicker here than bytes travel: the stream may have been given up in the moment in which it was heard, and it is asked for again.
        await PassUntilAsync(running, running.ServesAsync(20));
        while (running.Client.Status.Following != Following.Streaming) await PassUntilAsync(running, running.Log.Lines.NextAsync(IsStreaming));

        static bool IsStreaming(LogLine line) => line.Text.Contains("is followed by its event stream", StringComparison.Ordinal);
    }
}
