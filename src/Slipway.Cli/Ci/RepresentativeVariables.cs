using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Cli.Ci;

/// <summary>Makes values that fit a JSON Schema, for prompts that nobody wrote a case for.</summary>
/// <remarks>It knows what people write for variables: types, ranges, lengths, lists of values, formats. What it cannot guess, such as a pattern, an author says
/// with <c>examples</c> or <c>default</c>.</remarks>
internal static class RepresentativeVariables
{
    private const int DeepEnough = 16;
    private const string Sentence = "An example of what people write here. ";

    /// <summary>Two sets of variables: all there are, and only those that have no default.</summary>
    /// <param name="declaration">The schema of the object of all variables, as a package freezes it.</param>
    public static IReadOnlyList<JsonElement> Of(JsonElement declaration)
    {
        var properties = declaration.GetProperty("properties").EnumerateObject().ToList();
        var required = declaration.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal);
        var all = Make(_ => true);
        return required.Count == properties.Count ? [all] : [all, Make(required.Contains)];

        JsonElement Make(Func<string, bool> wanted) => JsonElement.Parse(
            new JsonObject(properties.Where(property => wanted(property.Name)).Select(property => KeyValuePair.Create(property.Name, Value(property.Value, depth: 0)))).ToJsonString());
    }

    private static JsonNode? Value(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > DeepEnough) return JsonValue.Create(Sentence.Trim());
        foreach (var key in (string[])["const", "default"])
            if (schema.TryGetProperty(key, out var given)) return Copy(given);
        foreach (var key in (string[])["examples", "enum"])
            if (schema.TryGetProperty(key, out var some) && some.ValueKind == JsonValueKind.Array && some.GetArrayLength() > 0) return Copy(some[0]);
        foreach (var key in (string[])["anyOf", "oneOf", "allOf"])
            if (schema.TryGetProperty(key, out var branches) && branches.ValueKind == JsonValueKind.Array && branches.GetArrayLength() > 0) return Value(branches[0], depth + 1);
        return TypeOf(schema) switch
        {
            "integer" or "number" => Number(schema),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            "array" => List(schema, depth),
            "object" => Object(schema, depth),
            _ => JsonValue.Create(Text(schema)),
        };
    }

    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array" : null;
        return type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(one => one.GetString()).FirstOrDefault(one => one != "null") ?? "null"
            : type.GetString();
    }

    private static JsonNode Number(JsonElement schema)
    {
        var least = Of("minimum") ?? Of("exclusiveMinimum") + 1;
        var most = Of("maximum") ?? Of("exclusiveMaximum") - 1;
        var value = Math.Min(Math.Max(1, least ?? 1), most ?? decimal.MaxValue);
        if (Of("multipleOf") is > 0 and var step) value = Math.Ceiling(value / step) * step;
        return JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))!;

        decimal? Of(string key) => schema.TryGetProperty(key, out var number) && number.TryGetDecimal(out var found) ? found : null;
    }

    private static JsonArray List(JsonElement schema, int depth)
    {
        var count = Math.Clamp(Whole(schema, "minItems") ?? 1, Math.Min(1, Whole(schema, "maxItems") ?? 1), 100);
        var items = schema.TryGetProperty("items", out var of) ? of : default;
        return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Value(items, depth + 1))]);
    }

    private static JsonObject Object(JsonElement schema, int depth) => schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        ? new JsonObject(properties.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Value(property.Value, depth + 1))))
        : [];

    private static string Text(JsonElement schema)
    {
        var format = schema.TryGetProperty("format", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var text = format switch
        {
            "date" => "2026-03-15",
            "date-time" => "2026-03-15T09:30:00Z",
            "time" => "09:30:00Z",
            "email" => "someone@example.org",
            "uri" => "https://example.org/",
            "uuid" => "3f2b8a6e-0d5c-4f0e-9a51-6d1a2f7c9b10",
            _ => Sentence.Trim(),
        };
        while (text.Length < Math.Min(Whole(schema, "minLength") ?? 0, 100_000)) text += " " + Sentence.Trim();
        return Whole(schema, "maxLength") is { } most && text.Length > most ? text[..Math.Max(0, most)] : text;
    }

    private static int? Whole(JsonElement schema, string key) => schema.TryGetProperty(key, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var found) ? found : null;

    private static JsonNode? Copy(JsonElement value) => JsonNode.Parse(value.GetRawText());
}
