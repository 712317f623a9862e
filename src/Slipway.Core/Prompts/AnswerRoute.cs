using System.Text;
using System.Text.Json;

namespace Slipway.Core.Prompts;

/// <summary>What an answer chose: the value of the first required property of the output schema that lists its values in an <c>enum</c>.</summary>
internal static class AnswerRoute
{
    /// <summary>The property; null where the schema requires none that lists its values.</summary>
    public static string? PropertyOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return null;
        return required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            .FirstOrDefault(name => properties.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.Object && property.TryGetProperty("enum", out _));
    }

    /// <summary>Its value in an answer, as text; null where the answer is no JSON object that has it.</summary>
    public static string? In(string answer, string property)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(answer));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(property);
                reader.Read();
                if (isIt) return reader.TokenType is JsonTokenType.String ? reader.GetString() : reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? null : Encoding.UTF8.GetString(reader.ValueSpan);
                reader.Skip();
            }
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;    // A broken answer chose nothing.
        }
    }
}
