using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The fields of one object in somebody's file: what does not fit becomes a problem, and reading goes on.</summary>
internal sealed class JsonFields
{
    private readonly PlacedJson json;
    private readonly JsonElement value;
    private readonly string what;
    private readonly List<InputProblem> problems;

    /// <summary>Looks at an object; keys it should not have become problems at once.</summary>
    /// <param name="json">The text the object stands in.</param>
    /// <param name="value">The object.</param>
    /// <param name="what">What the object is, as in "a case".</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="keys">All keys such an object may have.</param>
    public JsonFields(PlacedJson json, JsonElement value, string what, List<InputProblem> problems, ReadOnlySpan<string> keys)
    {
        (this.json, this.value, this.what, this.problems) = (json, value, what, problems);
        foreach (var property in value.EnumerateObject())
        {
            if (!keys.Contains(property.Name))
                problems.Add(json.AtKey(property, $"Unknown key \"{property.Name}\": {what} has {string.Join(", ", keys!)}."));
        }
    }

    /// <summary>The value of a key, JSON's null included; null where the key is missing.</summary>
    public JsonElement? Any(string key) => value.TryGetProperty(key, out var found) ? found : null;

    /// <summary>A text that is not blank; null, and for a required one a problem, where there is none.</summary>
    public string? Text(string key, bool required)
    {
        if (Typed(key, JsonValueKind.String, "a text", required) is not { } found) return null;
        if (!string.IsNullOrWhiteSpace(found.GetString())) return found.GetString();
        problems.Add(json.At(found, $"\"{key}\" is blank."));
        return null;
    }

    /// <summary>An object; null, and for a required one a problem, where there is none.</summary>
    public JsonElement? Object(string key, bool required = false) => Typed(key, JsonValueKind.Object, "an object", required);

    /// <summary>The items of a list; none where the key is missing.</summary>
    public ImmutableArray<JsonElement> List(string key) =>
        Typed(key, JsonValueKind.Array, "a list", required: false) is { } found ? [.. found.EnumerateArray()] : [];

    /// <summary>A text, blank or not; null and a problem where there is none.</summary>
    public string? AnyText(string key) => Typed(key, JsonValueKind.String, "a text", required: true)?.GetString();

    /// <summary>Whether a key is true; false where it is missing.</summary>
    public bool Flag(string key)
    {
        if (Any(key) is not { } found || found.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null) return Any(key) is { ValueKind: JsonValueKind.True };
        problems.Add(json.At(found, $"\"{key}\" must be true or false."));
        return false;
    }

    /// <summary>A whole number between two bounds; null, and where it is another a problem, where there is none.</summary>
    public long? Whole(string key, long least, long most)
    {
        if (Any(key) is not { ValueKind: not JsonValueKind.Null } found) return null;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetInt64(out var number) && number >= least && number <= most) return number;
        problems.Add(json.At(found, most == long.MaxValue ? $"\"{key}\" must be a whole number from {least}." : $"\"{key}\" must be a whole number from {least} to {most}."));
        return null;
    }

    /// <summary>An amount above nothing; null, and where it is another a problem, where there is none.</summary>
    public decimal? Amount(string key)
    {
        if (Any(key) is not { ValueKind: not JsonValueKind.Null } found) return null;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetDecimal(out var amount) && amount > 0) return amount;
        problems.Add(json.At(found, $"\"{key}\" must be a number above 0."));
        return null;
    }

    // JSON's null says the same as leaving the key out: many programs that write such files cannot do the latter.
    private JsonElement? Typed(string key, JsonValueKind kind, string form, bool required)
    {
        if (Any(key) is { ValueKind: not JsonValueKind.Null } found)
        {
            if (found.ValueKind == kind) return found;
            problems.Add(json.At(found, $"\"{key}\" must be {form}."));
        }
        else if (required)
        {
            problems.Add(json.At(value, $"\"{key}\" is missing: {what} needs {form} there."));
        }
        return null;
    }
}
