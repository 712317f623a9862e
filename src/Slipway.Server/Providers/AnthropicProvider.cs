using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Anthropic.Services;

namespace Slipway.Server.Providers;

/// <summary>Anthropic's Messages, and services that speak them.</summary>
internal sealed class AnthropicProvider : IModelProvider
{
    private static readonly ImmutableDictionary<string, JsonElement> None = ImmutableDictionary<string, JsonElement>.Empty;

    private readonly ProviderOptions options;
    private readonly IMessageService messages;

    /// <param name="options">What it is called, where it is and how it takes its key, which is never logged or journalled.</param>
    /// <param name="http">Without a timeout of its own; the caller's token limits a call.</param>
    public AnthropicProvider(ProviderOptions options, HttpClient http)
    {
        this.options = options;
        // The client holds nothing but the HTTP client, which is not its own: it is never disposed.
        messages = new AnthropicClient(new ClientOptions
        {
            HttpClient = http,
            BaseUrl = Root(options.BaseUrl),
            ApiKey = options.KeyHeader is null ? options.Key : null,        // null reads none from the environment either
            ExtraHeaders = options is { KeyHeader: { } header, Key: { } key } ? options.Headers.SetItem(header, key) : options.Headers,
            Handlers = [new StatusHandler(options)],
            MaxRetries = 0,                         // The gateway retries, and counts it.
            Timeout = TimeSpan.FromDays(1),         // The gateway's token ends a call.
            OpenTelemetry = false,                  // The gateway tells of its calls itself, and of their texts nothing.
        }).Messages;
    }

    public string Name => options.Name;

    public string Description => $"{options.Name} ({options.BaseUrl.Host}, Anthropic Messages)";

    public JsonElement Sent(JsonElement parameters) => AnthropicRequest.Sent(parameters);

    public async Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
    {
        var parameters = Parameters(request);
        try
        {
            using var response = await messages.WithRawResponse.Create(parameters, cancellation);
            return AnthropicAnswer.Whole(await response.Deserialize<JsonElement>(cancellation));
        }
        catch (Exception exception) when (Told(exception) is { } told)
        {
            throw told;
        }
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = new AnthropicStream();
        await using var events = messages.CreateStreaming(Parameters(request), cancellation).GetAsyncEnumerator(cancellation);
        while (!stream.IsOver && await NextAsync(events))
            if (stream.Take(events.Current.Json) is { } piece) yield return piece;
        if (!stream.IsOver) throw new ProviderException($"The answer of {Name} broke off.");
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<RawMessageStreamEvent> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (Told(exception) is { } told)
        {
            throw told;
        }
    }

    private ProviderException? Told(Exception exception) => exception switch
    {
        AnthropicIOException => new ProviderException($"{Name} ({options.BaseUrl.Host}) cannot be reached.", inner: exception),
        AnthropicSseException { Body: var body } => Broken(body),
        HttpRequestException or IOException => new ProviderException($"The answer of {Name} broke off.", inner: exception),
        AnthropicInvalidDataException or JsonException or InvalidOperationException => new ProviderException($"{Name} answered with something that is not a message.", inner: exception),
        _ => null,
    };

    private ProviderException Broken(JsonElement body)
    {
        var error = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var given) ? given : default;
        // In a stream the kind of the error stands for the status that can no longer be given.
        int? status = AnthropicAnswer.Word(error, "type") switch { "overloaded_error" => 529, "rate_limit_error" => 429, "timeout_error" => 504, "api_error" => 500, _ => null };
        return new ProviderException($"{Name} broke its answer off: {ProviderErrors.Quoted(AnthropicAnswer.Word(error, "message"), options.Key) ?? "no reason given"}", status);
    }

    // The package's own types would have to be filled from what is JSON already; it takes the fields as they are.
    private static MessageCreateParams Parameters(ModelRequest request) => MessageCreateParams.FromRawUnchecked(
        request.TraceParent is { } trace ? None.Add("traceparent", JsonSerializer.SerializeToElement(trace)) : None, None, AnthropicRequest.Body(request));

    // The package adds /v1/messages.
    private static string Root(Uri url)
    {
        var text = url.AbsoluteUri.TrimEnd('/');
        return text.EndsWith("/v1", StringComparison.Ordinal) ? text[..^"/v1".Length] : text;
    }

    // The package's exceptions leave out when the service wants to be asked again.
    private sealed class StatusHandler(ProviderOptions options) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return LimitedContent.Of(response, options.Name);
            using (response) throw await ProviderErrors.OfAsync(options.Name, options.Key, response, cancellationToken);
        }
    }
}
