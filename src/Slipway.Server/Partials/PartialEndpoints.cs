using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Partials;

/// <summary>Partials over HTTP.</summary>
internal static class PartialEndpoints
{
    public static void MapPartials(this RouteGroupBuilder api)
    {
        api.MapGet("/partials", (HttpContext context, Page page, Ledger ledger, PartialTexts texts) =>
            page.Of(context, [.. ledger.Current.Partials.All.Values], versions => versions[^1].Id.Name.Value, versions => Document(ledger.Current, texts, versions[^1], created: false)))
            .Reads("read partials").Gives<PartialDocument[]>("List the newest version of each partial");
        api.MapGet("/partials/{**partial}", Show).Reads("read partials").Gives<PartialDocument>("Show a partial: PARTIAL@VERSION, or PARTIAL for the newest");
        api.MapPut("/partials/{**partial}", Submit).Gives<PartialDocument>("Submit the next version of a partial");
    }

    private static IResult Show(string partial, Ledger ledger, PartialTexts texts)
    {
        var (name, state) = (Uri.UnescapeDataString(partial), ledger.Current.Partials);
        if (PartialId.TryParse(name, out var id))
            return state.Find(id) is { } version ? TypedResults.Ok(Document(ledger.Current, texts, version, created: false)) : Refusals.Unknown(state.Missing(id));
        if (!PartialName.TryParse(name, out var known)) return Refusals.Invalid([$"\"{name}\" is no partial's name: it must be {PartialName.Form}."]);
        return state.Newest(known) is { } newest ? TypedResults.Ok(Document(ledger.Current, texts, newest, created: false)) : Refusals.Unknown(state.Missing(known));
    }

    private static IResult Submit(string partial, Body<PartialRequest> body, Caller caller, CommandId id, Ledger ledger, PartialTexts texts)
    {
        if (!PartialName.TryParse(Uri.UnescapeDataString(partial), out var name)) return Refusals.Invalid([$"\"{partial}\" is no partial's name: it must be {PartialName.Form}."]);
        if (SubmitPartial.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var (text, reason) = (body.Value.Text, body.Value.ChangeReason);
        ImmutableArray<string> references = [.. Template.References(text)];
        var pins = PartialPins.Of(ledger.Current.Partials, references, [], name);
        if (pins is PartialPins.Refused refused) return Refusals.Invalid(refused.Errors);
        if (PinnedPartial.ErrorsIn(text, ((PartialPins.Pinned)pins).All.Select(texts.Pinned)) is { IsEmpty: false } errors) return Refusals.Invalid(errors);
        return ledger.Execute(new SubmitPartial(caller.Name, name, texts.Put(text), references, reason), id, caller.Key)
            .Answer(done => TypedResults.Ok(Document(done.State, texts, done.State.Partials.Newest(name)!, created: !done.Entries.IsEmpty)));
    }

    private static PartialDocument Document(Registry registry, PartialTexts texts, PartialVersion version, bool created)
    {
        var holders = Current(registry).Where(holder => holder.Facts.Partials.Any(id => id.Name == version.Id.Name)).ToLookup(holder => holder.Facts.Partials.First(id => id.Name == version.Id.Name).Version.CompareTo(version.Id.Version));
        return new PartialDocument(
            version.Id, version.Facts.Content, texts.Pinned(version).Text, version.Facts.Pins, version.Author, version.SubmittedAt, version.Facts.ChangeReason,
            [.. holders[0].Select(holder => holder.Id)], [.. holders[-1].Select(holder => holder.Id)], created);
    }

    // Older versions of a prompt will not be made anew: what is live and what is newest are the ones to look at.
    private static IEnumerable<PromptVersion> Current(Registry registry) => registry.Prompts.All.Values.SelectMany(prompt =>
        new[] { prompt.Versions[^1].Id, registry.Releases.Live(prompt.Name, EnvironmentName.Production)?.Version }
            .OfType<VersionId>().Distinct().Select(id => prompt.Find(id.Number)!));
}
