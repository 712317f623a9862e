using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Slipway.Core.Contracts;

/// <summary>Reading a text before anybody judges it.</summary>
internal static class JsonText
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = int.MaxValue };

    // What was parsed already may have been parsed generously; it is not for us to say so now.
    private static readonly JsonReaderOptions Lenient =
        Strict with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The bytes a value was read from.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value);

    /// <summary>The reader every text is read with.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> utf8Json) =>
        new(utf8Json, new JsonReaderOptions { MaxDepth = SchemaLimits.Depth });

    /// <summary>Why a text cannot be validated at all, as one sentence, or null where it can.</summary>
    /// <remarks>What passes here parses, is at most <see cref="SchemaLimits.Depth"/> deep, and its strings can be decoded.</remarks>
    public static string? Problem(ReadOnlySpan<byte> utf8Json, bool parsed = false)
    {
        if (utf8Json.Trim(" \t\r\n"u8).IsEmpty) return "The answer is not JSON: it is empty.";
        if (!Utf8.IsValid(utf8Json)) return "The answer is not JSON: it is not valid UTF-8.";
        var reader = new Utf8JsonReader(utf8Json, parsed ? Lenient : Strict);
        try
        {
            while (reader.Read())
            {
                if (IsTooDeep(ref reader)) return $"The answer is nested more than {SchemaLimits.Depth} levels deep.";
                if (HasSurrogateEscape(ref reader)) reader.GetString();
            }
            return null;
        }
        catch (JsonException broken)
        {
            var (line, position) = (broken.LineNumber.GetValueOrDefault() + 1, broken.BytePositionInLine.GetValueOrDefault() + 1);
            var reason = broken.Message.Split(" LineNumber:")[0].TrimEnd('.');
            return string.Create(CultureInfo.InvariantCulture, $"The answer is not JSON: {reason} (line {line}, byte {position}).");
        }
        catch (InvalidOperationException)
        {
            var position = reader.TokenStartIndex + 1;
            return string.Create(
                CultureInfo.InvariantCulture, $"The answer is not JSON: a text in it holds half a character (byte {position}).");
        }
    }

    private static bool IsTooDeep(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= SchemaLimits.Depth;

    /// <summary>Whether the string read last is written with <c>\ud800</c> to <c>\udfff</c>: the halves may not fit together.</summary>
    private static bool HasSurrogateEscape(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
        && (reader.ValueSpan.IndexOf("\\ud"u8) >= 0 || reader.ValueSpan.IndexOf("\\uD"u8) >= 0);
}
