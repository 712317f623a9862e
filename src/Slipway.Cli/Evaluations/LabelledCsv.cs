using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.Cli.Prompts;

namespace Slipway.Cli.Evaluations;

/// <summary>Reads texts and their labels from a CSV file, as published data sets and spreadsheets hold them.</summary>
internal static class LabelledCsv
{
    /// <summary>Reads two columns by the names in the header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="textColumn">The column of the texts, exactly as the header spells it.</param>
    /// <param name="labelColumn">The column of the labels.</param>
    public static LabelledCsvResult Read(string path, string textColumn, string labelColumn) => CsvTable.Open(path) switch
    {
        CsvTable.Refused refused => new LabelledCsvResult.Refused(refused.Problems),
        CsvTable.Read table => Read(path, table, textColumn, labelColumn),
        _ => throw new UnreachableException(),
    };

    private static LabelledCsvResult Read(string path, CsvTable.Read table, string textColumn, string labelColumn)
    {
        var problems = new List<CsvProblem>();
        var (text, label) = (Find(path, table, textColumn, problems), Find(path, table, labelColumn, problems));
        if (problems.Count == 0 && text == label) problems.Add(new CsvProblem(path, null, null, "Text and label are the same column."));
        if (table.Rows.IsEmpty) problems.Add(new CsvProblem(path, null, null, "The file has a header and no rows."));
        return problems.Count == 0
            ? new LabelledCsvResult.Parsed([.. table.Rows.Select(row => (row.Fields[text], row.Fields[label]))])
            : new LabelledCsvResult.Refused([.. problems.Distinct()]);
    }

    private static int Find(string path, CsvTable.Read table, string column, List<CsvProblem> problems)
    {
        var count = table.Columns.Count(name => name == column);
        var names = table.Columns.Select(name => $"\"{TextFile.Excerpt(name)}\"");
        if (count == 0)
            problems.Add(new CsvProblem(path, null, null, $"There is no column \"{TextFile.Excerpt(column)}\"; the columns are {string.Join(", ", names)}."));
        if (count > 1)
            problems.Add(new CsvProblem(path, null, null, $"The column \"{TextFile.Excerpt(column)}\" stands {count} times in the header; name each column once."));
        return table.Columns.IndexOf(column);
    }
}

/// <summary>Labelled texts, or why there are none.</summary>
internal abstract record LabelledCsvResult
{
    private LabelledCsvResult() { }

    /// <summary>The file could be read.</summary>
    /// <param name="Rows">In the order of the file; at least one.</param>
    internal sealed record Parsed(ImmutableArray<(string Text, string Label)> Rows) : LabelledCsvResult;

    /// <summary>It could not.</summary>
    /// <param name="Problems">At least one.</param>
    internal sealed record Refused(ImmutableArray<CsvProblem> Problems) : LabelledCsvResult;
}
