using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>A JSON text whose values still know where they stood, so that a problem can name its place.</summary>
internal sealed class PlacedJson
{
    private readonly byte[] utf8;
    private readonly int firstLine;

    private PlacedJson(byte[] utf8, int firstLine, JsonElement root) => (this.utf8, this.firstLine, Root) = (utf8, firstLine, root);

    /// <summary>The outermost value.</summary>
    public JsonElement Root { get; }

    /// <summary>Reads a text; where that fails, adds the problem and returns null.</summary>
    /// <param name="text">The whole text, or one line of a file.</param>
    /// <param name="firstLine">The number of the text's first line in its file, from 1.</param>
    /// <param name="problems">Takes the problem. Keys that stand twice are problems too, but the text can still be read.</param>
    public static PlacedJson? Parse(string text, int firstLine, List<InputProblem> problems)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        try
        {
            var json = new PlacedJson(utf8, firstLine, JsonElement.Parse(utf8));
            if (json.HalfCharacter() is { } offset)
            {
                problems.Add(json.At(offset, "Not JSON: a \\u escape is half of a surrogate pair."));
                return null;
            }
            json.FindRepeatedKeys(json.Root, problems);
            return json;
        }
        catch (JsonException exception)
        {
            problems.Add(new PlacedJson(utf8, firstLine, default).At(exception));
            return null;
        }
    }

    /// <summary>A problem with a value.</summary>
    public InputProblem At(JsonElement value, string message) => At(OffsetOf(JsonMarshal.GetRawUtf8Value(value)), message);

    /// <summary>A problem with a key.</summary>
    public InputProblem AtKey(JsonProperty property, string message)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(property);
        // The place meant is the quotation mark before the name; a name of no length has no place of its own, its value has.
        return name.IsEmpty ? At(property.Value, message) : At(OffsetOf(name) - 1, message);
    }

    private InputProblem At(JsonException exception)
    {
        var start = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--) start += utf8.AsSpan(start).IndexOf((byte)'\n') + 1;
        var reason = exception.Message.AsSpan();
        if (reason.IndexOf(" LineNumber:") is > 0 and var end) reason = reason[..end];
        return At(Math.Min(utf8.Length, start + (int)(exception.BytePositionInLine ?? 0)), $"Not JSON: {reason}");
    }

    private InputProblem At(int offset, string message)
    {
        var before = utf8.AsSpan(0, offset);
        return new InputProblem(firstLine + before.Count((byte)'\n'), Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1, message);
    }

    // The parser keeps a copy of the text from its first token on: a value's place is its distance from there.
    private int OffsetOf(ReadOnlySpan<byte> part)
    {
        JsonMarshal.GetRawUtf8Value(Root).Overlaps(part, out var distance);
        return utf8.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) + distance;
    }

    // The parser lets "\ud800" pass, but no string can be made of it: found here, it cannot surprise anybody later.
    private int? HalfCharacter()
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped) continue;
            try { reader.GetString(); }
            catch (InvalidOperationException) { return (int)reader.TokenStartIndex; }
        }
        return null;
    }

    private void FindRepeatedKeys(JsonElement value, List<InputProblem> problems)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray()) FindRepeatedKeys(item, problems);
        }
        if (value.ValueKind != JsonValueKind.Object) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!seen.Add(property.Name)) problems.Add(AtKey(property, $"The key \"{property.Name}\" stands twice in one object."));
            FindRepeatedKeys(property.Value, problems);
        }
    }
}
