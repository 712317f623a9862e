using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Core.Wire;

/// <summary>Says in sentences why JSON does not fit a document: the serializer's own messages speak of types, people think in fields.</summary>
public static class JsonMistakes
{
    /// <summary>Everything that is wrong, in the order of the text; at least one sentence.</summary>
    /// <param name="json">What could not be read.</param>
    /// <param name="type">As what.</param>
    public static IReadOnlyCollection<string> In(JsonElement json, JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var mistakes = new List<string>();
        Look(json, type, "", mistakes);
        return mistakes.Count > 0 ? mistakes : ["It does not fit."];
    }

    private static void Look(JsonElement json, JsonTypeInfo type, string at, List<string> mistakes)
    {
        switch (type.Kind, json.ValueKind)
        {
            case (JsonTypeInfoKind.Object, JsonValueKind.Object): LookAtFields(json, type, at, mistakes); break;
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                var index = 0;
                foreach (var item in json.EnumerateArray()) Look(item, TypeOf(type.ElementType!, type), FormattableString.Invariant($"{at}[{index++}]"), mistakes);
                break;
            case (JsonTypeInfoKind.Dictionary, JsonValueKind.Object):
                foreach (var entry in json.EnumerateObject()) Look(entry.Value, TypeOf(type.ElementType!, type), $"{at}.{entry.Name}", mistakes);
                break;
            case (JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary, _): mistakes.Add($"{at}: It must be an object."); break;
            case (JsonTypeInfoKind.Enumerable, _): mistakes.Add($"{at}: It must be a list."); break;
            default: LookAtValue(json, type, at, mistakes); break;
        }
    }

    private static void LookAtFields(JsonElement json, JsonTypeInfo type, string at, List<string> mistakes)
    {
        var place = at.Length == 0 ? "" : $" in {at}";
        foreach (var field in json.EnumerateObject())
        {
            var path = at.Length == 0 ? field.Name : $"{at}.{field.Name}";
            var known = type.Properties.FirstOrDefault(property => string.Equals(property.Name, field.Name, StringComparison.OrdinalIgnoreCase));
            if (known is null) mistakes.Add($"There is no field \"{field.Name}\"{place}; it takes {string.Join(", ", type.Properties.Select(property => property.Name))}.");
            else if (field.Value.ValueKind != JsonValueKind.Null || !known.IsSetNullable) Look(field.Value, TypeOf(known.PropertyType, type), path, mistakes);
        }
        var missing = type.Properties.Where(property => property.IsRequired && !Has(json, property.Name)).Select(property => $"\"{property.Name}\"").ToList();
        if (missing.Count > 0) mistakes.Add($"{(missing.Count == 1 ? $"{missing[0]} is" : $"{string.Join(", ", missing[..^1])} and {missing[^1]} are")} missing{place}.");
    }

    private static void LookAtValue(JsonElement json, JsonTypeInfo type, string at, List<string> mistakes)
    {
        try
        {
            if (json.Deserialize(type) is null) mistakes.Add($"{at}: It must not be null.");
        }
        catch (JsonException exception)
        {
            mistakes.Add($"{at}: {Expected(type) ?? Sentence(exception.Message)}");
        }
    }

    private static string? Expected(JsonTypeInfo type) => type.Type switch
    {
        { } text when text == typeof(string) => "It must be a text.",
        { } number when number == typeof(int) => "It must be a whole number.",
        { } flag when flag == typeof(bool) => "It must be true or false.",
        { IsEnum: true } words => $"It must be one of {string.Join(", ", Enum.GetValuesAsUnderlyingType(words).Cast<object>().Select(value => Word(Enum.ToObject(words, value), type)))}.",
        _ => null,      // The values of the domain say themselves what they must look like.
    };

    private static string Word(object value, JsonTypeInfo type) => JsonSerializer.SerializeToElement(value, type).GetString()!;

    private static JsonTypeInfo TypeOf(Type type, JsonTypeInfo parent) => parent.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static bool Has(JsonElement json, string name) => json.EnumerateObject().Any(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
