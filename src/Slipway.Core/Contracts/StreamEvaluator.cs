using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Slipway.Core.Contracts;

/// <summary>
/// Judges a text while reading it, once and without allocating. It may only say yes: whatever it is not certain of, and everything that
/// is wrong, it leaves to <see cref="Evaluator"/>, which can say what and where.
/// </summary>
internal static class StreamEvaluator
{
    private const int StackBytes = 256;

    public static bool Accepts(SchemaNode root, ReadOnlySpan<byte> utf8Json)
    {
        // Halves of characters are looked into where there is time to.
        if (utf8Json.IndexOf("\\ud"u8) >= 0 || utf8Json.IndexOf("\\uD"u8) >= 0 || !Utf8.IsValid(utf8Json)) return false;
        var steps = SchemaLimits.Steps(utf8Json.Length);
        var reader = JsonText.Reader(utf8Json);
        try
        {
            return reader.Read() && Accepts(root, ref reader, ref steps) && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Judges the value the reader stands at, and leaves the reader at its end.</summary>
    private static bool Accepts(SchemaNode node, ref Utf8JsonReader reader, ref int steps)
    {
        if (--steps < 0 || node.Forbids) return false;
        if (!node.Streams) return AcceptsParsed(node, ref reader, ref steps);
        var actual = TypeSets.Of(reader.TokenType);
        if (!node.Types.Accepts(actual, reader.ValueSpan)) return false;
        return actual is TypeSet.Object or TypeSet.Array
            ? AcceptsStructure(node, ref reader, ref steps)
            : AcceptsScalar(node, ref reader, ref steps);
    }

    private static bool AcceptsParsed(SchemaNode node, ref Utf8JsonReader reader, ref int steps)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Evaluator.Accepts(node, document.RootElement, ref steps);
    }

    private static bool AcceptsScalar(SchemaNode node, ref Utf8JsonReader reader, ref int steps)
    {
        steps -= node.Enum?.Cost ?? 0;
        var fits = reader.TokenType switch
        {
            JsonTokenType.String => AcceptsString(node, ref reader, ref steps),
            JsonTokenType.Number => AcceptsNumber(node, reader.ValueSpan),
            var literal => node.Enum?.ContainsLiteral(literal) != false && node.Const?.ContainsLiteral(literal) != false,
        };
        if (!fits || node.All.Length == 0) return fits;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) return false;
        foreach (var one in node.All)
            if (!Accepts(one, ref reader, ref steps)) return false;
        return true;
    }

    private static bool AcceptsNumber(SchemaNode node, ReadOnlySpan<byte> text)
    {
        if (node.Enum?.ContainsNumber(text) == false || node.Const?.ContainsNumber(text) == false) return false;
        if (node.Numbers.Length == 0) return true;
        var number = new ExactNumber(text);
        foreach (var rule in node.Numbers)
            if (!rule.Accepts(number)) return false;
        return true;
    }

    private static bool AcceptsString(SchemaNode node, ref Utf8JsonReader reader, ref int steps)
    {
        if (node is { Strings: null, Enum: null, Const: null }) return true;
        if (!reader.ValueIsEscaped) return AcceptsText(node, reader.ValueSpan, ref steps);
        byte[]? rented = null;
        var room = reader.ValueSpan.Length <= StackBytes
            ? stackalloc byte[StackBytes]
            : rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var fits = AcceptsText(node, room[..reader.CopyString(room)], ref steps);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return fits;
    }

    private static bool AcceptsText(SchemaNode node, ReadOnlySpan<byte> utf8, ref int steps)
    {
        if (node.Enum?.ContainsString(utf8) == false || node.Const?.ContainsString(utf8) == false) return false;
        if (node.Strings is not { } rules) return true;
        // A code point takes one to four bytes, which mostly settles the matter.
        if (rules.BoundsLength && !(rules.AcceptsLength(utf8.Length) && rules.AcceptsLength((utf8.Length + 3) / 4))
            && !rules.AcceptsLength(CountCodePoints(utf8))) return false;
        return rules.Pattern is not { } pattern || Matches(pattern, utf8, ref steps);
    }

    private static int CountCodePoints(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
            if ((unit & 0b1100_0000) != 0b1000_0000) count++;
        return count;
    }

    private static bool Matches(SchemaPattern pattern, ReadOnlySpan<byte> utf8, ref int steps)
    {
        steps -= utf8.Length / 16;
        return steps >= 0 && pattern.Matches(utf8) == true;
    }

    private static bool AcceptsStructure(SchemaNode node, ref Utf8JsonReader reader, ref int steps)
    {
        // A set of values that are all scalars holds no structure.
        if (node.Enum is not null || node.Const is not null || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) return false;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var hasOwnRules = isObject ? node.Objects is not null : node.Arrays is not null;
        for (var i = 0; i < node.All.Length; i++)
        {
            // Every subschema reads the value from its beginning; the last reader is ours.
            if (i == node.All.Length - 1 && !hasOwnRules) return Accepts(node.All[i], ref reader, ref steps);
            var again = reader;
            if (!Accepts(node.All[i], ref again, ref steps)) return false;
        }
        if (hasOwnRules)
        {
            return isObject
                ? AcceptsObject(node.Objects!, ref reader, ref steps)
                : AcceptsArray(node.Arrays!, ref reader, ref steps);
        }
        reader.Skip();
        return true;
    }

    private static bool AcceptsObject(ObjectRules rules, ref Utf8JsonReader reader, ref int steps)
    {
        var missing = rules.Named.RequiredMask;
        int count = 0, expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Names are compared as they are written; one written with escapes is rare enough to be left.
            if (reader.ValueIsEscaped || !AcceptsMember(rules, ref reader, ref steps, ref missing, ref expected)) return false;
            count++;
        }
        return missing == 0 && count >= (rules.MinProperties ?? 0) && count <= (rules.MaxProperties ?? int.MaxValue);
    }

    private static bool AcceptsMember(ObjectRules rules, ref Utf8JsonReader reader, ref int steps, ref ulong missing, ref int expected)
    {
        var name = reader.ValueSpan;
        reader.Read();
        var own = rules.Named.Find(name, ref expected);
        if (own?.RequiredBit is { } bit) missing &= ~(1UL << bit);
        var known = own?.Node is not null;
        foreach (var (pattern, node) in rules.Patterned)
        {
            if (--steps < 0 || pattern.Matches(name) is not { } matches) return false;
            if (!matches) continue;
            known = true;
            var again = reader;
            if (!Accepts(node, ref again, ref steps)) return false;
        }
        var last = known ? own?.Node : rules.Additional;
        if (last is not null) return Accepts(last, ref reader, ref steps);
        reader.Skip();
        return --steps >= 0;
    }

    private static bool AcceptsArray(ArrayRules rules, ref Utf8JsonReader reader, ref int steps)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var node = count < rules.Prefix.Length ? rules.Prefix[count] : rules.Items;
            count++;
            if (node is null) reader.Skip();
            else if (!Accepts(node, ref reader, ref steps)) return false;
        }
        return count >= (rules.MinItems ?? 0) && count <= (rules.MaxItems ?? int.MaxValue);
    }
}
