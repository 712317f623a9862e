using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Slipway.Server.Tests.Gateway;

/// <summary>npm's official client, unmodified, with another base URL.</summary>
public sealed class NpmClientTests(AgentInstallation shared) : IClassFixture<AgentInstallation>
{
    private const string CallEmma = """[{"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]""";

    private readonly FakeOpenAi upstream = shared.Renewed();

    [Fact]
    public async Task It_chats() =>
        Same($$"""{"content": {{JsonSerializer.Serialize(FakeOpenAi.Valid)}}, "finish": "stop", "tokens": 30, "version": "1.0.0"}""", await RunAsync("chat"));

    [Fact]
    public async Task It_streams_a_chat() =>
        Same($$"""{"content": {{JsonSerializer.Serialize(FakeOpenAi.Valid)}}, "finish": "stop", "tokens": 30, "end": "complete"}""", await RunAsync("chatStream"));

    [Fact]
    public async Task It_is_told_to_call_a_tool_and_goes_on_chatting()
    {
        shared.Calls(CallEmma);
        Same("""{"finish": "tool_calls", "call": {"name": "find_book", "arguments": "{\"title\":\"Emma\"}"}, "second": "tool_calls"}""", await RunAsync("chatTools"));
        Assert.Equal(["system", "user", "assistant", "tool"], Roles());
    }

    [Fact]
    public async Task It_asks_a_hosted_prompt() => Same($$"""
        {"text": {{JsonSerializer.Serialize(FakeOpenAi.Valid)}}, "status": "completed", "prompt": {"id": "agent", "version": "1.0.0", "variables": {"library": "city"} }, "tokens": 30, "tools": ["find_book", "call_librarian"]}
        """, await RunAsync("responses"));

    [Fact]
    public async Task It_streams_a_response() => Same($$"""
        {"types": ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                   "response.content_part.done", "response.output_item.done", "response.completed"],
         "rising": true, "text": {{JsonSerializer.Serialize(FakeOpenAi.Valid)}}, "status": "completed"}
        """, await RunAsync("responsesStream"));

    [Fact]
    public async Task It_is_told_to_call_a_function_and_goes_on()
    {
        shared.Calls(CallEmma);
        Same("""{"name": "find_book", "arguments": "{\"title\":\"Emma\"}", "second": "completed"}""", await RunAsync("responsesTools"));
        Assert.Equal(["system", "user", "assistant", "tool"], Roles());
    }

    [Fact]
    public async Task It_puts_a_streamed_call_together()
    {
        shared.Streams(
            "tool_calls", """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"title\":"}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"\"Emma\"}"}}]}""");
        Same("""{"deltas": "{\"title\":\"Emma\"}", "output": [{"type": "function_call", "name": "find_book", "arguments": "{\"title\":\"Emma\"}"}]}""", await RunAsync("responsesToolStream"));
    }

    [Fact]
    public async Task It_finds_the_prompts_among_the_models() => Same("""
        {"ids": ["slipway/agent", "slipway/fenced", "slipway/router", "slipway/silent"], "one": "slipway/agent", "versioned": "agent:v1.0.0",
         "missing": {"kind": "NotFoundError", "status": 404, "code": "model_not_found", "param": "model", "type": "invalid_request_error"} }
        """, await RunAsync("models"));

    [Fact]
    public async Task It_throws_what_it_is_told() => Same("""
        {"frozen": {"kind": "BadRequestError", "status": 400, "code": null, "param": "temperature", "type": "invalid_request_error"},
         "missing": {"kind": "BadRequestError", "status": 400, "code": null, "param": "prompt.variables.library", "type": "invalid_request_error"},
         "unknown": {"kind": "NotFoundError", "status": 404, "code": "model_not_found", "param": "prompt.id", "type": "invalid_request_error"},
         "stranger": {"kind": "AuthenticationError", "status": 401, "code": "invalid_api_key", "param": null, "type": "authentication_error"},
         "chat": {"kind": "BadRequestError", "status": 400, "code": null, "param": "temperature", "type": "invalid_request_error"} }
        """, await RunAsync("errors"));

    [Fact]
    public async Task It_waits_as_long_as_it_is_told_before_it_asks_again()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 429, "Slow down.", retryAfter: "1");
        Same("""{"kind": "RateLimitError", "status": 429, "code": "rate_limit_exceeded", "param": null, "type": "rate_limit_error", "waited": true}""", await RunAsync("busy"));
    }

    [Fact]
    public async Task It_throws_where_a_stream_breaks()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"I lo"},"finish_reason":null}]}""");
        var seen = await RunAsync("broken");
        Assert.NotEqual("complete", seen.GetProperty("chat").GetString());
        Assert.NotEqual("complete", seen.GetProperty("responses").GetString());
        Same("""["error", "response.failed"]""", seen.GetProperty("last"));
    }

    private IEnumerable<string?> Roles() => upstream.Requests.Last().Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString());

    private async Task<JsonElement> RunAsync(string scenario)
    {
        var folder = Path.Combine(Slipway.Tests.Repository.Root, "tests", "clients");
        var isThere = Directory.Exists(Path.Combine(folder, "node_modules", "openai"));
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("CI runs with npm's client; build/prepare-node.sh says what keeps it away.");
        Assert.SkipUnless(isThere, "npm's client is not here; run build/prepare-node.sh.");
        var start = new ProcessStartInfo("node", [Path.Combine(folder, "openai.mjs"), scenario]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLIPWAY_URL"] = shared.Server.Address.ToString();
        start.Environment["SLIPWAY_KEY"] = shared.Server.Key("shop");
        using var process = Started(start);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, await errors);
            return JsonElement.Parse(await output);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node is not here; run build/prepare-node.sh.");
            throw;
        }
    }

    private static void Same(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());
}
