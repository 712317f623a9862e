using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Server.Providers;

/// <summary>Any service that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM and many more.</summary>
/// <param name="options">What it is called, where it is and how it takes its key, which is never logged or journalled.</param>
/// <param name="http">Without a timeout of its own; the caller's token limits a call.</param>
internal sealed class OpenAiProvider(ProviderOptions options, HttpClient http) : IForwarder
{
    // What goes to a service is read by nothing but JSON readers: letters and signs stay as they are.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly ModelPiece Done = new("");
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly string name = options.Name;
    private readonly Uri endpoint = At(options, "/chat/completions");

    public string Name => name;

    public string Description => $"{name} ({options.BaseUrl.Host}, OpenAI-compatible)";

    public async Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
    {
        using var response = await SendAsync(request, streamed: false, cancellation);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            var choice = document.RootElement.GetProperty("choices")[0];
            var message = choice.GetProperty("message");
            var calls = Calls(message);
            return new ModelAnswer(
                Text(message, "content") ?? "", Text(message, "refusal"), Text(choice, "finish_reason") ?? (calls is null ? "stop" : "tool_calls"), Usage(document.RootElement), calls);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new ProviderException($"{name} answered with something that is not a chat completion.", inner: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProviderException($"The answer of {name} broke off.", inner: exception);
        }
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await SendAsync(request, streamed: true, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        await using var events = SseParser.Create(body, (_, data) => data.SequenceEqual("[DONE]"u8) ? Done : Piece(data)).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        var (started, finished, calls) = (false, false, false);
        while (await NextAsync(events))
        {
            var piece = events.Current.Data;
            if (ReferenceEquals(piece, Done))
            {
                if (!started) throw new ProviderException($"{name} streamed something that is not a chat completion.");
                // Some services end without saying why; whoever reads on needs a reason.
                if (!finished) yield return new ModelPiece("", FinishReason: calls ? "tool_calls" : "stop");
                yield break;
            }
            (started, finished, calls) = (true, finished || piece.FinishReason is not null, calls || piece.ToolCalls is not null);
            yield return piece;
        }
        if (!finished) throw new ProviderException($"The answer of {name} broke off.");
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<ModelPiece>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProviderException($"The answer of {name} broke off.", inner: exception);
        }
    }

    private ModelPiece Piece(ReadOnlySpan<byte> data)
    {
        try
        {
            if (TextPiece.Read(data) is { } text) return text;
            var reader = new Utf8JsonReader(data);
            using var document = JsonDocument.ParseValue(ref reader);
            reader.Read();      // throws where anything stands behind it
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                throw new ProviderException($"{name} broke its answer off: {ProviderErrors.Quoted(Text(error, "message"), options.Key) ?? "no reason given"}");
            if (!root.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0) return new ModelPiece("", Usage: Usage(root));
            var delta = choices[0].TryGetProperty("delta", out var given) ? given : default;
            return delta.ValueKind == JsonValueKind.Object
                ? new ModelPiece(Text(delta, "content") ?? "", Text(delta, "refusal"), Text(choices[0], "finish_reason"), Usage(root), Calls(delta))
                : new ModelPiece("", null, Text(choices[0], "finish_reason"), Usage(root));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ProviderException($"{name} streamed something that is not a chat completion.", inner: exception);
        }
    }

    public Task<HttpResponseMessage> ForwardAsync(string path, ReadOnlyMemory<byte> body, string? traceParent, CancellationToken cancellation) =>
        PostAsync(path == "/chat/completions" ? endpoint : At(options, path), body, traceParent, cancellation);

    public Task<ProviderException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellation) => ProviderErrors.OfAsync(name, options.Key, response, cancellation);

    private async Task<HttpResponseMessage> SendAsync(ModelRequest request, bool streamed, CancellationToken cancellation)
    {
        var response = await PostAsync(endpoint, Body(request, streamed), request.TraceParent, cancellation);
        if (response.IsSuccessStatusCode) return LimitedContent.Of(response, name);
        using (response) throw await ErrorAsync(response, cancellation);
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, ReadOnlyMemory<byte> body, string? traceParent, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
        message.Content.Headers.ContentType = Json;
        if (traceParent is not null) message.Headers.TryAddWithoutValidation("traceparent", traceParent);
        foreach (var (header, value) in options.Headers) message.Headers.TryAddWithoutValidation(header, value);
        if (options is { Key: { } key, KeyHeader: { } keyHeader }) message.Headers.TryAddWithoutValidation(keyHeader, key);
        else if (options.Key is { } bearer) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        try
        {
            return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderException($"{name} ({options.BaseUrl.Host}) cannot be reached.", inner: exception);
        }
    }

    private static Uri At(ProviderOptions options, string path) => new UriBuilder(options.BaseUrl) { Path = options.BaseUrl.AbsolutePath.TrimEnd('/') + path }.Uri;

    private static ReadOnlyMemory<byte> Body(ModelRequest request, bool streamed)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(4_096);
        using var writer = new Utf8JsonWriter(buffer, Plain);
        writer.WriteStartObject();
        writer.WriteString("model", request.Model);
        writer.WriteStartArray("messages");
        foreach (var message in request.Messages) message.WriteTo(writer);
        writer.WriteEndArray();
        if (request.Tools is { } tools)
        {
            writer.WritePropertyName("tools");
            tools.WriteTo(writer);
        }
        foreach (var parameter in request.Parameters.EnumerateObject()) parameter.WriteTo(writer);
        if (streamed)
        {
            writer.WriteBoolean("stream", true);
            writer.WriteStartObject("stream_options");
            writer.WriteBoolean("include_usage", true);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    // As they came, for they are passed on; only what is no list of calls at all is nonsense.
    private static JsonElement? Calls(JsonElement message)
    {
        if (!message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind == JsonValueKind.Null) return null;
        foreach (var call in calls.EnumerateArray())
        {
            if (call.ValueKind != JsonValueKind.Object) throw new JsonException("A call is no object.");
            if (call.TryGetProperty("index", out var index) && !(index.TryGetInt32(out var number) && number >= 0)) throw new JsonException("A call's index is no number.");
            if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object) _ = (Text(call, "id"), Text(function, "name"), Text(function, "arguments"));
        }
        return calls.GetArrayLength() > 0 ? calls.Clone() : null;
    }

    private static string? Text(JsonElement parent, string property) =>
        parent.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TokenUsage? Usage(JsonElement root) =>
        root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object && Count(usage, "prompt_tokens") is { } input && Count(usage, "completion_tokens") is { } output
            ? new TokenUsage(input, output, usage.TryGetProperty("prompt_tokens_details", out var details) && details.ValueKind == JsonValueKind.Object ? Count(details, "cached_tokens") : null) : null;

    private static int? Count(JsonElement parent, string property) =>
        parent.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : null;
}
