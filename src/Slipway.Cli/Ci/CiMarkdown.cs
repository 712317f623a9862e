using System.Globalization;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;

namespace Slipway.Cli.Ci;

/// <summary>A run as the comment of a pull request.</summary>
internal static class CiMarkdown
{
    private const int LongestLine = 400, MostLength = 60_000;

    /// <summary>Writes it; at most 60,000 characters, which is less than either service takes.</summary>
    public static string Write(CiResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {Sign(result.Verdict)} Prompts: {Inert(result.Sentence["Verdict: ".Length..])}\n\n");
        if (result.Base is { } compared) text.Append(CultureInfo.InvariantCulture, $"<code>{Inert(result.Folder)}</code>, compared with {Inert(compared)}.\n\n");
        foreach (var check in result.Checks.Where(check => !check.Passed))
        {
            text.Append(CultureInfo.InvariantCulture, $"- ❌ <code>{Inert(check.About)}</code>: not “{Inert(check.Name)}”\n");
            foreach (var problem in check.Problems) text.Append(CultureInfo.InvariantCulture, $"  - <code>{Inert(problem)}</code>\n");
        }
        if (result.Checks.Any(check => !check.Passed)) text.Append('\n');
        foreach (var note in result.Notes) text.Append(CultureInfo.InvariantCulture, $"- {Inert(note)}\n");
        if (!result.Notes.IsEmpty) text.Append('\n');
        foreach (var comparison in result.Comparisons)
        {
            if (comparison.Report is { } report) text.Append(MarkdownReport.Write(report)).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"{Inert(comparison.Remark)}\n\n");
        }
        var passed = result.Checks.Where(check => check.Passed).ToList();
        text.Append(CultureInfo.InvariantCulture, $"<details><summary>{passed.Count} checks passed</summary>\n\n");
        foreach (var about in passed.GroupBy(check => check.About, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"- <code>{Inert(about.Key)}</code> {Inert(string.Join(", ", about.Select(check => check.Name)))}\n");
        text.Append("\n</details>\n");
        return text.Length <= MostLength ? text.ToString() : text.ToString(0, MostLength) + "…\n";
    }

    private static string Sign(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Pass => "✅",
        GateVerdict.Fail => "❌",
        _ => "❔",
    };

    // Names of files and what stands in them are other people's text: nothing of it becomes a link, a picture or a mention.
    private static string Inert(string text)
    {
        var inert = new StringBuilder(text.Length);
        foreach (var letter in ReportWords.Line(text, LongestLine))
        {
            if (char.IsAscii(letter) && (char.IsPunctuation(letter) || char.IsSymbol(letter)) && letter is not (',' or '.' or ';' or '?' or '%' or '/'))
                inert.Append(CultureInfo.InvariantCulture, $"&#{(int)letter};");
            else inert.Append(letter);
        }
        return inert.ToString();
    }
}
