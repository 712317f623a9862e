using Slipway.Core.Access;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Groups of members over HTTP.</summary>
internal static class GroupEndpoints
{
    public static void MapGroups(this RouteGroupBuilder api)
    {
        api.MapGet("/groups", (HttpContext context, Page page, Ledger ledger) =>
            page.Of(context, [.. ledger.Current.Access.Groups.Values], group => group.Name.Value, group => new GroupDocument(group.Name, group.Members)))
            .Reads("read groups").Gives<GroupDocument[]>("List the groups");
        api.MapPost("/groups", (Body<GroupDocument> body, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new SetGroup(caller.Name, body.Value.Group, body.Value.Members), id, caller.Key).Answer(done =>
                TypedResults.Ok(body.Value with { Members = done.State.Access.Groups[body.Value.Group.Value].Members })))
            .Gives<GroupDocument>("Say who is in a group");
    }
}
