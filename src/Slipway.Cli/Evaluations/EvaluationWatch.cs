using System.CommandLine;
using System.Globalization;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary>Runs an evaluation on the server and watches it, or one that runs already: a bar on a terminal, a line now and then in a pipe.</summary>
internal static class EvaluationWatch
{
    // The process has two seconds from Ctrl-C to its end.
    private static readonly TimeSpan TimeToCancel = TimeSpan.FromSeconds(1.5);

    public static Option<int?> Repeats { get; } = new("--repeats") { Description = "How often each case is asked; default the manifest's", HelpName = "N" };

    public static Option<int?> Concurrency { get; } = new("--concurrency") { Description = "How many cases are asked at once; default the manifest's", HelpName = "N" };

    public static Option<decimal?> MaxCost { get; } = new("--max-cost") { Description = "Stop before it costs more, in US dollars; default the manifest's", HelpName = "DOLLARS" };

    public static Option<bool> NoCache { get; } = new("--no-cache") { Description = "Ask again what was answered before" };

    /// <summary>Runs a manifest to its end. Where it is broken off, the run is cancelled on the server too.</summary>
    public static async Task<ApiResult<EvaluationDocument>> RunAsync(CommandContext context, SlipwayApi api, string manifest, CancellationToken cancellation)
    {
        var parse = context.Parse;
        var changes = new EvaluationChanges(parse.GetValue(Repeats), parse.GetValue(Concurrency), parse.GetValue(MaxCost), !parse.GetValue(NoCache));
        var beginning = await api.BeginEvaluationAsync(manifest, changes, cancellation);
        if (beginning is not ApiResult<EvaluationRunDocument>.Ok { Value: var begun }) return Failed(beginning);
        try
        {
            return await FollowAsync(context, api, begun.Id, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            using var soon = new CancellationTokenSource(TimeToCancel);
            if (await CancelAsync(api, begun.Id, soon.Token) is { Message: { } kept }) context.Terminal.Remark($"{begun.Id}: {kept}");
            else context.Terminal.Remark($"{begun.Id} could not be cancelled and goes on at {api.Server}.");
            throw;
        }
    }

    /// <summary>Follows a run to its end.</summary>
    public static async Task<ApiResult<EvaluationDocument>> FollowAsync(CommandContext context, SlipwayApi api, EvaluationRunId run, CancellationToken cancellation)
    {
        var followed = await context.Terminal.ProgressAsync($"{run}", tell => api.FollowEvaluationAsync(run, state => Tell(state, tell), cancellation: cancellation));
        if (followed is not ApiResult<EvaluationRunDocument>.Ok { Value: var ended }) return Failed(followed);
        if (ended is not { ReportHash: { } hash, Report: { } report })
            return new ApiResult<EvaluationDocument>.Failed(new ApiFailure(409, $"{ended.Id} {(ended.State == EvaluationRunState.Cancelled ? "was cancelled" : "failed")}: {ended.Message}", []));
        if (ended.Message is { } stopped) context.Terminal.Remark(stopped);
        return new ApiResult<EvaluationDocument>.Ok(new EvaluationDocument(hash, report) { Reviews = ended.Reviews ?? [] });
    }

    /// <summary>How far a run is, in one line.</summary>
    internal static string Line(EvaluationProgress progress)
    {
        var parts = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{progress.CallsDone:#,0} of {progress.Calls:#,0} answers") };
        if (progress.Cached > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.Cached:#,0} from the cache"));
        if (progress.JudgeCalls > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.JudgeCalls:#,0} by judges"));
        if (progress.Failed > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.Failed:#,0} failed"));
        if (progress.Rate is { } rate) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{rate:#,0.#}/s"));
        if (progress.Spent > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"${progress.Spent:0.00##}{(progress.JudgeCost > 0 ? string.Create(CultureInfo.InvariantCulture, $", judges ${progress.JudgeCost:0.00##}") : "")}"));
        if (progress.Waiting is { } why) parts.Add(why);
        else if (progress.Remaining is { Ticks: > 0 } left) parts.Add($"{Time(left)} left");
        return string.Join("  ", parts);
    }

    private static void Tell(EvaluationRunDocument run, Action<double, string> tell)
    {
        if (run.Progress is { } progress) tell(progress.Calls == 0 ? 0 : (double)progress.CallsDone / progress.Calls, Line(progress));
        else tell(0, "waits for its turn");
    }

    private static async Task<EvaluationRunDocument?> CancelAsync(SlipwayApi api, EvaluationRunId run, CancellationToken cancellation)
    {
        try
        {
            return await api.CancelEvaluationAsync(run, cancellation) is ApiResult<EvaluationRunDocument>.Ok { Value: var cancelled } ? cancelled : null;
        }
        catch (OperationCanceledException)
        {
            return null;        // The server does not answer in time.
        }
    }

    private static ApiResult<EvaluationDocument>.Failed Failed(ApiResult<EvaluationRunDocument> result) => new(((ApiResult<EvaluationRunDocument>.Failed)result).Failure);

    private static string Time(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
