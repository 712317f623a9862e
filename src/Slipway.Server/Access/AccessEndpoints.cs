using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Members over HTTP.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        api.MapGet("/members", (Ledger ledger) => TypedResults.Ok(
            ledger.Current.Access.Members.Values.Select(member => new MemberDocument(member.Name, member.Roles)).ToImmutableArray())).Reads("list members");
        api.MapPost("/members", (Body<MemberDocument> body, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new AddMember(caller.Name, body.Value.Member, body.Value.Roles), id, caller.Key).Answer(_ => TypedResults.Ok(body.Value)));
    }
}
