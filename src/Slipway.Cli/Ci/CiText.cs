using Slipway.Cli.Evaluations;
using Slipway.Core.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>A run as whoever started it reads it: what is wrong first, then each changed version.</summary>
internal static class CiText
{
    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, CiResult result)
    {
        terminal.Heading($"{result.Folder}{(result.Base is null ? "" : $", compared with {result.Base}")}");
        foreach (var about in result.Checks.GroupBy(check => check.About, StringComparer.Ordinal))
        {
            var (passed, failed) = (about.Where(check => check.Passed).ToList(), about.Where(check => !check.Passed).ToList());
            if (passed.Count > 0) terminal.Verdict($"  ok      {about.Key} {string.Join(", ", passed.Select(check => check.Name))}", good: true);
            foreach (var check in failed)
            {
                terminal.Verdict($"  failed  {about.Key}: not \"{check.Name}\"", good: false);
                foreach (var problem in check.Problems) terminal.Line($"          {problem}");
            }
        }
        foreach (var note in result.Notes) terminal.Line($"  note    {note}");
        foreach (var comparison in result.Comparisons)
        {
            terminal.Line();
            if (comparison.Report is { } report) ReportText.Write(terminal, report);
            terminal.Line(comparison.Remark);
        }
        terminal.Line();
        terminal.Verdict(result.Sentence, good: result.Verdict == GateVerdict.Pass);
    }
}
