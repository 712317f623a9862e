using System.Globalization;
using Slipway.Core.Evaluations;

namespace Slipway.Cli.Evaluations;

/// <summary>An evaluation as a reviewer reads it: the gates, then where behaviour differs, worst regressions first.</summary>
internal static class ReportText
{
    private const int MostDifferences = 12, LongestCell = 70;

    public static void Write(Terminal terminal, EvaluationReport report)
    {
        terminal.Heading($"{report.Candidate} on {report.Dataset}, {Cases(report.Counts.Cases)}{(report.Baseline is null ? "" : $", against {report.Baseline}")}");
        terminal.Line();
        terminal.Table(["gate", "required", "baseline", "candidate", "verdict"], [.. report.Gates.Select(gate => (string[])
            [gate.Metric, gate.Threshold, Value(gate.Metric, gate.Baseline), Value(gate.Metric, gate.Candidate), Word(gate.Verdict)])]);
        terminal.Line();
        terminal.Table(["metric", "baseline", "candidate", "difference"], [.. report.Metrics.Select(metric => (string[])
            [metric.Name, Value(metric.Name, metric.Baseline?.Value), Value(metric.Name, metric.Candidate?.Value), Difference(metric)])]);
        Differences(terminal, report);
        terminal.Line();
        terminal.Verdict($"Verdict: {Word(report.Verdict)}{(report.Verdict == GateVerdict.Pass ? "" : ". " + string.Join("; ", report.Gates.Where(gate => gate.Verdict == report.Verdict).Select(gate => gate.Sentence)))}",
            report.Verdict == GateVerdict.Pass);
    }

    private static void Differences(Terminal terminal, EvaluationReport report)
    {
        var counts = report.Counts;
        terminal.Line();
        terminal.Line($"{counts.Broken} broken, {counts.Fixed} fixed, {counts.BothWrongDifferent} wrong in another way, {counts.BothRightDifferent} right in another way");
        if (report.Differences.IsEmpty) return;
        terminal.Line();
        terminal.Table(["case", "", "input", "baseline", "candidate", "why"], [.. report.Differences.Take(MostDifferences).Select(difference => (string[])
        [
            difference.CaseId, Word(difference.Category), Cut(difference.Input), Cut(difference.BaselineAnswer), Cut(difference.CandidateAnswer), Cut(difference.Group),
        ])]);
        if (report.Differences.Length > MostDifferences) terminal.Line($"and {report.Differences.Length - MostDifferences} more: --json shows all");
    }

    /// <summary>A number of cases as people write it.</summary>
    public static string Cases(int count) => count == 1 ? "1 case" : $"{count} cases";

    private static string Difference(MetricComparison metric)
    {
        if ((metric.Candidate?.Value, metric.Baseline?.Value) is not ({ } candidate, { } baseline)) return "";
        return MetricName.KindOf(metric.Name) == MetricKind.Rate
            ? ((candidate - baseline) * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " pp"
            : baseline == 0 ? "" : ((candidate / baseline - 1) * 100).ToString("+0;-0;0", CultureInfo.InvariantCulture) + " %";
    }

    private static string Value(string metric, double? value) => value is not { } known ? "no data"
        : MetricName.KindOf(metric) == MetricKind.Rate ? (known * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%"
        : known.ToString("0.00", CultureInfo.InvariantCulture) + " ms";

    private static string Cut(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestCell ? line : line[..(LongestCell - 1)] + "…";
    }

    private static string Word(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static string Word(DifferenceCategory category) => category switch
    {
        DifferenceCategory.Broken => "broken",
        DifferenceCategory.Fixed => "fixed",
        DifferenceCategory.BothWrongDifferent => "wrong, differently",
        _ => "right, differently",
    };
}
