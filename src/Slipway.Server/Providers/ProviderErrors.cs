using System.Globalization;
using System.Text.Json;

namespace Slipway.Server.Providers;

/// <summary>What a service answers instead of an answer, as one sentence.</summary>
internal static class ProviderErrors
{
    // It becomes part of a sentence that is given on and recorded.
    private const int Longest = 4_000;

    /// <summary>The exception of a status that is no success.</summary>
    /// <param name="name">The provider's.</param>
    /// <param name="key">Its key, which the sentence must not hold.</param>
    /// <param name="response">What came; its body is read here.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<ProviderException> OfAsync(string name, string? key, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reason = Quoted(await ReasonAsync(LimitedContent.Of(response, name), cancellation), key);
        return new ProviderException($"{name} answered {status.ToString(CultureInfo.InvariantCulture)}{(reason is null ? "" : $": {reason}")}", status, RetryAfter(response));
    }

    /// <summary>What a service says, without the key: some echo the one they refuse, and what they say goes to callers, call records and reports.</summary>
    public static string? Quoted(string? reason, string? key) => Cut(string.IsNullOrEmpty(key) ? reason : reason?.Replace(key, "[secret]", StringComparison.Ordinal));

    private static string? Cut(string? reason) => reason?.Length > Longest ? reason[..(char.IsHighSurrogate(reason[Longest - 1]) ? Longest - 1 : Longest)] + "…" : reason;

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers switch
    {
        { RetryAfter.Delta: { } delta } => delta,
        { RetryAfter.Date: { } date, Date: { } now } when date > now => date - now,      // by the provider's own clock
        _ => null,
    };

    private static async Task<string?> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
            var root = document.RootElement;
            // OpenAI and Anthropic have an object, Ollama's own paths a text, older vLLM no error at all around the message.
            return !root.TryGetProperty("error", out var error) ? Text(root, "message") : error.ValueKind == JsonValueKind.String ? error.GetString() : Text(error, "message");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or HttpRequestException or IOException or ProviderException)
        {
            return null;    // The status says enough; a body in no known form adds nothing.
        }
    }

    private static string? Text(JsonElement parent, string property) =>
        parent.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
