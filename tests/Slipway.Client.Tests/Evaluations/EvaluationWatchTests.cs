using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Slipway.Core.Evaluations;
using Slipway.Server;
using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Evaluations;

public sealed partial class EvaluationWatchTests
{
    private const int Stopped = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_terminal_a_bar_grows_and_Ctrl_C_cancels_the_run_on_the_server()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The terminal of this test is made by script(1), as Linux has it.");
        using var folder = new TemporaryFolder();
        await using var model = await StallingModel.StartAsync(answers: 3);
        await using var server = await SlipwayServer.StartAsync(new ServerOptions
        {
            DataFolder = folder.PathOf("data"),
            Listen = "http://127.0.0.1:0",
            Providers = [new ProviderOptions("stalling", model.BaseUrl, Key: null)],
        }, cancellation: Cancellation);
        var key = await FillAsync(server, folder);

        // exec: a shell that stays in between (dash does) would take the signal too, and its exit code with it. The signal as it is on a terminal: whoever runs the tests may ignore it, as shells let what they start in the background do.
        using var terminal = Process.Start(new ProcessStartInfo("script",
            ["--quiet", "--flush", "--return", "--command", $"exec env --default-signal=INT dotnet {SlipwayProcess.Program} eval {folder.PathOf("eval.json")} --server {server.Address} --key {key}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm", ["COLUMNS"] = "160" },
        })!;
        try
        {
            var printed = new StringBuilder();
            foreach (var part in (string[])["3 of 20 answers", "━", "15%"]) await ReadUntilAsync(terminal, printed, part);
            await terminal.StandardInput.WriteAsync('\x3');       // the key itself: the terminal makes the signal of it
            await terminal.StandardInput.FlushAsync(Cancellation);
            await ReadUntilAsync(terminal, printed, "Stopped before it was done.");
            await terminal.WaitForExitAsync(Cancellation);
            Assert.Equal(Stopped, terminal.ExitCode);

            using var api = new SlipwayApi(server.Address, key);
            var runs = Assert.IsType<ApiResult<System.Collections.Immutable.ImmutableArray<Core.Wire.EvaluationRunDocument>>.Ok>(await api.EvaluationRunsAsync(Cancellation)).Value;
            var run = Assert.Single(runs);
            Assert.Equal((EvaluationRunState.Cancelled, 3), (run.State, run.Progress?.CallsDone));
            Assert.Contains($"{run.Id}: ", Screen(printed), StringComparison.Ordinal);
        }
        finally
        {
            if (!terminal.HasExited) terminal.Kill(entireProcessTree: true);
        }
    }

    // A prompt on the model, ten cases asked twice, and the key of somebody who may evaluate.
    private static async Task<string> FillAsync(SlipwayServer server, TemporaryFolder folder)
    {
        await AsAdminAsync("member", "add", "ana", "--role", "author");
        var key = await AsAdminAsync("key", "issue", "ana");
        folder.Write("desk.md", "Answer in JSON.");
        folder.Write("desk.json", """{"type": "object"}""");
        folder.Write("desk_golden_v1.jsonl", string.Concat(Enumerable.Range(1, 20).Select(number =>
            $$"""{"id": "c{{number}}", "kind": "normal", "messages": [{"role": "user", "content": "Ticket {{number}}"}], "expect": [{"check": "schema"}]}""" + "\n")));
        folder.Write("eval.json", """{"candidate_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "concurrency": 4, "gates": {"pass_rate": ">= 99%"}}""");
        await RunAsync(key, "push", folder.Write("desk.v1.0.0.yaml", """
            id: desk
            version: 1.0.0
            owner: ana
            status: candidate
            model: stalling/model-2026-01-01
            template: desk.md
            schema: desk.json
            golden_set: desk_golden_v1.jsonl
            rollback_to: null
            change_reason: Take the wording out of the code so that it can be tested before it changes.
            """));
        return key;

        Task<string> AsAdminAsync(params string[] arguments) => RunAsync(server.AdministratorKey!, arguments);

        async Task<string> RunAsync(string with, params string[] arguments)
        {
            var result = await Commands.RunAsync([.. arguments, "--server", server.Address.ToString(), "--key", with]);
            Assert.True(result.ExitCode == 0, result.Errors);
            return result.Output.Trim();
        }
    }

    private static async Task ReadUntilAsync(Process terminal, StringBuilder printed, string text)
    {
        var buffer = new char[4_096];
        while (!Screen(printed).Contains(text, StringComparison.Ordinal))
        {
            var read = await terminal.StandardOutput.ReadAsync(buffer, Cancellation);
            Assert.True(read > 0, $"It ended before it said \"{text}\": {Screen(printed)}");
            printed.Append(buffer.AsSpan(0, read));
        }
    }

    // Without what moves the cursor and colours the text.
    private static string Screen(StringBuilder printed) => Control().Replace(printed.ToString(), "");

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")] private static partial Regex Control();

    /// <summary>A service that speaks OpenAI's protocol, answers a few questions, and leaves the others waiting.</summary>
    private sealed class StallingModel(WebApplication application) : IAsyncDisposable
    {
        public Uri BaseUrl => new($"{application.Urls.First()}/v1");

        public static async Task<StallingModel> StartAsync(int answers)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
            var (application, asked) = (builder.Build(), 0);
            application.MapPost("/v1/chat/completions", async context =>
            {
                if (Interlocked.Increment(ref asked) > answers) await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                await context.Response.WriteAsJsonAsync(new { choices = new[] { new { index = 0, message = new { role = "assistant", content = "{}" }, finish_reason = "stop" } } }, context.RequestAborted);
            });
            await application.StartAsync(Cancellation);
            return new StallingModel(application);
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
