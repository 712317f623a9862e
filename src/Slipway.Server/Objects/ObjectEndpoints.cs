using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Objects;

/// <summary>Objects over HTTP: which there are, what is in them, and erasing one.</summary>
internal static class ObjectEndpoints
{
    public static void MapObjects(this RouteGroupBuilder api)
    {
        api.MapGet("/objects", (HttpContext context, Page page, Ledger ledger) =>
        {
            var registry = ledger.Current;
            return page.Of(context, KnownObjects.All(registry), known => known.Hash.Value, known => Document(registry, known.Hash));
        }).Reads("read objects").Gives<ObjectDocument[]>("List the objects the journal names");
        api.MapGet("/objects/{hash}", (string hash, ObjectKeeper objects) =>
            !ContentHash.TryParse(hash, out var id) ? NoHash(hash)
            : objects.Get(id) is { } bytes ? Results.Bytes(bytes, "text/plain; charset=utf-8") : Refusals.Unknown($"There is no object {id}.")).Reads("read objects").Does("Read an object", StatusCodes.Status200OK);
        api.MapDelete("/objects/{hash}", (string hash, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects) =>
        {
            if (!ContentHash.TryParse(hash, out var erased)) return NoHash(hash);
            return ledger.Execute(new EraseObject(caller.Name, erased, body.Value.Reason ?? "", objects.Holds(erased)), id, caller.Key).Answer(_ =>
            {
                // On record first; should the process end here, the next start goes on.
                objects.RemoveErased();
                return TypedResults.Ok(Document(ledger.Current, erased));
            });
        }).Gives<ObjectDocument>("Erase an object for good");
    }

    private static ObjectDocument Document(Registry registry, ContentHash hash)
    {
        var erased = registry.Objects.Find(hash);
        return new ObjectDocument(hash, KnownObjects.Describe(registry, hash), erased?.At, erased?.By, erased?.Reason);
    }

    private static IResult NoHash(string text) => Refusals.Invalid([$"\"{text}\" is no object's hash: it must be {ContentHash.Form}."]);
}
