using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Members and keys over HTTP.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        api.MapGet("/members", (Ledger ledger) => TypedResults.Ok(
            ledger.Current.Access.Members.Values.Select(member => new MemberDocument(member.Name, member.Roles)).ToImmutableArray()));
        api.MapPost("/members", (Body<MemberDocument> body, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new AddMember(caller.Name, body.Value.Member, body.Value.Roles), id).Answer(_ => TypedResults.Ok(body.Value)));
        api.MapPost("/keys", (Body<KeyRequest> body, Caller caller, CommandId id, Ledger ledger) =>
        {
            var secret = KeySecret.Draw();
            return ledger.Execute(new IssueKey(caller.Name, body.Value.Member, KeySecret.Hash(secret)), id).Answer(done => done.Repeated
                ? Refusals.Of(new Refusal(RefusalKind.Conflict, $"{((KeyIssued)done.Entries[^1].Read()).KeyId} of {body.Value.Member} exists already: it was issued under this Idempotency-Key, and its secret was shown that once. If it is lost, revoke it and issue another."))
                : TypedResults.Ok(new KeyDocument(done.State.Access.Keys[KeySecret.Hash(secret)].Id, body.Value.Member, secret)));
        });
        api.MapDelete("/keys/{key}", (string key, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new RevokeKey(caller.Name, key), id).Answer(_ => TypedResults.NoContent()));
    }
}
