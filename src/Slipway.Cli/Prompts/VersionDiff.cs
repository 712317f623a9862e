using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>What differs between two versions: field by field, texts by line and within a line by word.</summary>
/// <param name="Fields">The fields that differ, in the package's order; empty where the behaviour is the same.</param>
internal sealed record VersionDiff(IReadOnlyList<FieldDiff> Fields)
{
    /// <summary>Compares two versions.</summary>
    /// <param name="before">The one that is compared with.</param>
    /// <param name="after">The one that is looked at.</param>
    public static VersionDiff Between(VersionDocument before, VersionDocument after) => new([.. from part in Parts
                                                                                              let texts = (Before: part.Text(before), After: part.Text(after))
                                                                                              where texts.Before != texts.After
                                                                                              select new FieldDiff(part.Name, Lines(texts.Before, texts.After))]);

    private static readonly (string Name, Func<VersionDocument, string> Text)[] Parts =
    [
        ("model", version => version.Content.GetProperty("model").GetString()!),
        ("parameters", version => Indented(version.Content.GetProperty("parameters"))),
        ("variables", version => Indented(version.Content.GetProperty("variables"))),
        ("output schema", version => Indented(version.Content.GetProperty("output").GetProperty("schema"))),
        ("template", version => version.Content.GetProperty("messages")[0].GetProperty("template").GetString()!),
    ];

    private static List<LineDiff> Lines(string before, string after)
    {
        var model = new SideBySideDiffBuilder(new Differ()).BuildDiffModel(before, after, ignoreWhitespace: false);
        var lines = new List<LineDiff>();
        var added = new List<LineDiff>();       // of the block that is being read: what went stands before what came
        foreach (var (old, now) in model.OldText.Lines.Zip(model.NewText.Lines))
        {
            if (now.Type == ChangeType.Unchanged)
            {
                lines.AddRange(added);
                added.Clear();
                lines.Add(new LineDiff(LineChange.Same, now.Text!));
                continue;
            }
            if (old.Text is not null) lines.Add(new LineDiff(LineChange.Removed, Marked(old)));
            if (now.Text is not null) added.Add(new LineDiff(LineChange.Added, Marked(now)));
        }
        lines.AddRange(added);
        return lines;
    }

    // Within a line that changed a little, the words that did stand in brackets; in one that is new for the most part they would only disturb.
    private static string Marked(DiffPiece line)
    {
        var kept = line.SubPieces.Where(piece => piece.Type == ChangeType.Unchanged).Sum(piece => piece.Text?.Length ?? 0);
        if (line.Type != ChangeType.Modified || kept * 2 < line.Text!.Length) return line.Text!;
        var text = new StringBuilder();
        var marking = false;
        foreach (var piece in line.SubPieces.Where(piece => piece.Text is not null))
        {
            var marks = piece.Type != ChangeType.Unchanged;
            if (marks != marking) text.Append(marks ? "[" : "]");
            marking = marks;
            text.Append(piece.Text);
        }
        return (marking ? text.Append(']') : text).ToString();
    }

    private static string Indented(JsonElement element)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) element.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <summary>A field that differs.</summary>
internal sealed record FieldDiff(string Field, IReadOnlyList<LineDiff> Lines);

/// <summary>A line of a field.</summary>
/// <param name="Change">What happened to it.</param>
/// <param name="Text">The line; words that changed within it stand in brackets.</param>
internal sealed record LineDiff(LineChange Change, string Text);

/// <summary>What happened to a line.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineChange>))]
internal enum LineChange
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("same")] Same,

    /// <summary>It was there before.</summary>
    [JsonStringEnumMemberName("removed")] Removed,

    /// <summary>It is there now.</summary>
    [JsonStringEnumMemberName("added")] Added,
}

/// <summary>The JSON of a comparison.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VersionDiff))]
internal sealed partial class VersionDiffJson : JsonSerializerContext;
