using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Cli;
using Slipway.Client.Tests.CommandLines;
using Slipway.Client.Tests.Serving;
using Slipway.Core.Wire;
using Slipway.Tests;
using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Demo;

/// <summary>The whole loop, as a newcomer runs it: the real executable, as a process of its own.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_promotes_the_good_version_and_rolls_the_bad_one_back_by_itself()
    {
        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("demo", "--exit");
        Assert.Empty(errors);
        new Commands.Result(exitCode, output, errors).Ends(0).Says(
            "ana owns support_router, as its manifest says, and named ben as backup owner",
            "ana asked for rel-1, ben confirmed as the second person: support_router:v1.5.2 is live",
            "ben read what behaves otherwise, worst first",
            "  broken: \"",
            "in staging it was asked 50 requests that customers made: 50 answered as agreed, 50 by 1.5.2",
            "rel-3 completed by itself: support_router:v1.6.0 is live for everybody",
            "rel-4 rolled back by itself: everybody is on support_router:v1.6.0 again",
            "system rolled back rel-4 from support_router:v1.7.0 to 1.6.0",
            "stable v1.6.0 on all 10 instances after ",
            "so inc-1 is closed",
            "evaluated on them, 1.7.0 fails before anybody meets it: schema_pass_rate is ",
            "ana proposed it all the same and was refused: support_router:v1.7.0 did not pass its gates",
            "s from the first bad answer to the rollback",
            "each as it was written");
    }

    [Theory]
    [InlineData("/nowhere/tickets.csv: There is no such file.", "--tickets", "/nowhere/tickets.csv")]
    [InlineData("/nowhere/plan.json", "--plan", "/nowhere/plan.json")]
    [InlineData("--traffic takes 1 to 1000 messages a second.", "--traffic", "0")]
    [InlineData("\"local=\" names no provider.", "--provider", "local=")]
    [InlineData("There is no provider nowhere without an address: NOWHERE_API_KEY is not set.", "--provider", "nowhere")]
    [InlineData("Which model of local?", "--provider", "local=http://127.0.0.1:9/v1")]
    [InlineData("--model names a provider's model, and no provider is named.", "--model", "gpt")]
    public async Task What_was_typed_wrongly_is_said_before_anything_starts(string said, params string[] arguments) =>
        Assert.Empty((await Commands.RunAsync(["demo", "--exit", .. arguments])).Ends(2).Complains(said).Output);
}

/// <summary>The loop on other people's messages. A class of its own runs beside the others.</summary>
public sealed class DemoOnOtherMessagesTests
{
    [Fact]
    public async Task The_loop_holds_on_real_messages_of_real_customers() =>
        (await Commands.RunAsync("demo", "--exit", "--tickets", SharedMaterial.Path("data/banking77/test.csv"))).Ends(0).Says("rel-3 completed by itself", "rel-4 rolled back by itself");
}

/// <summary>The demo claims nothing that did not happen.</summary>
public sealed class DemoHonestyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task On_messages_that_cannot_break_the_bad_version_the_demo_says_so_and_fails()
    {
        var tickets = folder.Write("tickets.jsonl", "\"where is my parcel\"\n\"you charged me twice\"\n\"the lamp blinks\"\n");
        (await Commands.RunAsync("demo", "--exit", "--tickets", tickets)).Ends(1).Says("rel-3 completed by itself").Complains(
            "support_router:v1.7.0 should have been rolled back, but rel-4 is Completed. These messages may hold too few how-to questions to break it.");
    }
}

/// <summary>Nothing in the story is staged: without the guardrail, the bad version reaches everybody.</summary>
public sealed class DemoWithoutItsGuardrailTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task With_one_guardrail_deleted_from_the_plan_the_bad_version_goes_through()
    {
        var plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Installation.Sample, "plan.json"), TestContext.Current.CancellationToken))!;
        Assert.True(plan["guardrails"]!.AsObject().Remove("schema_pass_rate"));
        var result = (await Commands.RunAsync("demo", "--exit", "--plan", folder.Write("plan.json", plan.ToJsonString()))).Ends(1);
        result.Says("rel-3 completed by itself").Complains(
            "support_router:v1.7.0 should have been rolled back, but rel-4 is Completed. No guardrail of its plan watches whether answers keep their contract (schema_pass_rate).");
        Assert.DoesNotContain("rolled back by itself", result.Output, StringComparison.Ordinal);
    }
}

/// <summary>The same story on a model that is reached as OpenAI's is: here another Slipway's gateway, which passes plain models through.</summary>
public sealed class DemoOnAProviderTests(Installation upstream) : IClassFixture<Installation>
{
    [Fact]
    public async Task The_story_runs_on_any_service_that_speaks_OpenAIs_interface()
    {
        var provider = $"local={upstream.Address}v1,header=Authorization:Bearer {upstream.KeyOf("shop")}";
        var result = (await Commands.RunAsync("demo", "--exit", "--traffic", "120", "--provider", provider, "--model", "offline/offline-2026-11")).Ends(0);
        result.Says($"The model is offline/offline-2026-11 at {upstream.Address}v1: real calls", "rel-3 completed by itself", "rel-4 rolled back by itself");
        Assert.Contains("(unmanaged ", (await upstream.AsAsync("admin", "calls", "--limit", "5")).Output, StringComparison.Ordinal);
    }
}

/// <summary>After the story, somebody is on call.</summary>
public sealed partial class DemoOnCallTests
{
    [Fact]
    public async Task Customers_go_on_writing_and_what_the_on_call_does_shows()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var output = new HeardWriter();
        using var errors = new StringWriter();
        var demo = Task.Run(() => CommandLine.RunAsync(["demo", "--traffic", "120"], new Terminal(output, errors, interactive: false), over.Token), over.Token);
        var export = output.Lines.FirstAsync(line => line.Contains("export SLIPWAY_SERVER=", StringComparison.Ordinal));
        await Task.WhenAny(export, demo);
        Assert.False(demo.IsCompleted, errors.ToString());
        var said = Export().Match(await export);
        string[] asDan = ["--server", said.Groups[1].Value, "--key", said.Groups[2].Value];
        using var api = new SlipwayApi(new Uri(said.Groups[1].Value), said.Groups[2].Value);

        var before = await CallsAsync(api);
        (await Commands.RunAsync(["release", "rollback", "rel-3", "--reason", "I want to see it", .. asDan])).Ends(0).Says("stable v1.5.2 on all 10 instances");
        await output.Lines.FirstAsync(line => line.Contains("dan rolled back rel-3 from support_router:v1.6.0 to 1.5.2: I want to see it", StringComparison.Ordinal));
        await output.Lines.FirstAsync(line => line.Contains("system saw the rollback of rel-3 to 1.5.2 reach all 10 instances", StringComparison.Ordinal));
        while (await CallsAsync(api) <= before) await Task.Yield();

        await over.CancelAsync();
        Assert.Equal(0, await demo);
        Assert.Empty(errors.ToString());
    }

    private static async Task<long> CallsAsync(SlipwayApi api) => await api.MetricsAsync("support_router", null, null, null, TestContext.Current.CancellationToken) is ApiResult<CallMetricsDocument>.Ok { Value: var metrics }
        ? metrics.Groups.Sum(group => group.Calls) : throw new InvalidOperationException("The metrics cannot be read.");

    [GeneratedRegex("SLIPWAY_SERVER=(\\S+) SLIPWAY_KEY=(\\S+)")] private static partial Regex Export();

    private sealed class HeardWriter : StringWriter
    {
        public SeenList<string> Lines { get; } = new();

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Lines.Add(value ?? "");
        }
    }
}
