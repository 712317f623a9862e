using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Cli.Prompts;

/// <summary>Reads JSON into values that know where they stand.</summary>
internal ref struct JsonReader
{
    private readonly string file;
    private readonly List<ManifestProblem> problems;
    private readonly ReadOnlySpan<byte> utf8;
    private Utf8JsonReader reader;
    private int counted, line = 1, column = 1;      // places only rise, so each byte is counted once

    private JsonReader(string file, ReadOnlySpan<byte> utf8, List<ManifestProblem> problems)
    {
        (this.file, this.problems) = (file, problems);
        this.utf8 = utf8;
        reader = new Utf8JsonReader(utf8);
    }

    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>The outermost value, also where it has problems; null where the text cannot be read to its end.</returns>
    public static ManifestNode? Read(string file, string text, List<ManifestProblem> problems)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var json = new JsonReader(file, utf8, problems);
        try
        {
            JsonElement.Parse(utf8);    // says of a broken text what is wrong with it; from here on it is JSON
            json.reader.Read();
            return json.ReadNode();
        }
        catch (JsonException exception)
        {
            var offset = 0;
            for (var line = exception.LineNumber ?? 0; line > 0; line--) offset += utf8.AsSpan(offset).IndexOf((byte)'\n') + 1;
            var reason = exception.Message.AsSpan();
            if (reason.IndexOf(" LineNumber:") is > 0 and var end) reason = reason[..end];
            json.Report(json.Place(Math.Min(utf8.Length, offset + (int)(exception.BytePositionInLine ?? 0))), $"Not JSON: {reason}");
            return null;
        }
    }

    private ManifestNode ReadNode()
    {
        var place = Place((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: return ReadObject(place);
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<ManifestNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadNode());
                return new ManifestNode.List(place.Line, place.Column, items.ToImmutable());
            case JsonTokenType.String: return ReadText(place) is { } text ? new ManifestNode.Scalar(place.Line, place.Column, text, IsPlain: false) : new ManifestNode.Unread(place.Line, place.Column);
            default: return new ManifestNode.Scalar(place.Line, place.Column, Encoding.UTF8.GetString(reader.ValueSpan), IsPlain: true);
        }
    }

    private ManifestNode.Mapping ReadObject((int Line, int Column) place)
    {
        var entries = ImmutableArray.CreateBuilder<ManifestEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = Place((int)reader.TokenStartIndex);
            var key = ReadText(at);
            reader.Read();
            var value = ReadNode();
            if (key is null) continue;
            // The parser lets it pass, and each reader after it decides otherwise what it means.
            if (keys.Add(key)) entries.Add(new ManifestEntry(new ManifestNode.Scalar(at.Line, at.Column, key, IsPlain: false), value));
            else Report(at, $"The key \"{TextFile.Excerpt(key)}\" stands twice in one object.");
        }
        return new ManifestNode.Mapping(place.Line, place.Column, entries.ToImmutable());
    }

    private string? ReadText((int Line, int Column) place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Report(place, "A \\u escape here is half of a surrogate pair.");
            return null;
        }
    }

    private (int Line, int Column) Place(int offset)
    {
        var passed = utf8[counted..offset];
        counted = offset;
        if (passed.LastIndexOf((byte)'\n') is >= 0 and var end)
        {
            line += passed.Count((byte)'\n');
            column = 1;
            passed = passed[(end + 1)..];
        }
        column += Encoding.UTF8.GetCharCount(passed);
        return (line, column);
    }

    private readonly void Report((int Line, int Column) place, string message) => problems.Add(new ManifestProblem(file, place.Line, place.Column, message));
}
