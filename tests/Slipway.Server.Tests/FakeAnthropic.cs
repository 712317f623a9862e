using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Server.Tests;

/// <summary>A service that speaks Anthropic's Messages on loopback and answers as a test tells it to.</summary>
public sealed class FakeAnthropic : IAsyncDisposable
{
    /// <summary>The key that a test plants; it must never be seen anywhere but upstream.</summary>
    public const string Key = "sk-ant-planted-7b1d";

    private readonly WebApplication app;

    private FakeAnthropic(WebApplication app) => this.app = app;

    /// <summary>What it was sent, in order.</summary>
    public ConcurrentQueue<Sent> Requests { get; } = new();

    /// <summary>How it answers; a message that fits the router's contract by default.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = Usual;

    /// <summary>As the server is to know it.</summary>
    public ProviderOptions Provider => new("anthropic", new Uri(app.Urls.First()), Key) { Speaks = ProviderProtocol.Anthropic };

    public static async Task<FakeAnthropic> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeAnthropic(app);
        app.MapPost("/v1/messages", fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Answers in full, whole or streamed as it is asked.</summary>
    public static async Task Usual(HttpContext context)
    {
        if (((Sent)context.Items[nameof(Sent)]!).Body.TryGetProperty("stream", out var stream) && stream.GetBoolean()) await Stream(context, "end_turn", TextBlock(0, FakeOpenAi.Valid));
        else await Message(context, $$"""[{"type":"text","text":{{JsonSerializer.Serialize(FakeOpenAi.Valid)}}}]""");
    }

    /// <summary>A whole message.</summary>
    public static Task Message(HttpContext context, string content, string stopReason = "end_turn", string? stopDetails = null) => Json(context, 200, $$$"""
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-test-2026-01-01","content":{{{content}}},"stop_reason":"{{{stopReason}}}","stop_sequence":null,"stop_details":{{{stopDetails ?? "null"}}},
         "usage":{"input_tokens":11,"cache_creation_input_tokens":3,"cache_read_input_tokens":7,"output_tokens":9}}
        """);

    /// <summary>A streamed message: its start, a ping, the events given, its end.</summary>
    public static async Task Stream(HttpContext context, string stopReason, params string[] events)
    {
        await Begin(context);
        foreach (var data in events) await Event(context, data);
        await Event(context, $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":9}}""");
        await Event(context, """{"type":"message_stop"}""");
    }

    /// <summary>The start of a streamed message.</summary>
    public static async Task Begin(HttpContext context)
    {
        await Event(context, """
            {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-test-2026-01-01","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"cache_creation_input_tokens":3,"cache_read_input_tokens":7,"output_tokens":1}}}
            """.Trim());
        await Event(context, """{"type":"ping"}""");
    }

    /// <summary>Sends one event, named by its type.</summary>
    public static async Task Event(HttpContext context, string data)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"event: {JsonElement.Parse(data).GetProperty("type").GetString()}\ndata: {data}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>A block of text in two deltas.</summary>
    public static string[] TextBlock(int index, string text) =>
    [
        $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"text","text":""} }""",
        $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text[..(text.Length / 2)])}}} } }""",
        $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text[(text.Length / 2)..])}}} } }""",
        $$$"""{"type":"content_block_stop","index":{{{index}}} }""",
    ];

    /// <summary>A block that calls a tool, its arguments in the pieces given.</summary>
    public static string[] CallBlock(int index, string id, string name, params string[] pieces) =>
    [
        $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"tool_use","id":"{{{id}}}","name":"{{{name}}}","input":{} } }""",
        .. pieces.Select(piece => $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"input_json_delta","partial_json":{{{JsonSerializer.Serialize(piece)}}} } }"""),
        $$$"""{"type":"content_block_stop","index":{{{index}}} }""",
    ];

    /// <summary>Refuses with an error in Anthropic's form.</summary>
    public static Task Error(HttpContext context, int status, string type, string message, string? retryAfter = null)
    {
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Json(context, status, JsonSerializer.Serialize(new { type = "error", error = new { type, message }, request_id = "req_1" }));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static Task Json(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    private async Task TakeAsync(HttpContext context)
    {
        var sent = new Sent(
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted));
        context.Items[nameof(Sent)] = sent;
        Requests.Enqueue(sent);
        await Answer(context);
    }

    /// <summary>One request as it came.</summary>
    public sealed record Sent(Dictionary<string, string> Headers, JsonElement Body);
}
