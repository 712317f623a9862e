using System.Globalization;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;

namespace Slipway.Cli.Evaluations;

/// <summary>An evaluation as a reviewer reads it in a terminal: the gates, what got worse and better, then the numbers beside each other.</summary>
internal static class ReportText
{
    private const int MostClusters = 6, MostWins = 5, LongestCell = 70;

    /// <summary>What shows more of a report, where the command can.</summary>
    public const string More = "--html FILE shows them in groups, --json gives all numbers";

    /// <summary>Writes it.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="report">The report.</param>
    /// <param name="more">What shows the cases that have no row here; null where nothing does.</param>
    /// <param name="reviews">What people's reviews of it came to; null for none.</param>
    public static void Write(Terminal terminal, EvaluationReport report, string? more = null, IReadOnlyCollection<ReviewOutcome>? reviews = null)
    {
        terminal.Heading($"{report.Candidate} on {report.Dataset}, {Cases(report.Counts.Cases)}{(report.Baseline is null ? "" : $", against {report.Baseline}")}");
        terminal.Line();
        terminal.Table(["gate", "required", "baseline", "candidate", "lies between", "verdict"], [.. report.Gates.Select(gate => (string[])
        [
            JudgeWords.NameOf(report, gate.Metric), gate.Threshold, Numbers.Baseline(gate), Numbers.Candidate(gate), Numbers.Interval(gate), ReportWords.Word(gate.Verdict),
        ])]);
        terminal.Line();
        terminal.Table(["metric", "baseline", "candidate", "difference"], [.. ReportWords.Main(report).Select(metric => (string[])
            [JudgeWords.NameOf(report, metric.Name), Numbers.Value(metric.Name, metric.Baseline?.Value), Numbers.Value(metric.Name, metric.Candidate?.Value), Numbers.Difference(metric)])]);
        Drift(terminal, report);
        Differences(terminal, report, more);
        Judges(terminal, report);
        Remarks(terminal, report);
        Reviews(terminal, reviews ?? []);
        terminal.Line();
        terminal.Verdict($"Verdict: {ReportWords.Word(report.Verdict)}{Because(report)}", report.Verdict == GateVerdict.Pass);
    }

    private static string Because(EvaluationReport report)
    {
        if (report.Verdict == GateVerdict.Pass) return "";
        var gates = report.Gates.Where(gate => gate.Verdict == report.Verdict).Select(gate => gate.Sentence).ToList();
        if (report.Facts?.Stopped is { } stopped) gates.Insert(0, stopped);
        return gates.Count == 0 ? "" : ". " + string.Join("; ", gates);
    }

    private static void Drift(Terminal terminal, EvaluationReport report)
    {
        var moved = report.Drift.Where(drift => drift.Moved).ToList();
        if (moved.Count == 0) return;
        terminal.Line();
        foreach (var drift in moved) terminal.Line($"moved: {ReportWords.Line(drift.Sentence, 2 * LongestCell)}");
    }

    private static void Differences(Terminal terminal, EvaluationReport report, string? hint)
    {
        var counts = report.Counts;
        terminal.Line();
        terminal.Line($"{counts.Broken} broken, {counts.Fixed} fixed, {counts.BothWrongDifferent} wrong in another way, {counts.BothRightDifferent} right in another way");
        if (report.Differences.IsEmpty) return;
        var rows = report.Differences.ToDictionary(row => row.CaseId, StringComparer.Ordinal);
        List<(string Count, BehaviourDifference Row)> shown =
        [
            .. report.Clusters.IsEmpty ? report.Differences.Where(row => row.Category == DifferenceCategory.Broken).Take(MostClusters).Select(row => ("1", row))
                : report.Clusters.Take(MostClusters).Select(cluster => (cluster.Size.ToString(CultureInfo.InvariantCulture), rows[cluster.Worst])),
            .. report.Differences.Where(row => row.Category == DifferenceCategory.Fixed).Take(MostWins).Select(row => ("", row)),
            .. report.Differences.Where(row => row.Category == DifferenceCategory.BothWrongDifferent).Take(2).Select(row => ("", row)),
        ];
        terminal.Line();
        terminal.Table(["case", "", "alike", "input", "baseline", "candidate", "why"], [.. shown.Select(one => (string[])
        [
            Cut(one.Row.CaseId), ReportWords.Word(one.Row.Category), one.Count, Cut(one.Row.Input), Cut(one.Row.BaselineAnswer), Cut(one.Row.CandidateAnswer), Cut(one.Row.Group),
        ])]);
        if (counts.Broken + counts.Fixed + counts.BothWrongDifferent + counts.BothRightDifferent - shown.Count is > 0 and var more)
            terminal.Line($"and {more} more{(hint is null ? "" : $": {hint}")}");
    }

    private static void Judges(Terminal terminal, EvaluationReport report)
    {
        foreach (var judge in report.Judges)
        {
            terminal.Line();
            foreach (var sentence in JudgeWords.Sentences(judge)) terminal.Line(ReportWords.Line(sentence, 8 * LongestCell));
            var worse = judge.Differences.Where(row => row.Steps < 0).Take(MostClusters).ToList();
            if (worse.Count == 0) continue;
            terminal.Table(["case", "baseline", "candidate", "input", "candidate's answer", "why"], [.. worse.Select(row => (string[])
                [Cut(row.CaseId), Cut(row.BaselineVerdict ?? ""), Cut(row.CandidateVerdict ?? ""), Cut(row.Input), Cut(row.CandidateAnswer), Cut(row.Reason)])]);
        }
        foreach (var sentence in report.Incomparable) terminal.Line(sentence);
    }

    /// <summary>Writes what people's reviews came to.</summary>
    public static void Reviews(Terminal terminal, IReadOnlyCollection<ReviewOutcome> reviews)
    {
        foreach (var review in reviews)
        {
            terminal.Line();
            terminal.Heading($"{ReviewWords.Heading}: {ReviewWords.Title(review)}");
            if (ReviewWords.Table(review) is { Count: > 0 } rows) terminal.Table(ReviewWords.Headings, rows);
            foreach (var sentence in ReviewWords.Sentences(review)) terminal.Line(ReportWords.Line(sentence, 8 * LongestCell));
        }
    }

    private static void Remarks(Terminal terminal, EvaluationReport report)
    {
        if (!report.MissingKinds.IsEmpty)
            terminal.Line($"missing in the golden set: {string.Join(", ", ReportWords.Facts(report).Where(fact => fact.Name == "missing kinds").Select(fact => fact.Value))}");
        if (report.SyntheticShare is > 0 and var share) terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#}% of the cases are synthetic"));
    }

    /// <summary>A number of cases as people write it.</summary>
    public static string Cases(int count) => ReportWords.Cases(count);

    private static string Cut(string text) => ReportWords.Line(text, LongestCell);
}
