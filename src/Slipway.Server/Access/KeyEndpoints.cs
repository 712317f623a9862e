using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Keys over HTTP.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder api)
    {
        api.MapGet("/keys", List).Reads("list keys", withinReach: true).Gives<ListedKey[]>("List keys, never their secrets");
        api.MapPost("/keys", Issue).Gives<KeyDocument>("Issue a key; its secret is in this answer and nowhere else");
        api.MapDelete("/keys/{key}", Revoke).Gives<ListedKey[]>("Make a key open nothing, and every key that was issued with it");
    }

    private static IResult List(string? member, HttpContext context, Page page, Caller caller, Ledger ledger, TimeProvider clock)
    {
        var keys = ledger.Current.Access.Keys.Values.Where(key => member is null || key.Member.Value == member);
        if (member is not null && !ledger.Current.Access.Members.ContainsKey(member)) return Refusals.Unknown($"There is no member {member}.");
        // Everybody sees their own keys; whose keys there are beside them is the administrators' business.
        if (!caller.Access.Has(caller.Name, Role.Admin) || caller.Key.Scope.IsPartial())
        {
            if (member is not null && member != caller.Name.Value && caller.Access.Deny(caller.Name, "list keys of others", Role.Admin) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
            keys = keys.Where(key => key.Member == caller.Name);
        }
        return page.Of(context, [.. keys.OrderBy(key => key.IssuedAt).ThenBy(key => key.Id.Length).ThenBy(key => key.Id, StringComparer.Ordinal)],
            key => key.Id, key => ListedKey.From(key, clock.GetUtcNow()));
    }

    private static IResult Issue(Body<KeyRequest> body, Caller caller, CommandId id, Ledger ledger)
    {
        var (request, secret) = (body.Value, KeySecret.Draw());
        return ledger.Execute(new IssueKey(caller.Name, request.Member, KeySecret.Hash(secret), request.ToScope(), request.Note), id, caller.Key)
            .Answer(done => done.Repeated
                ? Refusals.Of(new Refusal(RefusalKind.Conflict, $"{((KeyIssued)done.Entries[^1].Read()).KeyId} of {request.Member} exists already: it was issued under this Idempotency-Key, and its secret was shown that once. If it is lost, revoke it and issue another."))
                : TypedResults.Ok(KeyDocument.From(done.State.Access.Keys[KeySecret.Hash(secret)], secret)));
    }

    private static IResult Revoke(string key, string? reason, Caller caller, CommandId id, Ledger ledger, TimeProvider clock) =>
        ledger.Execute(new RevokeKey(caller.Name, key, reason), id, caller.Key).Answer(done =>
        {
            // The key itself where nothing was left to revoke, so that the answer always says how it stands.
            IEnumerable<string> ended = done.Entries.IsEmpty ? [key] : done.Entries.Select(entry => ((KeyRevoked)entry.Read()).KeyId);
            return TypedResults.Ok(ended.Select(each => ListedKey.From(done.State.Access.FindKey(each)!, clock.GetUtcNow())).ToImmutableArray());
        });
}
