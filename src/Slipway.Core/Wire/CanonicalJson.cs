using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Wire;

/// <summary>JSON in the one spelling that has one hash: RFC 8785 (JSON Canonicalization Scheme).</summary>
/// <remarks>Keys sorted by UTF-16 code units, numbers as ECMAScript prints an IEEE double, no white space, UTF-8.</remarks>
public static class CanonicalJson
{
    /// <summary>The canonical bytes of a JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON, or what it says has no canonical form.</exception>
    public static byte[] Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>The canonical bytes of a parsed value.</summary>
    /// <exception cref="JsonException">An object names a key twice, a string holds half a surrogate pair, or a number is beyond a double.</exception>
    public static byte[] Of(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        try
        {
            Write(output, value);
        }
        catch (InvalidOperationException exception)     // how a value says that one of its strings is not Unicode
        {
            throw new JsonException("A string holds half a surrogate pair.", exception);
        }
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(output, value); break;
            case JsonValueKind.Array: WriteArray(output, value); break;
            case JsonValueKind.String: WriteString(output, value.GetString()!); break;
            case JsonValueKind.Number: WriteNumber(output, value); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            case JsonValueKind.Null: output.Write("null"u8); break;
            default: throw new JsonException("An undefined value has no JSON.");
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> output, JsonElement value)
    {
        var separator = "{"u8;
        string? before = null;
        foreach (var (name, item) in value.EnumerateObject().Select(property => (property.Name, property.Value)).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (name == before) throw new JsonException($"The key \"{name}\" stands twice in one object.");
            before = name;
            output.Write(separator);
            WriteString(output, name);
            output.Write(":"u8);
            Write(output, item);
            separator = ","u8;
        }
        output.Write(separator[0] == '{' ? "{}"u8 : "}"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> output, JsonElement value)
    {
        output.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!first) output.Write(","u8);
            Write(output, item);
            first = false;
        }
        output.Write("]"u8);
    }

    private static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(c, text[i + 1])) throw new JsonException("A string holds half a surrogate pair.");
                json.Append(c).Append(text[++i]);
                continue;
            }
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }
        json.Append('"');
        output.Write(Encoding.UTF8.GetBytes(json.ToString()));
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, JsonElement value)
    {
        var number = value.GetDouble();
        if (!double.IsFinite(number)) throw new JsonException($"The number {value.GetRawText()} is beyond what JSON can exchange.");
        output.Write(Encoding.ASCII.GetBytes(Number(number)));
    }

    /// <summary>A finite number as ECMAScript's <c>Number::toString</c> prints it, which RFC 8785 prescribes.</summary>
    public static string Number(double value)
    {
        if (value == 0) return "0";     // also for minus zero
        // .NET's shortest round-trip digits are ECMAScript's; only the place of the point and the exponent differ.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = shortest[0].IndexOf('.', StringComparison.Ordinal);
        var padded = shortest[0].Replace(".", "", StringComparison.Ordinal);
        var significant = padded.TrimStart('0');
        var power = shortest.Length == 2 ? int.Parse(shortest[1], CultureInfo.InvariantCulture) : 0;
        var exponent = (point < 0 ? padded.Length : point) - (padded.Length - significant.Length) + power;     // value = 0.digits × 10^exponent
        var digits = significant.TrimEnd('0');
        var sign = value < 0 ? "-" : "";
        if (digits.Length <= exponent && exponent <= 21) return sign + digits + new string('0', exponent - digits.Length);
        if (exponent is > 0 and <= 21) return sign + digits[..exponent] + "." + digits[exponent..];
        if (exponent is > -6 and <= 0) return sign + "0." + new string('0', -exponent) + digits;
        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{sign}{mantissa}e{(exponent > 0 ? "+" : "-")}{Math.Abs(exponent - 1).ToString(CultureInfo.InvariantCulture)}";
    }
}
