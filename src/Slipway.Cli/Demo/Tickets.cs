using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Prompts;

namespace Slipway.Cli.Demo;

/// <summary>Reads customer messages of the user's own, for the demo to work with.</summary>
internal static class Tickets
{
    private const string Named = "text, message, body, content or ticket";
    private static readonly ImmutableArray<string> Texts = ["text", "message", "body", "content", "ticket"];

    /// <summary>Reads a file whose name ends in <c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c> as JSON Lines: texts, or objects with one; every other as CSV with a
    /// header. The text is what is called text, message, body, content or ticket, in CSV else the first column.</summary>
    public static TicketsResult Read(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json" ? ReadLines(path) : CsvTable.Open(path) switch
        {
            CsvTable.Refused refused => new TicketsResult.Refused([.. refused.Problems.Select(problem => problem.ToString())]),
            CsvTable.Read table => Read(path, table),
            _ => throw new UnreachableException(),
        };

    private static TicketsResult Read(string path, CsvTable.Read table)
    {
        var text = Find(table, Texts) ?? 0;
        return Of(table.Rows.Select(row => row.Fields[text]), $"{path}: There is no message here: the first row is taken for the header, and nothing follows it in its column of messages.");
    }

    private static TicketsResult ReadLines(string path)
    {
        var file = TextFile.Open(path);
        if (file is TextFile.Unreadable unreadable) return new TicketsResult.Refused([$"{path}: {unreadable.Why}"]);
        var (messages, problems, number) = (new List<string>(), ImmutableArray.CreateBuilder<string>(), 0);
        foreach (var line in ((TextFile.Read)file).Text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (MessageOf(line, out var wrong) is { } message) messages.Add(message);
            else problems.Add($"{path}:{number}: {wrong}");
        }
        return problems.Count > 0 ? new TicketsResult.Refused(problems.ToImmutable()) : Of(messages, $"{path}: There is no message here.");
    }

    private static string? MessageOf(string line, out string wrong)
    {
        wrong = $"This is neither a text nor an object with a text called {Named}.";
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.String) return json.RootElement.GetString();
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            foreach (var name in Texts)
            {
                if (json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString();
            }
        }
        catch (JsonException)
        {
            wrong = "This line is no JSON; each line is a value of its own.";
        }
        return null;
    }

    private static TicketsResult Of(IEnumerable<string> texts, string nothing) => texts.Where(message => !string.IsNullOrWhiteSpace(message)).ToImmutableArray() is { IsEmpty: false } messages
        ? new TicketsResult.Parsed(messages)
        : new TicketsResult.Refused([nothing]);

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
    /// <param name="Problems">At least one, each with the file in front.</param>
    internal sealed record Refused(ImmutableArray<string> Problems) : TicketsResult;
}
