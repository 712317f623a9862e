using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.Cli.Evaluations;

namespace Slipway.Cli.Demo;

/// <summary>Reads customer messages of the user's own, for the demo to work with.</summary>
internal static class Tickets
{
    private static readonly ImmutableArray<string> Texts = ["text", "message", "body", "content", "ticket"];

    /// <summary>Reads a CSV file with a header: the column called text, message, body, content or ticket, else the first.</summary>
    public static TicketsResult Read(string path) => CsvTable.Open(path) switch
    {
        CsvTable.Refused refused => new TicketsResult.Refused(refused.Problems),
        CsvTable.Read table => Read(path, table),
        _ => throw new UnreachableException(),
    };

    private static TicketsResult Read(string path, CsvTable.Read table)
    {
        var text = Find(table, Texts) ?? 0;
        return table.Rows.Select(row => row.Fields[text]).Where(message => !string.IsNullOrWhiteSpace(message)).ToImmutableArray() is { IsEmpty: false } messages
            ? new TicketsResult.Parsed(messages)
            : new TicketsResult.Refused([new CsvProblem(path, null, null, "There is no message here: the first row is taken for the header, and nothing follows it in its column of messages.")]);
    }

    // The first name that is there wins, so that "message" is not taken for the text where "text" stands too.
    private static int? Find(CsvTable.Read table, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            for (var i = 0; i < table.Columns.Length; i++)
            {
                if (table.Columns[i].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }
        return null;
    }
}

/// <summary>Customer messages, or why there are none.</summary>
internal abstract record TicketsResult
{
    private TicketsResult() { }

    /// <summary>The file could be read.</summary>
    /// <param name="Messages">In the order of the file, blank ones left out; at least one.</param>
    internal sealed record Parsed(ImmutableArray<string> Messages) : TicketsResult;

    /// <summary>It could not.</summary>
    /// <param name="Problems">At least one.</param>
    internal sealed record Refused(ImmutableArray<CsvProblem> Problems) : TicketsResult;
}
