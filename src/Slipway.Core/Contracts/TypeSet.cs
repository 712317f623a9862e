using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>The types a subschema lets through. Whole numbers are one apart: <c>integer</c> is one flag, <c>number</c> two.</summary>
[Flags]
internal enum TypeSet
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    String = 16,
    Integer = 32,
    Fraction = 64,
    Number = Integer | Fraction,
    Any = 127,
}

internal static class TypeSets
{
    private static readonly (string Name, TypeSet Type, string Plain)[] Known =
    [
        ("object", TypeSet.Object, "an object"), ("array", TypeSet.Array, "a list"), ("string", TypeSet.String, "text"),
        ("number", TypeSet.Number, "a number"), ("integer", TypeSet.Integer, "a whole number"),
        ("boolean", TypeSet.Boolean, "true or false"), ("null", TypeSet.Null, "null"),
    ];

    public static bool TryParse(string? name, out TypeSet type)
    {
        type = Known.FirstOrDefault(known => known.Name == name).Type;
        return type != TypeSet.None;
    }

    /// <summary>The types of a value whose kind is known; a number stays both, because only its digits tell.</summary>
    public static TypeSet Of(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => TypeSet.Object,
        JsonValueKind.Array => TypeSet.Array,
        JsonValueKind.String => TypeSet.String,
        JsonValueKind.Number => TypeSet.Number,
        JsonValueKind.True or JsonValueKind.False => TypeSet.Boolean,
        _ => TypeSet.Null,
    };

    /// <inheritdoc cref="Of(JsonValueKind)"/>
    public static TypeSet Of(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => TypeSet.Object,
        JsonTokenType.StartArray => TypeSet.Array,
        JsonTokenType.String => TypeSet.String,
        JsonTokenType.Number => TypeSet.Number,
        JsonTokenType.True or JsonTokenType.False => TypeSet.Boolean,
        _ => TypeSet.Null,
    };

    /// <summary>Whether a value fits: only a schema that tells whole numbers from others needs the digits read.</summary>
    public static bool Accepts(this TypeSet types, TypeSet actual, ReadOnlySpan<byte> number) =>
        (types & actual) == actual
        || (actual == TypeSet.Number && (types & (new ExactNumber(number).IsInteger ? TypeSet.Integer : TypeSet.Fraction)) != 0);

    /// <summary>The types in words: <c>text or null</c>.</summary>
    public static string InWords(this TypeSet types)
    {
        var named = types.HasFlag(TypeSet.Number) ? Known.Where(known => known.Type != TypeSet.Integer) : Known;
        return string.Join(" or ", named.Where(known => types.HasFlag(known.Type)).Select(known => known.Plain));
    }
}
