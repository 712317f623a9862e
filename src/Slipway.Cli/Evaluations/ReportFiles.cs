using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Slipway.Client;
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

    private static readonly Argument<string?> Other = new("OTHER") { Description = "Another one, to be shown beside it", Arity = ArgumentArity.ZeroOrOne };

    public static Command Show() => new Command("show", "Show a report once more, or two beside each other") { Report, Other, Markdown, JUnit, Html }.Does(ShowAsync);

    /// <summary>Writes the files that were asked for; says so and is false where one cannot be written.</summary>
    public static bool Write(CommandContext context, EvaluationDocument document) =>
        context.WriteFile(Markdown, () => MarkdownReport.Write(document.Report, document.Reviews)) & context.WriteFile(JUnit, () => JUnitReport.Write(document.Report))
            & context.WriteFile(Html, () => HtmlReport.Write(document.Report, document.Reviews));

    /// <summary>What a command ends with that ran an evaluation.</summary>
    public static int ExitCodeOf(EvaluationReport report) => report.Verdict switch
    {
        GateVerdict.Pass => ExitCode.Done,
        GateVerdict.Inconclusive => ExitCode.Inconclusive,
        _ => ExitCode.Refused,
    };

    // Showing is not judging: what was shown was done, whatever the verdict was.
    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => context.Parse.GetValue(Other) is not { } other
        ? OpenAsync(context, context.Parse.GetValue(Report)!, document => Task.FromResult(Show(context, document)), cancellation)
        : OpenAsync(context, context.Parse.GetValue(Report)!, first => OpenAsync(context, other, second => Task.FromResult(ShowBoth(context, first.Report, second.Report)), cancellation), cancellation);

    private static async Task<int> OpenAsync(CommandContext context, string named, Func<EvaluationDocument, Task<int>> then, CancellationToken cancellation)
    {
        if (EvaluationRunId.TryParse(named, out var run))
            return await context.AskAsync(api => api.EvaluationRunAsync(run, cancellation), (_, found) => ReportOf(context, found) is { } document ? then(document) : Task.FromResult(ExitCode.Refused));
        if (ContentHash.TryParse(named, out var hash))
        {
            return await context.AskAsync(async api => await api.ObjectAsync(hash, cancellation), async (api, json) =>
                Parse(context, named, json) is not { } document ? ExitCode.Unusable : await api.ReviewsAsync(hash, cancellation) switch
                {
                    ApiResult<ImmutableArray<ReviewDocument>>.Ok reviews => await then(document with { Reviews = [.. reviews.Value.Select(review => review.Outcome).OfType<ReviewOutcome>().Reverse()] }),
                    var failed => context.Fail(((ApiResult<ImmutableArray<ReviewDocument>>.Failed)failed).Failure),
                });
        }
        return context.ReadFile(named) is { } text && Parse(context, named, text) is { } read ? await then(read) : ExitCode.Unusable;
    }

    private static EvaluationDocument? ReportOf(CommandContext context, EvaluationRunDocument run)
    {
        if (run is { Report: { } report, ReportHash: { } hash }) return new EvaluationDocument(hash, report) { Reviews = run.Reviews ?? [] };
        context.Terminal.Error(run.State == EvaluationRunState.Running ? $"{run.Id} has no report before it has ended." : $"{run.Id} has no report: {run.Message}",
            run.State == EvaluationRunState.Running ? $"Follow it with: slipway eval watch {run.Id}" : null);
        return null;
    }

    // What two judges said stands beside each other nowhere.
    private static int ShowBoth(CommandContext context, EvaluationReport first, EvaluationReport second)
    {
        if (new[] { Markdown, JUnit, Html }.FirstOrDefault(form => context.Parse.GetValue(form) is not null) is { } form) return context.Misused($"{form.Name} is the form of one report.", "Name one report, or leave it out");
        var both = SideBySide.Of(first, second);
        if (context.WantsJson) context.Terminal.Json(both, EvaluationJson.Default.SideBySide);
        else
        {
            context.Terminal.Table(["metric", both.First, both.Second], [.. both.Metrics.Select(metric => (string[])
                [metric.Name, metric.Withheld ? "" : Numbers.Value(metric.Name, metric.First), metric.Withheld ? "not comparable" : Numbers.Value(metric.Name, metric.Second)])]);
            foreach (var sentence in both.Incomparable) context.Terminal.Line(sentence);
        }
        return ExitCode.Done;
    }

    private static int Show(CommandContext context, EvaluationDocument document)
    {
        if (context.WantsJson) context.Terminal.Json(document, ApiJson.Default.EvaluationDocument);
        else ReportText.Write(context.Terminal, document.Report, ReportText.More, document.Reviews);
        return Write(context, document) ? ExitCode.Done : ExitCode.Unusable;
    }

    // Null, after saying so, where it is none. What --json prints has the report's hash and its reviews beside it; what is stored is the report alone.
    private static EvaluationDocument? Parse(CommandContext context, string named, string json)
    {
        try
        {
            var root = JsonElement.Parse(json);
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("report", out var inner) && inner.ValueKind == JsonValueKind.Object
                ? JsonSerializer.Deserialize(json, ApiJson.Default.EvaluationDocument) ?? throw new JsonException("There is no report.")
                : new EvaluationDocument(ContentHash.Of(CanonicalJson.Of(root)), EvaluationReport.FromJson(json));
        }
        catch (JsonException)
        {
            context.Misused($"{named} is no evaluation report.", "A report is named by slipway eval --json, under report_hash");
            return null;
        }
    }
}
