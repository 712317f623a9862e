using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;

namespace Slipway.Cli.Ci;

/// <summary>A run as one HTML file that needs nothing else.</summary>
internal static class CiHtml
{
    /// <summary>Writes it.</summary>
    public static string Write(CiResult result)
    {
        var lists = new List<(string, IEnumerable<string>)>();
        if (result.Checks.Any(check => !check.Passed))
            lists.Add(("What failed", result.Checks.Where(check => !check.Passed).SelectMany(check => check.Problems.Select(problem => $"{check.About}, not \u201c{check.Name}\u201d: {problem}"))));
        if (!result.Notes.IsEmpty) lists.Add(("To know", result.Notes));
        if (!result.Comparisons.IsEmpty) lists.Add(("What was asked", result.Comparisons.Select(comparison => $"{comparison.Candidate}: {CiResult.Word(comparison.Verdict)}. {comparison.Remark}")));
        lists.Add(("What was checked", result.Checks.Where(check => check.Passed).GroupBy(check => check.About, StringComparer.Ordinal).Select(about => $"{about.Key} {string.Join(", ", about.Select(check => check.Name))}")));
        return HtmlReport.Write(
            $"{result.Folder}{(result.Base is null ? "" : $", compared with {result.Base}")}", result.Verdict, result.Sentence["Verdict: ".Length..], lists, result.Comparisons.Select(comparison => comparison.Report).OfType<EvaluationReport>());
    }
}
