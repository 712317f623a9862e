using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Bench;

/// <summary>What a value counts; says how it is written.</summary>
internal enum Unit
{
    Seconds,
    Bytes,
    PerSecond,
    Ratio,
}

/// <summary>The largest value that is good enough.</summary>
internal sealed record Goal(double Most, long? MostBytes = null);

/// <summary>One line of a table: what was measured, once a round.</summary>
/// <param name="What">In a few words.</param>
/// <param name="Unit">What the values count.</param>
/// <param name="Rounds">One value a round.</param>
/// <param name="Goal">Null where nothing is aimed at.</param>
/// <param name="Allocated">Bytes allocated per operation; null where nobody counted.</param>
internal sealed record Measurement(string What, Unit Unit, ImmutableArray<double> Rounds, Goal? Goal = null, double? Allocated = null)
{
    public double Median => Rounds.Order().ElementAt(Rounds.Length / 2);

    public bool Good => Goal is null || (Median <= Goal.Most && (Goal.MostBytes is not { } bytes || Allocated <= bytes));
}

/// <summary>The measurements of one benchmark.</summary>
/// <param name="Title">What was measured.</param>
/// <param name="Lines">In reading order.</param>
/// <param name="Remarks">How it was measured, and why a goal was missed where one always is.</param>
internal sealed record Table(string Title, ImmutableArray<Measurement> Lines, string Remarks)
{
    public string ToMarkdown(bool judged)
    {
        string[] head = ["", "median", "min to max", "rounds", "allocated", "goal", ""];
        var rows = Lines.Select(line => new[]
        {
            line.What,
            Text(line.Median, line.Unit),
            $"{Text(line.Rounds.Min(), line.Unit)} to {Text(line.Rounds.Max(), line.Unit)}",
            line.Rounds.Length.ToString(CultureInfo.InvariantCulture),
            line.Allocated is { } bytes ? Text(bytes, Unit.Bytes) : "",
            GoalText(line),
            line.Goal is null ? "" : !judged ? "not judged" : line.Good ? "ok" : "missed",
        }).Prepend(head).ToList();
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder($"## {Title}\n\n");
        foreach (var (index, row) in rows.Index())
        {
            text.Append("| ").AppendJoin(" | ", row.Select((cell, column) => column is 0 or 6 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).Append(" |\n");
            if (index == 0) text.Append("| ").AppendJoin(" | ", widths.Select((width, column) => column is 0 or 6 ? new string('-', width) : new string('-', width - 1) + ":")).Append(" |\n");
        }
        return text.Append('\n').Append(Remarks).Append('\n').ToString();
    }

    private static string GoalText(Measurement line) => line.Goal switch
    {
        null => "",
        { MostBytes: { } bytes } goal => $"<= {Text(goal.Most, line.Unit)}, {Text(bytes, Unit.Bytes)}",
        var goal => $"<= {Text(goal.Most, line.Unit)}",
    };

    private static string Text(double value, Unit unit) => unit switch
    {
        Unit.Seconds when Math.Abs(value) < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{value * 1e9:0} ns"),
        Unit.Seconds when Math.Abs(value) < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{value * 1e6:0.0#} µs"),
        Unit.Seconds when Math.Abs(value) < 1 => string.Create(CultureInfo.InvariantCulture, $"{value * 1e3:0.0#} ms"),
        Unit.Seconds => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} s"),
        Unit.Bytes when value < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{value:0} B"),
        Unit.Bytes when value < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0} KB"),
        Unit.Bytes => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0} MB"),
        Unit.PerSecond => string.Create(CultureInfo.InvariantCulture, $"{value:#,0}/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.00}x"),
    };
}
