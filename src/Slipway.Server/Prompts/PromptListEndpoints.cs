using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Prompts;

/// <summary>Which prompts there are, and which versions of one, over HTTP.</summary>
internal static class PromptListEndpoints
{
    public static void MapPromptLists(this RouteGroupBuilder api)
    {
        api.MapGet("/prompts", (HttpContext context, Page page, Caller caller, Ledger ledger) =>
        {
            var registry = ledger.Current;
            return page.Of(context, [.. registry.Prompts.All.Values.Where(prompt => caller.Access.Sees(prompt.Name, null))], prompt => prompt.Name.Value, prompt => PromptDocument.Of(registry, prompt));
        }).Reads("read which prompts there are", withinReach: true).Gives<PromptDocument[]>("List the prompts");
        api.MapGet("/prompts/{prompt}/versions", (string prompt, HttpContext context, Page page, Caller caller, Ledger ledger) =>
        {
            if (!PromptName.TryParse(Uri.UnescapeDataString(prompt), out var name)) return Refusals.Invalid([$"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}."]);
            if (caller.Access.DenyReach(Subject.Of($"read versions of {name}", name)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
            var registry = ledger.Current;
            return registry.Prompts.Find(name) is { } known
                ? page.Of(context, [.. known.Versions], version => version.Id.Number.Text, version => VersionSummary.Of(registry, version))
                : Refusals.Unknown(registry.Prompts.Missing(name));
        }).Reads("read versions", withinReach: true).Gives<VersionSummary[]>("List a prompt's versions, oldest first; slashes of its name are written %2F");
    }
}
