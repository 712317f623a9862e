using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Slipway.Client.Tests.CommandLines;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

/// <summary>The SDK against the real server, as a process of its own.</summary>
public sealed class EndToEndTests : IDisposable
{
    private const string Prompt = "support_router";

    private static readonly object Ticket = new { customer_tier = "plus" };

    private readonly TemporaryFolder folder = new();
    private readonly LogLines log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killing_the_server_under_a_running_application_loses_no_request_and_a_start_without_it_serves_stable_from_disk()
    {
        await using var server = await RunningServer.StartAsync(folder.PathOf("data"), ImmutableDictionary<string, string>.Empty);
        var key = await GoLiveAsync(server);
        var (answers, killed, enough) = (0, 0L, new TaskCompletionSource());
        await using (var slipway = SlipwayClient.Start(Options(server.Address, key), log))
        {
            await slipway.FirstSnapshot;
            using var over = new CancellationTokenSource();
            var requests = Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
            {
                for (var number = 0; !over.IsCancellationRequested; number++)
                {
                    var answer = await slipway.RenderAsync(Prompt, Ticket, $"conversation-{worker}-{number}");
                    Assert.Equal("1.5.2", Assert.IsType<RenderAnswer.Rendered>(answer).Version.Number.Text);
                    if (number % 100 == 0) slipway.Report(((RenderAnswer.Rendered)answer).Call(new CallFacts { Text = "{}", Latency = TimeSpan.FromMilliseconds(1) }));
                    if (Interlocked.Increment(ref answers) == Interlocked.Read(ref killed) + 1_000) enough.TrySetResult();
                }
            }, TestContext.Current.CancellationToken)).ToList();

            await server.KillAsync();
            await log.Lines.FirstAsync(line => line.Level == LogLevel.Warning && line.Text.Contains("cannot be followed", StringComparison.Ordinal));
            Interlocked.Exchange(ref killed, Volatile.Read(ref answers));
            await Task.WhenAny(enough.Task, Task.WhenAll(requests));
            await over.CancelAsync();
            await Task.WhenAll(requests);
            Assert.True(enough.Task.IsCompletedSuccessfully);
        }

        await using var later = SlipwayClient.Start(Options(server.Address, key), log);
        var kept = Assert.IsType<RenderAnswer.Rendered>(later.Render(Prompt, Ticket, "conversation-1"));
        Assert.Equal(("1.5.2", Arm.Stable), (kept.Version.Number.Text, kept.Arm));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_an_application_reports_is_found_on_the_server_and_so_is_the_instance()
    {
        await using var server = await RunningServer.StartAsync(folder.PathOf("data"), ImmutableDictionary<string, string>.Empty);
        var key = await GoLiveAsync(server);
        CallRecord call;
        await using (var slipway = SlipwayClient.Start(Options(server.Address, key), log))
        {
            var rendered = Assert.IsType<RenderAnswer.Rendered>(await slipway.RenderAsync(Prompt, Ticket, "conversation-1", cancellation: TestContext.Current.CancellationToken));
            call = rendered.Call(new CallFacts { Text = "no JSON", FinishReason = "stop", Latency = TimeSpan.FromMilliseconds(12) });
            slipway.Report(call);
            slipway.ReportOutcome(new CallOutcomeDocument(call.TraceId, Escalated: true));
        }

        // The server stores calls in batches: it is asked until it has.
        using var api = new SlipwayApi(server.Address, server.AdministratorKey);
        while (await api.TraceAsync(call.TraceId, TestContext.Current.CancellationToken) is not ApiResult<TraceDocument>.Ok { Value.Calls.IsEmpty: false }) await Task.Yield();
        Assert.DoesNotContain(log.Loud, line => line.Text.Contains("lost the reports", StringComparison.Ordinal));
        var instances = await CommandLines.Cli.RunAsync("live", "--instances", "--server", server.Address.ToString(), "--key", server.AdministratorKey);
        Assert.Contains("app-1", instances.Output, StringComparison.Ordinal);
    }

    private SlipwayClientOptions Options(Uri server, string key) => new() { Server = server, Key = key, Instance = "app-1", CacheFolder = folder.PathOf("cache"), FirstSnapshotTimeout = TimeSpan.FromSeconds(30), FlushTimeout = TimeSpan.FromSeconds(30) };

    // The sample's first version, by two people; an application's key.
    private static async Task<string> GoLiveAsync(RunningServer server)
    {
        var keys = new Dictionary<string, string> { ["admin"] = server.AdministratorKey };
        foreach (var (name, role) in ((string, string)[])[("ana", "author"), ("ben", "reviewer"), ("shop", "application")])
        {
            await AsAsync("admin", "member", "add", name, "--role", role);
            keys[name] = (await AsAsync("admin", "key", "issue", name)).Trim();
        }
        await AsAsync("admin", "model", "set", "production-default", "offline/offline-2026-11");
        await AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.5.2.yaml"));
        await AsAsync("ana", "owner", "set", Prompt, "--backup", "ben");
        await AsAsync("ana", "release", "bootstrap", $"{Prompt}:v1.5.2", "--reason", "As it was in the code so far.");
        await AsAsync("ben", "release", "bootstrap", $"{Prompt}:v1.5.2", "--reason", "Word for word the same.");
        return keys["shop"];

        async Task<string> AsAsync(string who, params string[] arguments)
        {
            var result = await CommandLines.Cli.RunAsync([.. arguments, "--server", server.Address.ToString(), "--key", keys[who]]);
            Assert.True(result.ExitCode == 0, $"slipway {string.Join(' ', arguments)}: {result.Errors}");
            return result.Output;
        }
    }
}
