using System.Globalization;
using System.Text;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>A report as the comment of a pull request: GitHub's and GitLab's Markdown, short enough for either.</summary>
/// <remarks>Answers are other people's text. They stand in code elements with every sign of Markdown and HTML written as an entity, so that none of
/// them becomes a link, a picture or a mention.</remarks>
public static class MarkdownReport
{
    private const int MostClusters = 8, LongestText = 240, MostLength = 60_000;

    /// <summary>Writes it; at most 60,000 characters.</summary>
    /// <param name="report">The report.</param>
    /// <param name="reviews">What people's reviews of it came to; null for none.</param>
    public static string Write(EvaluationReport report, IReadOnlyCollection<ReviewOutcome>? reviews = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {Sign(report.Verdict)} {Inert(ReportWords.Headline(report))}\n\n");
        Table(text, ["gate", "required", "baseline", "candidate", "lies between", "verdict"], report.Gates.Select(gate => (string[])
        [
            Name(report, gate.Metric), Inert(gate.Threshold), Numbers.Baseline(gate), Numbers.Candidate(gate),
            Numbers.Interval(gate), $"{Sign(gate.Verdict)} {ReportWords.Word(gate.Verdict)}",
        ]));
        foreach (var gate in report.Gates.Where(gate => gate.Verdict != GateVerdict.Pass)) text.Append(CultureInfo.InvariantCulture, $"- {Inert(gate.Sentence)}\n");
        if (report.Verdict != GateVerdict.Pass) text.Append('\n');
        Worse(text, report);
        Better(text, report);
        Judges(text, report);
        Reviews(text, reviews ?? []);
        Questions(text, report);
        Details(text, "Quality, speed and cost", () => Table(text, ["metric", "baseline", "candidate", "difference"], ReportWords.Main(report).Select(metric => (string[])
            [Name(report, metric.Name), Numbers.Value(metric.Name, metric.Baseline?.Value), Numbers.Value(metric.Name, metric.Candidate?.Value), Numbers.Difference(metric)])));
        Details(text, "About this run", () => Table(text, ["", ""], ReportWords.Facts(report).Select(fact => (string[])[Inert(fact.Name), Inert(fact.Value)])));
        return text.Length <= MostLength ? text.ToString() : text.ToString(0, MostLength) + "…\n";
    }

    private static void Worse(StringBuilder text, EvaluationReport report)
    {
        if (report.Counts.Broken == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"**What got worse: {ReportWords.Cases(report.Counts.Broken)}**\n\n");
        var rows = report.Differences.Where(row => row.Category == DifferenceCategory.Broken).ToDictionary(row => row.CaseId, StringComparer.Ordinal);
        var shown = report.Clusters.IsEmpty ? [.. rows.Values.Take(MostClusters).Select(row => (Title: row.Group, Size: 1, Row: row))]
            : report.Clusters.Take(MostClusters).Where(cluster => rows.ContainsKey(cluster.Worst)).Select(cluster => (cluster.Title, cluster.Size, Row: rows[cluster.Worst])).ToList();
        Table(text, ["cases", "what happens", "input", "baseline", "candidate"], shown.Select(one => (string[])
            [one.Size.ToString(CultureInfo.InvariantCulture), Code(one.Title), Code(one.Row.Input), Code(one.Row.BaselineAnswer), Code(one.Row.CandidateAnswer)]));
        if (report.Clusters.Length + (report.LeftOut?.Clusters ?? 0) - shown.Count is > 0 and var more) text.Append(CultureInfo.InvariantCulture, $"And {more} smaller groups.\n\n");
    }

    private static void Better(StringBuilder text, EvaluationReport report)
    {
        var won = report.Differences.Where(row => row.Category == DifferenceCategory.Fixed).ToList();
        if (won.Count == 0) return;
        Details(text, $"What got better: {ReportWords.Cases(report.Counts.Fixed)}", () => Table(text, ["case", "input", "baseline", "candidate"],
            won.Take(MostClusters).Select(row => (string[])[Code(row.CaseId), Code(row.Input), Code(row.BaselineAnswer), Code(row.CandidateAnswer)])));
    }

    private static void Judges(StringBuilder text, EvaluationReport report)
    {
        foreach (var sentence in report.Incomparable) text.Append(CultureInfo.InvariantCulture, $"- {Inert(sentence)}\n");
        if (!report.Incomparable.IsEmpty) text.Append('\n');
        if (report.Judges.IsEmpty) return;
        Details(text, "Judges", () =>
        {
            foreach (var judge in report.Judges)
            {
                foreach (var sentence in JudgeWords.Sentences(judge)) text.Append(CultureInfo.InvariantCulture, $"- {Inert(sentence)}\n");
                text.Append('\n');
                var worse = judge.Differences.Where(row => row.Steps < 0).Take(MostClusters).ToList();
                if (worse.Count > 0)
                {
                    Table(text, ["case", "baseline", "candidate", "input", "candidate's answer", "why"], worse.Select(row => (string[])
                        [Code(row.CaseId), Code(row.BaselineVerdict ?? ""), Code(row.CandidateVerdict ?? ""), Code(row.Input), Code(row.CandidateAnswer), Code(row.Reason)]));
                }
            }
        });
    }

    private static string Name(EvaluationReport report, string metric) => JudgeWords.NameOf(report, metric) is var name && name == metric ? Code(metric) : $"{Code(metric)} {Inert(name[metric.Length..])}";

    private static void Reviews(StringBuilder text, IReadOnlyCollection<ReviewOutcome> reviews)
    {
        foreach (var review in reviews)
        {
            text.Append(CultureInfo.InvariantCulture, $"**{Inert(ReviewWords.Heading)}: {Inert(ReviewWords.Title(review))}**\n\n");
            if (ReviewWords.Table(review) is { Count: > 0 } rows) Table(text, [.. ReviewWords.Headings], rows.Select(row => (string[])[.. row.Select(Inert)]));
            foreach (var sentence in ReviewWords.Sentences(review)) text.Append(CultureInfo.InvariantCulture, $"- {Inert(sentence)}\n");
            text.Append('\n');
        }
    }

    private static void Questions(StringBuilder text, EvaluationReport report)
    {
        if (report.Review.IsEmpty) return;
        Details(text, "The questions of a review", () =>
        {
            foreach (var one in report.Review) text.Append(CultureInfo.InvariantCulture, $"- **{Inert(one.Question)}** {Inert(one.Answer)}\n");
            text.Append('\n');
        });
    }

    private static void Details(StringBuilder text, string title, Action write)
    {
        text.Append(CultureInfo.InvariantCulture, $"<details><summary>{Inert(title)}</summary>\n\n");
        write();
        text.Append("</details>\n\n");
    }

    private static void Table(StringBuilder text, string[] headings, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", headings)} |\n|{string.Concat(headings.Select(_ => "---|"))}\n");
        foreach (var row in rows) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        text.Append('\n');
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"<code>{Inert(ReportWords.Line(text, LongestText))}</code>";

    // In text people read, a full stop or a comma is only that; all else that Markdown, HTML or a filter behind them may read is an entity.
    private static string Inert(string text)
    {
        var inert = new StringBuilder(text.Length);
        foreach (var letter in ReportWords.Line(text, LongestText * 8))
        {
            if (char.IsAscii(letter) && (char.IsPunctuation(letter) || char.IsSymbol(letter)) && letter is not (',' or '.' or ';' or '?' or '%' or '/'))
                inert.Append(CultureInfo.InvariantCulture, $"&#{(int)letter};");
            else inert.Append(letter);
        }
        return inert.ToString();
    }

    private static string Sign(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Pass => "✅",
        GateVerdict.Fail => "❌",
        _ => "❔",
    };
}
