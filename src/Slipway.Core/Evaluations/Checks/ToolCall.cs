using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>One function that an answer calls.</summary>
/// <param name="Name">The function's name; empty where the call names none.</param>
/// <param name="Arguments">Its arguments; null where they are not JSON, or there are none.</param>
public sealed record ToolCall(string Name, JsonElement? Arguments)
{
    /// <summary>The calls of an answer, in its order; empty where it calls nothing.</summary>
    public static ImmutableArray<ToolCall> In(Answer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.ToolCalls is { ValueKind: JsonValueKind.Array } calls ? [.. calls.EnumerateArray().Select(Read)] : [];
    }

    /// <summary>The call as a sentence shows it: <c>refund {"order":"A-17"}</c>.</summary>
    public override string ToString() => Arguments is { } arguments ? $"{Name} {arguments.GetRawText()}" : Name;

    private static ToolCall Read(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object) return new ToolCall("", null);
        var name = function.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        return new ToolCall(name, function.TryGetProperty("arguments", out var given) && given.ValueKind == JsonValueKind.String ? JsonValues.Parse(given.GetString()!) : null);
    }
}
