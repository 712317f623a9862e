using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Calls;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Providers;

/// <summary>Providers that never stop answering.</summary>
public sealed class EndlessAnswerTests
{
    private static readonly string Much = new('a', 64 * 1024);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":" """, 200)]
    [InlineData("""{"error":{"message":" """, 500)]
    public async Task A_whole_answer_without_end_is_broken_off_and_recorded(string beginning, int status)
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        upstream.Answer = (context, _) => EndlessAsync(context, status, "application/json", beginning, Much);
        var (answer, text, record) = await AskAsync(upstream.Provider, "openai/gpt-test-2026-01-01", stream: false);
        Assert.Equal(HttpStatusCode.BadGateway, answer);
        var says = status == 200 ? "openai answered with more than 16 MiB, so its answer was broken off." : "openai answered 500";
        Assert.Contains(says, text, StringComparison.Ordinal);
        Assert.Equal(says, record.Error);
    }

    [Theory]
    [InlineData("data: {", "", false)]
    [InlineData("", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"~\"}}]}\n\n", true)]
    [InlineData("", "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"~\"}]}}]}\r\n\r\n", true)]
    public async Task A_stream_without_end_is_broken_off_and_recorded(string beginning, string piece, bool begins)
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        upstream.Answer = (context, _) => EndlessAsync(context, 200, "text/event-stream", beginning, piece.Length == 0 ? Much : piece.Replace("~", Much, StringComparison.Ordinal));
        var (answer, text, record) = await AskAsync(upstream.Provider, "openai/gpt-test-2026-01-01", stream: true);
        Assert.Equal(begins ? HttpStatusCode.OK : HttpStatusCode.BadGateway, answer);
        Assert.Contains("openai answered with more than 16 MiB", text[^Math.Min(text.Length, 1_000)..], StringComparison.Ordinal);
        Assert.Equal("openai answered with more than 16 MiB, so its answer was broken off.", record.Error);
        Assert.InRange(text.Length, 0, 40 * 1024 * 1024);
    }

    [Fact]
    public async Task A_long_stream_is_no_endless_one_however_much_is_written_around_its_text()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        upstream.Answer = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var at = 0; at < 300; at++) await context.Response.WriteAsync($$$"""data: {"choices":[{"index":0,"delta":{"content":"a"}}],"obfuscation":"{{{Much}}}"}""" + "\n\n", Cancellation);
            await context.Response.WriteAsync("data: [DONE]\n\n", Cancellation);
        };
        var (answer, _, record) = await AskAsync(upstream.Provider, "openai/gpt-test-2026-01-01", stream: true);
        Assert.Equal((HttpStatusCode.OK, null), (answer, record.Error));
        Assert.Equal(new string('a', 300), record.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Anthropics_answers_are_limited_alike(bool stream)
    {
        await using var upstream = await FakeAnthropic.StartAsync();
        upstream.Answer = context => stream
            ? EndlessAsync(context, 200, "text/event-stream", "event: content_block_delta\ndata: {", Much)
            : EndlessAsync(context, 200, "application/json", "{\"id\":\"", Much);
        var (answer, text, record) = await AskAsync(upstream.Provider, "anthropic/claude-test-2026-01-01", stream);
        Assert.Equal(HttpStatusCode.BadGateway, answer);
        Assert.Contains("anthropic answered with more than 16 MiB", text, StringComparison.Ordinal);
        Assert.Equal("anthropic answered with more than 16 MiB, so its answer was broken off.", record.Error);
    }

    private static async Task<(HttpStatusCode Status, string Text, CallRecord Record)> AskAsync(ProviderOptions provider, string model, bool stream)
    {
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [provider] }, model);
        using var http = installation.Http("shop");
        using var answer = await http.ChatAsync(Chat.Body(stream: stream));
        var text = await ReadAsync(answer);
        CallRecord? found = null;
        await Some.Eventually(async () => (found = (await installation.Dan.CallsAsync(null, null, answer.Header("x-slipway-trace"), 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        var trace = await installation.Dan.TraceAsync(found!.TraceId, Cancellation).Ok();
        return (answer.StatusCode, text, trace.Calls[0]);
    }

    // What breaks off after its beginning has no proper end, so that no client takes it for whole.
    private static async Task<string> ReadAsync(HttpResponseMessage answer)
    {
        var (read, block) = (new MemoryStream(), new byte[64 * 1024]);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        try
        {
            while (await body.ReadAsync(block, Cancellation) is > 0 and var count) read.Write(block, 0, count);
            Assert.False(answer.StatusCode == HttpStatusCode.OK && Encoding.UTF8.GetString(read.ToArray()).Contains("broken off", StringComparison.Ordinal), "A stream that was broken off ended well.");
        }
        catch (HttpIOException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        return Encoding.UTF8.GetString(read.ToArray());
    }

    private static async Task EndlessAsync(HttpContext context, int status, string type, string beginning, string more)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, type);
        await context.Response.WriteAsync(beginning, context.RequestAborted);
        while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(more, context.RequestAborted);
    }
}
