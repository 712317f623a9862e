using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Calls;

public sealed class CallTelemetryTests
{
    [Fact]
    public async Task Calls_are_exported_with_the_names_of_the_conventions_and_without_a_word_of_their_texts()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        const string Prompt = "exported", Trace = "0af7651916cd43dd8448eb211c80319c";
        await using (var installation = await TestInstallation.StartWithRouterAsync(options => options with { Otlp = receiver.Address }))
        {
            await installation.Ana.SubmitAsync(Router.Submission(Router.First, prompt: Prompt), TestContext.Current.CancellationToken).Ok();
            await installation.BootstrapAsync($"{Prompt}:v1.0.0");
            using var http = installation.Http("shop");
            using (await http.ChatAsync(Chat.Body("A secret phrase. " + Router.Plain, prompt: Prompt), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"))) { }
            using (await http.ChatAsync(Chat.Body(stream: true, prompt: Prompt), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"))) { }
            await Some.Eventually(async () => (await installation.Dan.CallsAsync(null, null, Trace, null, TestContext.Current.CancellationToken).Ok()).Length == 2, "both calls are on record");
        }

        // Other servers in this process have a source of the same name; trace and prompt tell what is this one's.
        var spans = receiver.Spans().Where(span => span.Trace == Trace && span.Name.StartsWith("chat", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, spans.Count);
        Assert.All(spans, span =>
        {
            Assert.Equal("chat offline-2026-11", span.Name);
            Assert.Equal(("chat", "offline", "offline-2026-11"), (span.Attributes["gen_ai.operation.name"], span.Attributes["gen_ai.provider.name"], span.Attributes["gen_ai.request.model"]));
            Assert.Equal((Prompt, "1.0.0", "stop"), (span.Attributes["gen_ai.prompt.name"], span.Attributes["gen_ai.prompt.version"], span.Attributes["gen_ai.response.finish_reasons"]));
            Assert.True((long)span.Attributes["gen_ai.usage.input_tokens"] > 50);
            Assert.True((long)span.Attributes["gen_ai.usage.output_tokens"] > 5);
        });
        Assert.Single(spans, span => span.Attributes.ContainsKey("gen_ai.response.time_to_first_chunk"));

        var points = receiver.Points().Where(point => point.Attributes["gen_ai.prompt.name"] is Prompt).ToList();
        Assert.True(Assert.Single(points, point => point.Name == "gen_ai.client.operation.duration") is { Unit: "s", Count: 2, Sum: > 0 and < 60 });
        Assert.True(Assert.Single(points, point => point.Name == "gen_ai.client.operation.time_to_first_chunk") is { Unit: "s", Count: 1 });
        var tokens = points.Where(point => point.Name == "gen_ai.client.token.usage").ToDictionary(point => (string)point.Attributes["gen_ai.token.type"], point => point);
        Assert.True(tokens["input"] is { Unit: "{token}", Count: 2 } && tokens["input"].Sum == spans.Sum(span => (long)span.Attributes["gen_ai.usage.input_tokens"]));
        Assert.True(tokens["output"].Sum == spans.Sum(span => (long)span.Attributes["gen_ai.usage.output_tokens"]));
        Assert.All(points, point => Assert.Equal("1.0.0", point.Attributes["gen_ai.prompt.version"]));
        Assert.DoesNotContain("secret phrase", receiver.Raw, StringComparison.Ordinal);
    }
}
