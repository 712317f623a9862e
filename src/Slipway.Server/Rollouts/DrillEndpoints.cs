using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Releases;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Rollouts;

/// <summary>Drills over HTTP.</summary>
internal static class DrillEndpoints
{
    public static void MapDrills(this RouteGroupBuilder api)
    {
        api.MapPost("/drills", Begin).Gives<DrillDocument>("Practise a prompt's way back: what is live goes to everybody once more, and back");
        api.MapGet("/drills", (Caller caller, Ledger ledger) => TypedResults.Ok(ledger.Current.Releases.Drills.Values.Where(drill => caller.Access.Sees(drill.Version.Prompt, drill.Environment))
            .OrderBy(drill => drill.Id.Number).Select(DrillDocument.Of).ToImmutableArray())).Reads("read drills", withinReach: true).Gives<DrillDocument[]>("Show the newest drill of each prompt");
        api.MapGet("/drills/{drill}", ShowAsync).Reads("read drills", withinReach: true).Gives<DrillDocument>("Show a drill, now or once it has ended");
    }

    private static IResult Begin(Body<DrillRequest> body, Caller caller, CommandId id, Ledger ledger, InstanceList instances)
    {
        var (prompt, environment) = (body.Value.Prompt, body.Value.Environment ?? EnvironmentName.Production);
        var command = new StartDrill(caller.Name, prompt, environment, body.Value.Limit, ReleaseEndpoints.DrawSalt());
        // Said only to who may begin one: whoever may not is told that.
        if (ledger.FirstResultOf(id) is null && KeyGate.Decide(ledger.Current, command, caller.Key, ledger.Current.Time) is Verdict.Accept && !instances.Following(environment, prompt).Any(instance => instance.Connected))
            return Refusals.Of(new Refusal(RefusalKind.Conflict, $"No instance follows {prompt} in {environment}, so there is nothing to practise on."));
        return ledger.Execute(command, id, caller.Key).Answer(done => TypedResults.Ok(DrillDocument.Of(done.State.Releases.Drill(prompt, environment)!)));
    }

    private static async Task<IResult> ShowAsync(string drill, string? wait, Caller caller, Ledger ledger, TimeProvider clock, CancellationToken cancellation)
    {
        if (!ReleaseId.TryParse(drill, out var id)) return Refusals.Invalid([$"\"{drill}\" names no drill: it must be {ReleaseId.Form}."]);
        if (!LongPoll.TryRead(wait, out var atMost, out var refused)) return refused;
        if (Find(ledger, id) is not { } found) return Refusals.Unknown($"There is no drill {id}; of each prompt the newest is kept here, and all of them in the log.");
        if (caller.Access.DenyReach(Subject.Of($"read {id}", found.Version.Prompt, found.Environment)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        // Another one may have begun meanwhile; then this one has ended as it was last seen.
        return TypedResults.Ok(DrillDocument.Of(await LongPoll.UntilAsync(() => found = Find(ledger, id) ?? found, seen => !seen.IsUnderWay, atMost, clock, cancellation)));
    }

    private static Drill? Find(Ledger ledger, ReleaseId id) => ledger.Current.Releases.Drills.Values.FirstOrDefault(drill => drill.Id == id);
}
