using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Server.Providers;

/// <summary>Puts what Anthropic's Messages answer into the words of OpenAI's chat completions.</summary>
internal static class AnthropicAnswer
{
    /// <summary>A whole message.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ModelAnswer Whole(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array) throw new JsonException("A message has content.");
        var texts = new List<string>();
        var calls = new JsonArray();
        foreach (var block in content.EnumerateArray())
        {
            if (Word(block, "type") == "text") texts.Add(Word(block, "text") ?? "");
            else if (Word(block, "type") == "tool_use") calls.Add(Call(block, block.TryGetProperty("input", out var input) ? input.GetRawText() : "{}"));
        }
        var reason = FinishReason(Word(message, "stop_reason"));
        var text = string.Concat(texts);
        return reason == "content_filter"
            ? new ModelAnswer("", Refusal(message) ?? (text.Length > 0 ? text : Refused), reason, Usage(message))
            : new ModelAnswer(text, null, reason ?? "stop", Usage(message), calls.Count == 0 ? null : JsonSerializer.SerializeToElement(calls));
    }

    /// <summary>What a refusal says that gives no reason.</summary>
    public const string Refused = "The model refused to answer.";

    /// <summary>The reason as OpenAI names it; null where none is given yet.</summary>
    public static string? FinishReason(string? stopReason) => stopReason switch
    {
        null => null,
        "max_tokens" or "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        _ => "stop",        // end_turn, stop_sequence
    };

    /// <summary>Why it refused, in its own words; null where it gives none.</summary>
    public static string? Refusal(JsonElement owner) => owner.TryGetProperty("stop_details", out var details) && details.ValueKind == JsonValueKind.Object ? Word(details, "explanation") : null;

    /// <summary>A call of a tool, with its arguments or the beginning of them.</summary>
    public static JsonObject Call(JsonElement block, string arguments) => new()
    {
        ["id"] = Word(block, "id"),
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = Word(block, "name"), ["arguments"] = arguments },
    };

    /// <summary>The tokens of a message; null where it says none. What comes from the cache and what goes into it is counted apart there, and together here.</summary>
    public static TokenUsage? Usage(JsonElement message)
    {
        if (!message.TryGetProperty("usage", out var usage) || Count(usage, "input_tokens") is not { } input || Count(usage, "output_tokens") is not { } output) return null;
        var cached = Count(usage, "cache_read_input_tokens");
        return new TokenUsage(input + (cached ?? 0) + (Count(usage, "cache_creation_input_tokens") ?? 0), output, cached);
    }

    /// <summary>A text among an object's fields; null where it is missing or something else.</summary>
    public static string? Word(JsonElement parent, string field) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A count among an object's fields; null where it is missing or something else.</summary>
    public static int? Count(JsonElement parent, string field) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : null;
}
