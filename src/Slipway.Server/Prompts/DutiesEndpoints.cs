using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Prompts;

/// <summary>Who answers for a prompt, over HTTP. In the path, slashes of a prompt's name are written %2F.</summary>
internal static class DutiesEndpoints
{
    public static void MapDuties(this RouteGroupBuilder api)
    {
        api.MapGet("/prompts/{prompt}/duties", (string prompt, Caller caller, Ledger ledger) =>
            !TryName(prompt, out var name, out var refusal) ? refusal
            : caller.Access.DenyReach(Subject.Of($"read who answers for {name}", name)) is Verdict.Refuse denied ? Refusals.Of(denied.Why)
            : ledger.Current is var registry && registry.Prompts.Find(name) is null && !registry.Prompts.Duties.ContainsKey(name.Value) ? Refusals.Unknown(registry.Prompts.Missing(name))
            : TypedResults.Ok(DutiesDocument.Of(registry, name))).Reads("read who answers for a prompt", withinReach: true).Gives<DutiesDocument>("Say who answers for a prompt; slashes of its name are written %2F");
        api.MapPut("/prompts/{prompt}/duties", (string prompt, Body<DutiesChange> body, Caller caller, CommandId id, Ledger ledger) =>
            TryName(prompt, out var name, out var refusal)
                ? ledger.Execute(new AssignDuties(caller.Name, name, body.Value), id, caller.Key).Answer(done => TypedResults.Ok(DutiesDocument.Of(done.State, name)))
                : refusal)
            .MindsIfMatch(Current, ApiJsonFor.People.DutiesDocument).Gives<DutiesDocument>("Name who answers for a prompt; what is left out stays");
    }

    private static DutiesDocument? Current(HttpContext context) => TryName((string)context.GetRouteValue("prompt")!, out var name, out _)
        ? DutiesDocument.Of(context.RequestServices.GetRequiredService<Ledger>().Current, name)
        : null;

    private static bool TryName(string text, out PromptName name, out IResult refusal)
    {
        var known = PromptName.TryParse(Uri.UnescapeDataString(text), out name!);
        refusal = known ? null! : Refusals.Invalid([$"\"{Uri.UnescapeDataString(text)}\" is no prompt's name: it must be {PromptName.Form}."]);
        return known;
    }
}
