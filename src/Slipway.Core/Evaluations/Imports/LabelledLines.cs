using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Reads texts and their labels from somebody else's JSON Lines, by the names of two fields.</summary>
public static class LabelledLines
{
    /// <summary>Reads the lines; blank ones are left out.</summary>
    /// <param name="jsonLines">The file's text: an object a line.</param>
    /// <param name="textField">The field of the texts; dots lead into objects.</param>
    /// <param name="labelField">The field of the labels, which are texts, numbers or truth values.</param>
    /// <param name="errors">All that is wrong; empty where nothing is.</param>
    /// <returns>Texts and labels in the file's order; of use where nothing is wrong.</returns>
    public static ImmutableArray<(string Text, string Label)> Read(string jsonLines, string textField, string labelField, out ImmutableArray<InputProblem> errors)
    {
        ArgumentNullException.ThrowIfNull(jsonLines);
        var (rows, problems, number) = (ImmutableArray.CreateBuilder<(string, string)>(), new List<InputProblem>(), 0);
        foreach (var line in jsonLines.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || PlacedJson.Parse(line, number, problems) is not { } json) continue;
            if (json.Root.ValueKind != JsonValueKind.Object)
            {
                problems.Add(json.At(json.Root, "A line must be an object."));
                continue;
            }
            var (text, label) = (Find(json, textField, problems), Find(json, labelField, problems));
            if (text is { ValueKind: not JsonValueKind.String } odd) problems.Add(json.At(odd, $"\"{textField}\" must be a text."));
            if (label is { ValueKind: JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null } several) problems.Add(json.At(several, $"\"{labelField}\" must be a single label."));
            else if (label is { ValueKind: JsonValueKind.String } blank && string.IsNullOrWhiteSpace(blank.GetString())) problems.Add(json.At(blank, $"\"{labelField}\" is blank."));
            if (text is { ValueKind: JsonValueKind.String } found && label is { } named) rows.Add((found.GetString()!, ImportedCase.Shown(named)));
        }
        if (rows.Count == 0 && problems.Count == 0) problems.Add(new InputProblem(null, null, "The file has no lines."));
        errors = [.. problems];
        return rows.ToImmutable();
    }

    private static JsonElement? Find(PlacedJson json, string field, List<InputProblem> problems)
    {
        var found = json.Root;
        foreach (var name in field.Split('.'))
        {
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out found)) continue;
            problems.Add(json.At(json.Root, $"There is no field \"{JsonValues.Excerpt(field)}\"; the line has {string.Join(", ", json.Root.EnumerateObject().Select(one => one.Name))}."));
            return null;
        }
        return found;
    }
}
