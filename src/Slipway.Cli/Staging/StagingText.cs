using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Core.Staging;
using Slipway.Core.Wire;

namespace Slipway.Cli.Staging;

/// <summary>A staging report as people read it.</summary>
internal static class StagingText
{
    public static void Write(Terminal terminal, StagingReportDocument document)
    {
        var report = document.Report;
        terminal.Heading($"{report.Version} in staging, beside {report.Production.Number} in production");
        terminal.Line($"  by {document.By}, {ReleaseText.Time(document.At)}; requests of production from {ReleaseText.Time(report.OldestRequest)} to {ReleaseText.Time(report.NewestRequest)}");
        if (document.Outdated is { } outdated) terminal.Verdict($"  {outdated}; make a new one with: slipway staging report {report.Version}", good: false);
        terminal.Line();
        terminal.Table(["  of the same requests", "staged", "production"], [.. Rows.Select(row => (string[])[$"  {row.Name}", row.Show(report.Staged), row.Show(report.Live)])]);
        foreach (var one in report.LeftOut.Take(3)) terminal.Line($"  {one}");
        if (report.LeftOut.Length > 3) terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  and {report.LeftOut.Length - 3} more were left out"));
        terminal.Line();
        if (report.Differences.IsEmpty) terminal.Verdict("  nothing differs but the version itself", good: true);
        foreach (var one in report.Differences) Write(terminal, document, one);
        if (document.Unexplained.FirstOrDefault() is not { } open) return;
        terminal.Line();
        terminal.Line($"  say why with: slipway staging explain {report.Version} {(open.Part.Contains(' ', StringComparison.Ordinal) ? $"\"{open.Part}\"" : open.Part)} --reason TEXT");
    }

    private static readonly (string Name, Func<StagingAnswers, string> Show)[] Rows =
    [
        ("asked", one => Number(one.Asked)),
        ("answered as agreed", one => Number(one.Kept)),
        ("without an answer", one => Number(one.Errors)),
        ("latency, ms p50 p95", one => one is { LatencyP50: { } half, LatencyP95: { } most } ? string.Create(CultureInfo.InvariantCulture, $"{half:G4} {most:G4}") : "-"),
        ("cost a success", one => one.CostPerSuccess is { } cost ? "$" + cost.ToString("0.######", CultureInfo.InvariantCulture) : "unknown"),
    ];

    private static void Write(Terminal terminal, StagingReportDocument document, StagingDifference one)
    {
        var explained = document.Explanations.FirstOrDefault(known => known.Part == one.Part && known.Difference == one.Sentence);
        var mark = !one.NeedsReason ? "note     " : explained is null ? "UNEXPLAINED" : "explained";
        terminal.Verdict($"  {mark,-13}{one.Part,-17}{one.Sentence}", !one.NeedsReason || explained is not null);
        if (explained is not null) terminal.Line($"  {"",-13}{"",-17}{explained.By}: {explained.Reason}");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
