using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>Reads the keywords of one subschema, each in the shape it must have, and notes what has another.</summary>
/// <remarks>Every method gives null or nothing where the keyword is absent, not of the dialect, or wrong.</remarks>
internal readonly struct KeywordReader(SchemaPlace place, Dialect dialect, PatternTable patterns, List<SchemaError> errors)
{
    public bool TryGet(string keyword, out JsonElement value)
    {
        value = default;
        return dialect.Knows(keyword) && place.Element.TryGetProperty(keyword, out value);
    }

    public void Refuse(string keyword, string sentence) => errors.Add(new SchemaError(place.At(keyword), sentence));

    private bool TryGet(string keyword, JsonValueKind kind, string shape, out JsonElement value)
    {
        if (!TryGet(keyword, out value)) return false;
        if (value.ValueKind == kind) return true;
        Refuse(keyword, $"\"{keyword}\" must be {shape}.");
        return false;
    }

    public string? Text(string keyword) => TryGet(keyword, JsonValueKind.String, "text", out var value) ? value.GetString() : null;

    public bool Flag(string keyword)
    {
        if (!TryGet(keyword, out var value) || value.ValueKind == JsonValueKind.False) return false;
        if (value.ValueKind != JsonValueKind.True) Refuse(keyword, $"\"{keyword}\" must be true or false.");
        return value.ValueKind == JsonValueKind.True;
    }

    public int? Count(string keyword)
    {
        if (!TryGet(keyword, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number)
        {
            var number = new ExactNumber(JsonText.Raw(value));
            if (number is { IsInteger: true, IsNegative: false }) return number.ToCount();
        }
        Refuse(keyword, $"\"{keyword}\" must be a whole number, zero or more.");
        return null;
    }

    public ImmutableArray<NumberRule> Numbers()
    {
        var rules = ImmutableArray.CreateBuilder<NumberRule>();
        foreach (var keyword in NumberRule.Keywords)
        {
            if (!TryGet(keyword, JsonValueKind.Number, "a number", out var value)) continue;
            var bound = new ExactNumber(JsonText.Raw(value));
            if (keyword == "multipleOf" && DivisorProblem(bound) is { } problem) Refuse(keyword, problem);
            else rules.Add(new NumberRule(keyword, Encoding.UTF8.GetBytes(value.GetRawText())));
        }
        return rules.ToImmutable();
    }

    private static string? DivisorProblem(ExactNumber divisor) =>
        divisor.IsZero || divisor.IsNegative ? "\"multipleOf\" must be more than zero."
        : divisor.SignificantDigits > SchemaLimits.DivisorDigits ? $"\"multipleOf\" may have at most {SchemaLimits.DivisorDigits} digits."
        : null;

    public TypeSet Types()
    {
        if (!TryGet("type", out var value)) return TypeSet.Any;
        var names = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value };
        var types = TypeSet.None;
        foreach (var name in names)
        {
            if (name.ValueKind == JsonValueKind.String && TypeSets.TryParse(name.GetString(), out var type))
            {
                types |= type;
                continue;
            }
            Refuse("type", $"\"type\" must name object, array, string, number, integer, boolean or null, not {name.GetRawText()}.");
            return TypeSet.Any;
        }
        if (names.Length == 0) Refuse("type", "\"type\" must name at least one type.");
        return types;
    }

    public ValueSet? Enum() =>
        TryGet("enum", JsonValueKind.Array, "a list of values", out var value) ? new ValueSet([.. value.EnumerateArray()]) : null;

    public ValueSet? Const() => TryGet("const", out var value) ? new ValueSet([value]) : null;

    public SchemaPattern? Pattern(string keyword) => Text(keyword) is { } text ? Pattern(keyword, text) : null;

    public SchemaPattern? Pattern(string keyword, string text)
    {
        if (patterns.Find(text, out var problem) is { } pattern) return pattern;
        Refuse(keyword, $"The pattern {text[..Math.Min(text.Length, 100)]} cannot be used: {problem}.");
        return null;
    }

    public IReadOnlyList<string> Names(string keyword) => TryGet(keyword, out var value) ? Names(keyword, value) : [];

    public IReadOnlyList<string> Names(string keyword, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(one => one.GetString()!)];
        Refuse(keyword, $"\"{keyword}\" must be a list of names.");
        return [];
    }

    public IReadOnlyList<JsonProperty> Map(string keyword)
    {
        if (!TryGet(keyword, JsonValueKind.Object, "an object", out var value)) return [];
        // Of a name given twice the last one counts.
        return [.. value.EnumerateObject().GroupBy(one => one.Name).Select(same => same.Last())];
    }

    public IReadOnlyList<JsonElement> List(string keyword)
    {
        if (!TryGet(keyword, JsonValueKind.Array, "a list of schemas", out var value)) return [];
        if (value.GetArrayLength() == 0) Refuse(keyword, $"\"{keyword}\" must hold at least one schema.");
        return [.. value.EnumerateArray()];
    }
}
