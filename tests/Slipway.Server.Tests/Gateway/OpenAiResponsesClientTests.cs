using System.ClientModel;
using System.Text;
using OpenAI.Responses;

#pragma warning disable OPENAI001, SCME0001 // The client's own words for "may still change"; Patch is the only way it has to send a field it does not know.

namespace Slipway.Server.Tests.Gateway;

/// <summary>The official .NET client and its responses, unmodified, with another base URL.</summary>
public sealed class OpenAiResponsesClientTests(AgentInstallation shared) : IClassFixture<AgentInstallation>
{
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks_a_hosted_prompt()
    {
        var response = await Client().CreateResponseAsync(Options("Where is Emma?"), Cancellation);
        Assert.Equal((FakeOpenAi.Valid, ResponseStatus.Completed, 30), (response.Value.GetOutputText(), response.Value.Status, response.Value.Usage.TotalTokenCount));
        Assert.True(response.GetRawResponse().Headers.TryGetValue("x-slipway-version", out var version));
        Assert.Equal("1.0.0", version);
        Assert.Equal(["find_book", "call_librarian"], response.Value.Tools.OfType<FunctionTool>().Select(tool => tool.FunctionName));
    }

    [Fact]
    public async Task It_streams_one()
    {
        var text = new StringBuilder();
        ResponseResult? whole = null;
        var options = Options("Where is Emma?");
        options.StreamingEnabled = true;
        await foreach (var update in await Client().CreateResponseStreamingAsync(options, Cancellation))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text.Append(delta.Delta);
            if (update is StreamingResponseCompletedUpdate completed) whole = completed.Response;
        }
        Assert.Equal((FakeOpenAi.Valid, FakeOpenAi.Valid), (text.ToString(), whole?.GetOutputText()));
    }

    [Fact]
    public async Task It_calls_the_function_it_is_told_to_and_goes_on()
    {
        shared.Calls("""[{"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]""");
        var options = Options("Where is Emma?");
        var first = (await Client().CreateResponseAsync(options, Cancellation)).Value;
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems));
        Assert.Equal(("call_1", "find_book", """{"title":"Emma"}"""), (call.CallId, call.FunctionName, call.FunctionArguments.ToString()));

        upstream.Answer = FakeOpenAi.Usual;
        options.InputItems.Add(call);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "Shelf 3"));
        Assert.Equal(FakeOpenAi.Valid, (await Client().CreateResponseAsync(options, Cancellation)).Value.GetOutputText());
        Assert.Equal(["system", "user", "assistant", "tool"], upstream.Requests.Last().Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task It_puts_a_streamed_call_together()
    {
        shared.Streams(
            "tool_calls", """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"{\"title\":\"Emma\"}"}}]}""");
        var options = Options("Where is Emma?");
        options.StreamingEnabled = true;
        var done = new List<string>();
        await foreach (var update in await Client().CreateResponseStreamingAsync(options, Cancellation))
            if (update is StreamingResponseFunctionCallArgumentsDoneUpdate call) done.Add(call.FunctionArguments.ToString());
        Assert.Equal(["""{"title":"Emma"}"""], done);
    }

    [Fact]
    public async Task It_throws_what_it_is_told()
    {
        var warm = Options("x");
        warm.Temperature = 1;
        var frozen = await Assert.ThrowsAsync<ClientResultException>(() => Client().CreateResponseAsync(warm, Cancellation));
        Assert.Equal(400, frozen.Status);
        Assert.Contains("temperature is frozen in the prompt's version", frozen.Message, StringComparison.Ordinal);
        var stranger = await Assert.ThrowsAsync<ClientResultException>(() => Client("slw_nobody").CreateResponseAsync(Options("x"), Cancellation));
        Assert.Equal(401, stranger.Status);
    }

    [Fact]
    public async Task It_waits_before_it_asks_again_instead_of_hammering()
    {
        var times = new List<long>();
        upstream.Answer = (context, _) =>
        {
            lock (times) times.Add(TimeProvider.System.GetTimestamp());
            return times.Count == 1 ? FakeOpenAi.Error(context, 429, "Slow down.", retryAfter: "1") : FakeOpenAi.Usual(context, upstream.Requests.Last());
        };
        Assert.Equal(FakeOpenAi.Valid, (await Client().CreateResponseAsync(Options("x"), Cancellation)).Value.GetOutputText());
        Assert.True(TimeProvider.System.GetElapsedTime(times[0], times[1]) > TimeSpan.FromMilliseconds(900), "It asked again at once.");
    }

    [Fact]
    public async Task It_throws_where_a_stream_breaks()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"I lo"},"finish_reason":null}]}""");
        var options = Options("x");
        options.StreamingEnabled = true;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var _ in await Client().CreateResponseStreamingAsync(options, Cancellation)) { }
        });
    }

    private ResponsesClient Client(string? key = null) => new(new ApiKeyCredential(key ?? shared.Server.Key("shop")), new ResponsesClientOptions { Endpoint = new Uri(shared.Server.Address, "/v1") });

    private static CreateResponseOptions Options(string input)
    {
        var options = new CreateResponseOptions { EndUserId = "reader-1" };
        options.InputItems.Add(ResponseItem.CreateUserMessageItem(input));
        options.Patch.Set("$.prompt"u8, BinaryData.FromString("""{"id": "agent", "variables": {"library": "city"}}"""));
        return options;
    }
}
