using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Slipway.Server.Gateway;

/// <summary>A call that names a model and no prompt, as far as the gateway looks into it.</summary>
/// <param name="Model">As the caller names it.</param>
/// <param name="ModelAt">Where the name stands in the body, quotation marks included.</param>
/// <param name="Stream">Whether the answer is wanted piece by piece.</param>
/// <param name="User">Whom the body names as user; null for nobody.</param>
/// <param name="Fingerprint">Of its system prompt; the same for calls whose system and developer messages say the same, numbers and white space aside.</param>
internal sealed record PlainCall(string Model, Range ModelAt, bool Stream, string? User, string Fingerprint)
{
    /// <summary>Whether a body names a model of its own: then it is passed through.</summary>
    /// <remarks>A look at the beginning is enough for nearly every call of a prompt; what is no JSON is nobody's, and told so by who reads all of it.</remarks>
    public static bool Is(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            var isPlain = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isModel, isPrompt) = (reader.ValueTextEquals("model"u8), reader.ValueTextEquals("prompt"u8));
                reader.Read();
                if (isPrompt && reader.TokenType != JsonTokenType.Null) return false;
                if (isModel && reader.TokenType != JsonTokenType.String) return false;
                if (isModel && reader.ValueSpan.StartsWith("slipway/"u8)) return false;
                isPlain |= isModel;
                reader.Skip();
            }
            return isPlain;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads what the gateway wants to know of a body that <see cref="Is"/> plain.</summary>
    /// <returns>Null where one of its texts is not Unicode.</returns>
    public static PlainCall? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var (model, at, stream, user, prompts) = ("", default(Range), false, (string?)null, new StringBuilder());
            var reader = new Utf8JsonReader(body);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "model": (model, at) = (reader.GetString()!, (int)reader.TokenStartIndex..(int)reader.BytesConsumed); break;
                    case "stream": stream = reader.TokenType == JsonTokenType.True; break;
                    case "user" or "safety_identifier" when reader.TokenType == JsonTokenType.String: user ??= reader.GetString(); break;
                    case "instructions" when reader.TokenType == JsonTokenType.String: prompts.Append(reader.GetString()); break;
                    case "messages" or "input" when reader.TokenType == JsonTokenType.StartArray: ReadMessages(ref reader, prompts); break;
                    default: reader.Skip(); break;
                }
            }
            return new PlainCall(model, at, stream, user, FingerprintOf(prompts.ToString()));
        }
        catch (InvalidOperationException)       // how a value says that one of its strings is not Unicode
        {
            return null;
        }
    }

    /// <summary>The fingerprint of a system prompt: the first 16 hexadecimal digits of the SHA-256 of its text, each number as one 0 and all white space as one space.</summary>
    /// <remarks>Texts differ in the date, in a count or in their line ends from one call to the next, and are still one prompt that somebody wrote.</remarks>
    public static string FingerprintOf(string prompt)
    {
        var text = new StringBuilder(prompt.Length);
        foreach (var letter in prompt)
        {
            var last = text.Length == 0 ? ' ' : text[^1];
            if (char.IsWhiteSpace(letter)) { if (last != ' ') text.Append(' '); }
            else if (char.IsAsciiDigit(letter)) { if (last != '0') text.Append('0'); }
            else text.Append(letter);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString().TrimEnd())).AsSpan(0, 8));
    }

    private static void ReadMessages(ref Utf8JsonReader reader, StringBuilder prompts)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) { reader.Skip(); continue; }
            var (isSystem, content) = (false, "");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isRole, isContent) = (reader.ValueTextEquals("role"u8), reader.ValueTextEquals("content"u8));
                reader.Read();
                if (isRole && reader.TokenType == JsonTokenType.String) isSystem = reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8);
                // Clients write the role first; the text of a long conversation need not be taken out to be left.
                else if (isContent && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0) content = isSystem || content.Length == 0 ? reader.GetString()! : content;
                else if (isContent && reader.TokenType == JsonTokenType.StartArray) content = ReadParts(ref reader);
                else reader.Skip();
            }
            if (isSystem) prompts.Append(content).Append('\n');
        }
    }

    private static string ReadParts(ref Utf8JsonReader reader)
    {
        var text = new StringBuilder();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) { reader.Skip(); continue; }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isText = reader.ValueTextEquals("text"u8);
                reader.Read();
                if (isText && reader.TokenType == JsonTokenType.String) text.Append(reader.GetString());
                else reader.Skip();
            }
        }
        return text.ToString();
    }
}
