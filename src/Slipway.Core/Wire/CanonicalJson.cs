using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Slipway.Core.Wire;

/// <summary>JSON in the one spelling that has one hash: RFC 8785 (JSON Canonicalization Scheme).</summary>
/// <remarks>Keys sorted by UTF-16 code units, numbers as ECMAScript prints an IEEE double, no white space, UTF-8.</remarks>
public static class CanonicalJson
{
    private const int StackBytes = 384;
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(control => (byte)control), (byte)'"', (byte)'\\']);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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
        if (value.ValueKind is JsonValueKind.Undefined) throw new JsonException("An undefined value has no JSON.");
        var output = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(value).Length);
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

    /// <summary>Writes a text as a canonical JSON string.</summary>
    /// <exception cref="ArgumentException">It holds half a surrogate pair.</exception>
    internal static void WriteString(ArrayBufferWriter<byte> output, string text)
    {
        byte[]? rented = null;
        var room = text.Length <= StackBytes / 3 ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(StrictUtf8.GetMaxByteCount(text.Length));
        WriteText(output, room[..StrictUtf8.GetBytes(text, room)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private static void Write(ArrayBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(output, value); break;
            case JsonValueKind.Array: WriteArray(output, value); break;
            case JsonValueKind.String: WriteString(output, value); break;
            case JsonValueKind.Number: WriteNumber(output, value); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            default: output.Write("null"u8); break;
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> output, JsonElement value)
    {
        var count = value.GetPropertyCount();
        var (names, items) = (new string[count], new JsonElement[count]);
        foreach (var (index, property) in value.EnumerateObject().Index()) (names[index], items[index]) = (property.Name, property.Value);
        Array.Sort(names, items, StringComparer.Ordinal);
        output.Write("{"u8);
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && names[i] == names[i - 1]) throw new JsonException($"The key \"{names[i]}\" stands twice in one object.");
            if (i > 0) output.Write(","u8);
            WriteString(output, names[i]);
            output.Write(":"u8);
            Write(output, items[i]);
        }
        output.Write("}"u8);
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

    private static void WriteString(ArrayBufferWriter<byte> output, JsonElement value)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        if (!json.Contains((byte)'\\'))
        {
            // Written without an escape a string is canonical as it stands; but what was parsed from bytes was not checked for UTF-8.
            if (!Utf8.IsValid(json)) throw new InvalidOperationException("The string is not UTF-8.");
            output.Write(json);
            return;
        }
        var reader = new Utf8JsonReader(json);
        reader.Read();
        byte[]? rented = null;
        var room = json.Length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(json.Length);
        WriteText(output, room[..reader.CopyString(room)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        output.Write("\""u8);
        for (var next = utf8.IndexOfAny(Escaped); next >= 0; next = utf8.IndexOfAny(Escaped))
        {
            output.Write(utf8[..next]);
            WriteEscape(output, utf8[next]);
            utf8 = utf8[(next + 1)..];
        }
        output.Write(utf8);
        output.Write("\""u8);
    }

    private static void WriteEscape(ArrayBufferWriter<byte> output, byte character) => output.Write(character switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\b' => "\\b"u8,
        (byte)'\f' => "\\f"u8,
        (byte)'\n' => "\\n"u8,
        (byte)'\r' => "\\r"u8,
        (byte)'\t' => "\\t"u8,
        _ => [.. "\\u00"u8, (byte)('0' + character / 16), "0123456789abcdef"u8[character % 16]],
    });

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
        if (value is > -1e15 and < 1e15 && value == Math.Truncate(value)) return ((long)value).ToString(CultureInfo.InvariantCulture);
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
