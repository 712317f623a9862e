using System.Net;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Server.Tests.Gateway;
using Slipway.Tests;

namespace Slipway.Server.Tests.Providers;

/// <summary>Anthropic's Messages behind the gateway, against a fake of them.</summary>
public sealed class AnthropicProviderTests(AnthropicInstallation shared) : IClassFixture<AnthropicInstallation>
{
    private const string CallEmma = """[{"type":"text","text":"I look."},{"type":"tool_use","id":"toolu_1","name":"find_book","input":{"title":"Emma"}}]""";

    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeAnthropic upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_upstream_is_what_the_version_froze_in_that_services_words()
    {
        var (response, text) = await AskAsync("router");
        Assert.True(response.IsSuccessStatusCode, text);
        var (headers, body) = Assert.Single(upstream.Requests);
        Assert.Equal(("Bearer " + FakeAnthropic.Key, true), (headers["authorization"], headers.ContainsKey("anthropic-version")));
        Assert.Contains(trace, headers["traceparent"], StringComparison.Ordinal);
        Assert.Equal(["model", "system", "messages", "max_tokens"], body.EnumerateObject().Select(field => field.Name));
        Assert.StartsWith("You sort the post of the city library.", body.GetProperty("system").GetString(), StringComparison.Ordinal);
        Same("""[{"role":"user","content":"Where is Emma?"}]""", body.GetProperty("messages"));
        Assert.Equal(("claude-test-2026-01-01", 60), (body.GetProperty("model").GetString(), body.GetProperty("max_tokens").GetInt32()));
    }

    [Fact]
    public async Task Parameters_and_tools_are_put_into_its_words()
    {
        await AskAsync("agent");
        var body = Assert.Single(upstream.Requests).Body;
        Same("""
            {"temperature": 0.2, "top_p": 0.9, "stop_sequences": ["END"], "max_tokens": 4096, "metadata": {"user_id": "team"}, "thinking": {"type": "disabled"},
             "tool_choice": {"type": "any", "disable_parallel_tool_use": true}, "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}, "effort": "low"},
             "tools": [{"name": "find_book", "description": "Finds a book.", "input_schema": {"type":"object","required":["title"],"properties":{"title":{"type":"string"}},"additionalProperties":false}, "strict": true},
                       {"name": "call_librarian", "input_schema": {"type": "object"}}]}
            """, JsonSerializer.SerializeToElement(body.EnumerateObject().Where(field => field.Name is not ("model" or "system" or "messages")).ToDictionary(field => field.Name, field => field.Value)));
    }

    [Fact]
    public async Task A_conversation_with_pictures_calls_and_their_answers_is_put_into_its_words()
    {
        await AskAsync("agent", """
            [{"role":"user","content":[{"type":"text","text":"This?"},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]},
             {"role":"assistant","content":"I look.","tool_calls":[{"id":"a","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}},{"id":"b","type":"function","function":{"name":"call_librarian","arguments":""}}]},
             {"role":"tool","tool_call_id":"a","content":"Shelf 3"},
             {"role":"tool","tool_call_id":"b","content":"Ida"},
             {"role":"user","content":"Thanks"}]
            """);
        Same("""
            [{"role":"user","content":[{"type":"text","text":"This?"},{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID"}}]},
             {"role":"assistant","content":[{"type":"text","text":"I look."},{"type":"tool_use","id":"a","name":"find_book","input":{"title":"Emma"}},{"type":"tool_use","id":"b","name":"call_librarian","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"Shelf 3"},{"type":"tool_result","tool_use_id":"b","content":"Ida"}]},
             {"role":"user","content":"Thanks"}]
            """, Assert.Single(upstream.Requests).Body.GetProperty("messages"));
    }

    [Fact]
    public async Task A_whole_answer_comes_back_as_a_chat_completion_with_all_its_tokens()
    {
        var body = JsonElement.Parse((await AskAsync("router")).Text);
        Assert.Equal(FakeOpenAi.Valid, body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal((21, 9, 7), (Number(body, "usage", "prompt_tokens"), Number(body, "usage", "completion_tokens"), Number(body, "usage", "prompt_tokens_details", "cached_tokens")));
        Assert.True(await RecordAsync() is { SchemaValid: true, InputTokens: 21, OutputTokens: 9, CachedTokens: 7, FinishReason: "stop", Provider: "anthropic (127.0.0.1, Anthropic Messages)", Model: "claude-test-2026-01-01" });
    }

    [Fact]
    public async Task A_streamed_answer_comes_back_piece_by_piece()
    {
        var (_, text) = await AskAsync("router", stream: true);
        Assert.True(Assert.Single(upstream.Requests).Body.GetProperty("stream").GetBoolean());
        var chunks = Chunks(text);
        Assert.Equal(FakeOpenAi.Valid, string.Concat(chunks.Select(chunk => chunk.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "")));
        Assert.Equal("stop", chunks[^1].GetProperty("finish_reason").GetString());
        Assert.Contains("\"total_tokens\":30", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { Streamed: true, SchemaValid: true, InputTokens: 21, OutputTokens: 9, CachedTokens: 7 });
    }

    [Fact]
    public async Task Calls_come_back_as_tool_calls()
    {
        upstream.Answer = context => FakeAnthropic.Message(context, CallEmma, "tool_use");
        var choice = JsonElement.Parse((await AskAsync("agent")).Text).GetProperty("choices")[0];
        Assert.Equal(("tool_calls", "I look."), (choice.GetProperty("finish_reason").GetString(), choice.GetProperty("message").GetProperty("content").GetString()));
        Same("""[{"id":"toolu_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]""", choice.GetProperty("message").GetProperty("tool_calls"));
        Assert.True(await RecordAsync() is { ToolCallsValid: true, FinishReason: "tool_calls" });
    }

    [Fact]
    public async Task Streamed_calls_come_back_as_pieces_of_tool_calls()
    {
        upstream.Answer = context => FakeAnthropic.Stream(context, "tool_use",
            ["""{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""", """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}""",
             .. FakeAnthropic.TextBlock(1, "I look."), .. FakeAnthropic.CallBlock(2, "toolu_1", "find_book", "{\"ti", "tle\":\"Emma\"}"), .. FakeAnthropic.CallBlock(3, "toolu_2", "call_librarian", "")]);
        var deltas = Chunks((await AskAsync("agent", stream: true)).Text).Where(chunk => chunk.GetProperty("delta").TryGetProperty("tool_calls", out _)).Select(chunk => chunk.GetProperty("delta").GetProperty("tool_calls")[0].GetRawText()).ToList();
        Assert.Equal(
            ["""{"index":0,"id":"toolu_1","type":"function","function":{"name":"find_book","arguments":""}}""", """{"index":0,"function":{"arguments":"{\u0022ti"}}""", """{"index":0,"function":{"arguments":"tle\u0022:\u0022Emma\u0022}"}}""",
             """{"index":1,"id":"toolu_2","type":"function","function":{"name":"call_librarian","arguments":""}}""", """{"index":1,"function":{"arguments":"{}"}}"""], deltas);
        Assert.True(await RecordAsync() is { ToolCallsValid: true, FinishReason: "tool_calls" });
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    public async Task It_says_why_it_ended_in_the_callers_words(string stopReason, string finishReason)
    {
        upstream.Answer = context => FakeAnthropic.Message(context, """[{"type":"text","text":"Yes"}]""", stopReason);
        Assert.Equal(finishReason, JsonElement.Parse((await AskAsync("agent")).Text).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_is_one(bool stream)
    {
        upstream.Answer = stream
            ? async context =>
            {
                await FakeAnthropic.Begin(context);
                await FakeAnthropic.Event(context, """{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"It may hurt."}},"usage":{"output_tokens":9}}""");
                await FakeAnthropic.Event(context, """{"type":"message_stop"}""");
            }
        : context => FakeAnthropic.Message(context, "[]", "refusal", """{"type":"refusal","explanation":"It may hurt."}""");
        var (_, text) = await AskAsync("agent", stream: stream);
        Assert.Contains("It may hurt.", text, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"content_filter\"", text, StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { Refused: true, FinishReason: "content_filter" });
    }

    [Theory]
    [InlineData(429, "rate_limit_error", HttpStatusCode.TooManyRequests, false)]
    [InlineData(429, "rate_limit_error", HttpStatusCode.TooManyRequests, true)]
    [InlineData(529, "overloaded_error", HttpStatusCode.BadGateway, false)]
    [InlineData(500, "api_error", HttpStatusCode.BadGateway, true)]
    [InlineData(400, "invalid_request_error", HttpStatusCode.BadGateway, false)]
    public async Task What_it_refuses_with_is_told_with_its_waiting_time_and_asked_once(int status, string type, HttpStatusCode expected, bool stream)
    {
        upstream.Answer = context => FakeAnthropic.Error(context, status, type, $"No: {FakeAnthropic.Key}", "7");
        var (response, text) = await AskAsync("agent", stream: stream);
        Assert.Equal((expected, "7"), (response.StatusCode, response.Header("Retry-After")));
        Assert.Equal($"anthropic answered {status}: No: [secret]", JsonElement.Parse(text).GetProperty("error").GetProperty("message").GetString());
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_is_overloaded_is_asked_again_by_the_gateway_alone(bool stream)
    {
        upstream.Answer = context => upstream.Requests.Count == 1 ? FakeAnthropic.Error(context, 529, "overloaded_error", "Overloaded", "0") : FakeAnthropic.Usual(context);
        var (response, text) = await AskAsync("patient", stream: stream);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal(2, upstream.Requests.Count);
        Assert.Equal(1, (await RecordAsync()).Retries);
    }

    [Fact]
    public async Task An_error_in_a_stream_breaks_it_off()
    {
        upstream.Answer = async context =>
        {
            await FakeAnthropic.Begin(context);
            foreach (var data in FakeAnthropic.TextBlock(0, "I look.")) await FakeAnthropic.Event(context, data);
            await FakeAnthropic.Event(context, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""");
        };
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(Body("agent", AnthropicInstallation.Where, stream: true), Traced);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("anthropic broke its answer off: Overloaded", (await RecordAsync()).Error);
    }

    [Fact]
    public async Task An_error_in_a_stream_before_anything_is_said_is_one_of_the_whole_call()
    {
        upstream.Answer = async context =>
        {
            await FakeAnthropic.Begin(context);
            await FakeAnthropic.Event(context, """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}""");
        };
        var (response, text) = await AskAsync("agent", stream: true);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Contains("anthropic broke its answer off: Slow down.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_as_that_services_own_client_does()
    {
        var recorded = File.ReadLines(SharedMaterial.Path("specs/client-requests/anthropic-js.jsonl")).Select(line => JsonElement.Parse(line)).First(line => line.GetProperty("case").GetString() == "anthropic-js messages tools");
        await AskAsync("agent");
        var (headers, body) = Assert.Single(upstream.Requests);
        Assert.Equal(recorded.GetProperty("headers").GetProperty("anthropic-version").GetString(), headers["anthropic-version"]);
        var known = recorded.GetProperty("body");
        Assert.Empty(known.EnumerateObject().Select(field => field.Name).Except(body.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(known.GetProperty("tools")[0].EnumerateObject().Select(field => field.Name), body.GetProperty("tools")[0].EnumerateObject().Select(field => field.Name).Take(3));
    }

    [Fact]
    public async Task A_stream_without_an_end_has_broken_off()
    {
        upstream.Answer = async context =>
        {
            await FakeAnthropic.Begin(context);
            await FakeAnthropic.Event(context, FakeAnthropic.TextBlock(0, "I look.")[1]);
        };
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(Body("agent", AnthropicInstallation.Where, stream: true), Traced);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("The answer of anthropic broke off.", (await RecordAsync()).Error);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task What_is_no_message_is_no_answer(string body)
    {
        upstream.Answer = context => context.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body), Cancellation).AsTask();
        var (response, text) = await AskAsync("agent");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("anthropic answered with something that is not a message.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_has_no_word_for_is_refused_and_not_left_out()
    {
        var (response, text) = await AskAsync("seeded");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("Anthropic's Messages have no seed; take it out of the version's parameters or choose another model.", text, StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
        Assert.Equal(0, (await RecordAsync()).Retries);
    }

    private async Task<(HttpResponseMessage Response, string Text)> AskAsync(string prompt, string messages = AnthropicInstallation.Where, bool stream = false)
    {
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(Body(prompt, messages, stream), Traced);
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Body(string prompt, string messages, bool stream) =>
        $$$"""{"model": "slipway/{{{prompt}}}", "prompt": {"variables": {"library": "city"}}, "messages": {{{messages}}}, "stream": {{{(stream ? "true" : "false")}}}, "stream_options": {"include_usage": true}}""";

    private (string, string) Traced => ("traceparent", $"00-{trace}-00f067aa0ba902b7-01");

    private static List<JsonElement> Chunks(string stream) => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
        .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("choices")).Where(choices => choices.GetArrayLength() > 0).Select(choices => choices[0])];

    private static int Number(JsonElement body, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) body = body.GetProperty(name);
        return body.GetInt32();
    }

    private static void Same(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());

    private async Task<CallRecord> RecordAsync()
    {
        CallRecord? found = null;
        await Some.Eventually(async () => (found = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        return found!;
    }
}

/// <summary>A server whose model is a fake of Anthropic's.</summary>
public sealed class AnthropicInstallation : IAsyncLifetime
{
    /// <summary>The model its versions freeze.</summary>
    public const string Model = "anthropic/claude-test-2026-01-01";

    /// <summary>A conversation of one message.</summary>
    public const string Where = """[{"role":"user","content":"Where is Emma?"}]""";

    /// <summary>The fake.</summary>
    public FakeAnthropic Upstream { get; private set; } = null!;

    /// <summary>The server.</summary>
    public TestInstallation Server { get; private set; } = null!;

    /// <summary>The fake as it was at the beginning.</summary>
    public FakeAnthropic Renewed()
    {
        Upstream.Answer = FakeAnthropic.Usual;
        Upstream.Requests.Clear();
        return Upstream;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Upstream = await FakeAnthropic.StartAsync();
        Server = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [Upstream.Provider] }, Model);
        foreach (var prompt in (string[])["agent", "seeded", "patient"])
        {
            await Server.Ana.SubmitAsync(Submission(prompt), TestContext.Current.CancellationToken).Ok();
            await Server.BootstrapAsync($"{prompt}:v1.0.0");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static Submission Submission(string prompt) => Router.Submission(Router.First, Model, prompt) with
    {
        Template = "You help the readers of the {{library}} library.",
        Schema = null,
        Tools = JsonElement.Parse(AgentInstallation.Tools),
        Serving = prompt == "agent" ? null : new ServingSettings(Retries: 1),
        Parameters = JsonElement.Parse(prompt == "seeded" ? """{"seed": 7}""" : prompt == "patient" ? "{}" : """
            {"temperature": 0.2, "top_p": 0.9, "stop": "END", "user": "team", "thinking": {"type": "disabled"}, "parallel_tool_calls": false, "tool_choice": "required", "n": 1,
             "response_format": {"type": "json_schema", "json_schema": {"name": "x", "strict": true, "schema": {"type": "object"}}}, "reasoning_effort": "low"}
            """),
    };
}
