using System.Text;
using System.Text.Json;

namespace Slipway.Cli.Prompts;

/// <summary>Reads a JSON file that a manifest names.</summary>
internal static class JsonFile
{
    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>Null where there was a problem.</returns>
    public static JsonElement? Parse(string file, string text, List<ManifestProblem> problems)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var before = problems.Count;
        try
        {
            var value = JsonElement.Parse(utf8);
            problems.AddRange(Surprises(utf8).Select(found => At(file, utf8, found.Offset, found.Message)));
            return problems.Count == before ? value : null;
        }
        catch (JsonException exception)
        {
            var offset = 0;
            for (var line = exception.LineNumber ?? 0; line > 0; line--) offset += utf8.AsSpan(offset).IndexOf((byte)'\n') + 1;
            var reason = exception.Message.AsSpan();
            if (reason.IndexOf(" LineNumber:") is > 0 and var end) reason = reason[..end];
            problems.Add(At(file, utf8, Math.Min(utf8.Length, offset + (int)(exception.BytePositionInLine ?? 0)), $"Not JSON: {reason}"));
            return null;
        }
    }

    // The parser lets both pass, and each reader after it decides otherwise what they mean.
    private static List<(int Offset, string Message)> Surprises(byte[] utf8)
    {
        var found = new List<(int, string)>();
        var keys = new Stack<HashSet<string>>();
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject) keys.Push(new HashSet<string>(StringComparer.Ordinal));
            if (reader.TokenType == JsonTokenType.EndObject) keys.Pop();
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String)) continue;
            try
            {
                var text = reader.GetString()!;
                if (reader.TokenType == JsonTokenType.PropertyName && !keys.Peek().Add(text))
                    found.Add(((int)reader.TokenStartIndex, $"The key \"{TextFile.Excerpt(text)}\" stands twice in one object."));
            }
            catch (InvalidOperationException)
            {
                found.Add(((int)reader.TokenStartIndex, "A \\u escape here is half of a surrogate pair."));
            }
        }
        return found;
    }

    private static ManifestProblem At(string file, byte[] utf8, int offset, string message)
    {
        var before = Encoding.UTF8.GetString(utf8.AsSpan(0, offset));
        var (line, column) = TextFile.Place(before, before.Length);
        return new ManifestProblem(file, line, column, message);
    }
}
