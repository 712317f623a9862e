using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Watches an answer that is passed on as it comes, for what stands at its end: why the model stopped and what it spent.</summary>
internal sealed class PassedAnswer
{
    // The usage of an answer and the last events of a stream are far shorter.
    private const int Kept = 8 * 1024;
    private readonly byte[] end = new byte[2 * Kept];
    private int length;

    /// <summary>Bytes went by.</summary>
    public void Watch(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Kept) bytes = bytes[^Kept..];
        if (length + bytes.Length > end.Length)
        {
            end.AsSpan(length - Kept, Kept).CopyTo(end);
            length = Kept;
        }
        bytes.CopyTo(end.AsSpan(length));
        length += bytes.Length;
    }

    /// <summary>Why the model stopped; null where it did not say.</summary>
    public string? FinishReason() => Last("\"finish_reason\":"u8, "null"u8) is { Length: > 0 } value && Read(value, out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null;

    /// <summary>The tokens; null where the service did not say.</summary>
    public TokenUsage? Usage() =>
        Last("\"usage\":"u8, "null"u8) is { Length: > 0 } value && Read(value, out var usage) && usage.ValueKind == JsonValueKind.Object
        && (Count(usage, "prompt_tokens") ?? Count(usage, "input_tokens")) is { } input && (Count(usage, "completion_tokens") ?? Count(usage, "output_tokens")) is { } output
            ? new TokenUsage(input, output, Cached(usage)) : null;

    private static int? Cached(JsonElement usage) =>
        (usage.TryGetProperty("prompt_tokens_details", out var details) || usage.TryGetProperty("input_tokens_details", out details)) && details.ValueKind == JsonValueKind.Object ? Count(details, "cached_tokens") : null;

    // Within a text a quotation mark is escaped, so what is found is a field.
    private ReadOnlySpan<byte> Last(ReadOnlySpan<byte> field, ReadOnlySpan<byte> nothing)
    {
        var bytes = end.AsSpan(0, length);
        while (bytes.LastIndexOf(field) is >= 0 and var at)
        {
            var value = bytes[(at + field.Length)..].TrimStart((byte)' ');
            if (!value.StartsWith(nothing)) return value;
            bytes = bytes[..at];
        }
        return default;
    }

    private static bool Read(ReadOnlySpan<byte> value, out JsonElement element)
    {
        element = default;
        try
        {
            var reader = new Utf8JsonReader(value);
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return false;
            element = document.RootElement;
            return true;
        }
        catch (JsonException)
        {
            return false;       // It broke off here.
        }
    }

    private static int? Count(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : null;
}
