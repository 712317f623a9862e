using System.CommandLine;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Staging;

/// <summary><c>slipway staging</c>: what differs between the environments before a version goes on.</summary>
internal static class StagingCommands
{
    private static readonly Argument<string> Version = new("version") { Description = "The staged version, NAME:vX" };
    private static readonly Argument<string> Part = new("part") { Description = "What differs, as the report names it" };
    private static readonly Option<int?> Requests = new("--requests") { Description = "How many recorded requests of production it is asked at most, 1 to 200; 20 where left out", HelpName = "N" };
    private static readonly Option<string?> Since = new("--since") { Description = "From when the requests may be, as a time or how long ago; 7d where left out", HelpName = "TIME" };
    private static readonly Option<decimal?> MaxCost = new("--max-cost") { Description = "What the calls may cost, in US dollars", HelpName = "DOLLARS" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why it may differ", HelpName = "TEXT", Required = true };

    public static Command Make() => new("staging", "Say what differs between staging and production before a version goes on")
    {
        new Command("report", "Call a staged version with recorded requests of production, and hold it against what is live") { Version, Requests, Since, MaxCost }.Does(ReportAsync),
        new Command("show", "Show the newest report on a staged version") { Version }.Does(ShowAsync),
        new Command("explain", "Say why a difference may stay") { Version, Part, Reason }.Does(ExplainAsync),
    };

    private static async Task<int> ReportAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        var request = new StagingRequest(version, context.Parse.GetValue(Requests), context.Parse.GetValue(Since), context.Parse.GetValue(MaxCost));
        return await context.AskAsync(api => api.ReportStagingAsync(request, cancellation), report => Show(context, report));
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version ? ExitCode.Unusable
        : await context.AskAsync(api => api.StagingReportAsync(version, cancellation), report => Show(context, report));

    private static async Task<int> ExplainAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        var request = new StagingExplanationRequest(version, context.Parse.GetValue(Part)!, context.Parse.GetValue(Reason)!);
        return await context.AskAsync(api => api.ExplainStagingAsync(request, cancellation), report => Show(context, report));
    }

    // A check that found something is a check that failed: whoever calls it in a pipeline sees that.
    private static int Show(CommandContext context, StagingReportDocument report)
    {
        if (context.WantsJson) context.Terminal.Json(report, ApiJson.Default.StagingReportDocument);
        else StagingText.Write(context.Terminal, report);
        return report.Unexplained.IsEmpty && report.Outdated is null ? ExitCode.Done : ExitCode.Refused;
    }
}
