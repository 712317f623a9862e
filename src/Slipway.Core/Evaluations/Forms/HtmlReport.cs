using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>A report as one HTML file that needs nothing else: no script, no font, no picture, no network.</summary>
/// <remarks>It reads on a telephone and in the dark. All text that is not our own is escaped and cannot leave its box, and a policy in the file forbids
/// the browser to load or run anything, whatever an answer says.</remarks>
public sealed class HtmlReport
{
    private const int LongestText = 4_000, LongestLine = 140;
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder html = new();
    private readonly EvaluationReport report;
    private readonly IReadOnlyCollection<ReviewOutcome> reviews;
    private const string End = "</main></body></html>\n";

    private HtmlReport(EvaluationReport report, IReadOnlyCollection<ReviewOutcome> reviews) => (this.report, this.reviews) = (report, reviews);

    /// <summary>Writes it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="reviews">What people's reviews of it came to; null for none.</param>
    public static string Write(EvaluationReport report, IReadOnlyCollection<ReviewOutcome>? reviews = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new HtmlReport(report, reviews ?? []);
        page.Page();
        return page.html.ToString();
    }

    /// <summary>Writes a page that has several reports below what is said of them all.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="verdict">The verdict of all.</param>
    /// <param name="sentence">The whole in a sentence.</param>
    /// <param name="lists">What else is said, as headings with their lines.</param>
    /// <param name="reports">The reports; perhaps none.</param>
    public static string Write(string title, GateVerdict verdict, string sentence, IEnumerable<(string Heading, IEnumerable<string> Lines)> lists, IEnumerable<EvaluationReport> reports)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(sentence);
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentNullException.ThrowIfNull(reports);
        var text = new StringBuilder(Begin($"{title}: {ReportWords.Word(verdict)}"));
        text.Append(CultureInfo.InvariantCulture, $"<header class=\"{ReportWords.Word(verdict)}\"><p class=\"badge\">{ReportWords.Word(verdict)}</p>\n<h1>{Text(title)}</h1><p>{Text(sentence)}</p></header>\n");
        foreach (var (heading, lines) in lists)
            text.Append(CultureInfo.InvariantCulture, $"<section><h2>{Text(heading)}</h2><ul>{string.Concat(lines.Select(line => $"<li>{Text(line)}</li>"))}</ul></section>\n");
        foreach (var report in reports)
        {
            var page = new HtmlReport(report, []);
            page.Body();
            text.Append(page.html);
        }
        return text.Append(End).ToString();
    }

    private void Page()
    {
        Raw(Begin($"{report.Candidate}: {ReportWords.Word(report.Verdict)}"));
        Body();
        Raw(End);
    }

    private static string Begin(string title) => $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(title)}</title>
            <style>{HtmlReportStyle.Css}</style></head><body><main>

            """;

    private void Body()
    {
        Head();
        Gates();
        Worse();
        Better();
        Others();
        Judges();
        Reviews();
        Questions();
        Metrics();
        Drift();
        Groups();
        About();
    }

    private void Head()
    {
        Raw($"""
            <header class="{ReportWords.Word(report.Verdict)}"><p class="badge">{ReportWords.Word(report.Verdict)}</p>
            <h1>{Text(report.Candidate)}</h1><p>{Text(ReportWords.Headline(report))}</p></header>

            """);
        if (report.Baseline is null) return;
        var counts = report.Counts;
        Raw($"""
            <ul class="tiles"><li class="bad"><b>{counts.Broken}</b> got worse</li><li class="good"><b>{counts.Fixed}</b> got better</li>
            <li><b>{counts.BothWrongDifferent}</b> wrong, but differently</li><li><b>{counts.BothRightDifferent}</b> right, but differently</li></ul>

            """);
    }

    private void Gates()
    {
        Raw("<section><h2>Gates</h2>\n");
        Table(["", "gate", "required", "baseline", "candidate", "lies between"], report.Gates.Select(gate => (ReportWords.Word(gate.Verdict), (string[])
        [
            $"<span class=\"verdict\">{ReportWords.Word(gate.Verdict)}</span>", Name(gate.Metric), Text(gate.Threshold), Numbers.Baseline(gate), Numbers.Candidate(gate), Numbers.Interval(gate),
        ])));
        var open = report.Gates.Where(gate => gate.Verdict != GateVerdict.Pass).ToList();
        if (open.Count > 0) Raw($"<ul>{string.Concat(open.Select(gate => $"<li>{Text(gate.Sentence)}.</li>"))}</ul>\n");
        Raw("</section>\n");
    }

    private void Worse()
    {
        if (report.Counts.Broken == 0) return;
        Raw($"<section><h2>What got worse</h2><p>{Text(ReportWords.Cases(report.Counts.Broken))} that {Text(report.Baseline ?? "the baseline")} gets right. Similar ones stand together, the worst first.</p>\n");
        var rows = report.Differences.Where(row => row.Category == DifferenceCategory.Broken).ToDictionary(row => row.CaseId, StringComparer.Ordinal);
        if (report.Clusters.IsEmpty) Rows(rows.Values);
        foreach (var (index, cluster) in report.Clusters.Index()) Cluster(cluster, rows, open: index == 0);
        if (report.LeftOut is { Clusters: > 0 } left) Raw($"<p class=\"quiet\">And {left.Clusters} smaller groups.</p>\n");
        Raw("</section>\n");
    }

    private void Cluster(RegressionCluster cluster, Dictionary<string, BehaviourDifference> rows, bool open)
    {
        Raw($"<details class=\"cluster\"{(open ? " open" : "")}><summary><b>{Text(ReportWords.Cases(cluster.Size))}</b> {Line(cluster.Title)}");
        foreach (var tag in cluster.Tags) Raw($" <span class=\"tag\">{Line(tag)}</span>");
        if (cluster.BrokenForm) Raw(" <span class=\"tag bad\">programs cannot read these</span>");
        Raw("</summary>\n");
        var shown = ((string[])[cluster.Worst, cluster.Representative, .. cluster.Cases]).Distinct(StringComparer.Ordinal).Where(rows.ContainsKey).Select(id => rows[id]).ToList();
        Rows(shown.Take(2), cluster);
        if (shown.Count > 2)
        {
            Raw($"<details class=\"more\"><summary>{shown.Count - 2} more like these</summary>\n");
            Rows(shown.Skip(2));
            Raw("</details>\n");
        }
        if (cluster.Size > shown.Count) Raw($"<p class=\"quiet\">All cases of this group: {Text(string.Join(", ", cluster.Cases))}{(cluster.Size > cluster.Cases.Length ? ", …" : "")}</p>\n");
        Raw("</details>\n");
    }

    private void Better()
    {
        var won = report.Differences.Where(row => row.Category == DifferenceCategory.Fixed).ToList();
        if (report.Counts.Fixed == 0) return;
        Raw($"<section><h2>What got better</h2><details><summary><b>{Text(ReportWords.Cases(report.Counts.Fixed))}</b> that {Text(report.Baseline ?? "the baseline")} gets wrong</summary>\n");
        Rows(won);
        Raw("</details></section>\n");
    }

    private void Others()
    {
        var others = report.Differences.Where(row => row.Category is DifferenceCategory.BothWrongDifferent or DifferenceCategory.BothRightDifferent).ToList();
        if (others.Count > 0)
        {
            Raw($"<section><h2>What is only different</h2><details><summary>{report.Counts.BothWrongDifferent} wrong as before, {report.Counts.BothRightDifferent} right as before, with other words</summary>\n");
            Rows(others);
            Raw("</details></section>\n");
        }
        if (ReportWords.LeftOut(report) is { Length: > 0 } left) Raw($"<p class=\"quiet\">{Text(left)}</p>\n");
    }

    private void Rows(IEnumerable<BehaviourDifference> rows, RegressionCluster? cluster = null)
    {
        foreach (var row in rows)
        {
            var role = cluster is null ? "" : row.CaseId == cluster.Worst && row.CaseId == cluster.Representative ? "typical and worst" : row.CaseId == cluster.Worst ? "worst" : row.CaseId == cluster.Representative ? "typical" : "";
            Raw($"<article class=\"{Wire.SnakeCase<DifferenceCategory>.Of(row.Category)}\"><p class=\"case\"><code>{Line(row.CaseId)}</code> {Text(role)}{Shares(row)}</p>\n<p class=\"input\" dir=\"auto\">{Box(row.Input)}</p>\n");
            var why = row.Category == DifferenceCategory.Fixed ? row.BaselineFailures : row.CandidateFailures;
            if (!why.IsEmpty) Raw($"<p class=\"why\">{string.Join("<br>", why.Take(4).Select(line => Line(line)))}</p>\n");
            Answers(row);
            Raw("</article>\n");
        }
    }

    private void Answers(BehaviourDifference row)
    {
        if (!row.Fields.IsEmpty)
        {
            Table(["field", "baseline", "candidate"], row.Fields.Select(field => ("", (string[])
                [$"<code>{Line(field.Field)}</code>", $"<del>{Value(field.Baseline)}</del>", $"<ins>{Value(field.Candidate)}</ins>"])));
        }
        else if (row.Words.Any(word => word.Change == WordChange.Same && !string.IsNullOrWhiteSpace(word.Text)))
        {
            Raw($"<p class=\"answer\" dir=\"auto\">{string.Concat(row.Words.Select(Word))}</p>\n");
        }
        else
        {
            Raw($"<div class=\"sides\"><p class=\"answer\" dir=\"auto\"><del>{Answer(row.BaselineAnswer)}</del></p><p class=\"answer\" dir=\"auto\"><ins>{Answer(row.CandidateAnswer)}</ins></p></div>\n");
        }
    }

    private void Judges()
    {
        if (report.Judges.IsEmpty && report.Incomparable.IsEmpty) return;
        Raw("<section><h2>Judges</h2>\n");
        foreach (var sentence in report.Incomparable) Raw($"<p class=\"why\">{Text(sentence)}</p>\n");
        foreach (var judge in report.Judges)
        {
            Raw($"<h3><code>{Text(judge.Rubric.ToString())}</code></h3><ul>{string.Concat(JudgeWords.Sentences(judge).Select(sentence => $"<li>{Line(sentence, LongestText)}</li>"))}</ul>\n");
            JudgedRows(judge.Differences.Where(row => row.Steps < 0), "worse by it");
            JudgedRows(judge.Differences.Where(row => row.Steps >= 0), "better by it");
        }
        Raw("</section>\n");
    }

    private void JudgedRows(IEnumerable<JudgedDifference> rows, string what)
    {
        var shown = rows.ToList();
        if (shown.Count == 0) return;
        Raw($"<details class=\"more\"><summary>{Text(ReportWords.Cases(shown.Count))} {what}</summary>\n");
        foreach (var row in shown)
        {
            Raw($"""
                <article><p class="case"><code>{Line(row.CaseId)}</code> {Line(row.BaselineVerdict ?? "no answer")} → {Line(row.CandidateVerdict ?? "no answer")}</p>
                <p class="input" dir="auto">{Box(row.Input)}</p><p class="why">{Box(row.Reason)}</p>
                <div class="sides"><p class="answer" dir="auto"><del>{Answer(row.BaselineAnswer)}</del></p><p class="answer" dir="auto"><ins>{Answer(row.CandidateAnswer)}</ins></p></div></article>

                """);
        }
        Raw("</details>\n");
    }

    private string Name(string metric) => JudgeWords.NameOf(report, metric) is var name && name == metric ? $"<code>{Text(metric)}</code>" : $"<code>{Text(metric)}</code>{Text(name[metric.Length..])}";

    private void Reviews()
    {
        if (reviews.Count == 0) return;
        Raw($"<section><h2>{Text(ReviewWords.Heading)}</h2>\n");
        foreach (var review in reviews)
        {
            Raw($"<p><b>{Text(ReviewWords.Title(review))}</b></p>\n");
            var rows = ReviewWords.Table(review);
            var better = review.Figures?.Difference is { IsClear: true } difference ? difference.Value > 0 ? "better" : "worse" : "";
            if (rows.Count > 0) Table([.. ReviewWords.Headings], rows.Select((row, index) => (index == 0 ? better : "", (string[])[.. row.Select(Text)])));
            foreach (var sentence in ReviewWords.Sentences(review)) Raw($"<p class=\"quiet\">{Text(sentence)}</p>\n");
        }
        Raw("</section>\n");
    }

    private void Questions()
    {
        if (report.Review.IsEmpty) return;
        Raw("<section><h2>The questions of a review</h2><dl>\n");
        foreach (var one in report.Review) Raw($"<dt>{Text(one.Question)}</dt><dd dir=\"auto\">{Box(one.Answer)}</dd>\n");
        Raw("</dl></section>\n");
    }

    private void Metrics()
    {
        Raw("<section><h2>Quality, speed and cost</h2>\n");
        Table(["metric", "baseline", "candidate", "difference"], ReportWords.Ordered(report).Select(metric => (ReportWords.Direction(metric) switch { > 0 => "better", < 0 => "worse", _ => "" }, (string[])
            [Name(metric.Name), Numbers.Value(metric.Name, metric.Baseline?.Value), Numbers.Value(metric.Name, metric.Candidate?.Value), Numbers.Difference(metric)])));
        Raw("<p class=\"quiet\">In brackets: where the difference lies, each end being wrong once in twenty. Coloured: clearly better or worse.</p></section>\n");
    }

    private void Drift()
    {
        if (report.Drift.IsEmpty) return;
        Raw("<section><h2>How the answers are spread</h2>\n");
        foreach (var drift in report.Drift)
        {
            Raw($"<details{(drift.Moved ? " open class=\"moved\"" : "")}><summary>{Line(drift.Sentence)}</summary>\n");
            if (drift.Shares.IsEmpty) Raw($"<p>{drift.Baseline?.ToString("0", CultureInfo.InvariantCulture)} → {drift.Candidate?.ToString("0", CultureInfo.InvariantCulture)} on average</p>\n");
            else Table(["", "baseline", "candidate"], drift.Shares.Select(share => ("", (string[])[Line(share.Value), Bar(share.Baseline), Bar(share.Candidate)])));
            Raw("</details>\n");
        }
        Raw("</section>\n");
    }

    private void Groups()
    {
        if (report.Tags.IsEmpty && report.Reasons.IsEmpty) return;
        Raw("<section><h2>Where it changed</h2>\n");
        foreach (var (title, groups) in new[] { ("tag", report.Tags), ("kind of case", report.Kinds), ("reason", report.Reasons) })
        {
            if (groups.IsEmpty) continue;
            Table([title, "cases", "worse", "better"], groups.Where(group => group.Broken + group.Fixed > 0).Select(group => ("", (string[])[Line(group.Name), Count(group.Cases), Count(group.Broken), Count(group.Fixed)])));
        }
        Raw("</section>\n");
    }

    private void About()
    {
        Raw("<section><h2>About this run</h2>\n");
        Table(["", ""], ReportWords.Facts(report).Select(fact => ("", (string[])[Text(fact.Name), Line(fact.Value)])));
        Raw("</section>\n");
    }

    private void Table(string[] headings, IEnumerable<(string Class, string[] Cells)> rows)
    {
        Raw($"<div class=\"table\"><table><thead><tr>{string.Concat(headings.Select(heading => $"<th>{heading}</th>"))}</tr></thead><tbody>\n");
        foreach (var (name, cells) in rows) Raw($"<tr{(name.Length == 0 ? "" : $" class=\"{name}\"")}>{string.Concat(cells.Select(cell => $"<td>{cell}</td>"))}</tr>\n");
        Raw("</tbody></table></div>\n");
    }

    private static string Shares(BehaviourDifference row) => row is { BaselineShare: { } before, CandidateShare: { } after } && (before is > 0 and < 1 || after is > 0 and < 1)
        ? string.Create(CultureInfo.InvariantCulture, $" passes {before * 100:0}% → {after * 100:0}% of its repeats") : "";

    private static string Word(WordDifference word) => word.Change switch
    {
        WordChange.Same => Box(word.Text),
        WordChange.Removed => $"<del>{Box(word.Text)}</del>",
        _ => $"<ins>{Box(word.Text)}</ins>",
    };

    private static string Bar(double share) => string.Create(CultureInfo.InvariantCulture, $"<span class=\"bar\" style=\"--share:{Math.Clamp(share, 0, 1):0.####}\"></span> {share * 100:0.#}%");

    private static string Value(string? json) => json is null ? "<i>missing</i>" : Line(json);

    private static string Answer(string text) => text.Length == 0 ? "<i>no answer</i>" : Box(text);

    private static string Line(string text, int most = LongestLine) => Text(ReportWords.Line(text, most));

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    // Several lines are kept; the style shows them as they came.
    private static string Box(string text) => Text(text.Length <= LongestText ? text : text[..LongestText] + "…");

    private static string Text(string text) => Encoder.Encode(string.Concat(text.Select(ReportWords.Tame)));

    private void Raw(string markup) => html.Append(markup);
}
