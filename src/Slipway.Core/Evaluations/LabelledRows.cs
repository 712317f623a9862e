using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Evaluations;

/// <summary>Makes a golden set from rows of text and label, as published data sets and spreadsheets hold them.</summary>
internal static class LabelledRows
{
    /// <summary>Reads all rows and refuses with all that is wrong.</summary>
    public static GoldenSetResult Read(GoldenSetId id, string field, IEnumerable<(string Text, string Label)> rows, JsonElement? variables)
    {
        var errors = new List<InputProblem>();
        if (!FieldEqualsCheck.IsPath(field)) errors.Add(new InputProblem(null, null, $"\"{field}\" is no field: {FieldEqualsCheck.PathForm}."));
        if (variables is { ValueKind: not JsonValueKind.Object }) errors.Add(new InputProblem(null, null, "Variables must be an object."));

        var cases = ImmutableArray.CreateBuilder<GoldenCase>();
        var duplicates = new DuplicateInputs();
        var row = 0;
        foreach (var (text, label) in rows)
        {
            row++;
            if (string.IsNullOrWhiteSpace(label)) errors.Add(new InputProblem(row, null, "The row has no label."));
            if (errors.Count > 0) continue;
            var goldenCase = Case(row, field, text, label, variables);
            cases.Add(goldenCase);
            duplicates.Add(goldenCase, row);
        }
        if (row == 0) errors.Add(new InputProblem(null, null, "There are no rows."));
        return errors.Count == 0
            ? new GoldenSetResult.Parsed(new GoldenSet(id, cases.ToImmutable()), duplicates.Notices)
            : new GoldenSetResult.Refused([.. errors]);
    }

    private static GoldenCase Case(int row, string field, string text, string label, JsonElement? variables) => new(
        string.Create(CultureInfo.InvariantCulture, $"row-{row:0000}"), CaseKind.Normal, variables, [new ChatMessage("user", text)],
        [new SchemaCheck(), FieldEqualsCheck.OfText(field, label)],
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(field, label), "import");
}
