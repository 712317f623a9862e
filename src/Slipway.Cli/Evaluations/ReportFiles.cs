using System.CommandLine;
using System.Text;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary>The forms of a report that go into files, and <c>slipway eval show</c>.</summary>
internal static class ReportFiles
{
    public static readonly Option<string?> Markdown = new("--markdown") { Description = "Also write the report as a comment for a pull request", HelpName = "FILE" };
    public static readonly Option<string?> JUnit = new("--junit") { Description = "Also write the gates and the failing cases as JUnit XML", HelpName = "FILE" };
    public static readonly Option<string?> Html = new("--html") { Description = "Also write the report as one HTML file that needs no network", HelpName = "FILE" };
    private static readonly Argument<string> Report = new("REPORT") { Description = "A run, as eval-12, a report's hash, or a file of JSON that --json printed" };

    public static Command Show(Terminal terminal) => new Command("show", "Show a report once more") { Report, Markdown, JUnit, Html }.Does(terminal, ShowAsync);

    /// <summary>Writes the files that were asked for; says so and is false where one cannot be written.</summary>
    public static bool Write(CommandContext context, EvaluationReport report) =>
        Write(context, Markdown, () => MarkdownReport.Write(report)) & Write(context, JUnit, () => JUnitReport.Write(report)) & Write(context, Html, () => HtmlReport.Write(report));

    /// <summary>What a command ends with that ran an evaluation.</summary>
    public static int ExitCodeOf(EvaluationReport report) => report.Verdict switch
    {
        GateVerdict.Pass => ExitCode.Done,
        GateVerdict.Inconclusive => ExitCode.Inconclusive,
        _ => ExitCode.Refused,
    };

    private static bool Write(CommandContext context, Option<string?> option, Func<string> form)
    {
        if (context.Parse.GetValue(option) is not { } path) return true;
        try
        {
            File.WriteAllText(path, form(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            context.Terminal.Error($"{path} cannot be written: {exception.Message}");
            return false;
        }
    }

    // Showing is not judging: what was shown was done, whatever the verdict was.
    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        var named = context.Parse.GetValue(Report)!;
        if (EvaluationRunId.TryParse(named, out var run)) return await context.AskAsync(api => api.EvaluationRunAsync(run, cancellation), found => Show(context, found));
        if (ContentHash.TryParse(named, out var hash))
            return await context.AskAsync(async api => await api.ObjectAsync(hash, cancellation), json => Show(context, named, json));
        return context.ReadFile(named) is { } text ? Show(context, named, text) : ExitCode.Unusable;
    }

    private static int Show(CommandContext context, EvaluationRunDocument run)
    {
        if (run.Report is { } report) return Show(context, report);
        context.Terminal.Error(run.State == EvaluationRunState.Running ? $"{run.Id} has no report before it has ended." : $"{run.Id} has no report: {run.Message}",
            run.State == EvaluationRunState.Running ? $"Follow it with: slipway eval watch {run.Id}" : null);
        return ExitCode.Refused;
    }

    private static int Show(CommandContext context, EvaluationReport report)
    {
        if (context.WantsJson) context.Terminal.Json(report, EvaluationJson.Default.EvaluationReport);
        else ReportText.Write(context.Terminal, report, ReportText.More);
        return Write(context, report) ? ExitCode.Done : ExitCode.Unusable;
    }

    private static int Show(CommandContext context, string named, string json)
    {
        try
        {
            return Show(context, Parse(json));
        }
        catch (JsonException)
        {
            return context.Misused($"{named} is no evaluation report.", "A report is named by slipway eval --json, under report_hash");
        }
    }

    // What --json prints has the report's hash beside it; what is stored is the report alone.
    private static EvaluationReport Parse(string json)
    {
        var root = JsonElement.Parse(json);
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("report", out var inner) && inner.ValueKind == JsonValueKind.Object
            ? JsonSerializer.Deserialize(json, ApiJson.Default.EvaluationDocument)?.Report ?? throw new JsonException("There is no report.")
            : EvaluationReport.FromJson(json);
    }
}
