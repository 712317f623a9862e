using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Rollouts;

/// <summary>How far a rollback has come, over HTTP.</summary>
internal static class RollbackEndpoints
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60), BetweenLooks = TimeSpan.FromMilliseconds(50);

    public static void MapRollbacks(this RouteGroupBuilder api) => api.MapGet("/releases/{release}/rollback", ProgressAsync).Reads("read how far a rollback has come", withinReach: true)
        .Gives<RollbackProgress>("Say how far a rollback has come, now or once more instances are back");

    private static async Task<IResult> ProgressAsync(string release, int? back, string? wait, Caller caller, Ledger ledger, RollbackWatch watch, TimeProvider clock, CancellationToken cancellation)
    {
        if (!ReleaseId.TryParse(release, out var id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
        var most = Duration.Zero;
        if (wait is not null && !Duration.TryParse(wait, out most)) return Refusals.Invalid([$"wait is \"{wait}\": it must be {Duration.Form}."]);
        if (most.Value > LongestWait) return Refusals.Invalid([string.Create(CultureInfo.InvariantCulture, $"wait is at most {LongestWait.TotalSeconds:0}s.")]);
        if (ledger.Current.Releases.Find(id) is not { } found) return Refusals.Unknown($"There is no release {id}.");
        var subject = new Subject($"read {id}", [found.Candidate.Prompt], found.Environment, IsInstallation: false);
        if (caller.Access.DenyReach(subject) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var looks = new PeriodicTimer(BetweenLooks, clock);
        var started = clock.GetTimestamp();
        while (true)
        {
            if (watch.Progress(ledger.Current.Releases.Find(id)!) is not { } progress) return Refusals.Of(new Refusal(RefusalKind.Conflict, $"{id} was not rolled back."));
            if (progress.IsOver || back is { } known && progress.SoFar.Back > known || clock.GetElapsedTime(started) >= most.Value) return TypedResults.Ok(progress);
            await looks.WaitForNextTickAsync(cancellation);
        }
    }
}
