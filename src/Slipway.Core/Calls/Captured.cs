using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Resolution;

namespace Slipway.Core.Calls;

/// <summary>What is kept of the text of a call.</summary>
public static partial class Captured
{
    /// <summary>How many characters are kept at most; of a longer text the beginning is, with a mark.</summary>
    public const int Longest = 65_536;

    // Far more than anything that is taken out is long: what lies across the end is seen whole.
    private const int Beyond = 512;
    private static readonly SearchValues<char> Telling = SearchValues.Create("@0123456789");
    private static readonly SearchValues<byte> TellingInJson = SearchValues.Create("@0123456789\\"u8);
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What a prompt's policy keeps of a text, before anything is done with it.</summary>
    /// <param name="policy">The prompt's.</param>
    /// <param name="text">What was sent or came back, as text or as JSON, whose texts are looked at one by one; null for nothing.</param>
    /// <returns>Null where nothing is kept.</returns>
    public static string? Of(ServingPolicy policy, string? text)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return text is null || policy.Capture == CapturePolicy.None ? null
            : policy.Capture == CapturePolicy.Full ? Cut(text, text.Length)
            : Redacted(Redactor.Of(policy), text);
    }

    /// <summary>What a prompt's policy keeps of a sentence on what does not fit: where no texts are kept, nothing that stands in quotation marks.</summary>
    /// <param name="policy">The prompt's.</param>
    /// <param name="sentence">It may quote the answer; null for none.</param>
    public static string? Sentence(ServingPolicy policy, string? sentence)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return sentence is null || policy.Capture == CapturePolicy.Full ? sentence
            : Redactor.Of(policy).Redact(policy.Capture == CapturePolicy.None ? Quotation().Replace(sentence, "\"…\"") : sentence);
    }

    /// <summary>What a prompt's policy keeps of why no answer came: where no texts are kept, nothing of what a provider or an application says behind the first colon.</summary>
    /// <param name="policy">The prompt's.</param>
    /// <param name="error">As in <c>openai answered 400: …</c>; null for none.</param>
    public static string? Error(ServingPolicy policy, string? error)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Sentence(policy, policy.Capture == CapturePolicy.None && error?.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? error[..colon] + "." : error);
    }

    [GeneratedRegex("\"[^\"]*(\"|$)")] private static partial Regex Quotation();

    private static string Redacted(Redactor redactor, string text)
    {
        // Whatever is taken out by itself has a digit or an @; most texts of most prompts have neither.
        if (!redactor.HasPatterns && !text.AsSpan().ContainsAny(Telling)) return Cut(text, text.Length);
        if (text.Length <= 4 * Longest && text.AsSpan().TrimStart() is ['{' or '[', ..] && RedactedJson(redactor, text) is { } json) return Cut(json, json.Length);
        if (text.Length <= Longest) return redactor.Redact(text);
        var seen = text[..Math.Min(text.Length, Longest + Beyond)];
        return Marked(Redactor.Without(seen, Longest, redactor.Find(seen)), text.Length);
    }

    // Null where it is no JSON after all. In JSON a text may stand escaped, and a number may be somebody's.
    private static string? RedactedJson(Redactor redactor, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            // Most texts are nobody's: they are only read.
            return Tells(redactor, bytes) ? Rewritten(redactor, bytes) : text;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Tells(Redactor redactor, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var found = false;
        while (reader.Read())       // to its end: it may be no JSON after all
        {
            if (found || reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String or JsonTokenType.Number)) continue;
            if (redactor.HasPatterns || reader.ValueSpan.ContainsAny(TellingInJson)) found = !redactor.Find(TextOf(ref reader)).IsEmpty;
        }
        return found;
    }

    private static string Rewritten(Redactor redactor, ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 64);
        var reader = new Utf8JsonReader(json);
        using var writer = new Utf8JsonWriter(buffer, Readable);
        while (reader.Read()) Copy(ref reader, writer, redactor);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer, Redactor redactor)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: writer.WriteStartObject(); break;
            case JsonTokenType.EndObject: writer.WriteEndObject(); break;
            case JsonTokenType.StartArray: writer.WriteStartArray(); break;
            case JsonTokenType.EndArray: writer.WriteEndArray(); break;
            case JsonTokenType.PropertyName: writer.WritePropertyName(redactor.Redact(reader.GetString()!)); break;
            case JsonTokenType.String: writer.WriteStringValue(redactor.Redact(reader.GetString()!)); break;
            case JsonTokenType.Number when TextOf(ref reader) is var number && redactor.Redact(number) is var without && !ReferenceEquals(number, without): writer.WriteStringValue(without); break;
            default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
        }
    }

    private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString()!;

    private static string Cut(string text, int whole) => text.Length <= Longest ? text : Marked(text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)], whole);

    private static string Marked(string beginning, int whole) => FormattableString.Invariant($"{beginning}… [cut: {whole} characters]");
}
