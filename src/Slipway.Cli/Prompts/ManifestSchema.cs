using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Slipway.Cli.Prompts;

/// <summary>Writes shapes as JSON Schema (draft 2020-12), for editors that complete keys and mark mistakes while a manifest is written.</summary>
internal static partial class ManifestSchema
{
    /// <summary>The schema of a whole document.</summary>
    /// <param name="document">Its keys.</param>
    /// <param name="json">Whether it is written in JSON, else in YAML.</param>
    public static JsonObject Document(ManifestShape document, bool json)
    {
        var schema = Of(document, json);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", $"Slipway: {document.Name}");
        return schema;
    }

    /// <summary>The schema of a mapping.</summary>
    public static JsonObject Of(ManifestShape shape, bool json)
    {
        var properties = new JsonObject();
        foreach (var key in shape.In(json)) properties[key.In(json)] = Property(shape, key, json);
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (shape.NeededIn(json).Where(key => !shape.OneOf.Contains(key.Name)).Select(key => (JsonNode)key.In(json)).ToArray() is { Length: > 0 } needed) schema["required"] = new JsonArray(needed);
        if (!shape.OneOf.IsEmpty) schema["anyOf"] = new JsonArray([.. shape.OneOf.Select(name => Given([name], json))]);
        if (!shape.NotTogether.IsEmpty) schema["not"] = Given([.. shape.NotTogether], json);
        schema["additionalProperties"] = false;
        return schema;
    }

    /// <summary>The same, or <c>null</c>.</summary>
    public static JsonObject OrNull(JsonObject schema)
    {
        switch (schema["type"])
        {
            case JsonValue type:
                schema["type"] = new JsonArray(type.DeepClone(), "null");
                return schema;
            case JsonArray types:
                types.Add("null");
                return schema;
            default: return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }
    }

    private static JsonObject Property(ManifestShape shape, ManifestKey key, bool json)
    {
        // JSON's null says the same as leaving the key out.
        var mayBeNull = json && (key.InJson != Need.Needed || shape.OneOf.Contains(key.Name));
        var property = mayBeNull ? OrNull(key.Form.Schema(json)) : key.Form.Schema(json);
        property.Insert(0, "description", Link().Replace(Description(shape, key, json), "$1"));
        return property;
    }

    private static string Description(ManifestShape shape, ManifestKey key, bool json)
    {
        var value = key.Form.Shapes.IsEmpty ? $" Value: {key.Form.Words}." : "";     // of a mapping its own keys tell
        var leftOut = key.NeedIn(json) == Need.Optional && !shape.OneOf.Contains(key.Name) ? $" Left out: {key.LeftOut}." : "";
        return key.Meaning + value + leftOut;
    }

    private static JsonObject Given(IReadOnlyList<string> names, bool json)
    {
        var given = new JsonObject { ["required"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) };
        if (json) given["properties"] = new JsonObject(names.Select(name => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["not"] = new JsonObject { ["type"] = "null" } })));
        return given;
    }

    // Links lead on within the page of reference; an editor shows the words.
    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")] private static partial Regex Link();
}
