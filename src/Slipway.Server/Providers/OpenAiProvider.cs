using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Slipway.Server.Providers;

/// <summary>Any service that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM and many more.</summary>
/// <param name="name">Its name in model references.</param>
/// <param name="baseUrl">Up to and with <c>/v1</c>.</param>
/// <param name="key">Sent as a bearer token; null for services without one. Never logged or journalled.</param>
/// <param name="http">Without a timeout of its own; the caller's token limits a call.</param>
internal sealed class OpenAiProvider(string name, Uri baseUrl, string? key, HttpClient http) : IModelProvider
{
    private readonly Uri endpoint = new(baseUrl.AbsoluteUri.TrimEnd('/') + "/chat/completions");

    public string Name => name;

    public string Description => $"{name} ({baseUrl.Host}, OpenAI-compatible)";

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
        await using var events = SseParser.Create(body).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        var (started, finished) = (false, false);
        while (await NextAsync(events))
        {
            if (events.Current.Data == "[DONE]" && started) yield break;
            var piece = Piece(events.Current.Data);
            (started, finished) = (true, finished || piece.FinishReason is not null);
            yield return piece;
        }
        if (!finished) throw new ProviderException($"The answer of {name} broke off.");
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events)
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

    private ModelPiece Piece(string data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                throw new ProviderException($"{name} broke its answer off: {Quoted(Text(error, "message")) ?? "no reason given"}");
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

    private async Task<HttpResponseMessage> SendAsync(ModelRequest request, bool streamed, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(Body(request, streamed)) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderException($"{name} ({baseUrl.Host}) cannot be reached.", inner: exception);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var reason = await ReasonAsync(response, cancellation);
            throw new ProviderException($"{name} answered {status.ToString(CultureInfo.InvariantCulture)}{(reason is null ? "" : $": {reason}")}", status, RetryAfter(response));
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers switch
    {
        { RetryAfter.Delta: { } delta } => delta,
        { RetryAfter.Date: { } date, Date: { } now } when date > now => date - now,      // by the provider's own clock
        _ => null,
    };

    private async Task<string?> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            return document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? Quoted(Text(error, "message")) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or HttpRequestException or IOException)
        {
            return null;    // The status says enough; a body that is no OpenAI error adds nothing.
        }
    }

    // Some services echo the key they refuse; what they say goes to callers, call records and reports.
    private string? Quoted(string? reason) => string.IsNullOrEmpty(key) ? reason : reason?.Replace(key, "[secret]", StringComparison.Ordinal);

    private static byte[] Body(ModelRequest request, bool streamed)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
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
        return buffer.WrittenSpan.ToArray();
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
        root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
        && usage.TryGetProperty("prompt_tokens", out var input) && usage.TryGetProperty("completion_tokens", out var output)
        && input.TryGetInt32(out var inputs) && output.TryGetInt32(out var outputs) ? new TokenUsage(inputs, outputs) : null;
}
