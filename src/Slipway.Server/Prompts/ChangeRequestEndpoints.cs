using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Prompts;

/// <summary>Changes that people ask for who need not be able to make them, over HTTP.</summary>
internal static class ChangeRequestEndpoints
{
    public static void MapChangeRequests(this RouteGroupBuilder api)
    {
        api.MapGet("/change-requests", (HttpContext context, string? prompt, Page page, Caller caller, Ledger ledger) =>
            page.Of(context, [.. ledger.Current.Prompts.ChangeRequests.Values.Where(request => caller.Access.Sees(request.Prompt, null) && (prompt is null || request.Prompt.Value == prompt))],
                request => request.Id.ToString(), request => request)).Reads("read change requests", withinReach: true).Gives<ChangeRequest[]>("List the changes that were asked for, of one prompt or of all");
        api.MapPost("/change-requests", (Body<ChangeRequestRequest> body, Caller caller, CommandId id, Ledger ledger) =>
            ledger.Execute(new RequestChange(caller.Name, body.Value.Prompt, body.Value.Text), id, caller.Key).Answer(done => TypedResults.Ok(Of(done)))).Gives<ChangeRequest>("Ask for a change of a prompt");
        api.MapPost("/change-requests/{request}/take-up", (string request, Body<ChangeAnswer> body, Caller caller, CommandId id, Ledger ledger) =>
            ChangeRequestId.TryParse(request, out var named)
                ? ledger.Execute(new AnswerChange.TakeUp(caller.Name, named, body.Value.Version, body.Value.Reason), id, caller.Key).Answer(done => TypedResults.Ok(done.State.Prompts.Find(named)!))
                : NoRequest(request)).Gives<ChangeRequest>("Take up what was asked for, or say which version makes it");
        api.MapPost("/change-requests/{request}/turn-down", (string request, Body<ChangeAnswer> body, Caller caller, CommandId id, Ledger ledger) =>
            ChangeRequestId.TryParse(request, out var named)
                ? ledger.Execute(new AnswerChange.TurnDown(caller.Name, named, body.Value.Reason ?? ""), id, caller.Key).Answer(done => TypedResults.Ok(done.State.Prompts.Find(named)!))
                : NoRequest(request)).Gives<ChangeRequest>("Say why what was asked for is not done");
    }

    private static ChangeRequest Of(LedgerResult.Done done) => done.State.Prompts.Find(((ChangeRequestEvent)done.Entries[^1].Read()).Request)!;

    private static IResult NoRequest(string text) => Refusals.Invalid([$"\"{text}\" names no request: it must be {ChangeRequestId.Form}."]);
}
