using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Rendering;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Providers;

/// <summary>Services that speak OpenAI's chat completions with an accent: Azure's keys, Ollama's and vLLM's answers.</summary>
public sealed class CompatibleServiceTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private FakeOpenAi upstream = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_may_go_into_a_header_of_its_own_beside_fixed_headers()
    {
        var provider = Provider(options => options with
        {
            BaseUrl = new Uri(options.BaseUrl + "?api-version=2026-01-01"),
            KeyHeader = "api-key",
            Headers = options.Headers.Add("x-team", "search"),
        });
        await provider.CompleteAsync(Request(), Cancellation);
        var sent = Assert.Single(upstream.Requests);
        Assert.Equal(("", FakeOpenAi.Key, "search", "?api-version=2026-01-01"), (sent.Authorization, sent.Headers["api-key"], sent.Headers["x-team"], sent.Query));
    }

    [Fact]
    public async Task A_service_without_a_key_is_sent_none()
    {
        await Provider(options => options with { Key = null }).CompleteAsync(Request(), Cancellation);
        Assert.Equal("", Assert.Single(upstream.Requests).Authorization);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"Yes"}}]}""", "Yes", "stop")]
    [InlineData("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Yes","reasoning":"Hm."},"finish_reason":"stop"}],"usage":null}""", "Yes", "stop")]
    [InlineData("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Yes","reasoning_content":"Hm.","tool_calls":[]},"finish_reason":null,"stop_reason":null}],"usage":{"prompt_tokens":3}}""", "Yes", "stop")]
    [InlineData("""{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"x","arguments":"{}"}}]}}]}""", "", "tool_calls")]
    public async Task A_whole_answer_may_leave_out_its_tokens_and_its_reason(string body, string text, string reason)
    {
        upstream.Answer = (context, _) => context.Response.WriteAsync(body, Cancellation);
        var answer = await Provider().CompleteAsync(Request(), Cancellation);
        Assert.Equal((text, reason, null), (answer.Text, answer.FinishReason, answer.Usage));
    }

    [Fact]
    public async Task A_stream_may_leave_out_its_tokens_and_its_reason()
    {
        upstream.Answer = async (context, _) =>
        {
            await FakeOpenAi.Piece(context, """{"choices":[],"prompt_filter_results":[]}""");
            await FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm."}}]}""");
            await FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"Yes"}}]}""");
            await FakeOpenAi.Piece(context, "[DONE]");
        };
        var pieces = await StreamAsync();
        Assert.Equal(("Yes", "stop", null), (string.Concat(pieces.Select(piece => piece.Text)), pieces[^1].FinishReason, pieces[^1].Usage));
    }

    [Fact]
    public async Task A_stream_of_calls_may_leave_out_its_reason()
    {
        upstream.Answer = async (context, _) =>
        {
            await FakeOpenAi.Piece(context, """{"choices":[{"delta":{"tool_calls":[{"id":"a","type":"function","function":{"name":"x","arguments":"{}"}}]}}]}""");
            await FakeOpenAi.Piece(context, "[DONE]");
        };
        Assert.Equal("tool_calls", (await StreamAsync())[^1].FinishReason);
    }

    [Fact]
    public async Task Tokens_from_its_cache_are_counted()
    {
        upstream.Answer = (context, _) => context.Response.WriteAsync("""{"choices":[{"message":{"content":"Yes"}}],"usage":{"prompt_tokens":30,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":20}}}""", Cancellation);
        Assert.Equal(new TokenUsage(30, 2, 20), (await Provider().CompleteAsync(Request(), Cancellation)).Usage);
    }

    [Theory]
    [InlineData("""{"error":{"message":"No such model"}}""")]
    [InlineData("""{"error":"No such model"}""")]
    [InlineData("""{"object":"error","message":"No such model","code":404}""")]
    public async Task Why_it_refuses_is_told_however_it_says_so(string body)
    {
        upstream.Answer = (context, _) =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return context.Response.WriteAsync(body, Cancellation);
        };
        var refused = await Assert.ThrowsAsync<ProviderException>(() => Provider().CompleteAsync(Request(), Cancellation));
        Assert.Equal(("openai answered 404: No such model", 404), (refused.Message, refused.Status));
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => upstream = await FakeOpenAi.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await upstream.DisposeAsync();
    }

    private IModelProvider Provider(Func<ProviderOptions, ProviderOptions>? configure = null) => ModelProviders.Make(configure?.Invoke(upstream.Provider) ?? upstream.Provider, http);

    private async Task<List<ModelPiece>> StreamAsync()
    {
        var pieces = new List<ModelPiece>();
        await foreach (var piece in Provider().StreamAsync(Request(), Cancellation)) pieces.Add(piece);
        return pieces;
    }

    private static ModelRequest Request() => new("x", [new ChatMessage("user", "Is it?")], JsonElement.Parse("{}"), null);
}
