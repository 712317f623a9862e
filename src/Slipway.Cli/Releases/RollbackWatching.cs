using System.Diagnostics;
using Slipway.Client;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>Watches a rollback until every instance is back: on a terminal on one line that is overwritten, elsewhere with a line for each change.</summary>
internal static class RollbackWatching
{
    // The seconds of a lease count down on a terminal; more instances are told of at once.
    private static readonly Duration Turn = Duration.Seconds(1);

    /// <summary>Shows a release that was rolled back, watches, and says what came of it.</summary>
    /// <returns>Done where every instance is back, or none followed or nobody waited; inconclusive where some are not back yet, or cannot be reached.</returns>
    public static async Task<int> RunAsync(CommandContext context, SlipwayApi api, ReleaseDocument release, TimeSpan wait, CancellationToken cancellation)
    {
        if (!context.WantsJson) ReleaseText.Write(context.Terminal, release with { Rollback = null });
        var progress = release.State == ReleaseState.RolledBack && wait > TimeSpan.Zero ? await WatchAsync(context, api, release.Id, wait, cancellation) : release.Rollback;
        if (context.WantsJson) context.Terminal.Json(release with { Rollback = progress }, ApiJson.Default.ReleaseDocument);
        else if (progress is { SoFar.Instances: > 0 }) context.Terminal.Verdict($"  {progress.Sentence()}", progress.SoFar.IsComplete);
        return progress is null or { SoFar.IsComplete: true } ? ExitCode.Done : ExitCode.Inconclusive;
    }

    private static Task<RollbackProgress?> WatchAsync(CommandContext context, SlipwayApi api, ReleaseId release, TimeSpan wait, CancellationToken cancellation) =>
        context.Terminal.WatchAsync(release.ToString(), async show =>
        {
            var (began, told) = (Stopwatch.GetTimestamp(), 0);
            RollbackProgress? progress = null;
            while (true)
            {
                switch (await AskAsync(api, release, progress?.SoFar.Back ?? 0, cancellation))
                {
                    case ApiResult<RollbackProgress>.Ok ok:
                        progress = ok.Value;
                        break;
                    case ApiResult<RollbackProgress>.Failed failed:
                        context.Terminal.Remark($"It is rolled back; which instances are back could not be asked: {failed.Failure.Message}");
                        return progress;
                    default:
                        return progress;
                }
                if (progress.IsOver || Stopwatch.GetElapsedTime(began) >= wait) return progress;
                show(progress.Sentence());
                // Where nobody watches, the line that is last is the result.
                if (!context.Terminal.Interactive && !context.WantsJson && progress.SoFar.Back > told) context.Terminal.Line($"  {progress.Sentence()}");
                told = progress.SoFar.Back;
            }
        });

    // Whoever breaks off gets what is known so far.
    private static async Task<ApiResult<RollbackProgress>?> AskAsync(SlipwayApi api, ReleaseId release, int back, CancellationToken cancellation)
    {
        try
        {
            return await api.RollbackProgressAsync(release, back, Turn, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
