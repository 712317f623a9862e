using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway eval list</c>, <c>watch</c> and <c>cancel</c>: the runs a server has, whoever began them.</summary>
internal static class EvaluationRunCommands
{
    private static readonly Option<int> Limit = new("--limit") { Description = "At most so many, 1 to 1000", DefaultValueFactory = _ => 20, HelpName = "N" };
    private static readonly Argument<string> Run = new("RUN") { Description = "A run, as eval-12" };

    public static Command List() => new Command("list", "List the runs, newest first") { Limit }.Does(ListAsync);

    public static Command Watch() =>
        new Command("watch", "Follow a run to its end and show its report; Ctrl-C leaves it running") { Run, ReportFiles.Markdown, ReportFiles.JUnit, ReportFiles.Html }.Does(WatchAsync);

    public static Command Cancel() => new Command("cancel", "Cancel a run; what was answered is kept") { Run }.Does(CancelAsync);

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation)
    {
        return context.AskAsync(api => api.EvaluationRunsAsync(context.Parse.GetValue(Limit), cancellation), runs =>
        {
            if (context.WantsJson) context.Terminal.Json(runs, ApiJson.Default.ImmutableArrayEvaluationRunDocument);
            else if (runs.IsEmpty) context.Terminal.Line("No evaluation was run in the last 90 days.");
            else context.Terminal.Table(["run", "candidate", "baseline", "golden set", "began", "by", "cost", "state"], [.. runs.Select(run => (string[])
            [
                $"{run.Id}", $"{run.Candidate}", $"{run.Baseline?.Number.ToString() ?? "-"}", $"{run.Dataset}", ReleaseText.Time(run.StartedAt), $"{run.By}", Cost(run), State(run),
            ])]);
            return ExitCode.Done;
        });
    }

    private static async Task<int> WatchAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<EvaluationRunId>(context.Parse.GetValue(Run), "run of an evaluation") is { } run
            ? await context.AskAsync(api => EvaluationWatch.FollowAsync(context, api, run, cancellation), evaluation => EvaluationCommands.Show(context, evaluation)) : ExitCode.Unusable;

    private static async Task<int> CancelAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<EvaluationRunId>(context.Parse.GetValue(Run), "run of an evaluation") is { } run
            ? await context.AskAsync(api => api.CancelEvaluationAsync(run, cancellation), cancelled =>
            {
                if (context.WantsJson) context.Terminal.Json(cancelled, ApiJson.Default.EvaluationRunDocument);
                else context.Terminal.Line($"{cancelled.Id}  {State(cancelled)}");
                return ExitCode.Done;
            }) : ExitCode.Unusable;

    private static string Cost(EvaluationRunDocument run) => run.Progress is { Spent: > 0 and var spent } ? spent.ToString("$0.00##", CultureInfo.InvariantCulture) : "-";

    private static string State(EvaluationRunDocument run) => run switch
    {
        { State: EvaluationRunState.Running, Progress: { } progress } => $"running: {EvaluationWatch.Line(progress)}",
        { State: EvaluationRunState.Running } => "waits for its turn",
        { State: EvaluationRunState.Finished, Verdict: { } verdict } => ReportWords.Word(verdict),
        { Message: { } why } => $"{(run.State == EvaluationRunState.Cancelled ? "cancelled" : "failed")}: {why}",
        _ => run.State.ToString().ToLowerInvariant(),
    };
}
