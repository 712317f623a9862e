using System.Net;
using System.Text;
using System.Text.Json;

namespace Slipway.Server.Tests.Gateway;

public sealed class GatewayRefusalTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
{
    private const string Good = """ "prompt": {"variables": {"library": "city"}}, "messages": [{"role": "user", "content": "hello"}] """;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string?, string?, string> Bodies => new()
    {
        { "", 400, null, null, "The body is not JSON" },
        { "{", 400, null, null, "The body is not JSON" },
        { "nonsense", 400, null, null, "The body is not JSON" },
        { "[]", 400, null, null, "The body must be a JSON object." },
        { "\"text\"", 400, null, null, "The body must be a JSON object." },
        { $$"""{ {{Good}} }""", 400, "model", null, "Name the prompt" },
        { $$"""{"model": 3, {{Good}} }""", 400, "model", null, "Name the prompt" },
        { $$"""{"model": "gpt-4o", {{Good}} }""", 404, "model", "model_not_found", "There is no model gpt-4o here" },
        { $$"""{"model": "slipway/nothing", {{Good}} }""", 404, "model", "model_not_found", "No version of a prompt nothing is live in production." },
        { $$"""{"model": "slipway/", {{Good}} }""", 404, "model", "model_not_found", "No version of a prompt" },
        { $$"""{"model": "slipway/unborn", {{Good}} }""", 404, "model", "model_not_found", "No version of a prompt unborn is live in production." },
        { $$"""{"model": "slipway/router", "temperature": 1, {{Good}} }""", 400, "temperature", null, "temperature is frozen in the prompt's version" },
        { $$"""{"model": "slipway/router", "tools": [], {{Good}} }""", 400, "tools", null, "tools is frozen" },
        { $$"""{"model": "slipway/router", "response_format": {"type": "text"}, {{Good}} }""", 400, "response_format", null, "response_format is frozen" },
        { $$"""{"model": "slipway/router", "max_tokens": 9, {{Good}} }""", 400, "max_tokens", null, "max_tokens is frozen" },
        { $$"""{"model": "slipway/router", "stream": "yes", {{Good}} }""", 400, "stream", null, "stream must be true or false." },
        { $$"""{"model": "slipway/router", "stream_options": 1, {{Good}} }""", 400, "stream_options", null, "stream_options must be an object." },
        { $$"""{"model": "slipway/router", "user": 1, {{Good}} }""", 400, "user", null, "user must be a text." },
        { """{"model": "slipway/router", "messages": []}""", 400, "prompt.variables.library", null, "The variable library is missing." },
        { """{"model": "slipway/router", "prompt": {"variables": {"library": 4}}, "messages": []}""", 400, "prompt.variables.library", null, "The variable library is wrong" },
        { """{"model": "slipway/router", "prompt": {"variables": {"library": ""}}, "messages": []}""", 400, "prompt.variables.library", null, "The variable library is wrong" },
        { """{"model": "slipway/router", "prompt": {"variables": {"library": "city", "mood": "x"}}, "messages": []}""", 400, "prompt.variables.mood", null, "The prompt has no variable mood; it takes library." },
        { """{"model": "slipway/router", "prompt": {"variables": []}, "messages": []}""", 400, "prompt.variables", null, "prompt.variables must be an object." },
        { """{"model": "slipway/router", "prompt": "router", "messages": []}""", 400, "prompt", null, "prompt must be an object" },
        { """{"model": "slipway/router", "prompt": {"id": 1}, "messages": []}""", 400, "prompt.id", null, "prompt.id must be a text." },
        { """{"model": "slipway/router", "prompt": {"id": "other"}, "messages": []}""", 400, "prompt.id", null, "prompt.id says other, but model says router." },
        { """{"model": "slipway/router", "prompt": {"colour": 1}, "messages": []}""", 400, "prompt.colour", null, "prompt.colour is not understood" },
        { """{"model": "slipway/router", "prompt": {"variables": {"library": "city"}}}""", 400, "messages", null, "messages is missing." },
        { """{"model": "slipway/router", "messages": {}}""", 400, "messages", null, "messages must be a list." },
        { """{"model": "slipway/router", "messages": [1]}""", 400, "messages[0]", null, "messages[0] must be an object with role and content." },
        { """{"model": "slipway/router", "messages": [{"role": "system", "content": "x"}]}""", 400, "messages[0].role", null, "The system message is frozen" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": "x"}, {"role": "developer", "content": "x"}]}""", 400, "messages[1].role", null, "The developer message is frozen" },
        { """{"model": "slipway/router", "messages": [{"role": "poet", "content": "x"}]}""", 400, "messages[0].role", null, "messages[0].role must be user, assistant or tool." },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": 5}]}""", 400, "messages[0].content", null, "messages[0].content must be a text" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}""", 400, "messages[0].content[0]", null, "messages[0].content[0] must be {" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": "x"}, {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "input_audio", "input_audio": {}}]}]}""", 400, "messages[1].content[1]", null, "messages[1].content[1] must be {" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": []}]}""", 400, "messages[0].content", null, "messages[0].content has no parts." },
        { """{"model": "slipway/router", "messages": [{"role": "user"}]}""", 400, "messages[0].content", null, "messages[0].content must be a text" },
        { """{"model": "slipway/router", "messages": [{"content": "x"}]}""", 400, "messages[0].role", null, "messages[0].role must be user, assistant or tool." },
        { """{"model": "slipway/router", "messages": [{"role": "user", "role": "system", "content": "x"}]}""", 400, "messages[0].role", null, "The system message is frozen" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": "x", "mood": 1}]}""", 400, "messages[0].mood", null, "messages[0].mood is not understood" },
        { """{"model": "slipway/router", "messages": [{"role": "tool", "content": "x"}]}""", 400, "messages[0].tool_call_id", null, "messages[0].tool_call_id is missing" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": "x"}, {"role": "tool", "content": "x", "tool_call_id": "call_9"}]}""", 400, "messages[1].tool_call_id", null, "messages[1].tool_call_id answers call_9, which no message before it calls." },
        { """{"model": "slipway/router", "messages": [{"role": "assistant", "tool_calls": [{"id": "a"}]}]}""", 400, "messages[0].tool_calls[0]", null, "messages[0].tool_calls[0] must be {" },
        { """{"model": "slipway/router", "messages": [{"role": "user", "content": "\ud800"}]}""", 400, null, null, "The body holds a text that is not Unicode" },
        { """{"model": "slipway/\ud800", "messages": []}""", 400, null, null, "The body holds a text that is not Unicode" },
        { """{"model": "slipway/router", "\ud800": 1, "messages": []}""", 400, null, null, "The body holds a text that is not Unicode" },
        { """{"model": "slipway/router", "tool_choice": "auto", "prompt": {"variables": {"library": "city"}}, "messages": []}""", 400, "tool_choice", null, "tool_choice is frozen" },
        { """{"model": "slipway/router", "parallel_tool_calls": false, "prompt": {"variables": {"library": "city"}}, "messages": []}""", 400, "parallel_tool_calls", null, "parallel_tool_calls is frozen" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_wrong_request_gets_one_sentence_in_the_form_clients_know(string body, int status, string? param, string? code, string sentence)
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(body);
        var error = await ErrorAsync(response, status);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.Contains(sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("false", response.Header("x-should-retry"));
    }

    [Theory]
    [InlineData("Bearer slw_wrong")]
    [InlineData("Basic abc")]
    [InlineData("slw_wrong")]
    [InlineData("")]
    public async Task A_wrong_key_is_told_in_the_form_clients_know(string authorization)
    {
        using var http = shared.Server.Http(null);
        if (authorization.Length > 0) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.ChatAsync(Chat.Body());
        var error = await ErrorAsync(response, 401);
        Assert.Equal(("authentication_error", "invalid_api_key"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal("Bearer", response.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        using var http = installation.Http("shop");
        await installation.Admin.RevokeKeyAsync("key-6", cancellation: Cancellation).Ok();
        using var response = await http.ChatAsync(Chat.Body());
        Assert.Contains("revoked", (await ErrorAsync(response, 401)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_without_the_right_is_told_who_has_it()
    {
        using var http = shared.Server.Http("dan");
        using var response = await http.ChatAsync(Chat.Body());
        var error = await ErrorAsync(response, 403);
        Assert.Equal("permission_error", error.GetProperty("type").GetString());
        Assert.Contains("dan may not call prompts", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var http = shared.Server.Http("shop");
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await http.ChatAsync(Chat.Body(new string('x', 17 * 1024 * 1024)));
        Assert.Contains("too large", (await ErrorAsync(response, 413)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_key_has_a_length()
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(Chat.Body(user: new string('u', 501)));
        Assert.Contains("longer than 500", (await ErrorAsync(response, 400)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions")]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("GET", "/v1/files/a.txt")]
    public async Task What_is_not_there_is_told_in_the_form_clients_know(string method, string path)
    {
        using var http = shared.Server.Http("shop");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
        using var response = await http.SendAsync(request, Cancellation);
        Assert.Contains($"{method} {path}", (await ErrorAsync(response, 404)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == (HttpStatusCode)status, $"{response.StatusCode}: {text}");
        var root = JsonElement.Parse(text);
        Assert.Equal(["error"], root.EnumerateObject().Select(property => property.Name));
        var error = root.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Slipway.", text, StringComparison.Ordinal);
        return error;
    }
}
