using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using Slipway.Cli.Prompts;

namespace Slipway.Cli.Evaluations;

/// <summary>A table from a CSV file, or all that is wrong with it.</summary>
internal abstract record CsvTable
{
    private CsvTable() { }

    /// <summary>It can be read.</summary>
    /// <param name="Columns">The header, in order.</param>
    /// <param name="Rows">All rows but those that hold nothing; each has as many fields as there are columns.</param>
    internal sealed record Read(ImmutableArray<string> Columns, ImmutableArray<CsvRow> Rows) : CsvTable;

    /// <summary>It cannot.</summary>
    /// <param name="Problems">At least one, in the order of the file.</param>
    internal sealed record Refused(ImmutableArray<CsvProblem> Problems) : CsvTable;

    /// <summary>Reads a file: a header, then rows, by RFC 4180; columns are separated by what separates the header's, a comma if nothing does.</summary>
    public static CsvTable Open(string path) => TextFile.Open(path) switch
    {
        TextFile.Read { Text: var text } => Parse(path, text),
        TextFile.Unreadable unreadable => new Refused([new CsvProblem(path, unreadable.Line, null, unreadable.Why)]),
        _ => throw new UnreachableException(),
    };

    private static CsvTable Parse(string path, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new Refused([new CsvProblem(path, null, null, "The file is empty.")]);
        var problems = ImmutableArray.CreateBuilder<CsvProblem>();
        var rows = ImmutableArray.CreateBuilder<CsvRow>();
        var number = 0;     // of the row that is being read; 0 is the header
        var options = new CsvReaderOptions
        {
            Separator = Separator(text),
            TrackLineNumbers = true,
            OnMalformedRecord = record => problems.Add(new CsvProblem(path, (int)record.LineNumber, number, Reason(record.Reason))),
        };
        using var reader = CsvReader.Create(Encoding.UTF8.GetBytes(text), options);
        var columns = reader.Headers.ToImmutableArray();
        for (number = 1; reader.Read();)
        {
            var fields = Enumerable.Range(0, reader.FieldCount).Select(reader.GetString).ToImmutableArray();
            if (fields.All(string.IsNullOrWhiteSpace)) continue;     // spreadsheets leave rows of separators behind
            var isReported = problems.Count > 0 && problems[^1].Row == number;
            if (fields.Length != columns.Length && !isReported)
            {
                problems.Add(new CsvProblem(path, (int)reader.LineNumber, number,
                    $"The row has {Fields(fields.Length)}, the header has {Fields(columns.Length)}; a field that holds a separator needs quotation marks."));
            }
            rows.Add(new CsvRow((int)reader.LineNumber, number, fields));
            number++;
        }
        return problems.Count == 0 ? new Read(columns, rows.ToImmutable()) : new Refused(problems.ToImmutable());
    }

    // The header decides, not the frequency in the first lines: messages of people are full of commas and semicolons.
    private static char? Separator(string text)
    {
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)) return null;     // Excel's own hint, which the reader knows
        var header = text.TrimStart('\n').Split('\n', 2)[0];
        foreach (var separator in ",;\t|")
        {
            if (header.Contains(separator, StringComparison.Ordinal)) return separator;
        }
        return ',';
    }

    private static string Reason(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "A quotation mark that begins a field in this row is never closed.",
        CsvMalformedReason.TextAfterClosingQuote => "Something follows the quotation mark that closes a field; inside a field a quotation mark is written twice.",
        CsvMalformedReason.StrayQuote =>
            "A quotation mark stands in a field that does not begin with one; such a field is quoted as a whole, and the mark inside written twice.",
        _ => "The row cannot be read.",
    };

    private static string Fields(int count) => count == 1 ? "1 field" : string.Create(CultureInfo.InvariantCulture, $"{count} fields");
}

/// <summary>One row of a table.</summary>
/// <param name="Line">The line it begins in, from 1; rows may hold line feeds.</param>
/// <param name="Number">Its number, from 1 for the first after the header.</param>
/// <param name="Fields">Its fields in order.</param>
internal sealed record CsvRow(int Line, int Number, ImmutableArray<string> Fields);

/// <summary>Something a person should mend in a CSV file.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line the row begins in, from 1, for an editor; null where the whole file is meant.</param>
/// <param name="Row">The row, from 1 for the first after the header, as cases are numbered; 0 is the header, null the whole file.</param>
/// <param name="Message">What is wrong, in a sentence or two.</param>
internal sealed record CsvProblem(string File, int? Line, int? Row, string Message)
{
    /// <summary>The problem with its place in front: <c>FILE:LINE: row 3: message</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{File}{(Line is { } line ? $":{line}" : "")}: {Row switch { null => "", 0 => "header: ", { } row => $"row {row}: " }}{Message}");
}
