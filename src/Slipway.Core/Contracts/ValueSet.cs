using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>The values of an <c>enum</c>, or the one of a <c>const</c>.</summary>
internal sealed class ValueSet
{
    private const int ShownValues = 12;
    private const int ShownCharacters = 60;

    private readonly ImmutableArray<byte[]> strings;
    private readonly ImmutableArray<byte[]> numbers;
    private readonly ImmutableArray<JsonElement> structures;
    private readonly bool hasTrue, hasFalse, hasNull;

    public ValueSet(IReadOnlyCollection<JsonElement> values)
    {
        strings = [.. Of(JsonValueKind.String).Select(value => Encoding.UTF8.GetBytes(value.GetString()!))];
        numbers = [.. Of(JsonValueKind.Number).Select(value => Encoding.UTF8.GetBytes(value.GetRawText()))];
        structures = [.. Of(JsonValueKind.Object).Concat(Of(JsonValueKind.Array)).Select(value => value.Clone())];
        (hasTrue, hasFalse, hasNull) = (Of(JsonValueKind.True).Any(), Of(JsonValueKind.False).Any(), Of(JsonValueKind.Null).Any());

        var shown = values.Take(ShownValues).Select(Shown).ToList();
        if (values.Count > ShownValues) shown.Add($"{values.Count - ShownValues} more");
        InWords = string.Join(", ", shown);
        Cost = values.Count / 16;

        IEnumerable<JsonElement> Of(JsonValueKind kind) => values.Where(value => value.ValueKind == kind);
    }

    /// <summary>Whether an object or an array is among the values: they are compared whole.</summary>
    public bool HasStructures => structures.Length > 0;

    /// <summary>Steps a look into the set counts for, beyond the first.</summary>
    public int Cost { get; }

    /// <summary>The values for a sentence: <c>billing, refund</c>.</summary>
    public string InWords { get; }

    public bool Contains(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => strings.Length > 0 && ContainsString(Encoding.UTF8.GetBytes(value.GetString()!)),
        JsonValueKind.Number => ContainsNumber(JsonText.Raw(value)),
        JsonValueKind.Object or JsonValueKind.Array => structures.Any(one => JsonElement.DeepEquals(one, value)),
        JsonValueKind.True => hasTrue,
        JsonValueKind.False => hasFalse,
        _ => hasNull,
    };

    public bool ContainsString(ReadOnlySpan<byte> utf8)
    {
        foreach (var one in strings)
            if (utf8.SequenceEqual(one)) return true;
        return false;
    }

    public bool ContainsNumber(ReadOnlySpan<byte> text)
    {
        if (numbers.Length == 0) return false;
        var number = new ExactNumber(text);
        foreach (var one in numbers)
            if (number.CompareTo(new ExactNumber(one)) == 0) return true;
        return false;
    }

    public bool ContainsLiteral(JsonTokenType token) => token switch
    {
        JsonTokenType.True => hasTrue,
        JsonTokenType.False => hasFalse,
        _ => hasNull,
    };

    private static string Shown(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (text.Length == 0) return "\"\"";
        if (text.Length <= ShownCharacters) return text;
        // Never between the halves of one character.
        var end = char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters;
        return text[..end] + "…";
    }
}
