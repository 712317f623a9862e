using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>Where in a schema other schemas stand.</summary>
internal static class Subschemas
{
    private static readonly HashSet<string> Single =
    [
        "additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ];

    private static readonly HashSet<string> Lists = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly HashSet<string> Maps = ["$defs", "definitions", "properties", "patternProperties", "dependentSchemas"];

    /// <summary>The schemas directly inside of one, with their pointers; keywords of the wrong shape are passed over.</summary>
    public static IEnumerable<(string Pointer, JsonElement Schema)> Of(JsonElement schema, string pointer)
    {
        if (schema.ValueKind != JsonValueKind.Object) yield break;
        foreach (var keyword in schema.EnumerateObject())
        {
            var here = JsonPointer.Append(pointer, keyword.Name);
            if (Single.Contains(keyword.Name))
            {
                yield return (here, keyword.Value);
            }
            else if (Lists.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var (index, one) in keyword.Value.EnumerateArray().Index()) yield return (JsonPointer.Append(here, index), one);
            }
            else if (Maps.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var one in keyword.Value.EnumerateObject()) yield return (JsonPointer.Append(here, one.Name), one.Value);
            }
        }
    }
}
