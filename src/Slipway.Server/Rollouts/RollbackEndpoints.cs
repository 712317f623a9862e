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
    public static void MapRollbacks(this RouteGroupBuilder api) => api.MapGet("/releases/{release}/rollback", ProgressAsync).Reads("read how far a rollback has come", withinReach: true)
        .Gives<RollbackProgress>("Say how far a rollback has come: now, or as soon as more instances are back than the query's back says, or all are");

    private static async Task<IResult> ProgressAsync(string release, int? back, string? wait, Caller caller, Ledger ledger, RollbackWatch watch, TimeProvider clock, CancellationToken cancellation)
    {
        if (!ReleaseId.TryParse(release, out var id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
        if (!LongPoll.TryRead(wait, out var atMost, out var refused)) return refused;
        if (ledger.Current.Releases.Find(id) is not { } found) return Refusals.Unknown($"There is no release {id}.");
        if (caller.Access.DenyReach(Subject.Of($"read {id}", found.Candidate.Prompt, found.Environment)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        return await LongPoll.UntilAsync(
            () => watch.Progress(ledger.Current.Releases.Find(id)!), progress => progress is null or { IsOver: true } || progress.SoFar.Back > back, atMost, clock, cancellation) is { } seen
            ? TypedResults.Ok(seen) : Refusals.Of(new Refusal(RefusalKind.Conflict, $"{id} was not rolled back."));
    }
}
