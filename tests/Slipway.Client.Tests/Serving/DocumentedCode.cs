using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Core.Models;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Tests;
using CoreMessage = Slipway.Core.Rendering.ChatMessage;

namespace Slipway.Client.Tests.Serving;

/// <summary>The C# of <c>docs/sdk.md</c>, compiled: each block of the page stands here line by line.</summary>
public sealed partial class DocumentedCode
{
    [Fact]
    public void The_code_of_the_documentation_is_the_code_that_compiles()
    {
        var compiled = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Slipway.Client.Tests", "Serving", "DocumentedCode.cs")));
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "sdk.md"))).Select(block => Lines(block.Groups[1].Value)).ToList();

        Assert.True(blocks.Count >= 6, "The page's code is gone.");
        Assert.All(blocks, block => Assert.Contains(block, compiled, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_double_of_the_documentation_serves()
    {
        Assert.Equal("Route the ticket of a plus customer.", (await new TicketRouting(Double()).Slipway.RenderAsync("support_router", new { customer_tier = "plus" }, cancellation: TestContext.Current.CancellationToken) as RenderAnswer.Rendered)!.Messages[0].Content);
    }

    private static SlipwayInMemory Double()
    {
        var slipway = new SlipwayInMemory()
            .Live("support_router", "1.5.2", SlipwayInMemory.PackageOf("Route the ticket of a {{customer_tier}} customer."))
            .Candidate("support_router", "1.6.0", SlipwayInMemory.PackageOf("Choose a route for this {{customer_tier}} customer."), share: "10%");
        var application = new TicketRouting(slipway);
        return application.Slipway;
    }

    private static async Task<string> QuickStartAsync(string ticket, string conversationId)
    {
        await using var slipway = SlipwayClient.Start(new SlipwayClientOptions
        {
            Server = new Uri("https://slipway.example.com"),
            Key = Environment.GetEnvironmentVariable("SLIPWAY_KEY"),
            CacheFolder = "/var/cache/my-application",
        });

        var answer = await slipway.RenderAsync("support_router", new { customer_tier = "plus" }, unit: conversationId, conversation: [new("user", ticket)]);
        if (answer is RenderAnswer.Refused refused) return refused.Message;     // a sentence: which variable is missing, or that nothing is live

        var prompt = (RenderAnswer.Rendered)answer;
        var watch = Stopwatch.StartNew();
        var text = await CallYourModelAsync(prompt.Model, prompt.Messages, prompt.Parameters, prompt.Tools);
        slipway.Report(prompt.Call(new CallFacts { Text = text, FinishReason = "stop", Latency = watch.Elapsed }));
        return prompt.Check(text) is { Kept: true } kept ? kept.Text : "The answer does not fit its schema.";
    }

    private static void Services(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSlipway(options =>
        {
            options.Server = new Uri("https://slipway.example.com");
            options.Key = configuration["Slipway:Key"];
            options.CacheFolder = "/var/cache/my-application";
        });
    }

    private static async Task ChatAsync(IChatClient openAi, ISlipwayClient slipway, IEnumerable<ChatMessage> messages, string conversationId)
    {
        var router = openAi.AsSlipwayClient(slipway, "support_router");
        var response = await router.GetResponseAsync(messages, new ChatOptions().WithSlipway(new { customer_tier = "plus" }, unit: conversationId));
        var version = response.SlipwayCall()!.Version;      // support_router:v1.6.0

        slipway.ReportOutcome(new CallOutcomeDocument(response.SlipwayCall()!.TraceId, Escalated: true, Thumbs: Thumbs.Down));
        Console.WriteLine(version);
    }

    private static Decision Attributes(ISlipwayClient slipway, string userId, string conversationId)
    {
        var context = new CallContext { Tenant = "nordlicht", User = userId, Attributes = new Dictionary<string, string> { ["country"] = "DE" } };
        var decision = slipway.Resolve("support_router", conversationId, context);
        return decision;
    }

    // What the page's reader has.
    private static Task<string> CallYourModelAsync(ModelReference model, IReadOnlyList<CoreMessage> messages, JsonElement parameters, JsonElement? tools) =>
        Task.FromResult($"{model} {messages.Count} {parameters} {tools}");

    internal static IReadOnlyList<Delegate> Compiled { get; } = [QuickStartAsync, Services, ChatAsync, Attributes];

    private static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    private sealed record TicketRouting(SlipwayInMemory Slipway);

    [GeneratedRegex("^```csharp\n(.*?)\n```", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex Block();
}
