using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway eval</c>.</summary>
internal static class EvaluationCommands
{
    private static readonly Argument<string> Manifest = new("MANIFEST") { Description = "An evaluation manifest (JSON)" };

    public static Command Eval() => new Command("eval", "Run a candidate and what is live on the same cases, and judge the gates")
    {
        Manifest, EvaluationWatch.Repeats, EvaluationWatch.Concurrency, EvaluationWatch.MaxCost, EvaluationWatch.NoCache,
        ReportFiles.Markdown, ReportFiles.JUnit, ReportFiles.Html,
        ReportFiles.Show(), EvaluationRunCommands.List(), EvaluationRunCommands.Watch(), EvaluationRunCommands.Cancel(),
    }.Does(EvalAsync);

    private static async Task<int> EvalAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(Manifest)!;
        if (context.ReadFile(path) is not { } manifest) return ExitCode.Unusable;
        return await context.AskAsync(async api => About(path, await EvaluationWatch.RunAsync(context, api, manifest, cancellation)), evaluation => Show(context, evaluation));
    }

    /// <summary>Shows what an evaluation came to, and writes the files that were asked for.</summary>
    /// <returns>The exit code of its verdict.</returns>
    public static int Show(CommandContext context, EvaluationDocument evaluation)
    {
        if (context.WantsJson) context.Terminal.Json(evaluation, ApiJson.Default.EvaluationDocument);
        else ReportText.Write(context.Terminal, evaluation.Report, ReportText.More, evaluation.Reviews);
        return ReportFiles.Write(context, evaluation) ? ReportFiles.ExitCodeOf(evaluation.Report) : ExitCode.Unusable;
    }

    /// <summary>What came of a request about a file, the file in front of what is wrong with it.</summary>
    public static ApiResult<T> About<T>(string path, ApiResult<T> result) =>
        result is ApiResult<T>.Failed failed ? new ApiResult<T>.Failed(CommandContext.About(path, failed.Failure)) : result;
}
