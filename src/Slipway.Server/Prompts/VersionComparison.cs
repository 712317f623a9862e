using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Prompts;

/// <summary>Compares two versions: field by field, texts by line and within a line by word.</summary>
internal static class VersionComparison
{
    /// <summary>Compares two versions.</summary>
    /// <param name="from">The one that is compared with.</param>
    /// <param name="to">The one that is looked at.</param>
    public static VersionDiffDocument Between((VersionId Id, Package Package) from, (VersionId Id, Package Package) to)
    {
        var change = VersionChange.Between(from.Package, to.Package);
        var (before, after) = (Fields(from.Package.Document), Fields(to.Package.Document));
        var names = before.Keys.Union(after.Keys).Order(StringComparer.Ordinal);
        return new VersionDiffDocument(from.Id, to.Id, change.Step, change.Reasons,
        [.. from name in names
            let texts = (Before: before.GetValueOrDefault(name, ""), After: after.GetValueOrDefault(name, ""))
            where texts.Before != texts.After
            select new FieldDiff(name, Lines(texts.Before, texts.After))]);
    }

    // A plain template is shown as the text it is; everything else as indented JSON.
    private static Dictionary<string, string> Fields(JsonElement package)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in package.EnumerateObject())
        {
            switch (field.Name)
            {
                case "format": break;
                case "output": fields["output schema"] = Indented(field.Value.GetProperty("schema")); break;
                case "messages" when PlainTemplate(field.Value) is { } text: fields["template"] = text; break;
                case "partials":
                    foreach (var partial in field.Value.EnumerateArray())
                        fields[$"partial {partial.GetProperty("id").GetString()!.Split('@')[0]}"] = $"{partial.GetProperty("id").GetString()}\n{partial.GetProperty("text").GetString()}";
                    break;
                default: fields[field.Name.Replace('_', ' ')] = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : Indented(field.Value); break;
            }
        }
        return fields;
    }

    private static string? PlainTemplate(JsonElement messages) =>
        messages.GetArrayLength() == 2 && messages[1].TryGetProperty("placeholder", out _) && messages[0].GetProperty("role").ValueEquals("system")
        && messages[0].TryGetProperty("template", out var template) ? template.GetString() : null;

    private static ImmutableArray<LineDiff> Lines(string before, string after)
    {
        var model = new SideBySideDiffBuilder(new Differ()).BuildDiffModel(before, after, ignoreWhitespace: false);
        var lines = ImmutableArray.CreateBuilder<LineDiff>();
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
        return lines.ToImmutable();
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
