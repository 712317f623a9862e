using Slipway.Core.Access;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Members over HTTP.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this RouteGroupBuilder api)
    {
        api.MapGet("/members", (HttpContext context, Page page, Ledger ledger) =>
            page.Of(context, [.. ledger.Current.Access.Members.Values], member => member.Name.Value, member => new MemberDocument(member.Name, member.Roles)))
            .Reads("list members").Gives<MemberDocument[]>("List the members");
        api.MapPost("/members", (Body<MemberDocument> body, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new AddMember(caller.Name, body.Value.Member, body.Value.Roles), id, caller.Key).Answer(_ => TypedResults.Ok(body.Value)))
            .Gives<MemberDocument>("Add a member, or give a member other roles");
    }
}
