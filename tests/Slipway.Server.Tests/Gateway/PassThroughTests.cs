using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Access;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Gateway;

/// <summary>Calls that name a model and no prompt go to its provider as they are.</summary>
public sealed class PassThroughTests(AgentInstallation shared) : IClassFixture<AgentInstallation>
{
    private const string Rest = """  "messages":[ {"role":"system","content":"Be kind. Today is 2026-11-21."},{"role":"user","content":"caf\u00e9 \/ Ω"} ], "temperature" : 0.70,"unknown":[1,2.50]}""";

    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai/gpt-4o", "gpt-4o")]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("meta-llama/Llama-3.1", "meta-llama/Llama-3.1")]
    [InlineData("house-default", "gpt-house-2026-01-01")]
    public async Task The_body_goes_as_it_is_but_for_the_models_name(string asked, string sent)
    {
        await shared.Server.Admin.SetModelAsync("house-default", Some.Value<ModelReference>("openai/gpt-house-2026-01-01"), Cancellation).Ok();
        CallActivities.Start();
        using var response = await AskAsync($$"""{ "model":"{{asked}}",{{Rest}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Assert.Single(upstream.Requests);
        Assert.Equal(($$"""{ "model":"{{sent}}",{{Rest}}""", $"Bearer {FakeOpenAi.Key}"), (request.Text, request.Authorization));
        Assert.Equal(FakeOpenAi.Valid, (await response.JsonAsync()).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal((trace, ""), (response.Header("x-slipway-trace"), response.Header("x-slipway-prompt")));
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal((null, sent, 21, response.Header("x-slipway-fingerprint")), (call.GetTagItem("gen_ai.prompt.name"), call.GetTagItem("gen_ai.request.model"), call.GetTagItem("gen_ai.usage.input_tokens"), call.GetTagItem("slipway.fingerprint")));
    }

    [Fact]
    public async Task The_model_that_is_built_in_answers_who_names_it_without_a_prompt_too()
    {
        const string Messages = """ "messages":[{"role":"system","content":"Choose one of: loans, returns. Answer with the word alone."},{"role":"user","content":"May I keep my loans longer?"}]""";
        using var whole = await AskAsync($$"""{"model":"offline/offline-2026-11",{{Messages}}}""");
        var answer = await whole.JsonAsync();
        Assert.Equal(("loans", "stop"), (answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        using var stream = await AskAsync($$"""{"model":"offline/offline-2026-11","stream":true,"stream_options":{"include_usage":true},{{Messages}}}""");
        var text = await stream.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("loans", string.Concat(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).SkipLast(1).Select(line => JsonElement.Parse(line).GetProperty("choices"))
            .Where(choices => choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out _)).Select(choices => choices[0].GetProperty("delta").GetProperty("content").GetString())));
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\"prompt_tokens\":", text, StringComparison.Ordinal);
        Assert.Equal(whole.Header("x-slipway-fingerprint"), stream.Header("x-slipway-fingerprint"));
    }

    [Theory]
    [InlineData("""{"model":"offline/gpt-4o","messages":[]}""", HttpStatusCode.NotFound, "offline has one model, offline-2026-11; there is no gpt-4o.")]
    [InlineData("""{"model":"offline/offline-2026-11"}""", HttpStatusCode.BadRequest, "messages must be a list.")]
    [InlineData("""{"model":"offline/offline-2026-11","messages":[{"role":"user","content":7}]}""", HttpStatusCode.BadRequest, "messages[0]")]
    public async Task What_it_cannot_answer_it_says(string body, HttpStatusCode status, string said)
    {
        using var response = await AskAsync(body);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(said, (await response.JsonAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task What_its_provider_says_is_redacted_on_record()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 400, "No letter to ana@example.com.");
        using var response = await AskAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal("No letter to ana@example.com.", (await response.JsonAsync()).GetProperty("error").GetProperty("message").GetString()!.Split(": ")[1]);
        await Some.Eventually(async () => await shared.Server.Admin.TraceAsync(trace, Cancellation) is Client.ApiResult<TraceDocument>.Ok { Value.Calls: [{ Error: "openai answered 400: No letter to [email]." }] }, "the call is stored, redacted");
    }

    [Fact]
    public async Task A_stream_goes_through_byte_by_byte_and_its_end_is_read()
    {
        CallActivities.Start();
        using var response = await AskAsync("""{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("""data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}""", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal((9, true), (call.GetTagItem("gen_ai.usage.output_tokens"), call.GetTagItem("gen_ai.request.stream")));
        Assert.Equal(["stop"], (string[])call.GetTagItem("gen_ai.response.finish_reasons")!);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_says_so_and_has_no_proper_end()
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Answer = async (context, _) =>
        {
            await FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"hal"}}]}""");
            await seen.Task;
            context.Abort();
        };
        using var response = await AskAsync("""{"model":"gpt-4o","stream":true,"messages":[]}""");
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        text.Append(Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer, Cancellation)));
        seen.SetResult();
        await Assert.ThrowsAsync<HttpIOException>(async () =>
        {
            while (await body.ReadAsync(buffer, Cancellation) is > 0 and var read) text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        });
        Assert.Contains("\"code\":\"provider_failed\"", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, 400, "invalid_request_error")]
    [InlineData(401, 502, "server_error")]
    [InlineData(404, 404, "invalid_request_error")]
    [InlineData(429, 429, "rate_limit_error")]
    [InlineData(503, 503, "server_error")]
    public async Task What_the_provider_says_of_the_callers_body_is_told_and_what_is_ours_is_not_the_callers_mistake(int status, int told, string type)
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, status, $"No {FakeOpenAi.Key} today");
        using var response = await AskAsync("""{"model":"gpt-4o","messages":[]}""");
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal((told, type), ((int)response.StatusCode, error.GetProperty("type").GetString()));
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(field => field.Name));
        Assert.DoesNotContain(FakeOpenAi.Key, error.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(told is 429 or >= 500, response.Header("Retry-After").Length > 0);
    }

    [Fact]
    public async Task The_fingerprint_is_the_system_prompts_numbers_and_white_space_aside()
    {
        async Task<string> OfAsync(string system, string user) =>
            (await AskAsync($$"""{"model":"gpt-4o","messages":[{"role":"system","content":{{JsonSerializer.Serialize(system)}}},{"role":"user","content":"{{user}}"}]}""")).Header("x-slipway-fingerprint");
        var fingerprint = await OfAsync("Today is 2026-11-21.  Be kind.", "a");
        Assert.Matches("^[0-9a-f]{16}$", fingerprint);
        Assert.Equal(fingerprint, await OfAsync("Today is 2027-1-2.\nBe kind.", "something else"));
        Assert.NotEqual(fingerprint, await OfAsync("Today is 2026-11-21. Be rude.", "a"));
        using var parts = await AskAsync("""{"messages":[{"content":[{"type":"text","text":"Today is 1-1-1. Be kind."}],"role":"developer"}],"model":"gpt-4o"}""");
        Assert.Equal(fingerprint, parts.Header("x-slipway-fingerprint"));
    }

    [Fact]
    public async Task A_provider_that_speaks_another_language_is_reached_by_prompts_only()
    {
        await using var server = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [new ProviderOptions("anthropic", upstream.BaseUrl, FakeOpenAi.Key) { Speaks = ProviderProtocol.Anthropic }] });
        using var shop = server.Http("shop");
        using var response = await shop.ChatAsync("""{"model":"anthropic/claude-1","messages":[]}""");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (response.StatusCode, (await response.JsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_key_that_is_limited_to_a_part_of_the_installation_calls_prompts_only()
    {
        var key = await shared.Server.Admin.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("shop")) { Prompts = [Some.Value<PromptPattern>(AgentInstallation.Agent)] }, Cancellation).Ok();
        using var http = shared.Server.Http(null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        using var response = await http.ChatAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_server_may_pass_nothing_through()
    {
        await using var strict = await TestInstallation.StartAsync(options => options with { Providers = [upstream.Provider], PassThrough = false });
        using var http = strict.Http("shop");
        using var response = await http.ChatAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task It_is_on_record_as_unmanaged()
    {
        using var response = await AskAsync("""{"model":"gpt-4o","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"hi"}],"user":"ida"}""");
        Core.Calls.CallRecord? record = null;
        await Some.Eventually(async () => (record = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        Assert.Equal((null, null, null, null), (record!.Prompt, record.PromptVersion, record.PackageHash, record.Reason));
        Assert.Equal((response.Header("x-slipway-fingerprint"), "gpt-4o", "ida", 21, 9, "stop"), (record.Fingerprint, record.Model, record.UserKey, record.InputTokens, record.OutputTokens, record.FinishReason));
    }

    [Fact]
    public async Task The_door_of_responses_passes_plain_models_through_too()
    {
        const string Answer = """{"id":"resp_1","object":"response","status":"completed","output":[],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}""";
        upstream.Answer = (context, _) =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(Answer);
        };
        using var http = shared.Server.Http("shop");
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent("""{ "model":"gpt-4o","instructions":"Be kind.", "input":"hi" }""", Encoding.UTF8, "application/json") };
        message.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await http.SendAsync(message, Cancellation);
        Assert.Equal((HttpStatusCode.OK, Answer), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal("""{ "model":"gpt-4o","instructions":"Be kind.", "input":"hi" }""", Assert.Single(upstream.Requests).Text);
        Core.Calls.CallRecord? record = null;
        await Some.Eventually(async () => (record = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        Assert.Equal((null, "responses", "gpt-4o", 5, 2), (record!.Prompt, record.Door, record.Model, record.InputTokens, record.OutputTokens));
        Assert.NotNull(record.Fingerprint);
    }

    private async Task<HttpResponseMessage> AskAsync(string body)
    {
        var http = shared.Server.Http("shop");
        return await http.ChatAsync(body, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));
    }
}
