using System.Net;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Providers;

/// <summary>An OpenAI-compatible provider behind the gateway, against a fake of it.</summary>
public sealed partial class OpenAiProviderTests(ProviderInstallation shared) : IClassFixture<ProviderInstallation>
{
    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();
    private readonly TestInstallation server = shared.Server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_upstream_is_what_the_version_froze()
    {
        var (response, _) = await AskAsync(stream: false);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(upstream.Requests);
        Assert.Equal($"Bearer {FakeOpenAi.Key}", sent.Authorization);
        Assert.Equal(["model", "messages", "max_tokens"], sent.Body.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("gpt-test-2026-01-01", 60), (sent.Body.GetProperty("model").GetString(), sent.Body.GetProperty("max_tokens").GetInt32()));
        var messages = sent.Body.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["system", "user"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.StartsWith("You sort the post of the city library.", messages[0].GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal(Router.Plain, messages[1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_streamed_call_is_streamed_upstream_and_asks_for_usage()
    {
        var (response, text) = await AskAsync(stream: true);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(upstream.Requests).Body;
        Assert.True(sent.GetProperty("stream").GetBoolean());
        Assert.True(sent.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(FakeOpenAi.Valid, Joined(text));
        var record = await RecordAsync();
        Assert.True(record is { Streamed: true, SchemaValid: true, InputTokens: 21, OutputTokens: 9, FinishReason: "stop", TimeToFirstTokenMs: > 0, Error: null });
    }

    [Fact]
    public async Task A_whole_answer_is_recorded_with_its_usage()
    {
        var (response, text) = await AskAsync(stream: false);
        var body = JsonElement.Parse(text);
        Assert.Equal(FakeOpenAi.Valid, body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(30, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("kept", response.Header("x-slipway-contract"));
        var record = await RecordAsync();
        Assert.True(record is { SchemaValid: true, InputTokens: 21, OutputTokens: 9, Refused: false, Model: "gpt-test-2026-01-01", Provider: "openai (127.0.0.1, OpenAI-compatible)" });
    }

    [Fact]
    public async Task An_answer_that_breaks_the_contract_is_served_and_recorded_as_broken()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, """{"department": "kitchen"}""");
        var (response, _) = await AskAsync(stream: false);
        Assert.Equal((HttpStatusCode.OK, "broken"), (response.StatusCode, response.Header("x-slipway-contract")));
        var record = await RecordAsync();
        Assert.False(record.SchemaValid);
        Assert.Contains("urgency", record.ContractViolation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_answer_puts_into_the_sentence_of_its_violation_is_redacted()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, """{"department": "desk", "urgency": "low", "ana@example.com": 1}""");
        await AskAsync(stream: false);
        Assert.Contains("\"[email]\" is not", (await RecordAsync()).ContractViolation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_provider_says_of_a_request_is_redacted_on_record_and_told_to_who_asked()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 400, "No letter to ana@example.com.");
        var (_, text) = await AskAsync(stream: false);
        Assert.Contains("openai answered 400: No letter to ana@example.com.", text, StringComparison.Ordinal);
        Assert.Equal("openai answered 400: No letter to [email].", (await RecordAsync()).Error);
    }

    [Fact]
    public async Task A_refusal_stays_a_refusal()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, null, refusal: "I cannot help with that.");
        var (_, text) = await AskAsync(stream: false);
        var message = JsonElement.Parse(text).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        Assert.Equal("I cannot help with that.", message.GetProperty("refusal").GetString());
        Assert.True((await RecordAsync()).Refused);
    }

    [Fact]
    public async Task An_answer_cut_at_its_limit_says_so()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, """{"department": "lo""", finish: "length");
        var (_, text) = await AskAsync(stream: false);
        Assert.Equal("length", JsonElement.Parse(text).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.True(await RecordAsync() is { FinishReason: "length", SchemaValid: false });
    }

    [Fact]
    public async Task A_version_can_only_name_a_provider_there_is()
    {
        var refused = await server.Admin.SetModelAsync("other", Some.Value<ModelReference>("acme/one"), Cancellation).Refused();
        Assert.Equal(404, refused.Status);
        Assert.Contains("No provider acme is configured here; there are offline, openai.", refused.Message, StringComparison.Ordinal);
    }

    private async Task<(HttpResponseMessage Response, string Text)> AskAsync(bool stream, TestInstallation? own = null)
    {
        using var http = (own ?? server).Http("shop");
        var response = await http.ChatAsync(Chat.Body(stream: stream), Traced);
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Joined(string stream) => string.Concat(stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
        .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("choices").EnumerateArray().FirstOrDefault())
        .Select(choice => choice.ValueKind == JsonValueKind.Object && choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : ""));

    private (string, string) Traced => ("traceparent", $"00-{trace}-00f067aa0ba902b7-01");

    private async Task<CallRecord> RecordAsync(TestInstallation? own = null)
    {
        CallRecord? found = null;
        await Some.Eventually(async () => (found = (await (own ?? server).Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        return found!;
    }
}
