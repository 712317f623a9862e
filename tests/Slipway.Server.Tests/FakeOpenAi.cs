using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Server.Tests;

/// <summary>A service that speaks OpenAI's chat completions on loopback and answers as a test tells it to.</summary>
public sealed class FakeOpenAi : IAsyncDisposable
{
    /// <summary>The key that a test plants; it must never be seen anywhere but upstream.</summary>
    public const string Key = "sk-planted-5f3a9c";

    private readonly WebApplication app;
    private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeOpenAi(WebApplication app) => this.app = app;

    /// <summary>What it was sent, in order.</summary>
    public ConcurrentQueue<Sent> Requests { get; } = new();

    /// <summary>Its base URL, up to and with <c>/v1</c>.</summary>
    public Uri BaseUrl => new(app.Urls.First() + "/v1");

    /// <summary>How it answers; a whole chat completion by default.</summary>
    public Func<HttpContext, Sent, Task> Answer { get; set; } = Usual;

    /// <summary>Told each time a caller went away before its answer was complete.</summary>
    public Channel<string> Abandoned { get; } = Channel.CreateUnbounded<string>();

    /// <summary>An answer that fits the router's contract.</summary>
    public const string Valid = """{"department": "loans", "urgency": "low"}""";

    /// <summary>As the server is to know it.</summary>
    public ProviderOptions Provider => new("openai", BaseUrl, Key);

    public static async Task<FakeOpenAi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeOpenAi(app);
        app.MapPost("/v1/chat/completions", fake.TakeAsync);
        app.MapPost("/v1/responses", fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Answers whole.</summary>
    public static Task Whole(HttpContext context, string? content, string finish = "stop", string? refusal = null) => Json(context, 200, new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1,
        model = "gpt-test-2026-01-01",
        choices = new[] { new { index = 0, message = new { role = "assistant", content, refusal }, finish_reason = finish } },
        usage = new { prompt_tokens = 21, completion_tokens = 9, total_tokens = 30 },
    });

    /// <summary>Answers piece by piece, as OpenAI does: the role first, then text, the finish reason, the usage, the end.</summary>
    public static async Task Stream(HttpContext context, string content)
    {
        await Piece(context, """{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}""");
        foreach (var part in content.Chunk(7))
            await Piece(context, $$$"""{"choices":[{"index":0,"delta":{"content":{{{JsonSerializer.Serialize(new string(part))}}}},"finish_reason":null}],"usage":null}""");
        await Piece(context, """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}""");
        await Piece(context, """{"choices":[],"usage":{"prompt_tokens":21,"completion_tokens":9,"total_tokens":30}}""");
        await Piece(context, "[DONE]");
    }

    /// <summary>Answers in full, whole or streamed as it is asked.</summary>
    public static Task Usual(HttpContext context, Sent sent) =>
        sent.Streams ? Stream(context, Valid) : Whole(context, Valid);

    /// <summary>Sends one event.</summary>
    public static async Task Piece(HttpContext context, string data)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    /// <summary>Refuses with an error in OpenAI's form.</summary>
    public static Task Error(HttpContext context, int status, string message, string? retryAfter = null)
    {
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Json(context, status, new { error = new { message, type = "x", param = (string?)null, code = (string?)null } });
    }

    /// <summary>Says nothing more until the caller goes away or the fake is stopped.</summary>
    public async Task Hang(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        if (await Task.WhenAny(gone.Task, closing.Task) == gone.Task) await Abandoned.Writer.WriteAsync("gone");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closing.TrySetResult();
        await app.DisposeAsync();
    }

    private static Task Json<T>(HttpContext context, int status, T body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, context.RequestAborted);
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var sent = new Sent(context.Request.Headers.Authorization.ToString(), JsonElement.Parse(text))
        {
            Text = text,
            Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Query = context.Request.QueryString.ToString(),
        };
        Requests.Enqueue(sent);
        await Answer(context, sent);
    }

    /// <summary>One request as it came.</summary>
    public sealed record Sent(string Authorization, JsonElement Body)
    {
        /// <summary>The body, byte by byte.</summary>
        public required string Text { get; init; }

        /// <summary>Its headers.</summary>
        public required IReadOnlyDictionary<string, string> Headers { get; init; }

        /// <summary>Its query, with the question mark.</summary>
        public required string Query { get; init; }

        /// <summary>The model it names.</summary>
        public string Model => Body.GetProperty("model").GetString()!;

        /// <summary>Whether it wants the answer piece by piece.</summary>
        public bool Streams => Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();
    }
}
