using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary>Reviews as people read them in a terminal.</summary>
internal static class ReviewText
{
    private const int MostRows = 60, LongestCell = 70;

    /// <summary>Lists them.</summary>
    public static void List(Terminal terminal, ImmutableArray<ReviewDocument> reviews)
    {
        if (reviews.IsEmpty) terminal.Line("There is no review; open one with: slipway review open RUN");
        else terminal.Table(["review", "of", "prompt", "rubric", "rows", "opened", "by", "state"], [.. reviews.Select(review => (string[])
        [
            $"{review.Id}", $"{review.Run}", $"{review.Prompt}", $"{review.Rubric?.ToString() ?? "-"}", Number(review.Rows), ReleaseText.Time(review.OpenedAt), $"{review.OpenedBy}", State(review),
        ])]);
    }

    /// <summary>Shows one: how far it is, or what it came to.</summary>
    public static void Show(Terminal terminal, ReviewDocument review)
    {
        terminal.Heading($"{review.Id} of {review.Run}, {review.Prompt}{(review.Rubric is null ? "" : $", by {review.Rubric}")}: {State(review)}");
        if (review.Outcome is { } outcome)
        {
            ReportText.Reviews(terminal, [outcome]);
            if (review.Results is { } results) Rows(terminal, results);
            return;
        }
        terminal.Line($"{Number(review.Rows)} rows: {Text(review.Scale.Question)}");
        foreach (var step in review.Scale.Steps) terminal.Line($"  {step.Label}: {Text(step.Means)}");
        if (review.Message is { } message) terminal.Line(message);
        if (review.State == ReviewState.Open)
        {
            foreach (var person in review.People) terminal.Line($"{person.Name} has scored {Number(person.Rows)}");
            terminal.Line($"Score its rows with: slipway review next {review.Id}");
        }
    }

    /// <summary>Shows where somebody is, with the row that comes next.</summary>
    public static void Turn(Terminal terminal, ReviewTurnDocument turn)
    {
        if (turn.Next is not { } row)
        {
            terminal.Line($"{Number(turn.Scored)} of {Number(turn.Rows)} rows of {turn.Review} are scored, and none is left for you.{(turn.Gone == 0 ? "" : $" The texts of {Number(turn.Gone)} are gone.")}");
            return;
        }
        terminal.Line();
        terminal.Heading($"{row.Id}  ({Number(turn.Scored)} of {Number(turn.Rows)} rows are scored)");
        Block(terminal, "Input", row.Input ?? "");
        if (row.Reference is { } reference) Block(terminal, "What a good answer says here", reference);
        Block(terminal, row.SecondAnswer is null ? "Answer" : "First answer", row.Answer ?? "");
        if (row.SecondAnswer is { } second) Block(terminal, "Second answer", second);
        terminal.Line(Text(row.Question));
        foreach (var (index, step) in row.Labels.Index()) terminal.Line($"  {Number(index + 1)}  {step.Label}: {Text(step.Means)}");
        terminal.Line();
    }

    /// <summary>The label that somebody means, by its name or its number in the list; null for none.</summary>
    public static string? LabelOf(ReviewRowDocument row, string said) =>
        row.Labels.FirstOrDefault(step => string.Equals(step.Label, said, StringComparison.OrdinalIgnoreCase))?.Label
        ?? (int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? row.Labels.ElementAtOrDefault(number - 1)?.Label : null);

    private static void Rows(Terminal terminal, ReviewResults results)
    {
        var scored = results.Rows.Where(row => !row.Scores.IsEmpty).ToList();
        terminal.Line();
        terminal.Table(["row", "case", "part", "answer", "scores"], [.. scored.Take(MostRows).Select(row => (string[])
        [
            Number(row.Row.Number), ReportWords.Line(row.Row.CaseId, LongestCell), Word(row.Row.Part), row.Row.Second is { } second ? $"{Word(row.Row.First)}, {Word(second)}" : Word(row.Row.First),
            string.Join(", ", row.Scores.Select(score => $"{score.By} {score.Label}")),
        ])]);
        if (scored.Count > MostRows) terminal.Line($"and {Number(scored.Count - MostRows)} more: --json gives them all");
    }

    // Indented, so that a text that looks like a heading is none.
    private static void Block(Terminal terminal, string title, string text)
    {
        terminal.Line(title);
        foreach (var line in (text.Length == 0 ? "(nothing)" : ReportWords.Lines(text)).Split('\n')) terminal.Line($"  {line}");
        terminal.Line();
    }

    private static string State(ReviewDocument review) => review.State == ReviewState.Closed
        ? review.Outcome is { } outcome ? $"closed by {outcome.ClosedBy} on {ReleaseText.Time(outcome.ClosedAt)}" : "closed without scores"
        : review.People.IsEmpty ? "open, nobody has scored" : $"open, {string.Join(", ", review.People.Select(person => $"{person.Name} {Number(person.Rows)}"))}";

    private static string Text(string text) => ReportWords.Line(text, 8 * LongestCell);

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
