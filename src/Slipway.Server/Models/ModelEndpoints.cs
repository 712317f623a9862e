using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Providers;

namespace Slipway.Server.Models;

/// <summary>The model catalog over HTTP: models, and the aliases that stand for them.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        api.MapGet("/models", (HttpContext context, Page page, Ledger ledger) => page.Of(context, All(ledger.Current), model => model.Model.ToString(), model => model))
            .Reads("read the model catalog").Gives<ModelDocument[]>("List the model catalog");
        api.MapPut("/models/{**model}", (string model, Body<ModelFactsRequest> body, Caller caller, CommandId id, Ledger ledger, ModelProviders providers) =>
        {
            if (!ModelReference.TryParse(Uri.UnescapeDataString(model), out var reference)) return Refusals.Invalid([$"\"{model}\" names no model: it must be {ModelReference.Form}."]);
            if (providers.Find(reference.Provider) is null) return Refusals.Unknown(providers.Missing(reference.Provider));
            return ledger.Execute(new RegisterModel(caller.Name, reference, body.Value.ContextTokens, body.Value.Prices, body.Value.Pinned), id, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State.Models, reference)));
        }).Gives<ModelDocument>("Say what is known of a model");
        api.MapPut("/model-aliases/{alias}", (string alias, Body<ModelAliasRequest> body, Caller caller, CommandId id, Ledger ledger, ModelProviders providers) =>
            providers.Find(body.Value.Model.Provider) is null
                ? Refusals.Unknown(providers.Missing(body.Value.Model.Provider))
                : ledger.Execute(new SetModelAlias(caller.Name, alias, body.Value.Model), id, caller.Key).Answer(_ => TypedResults.Ok(body.Value)))
            .Gives<ModelAliasRequest>("Let an alias stand for a model");
    }

    private static ImmutableArray<ModelDocument> All(Registry registry) =>
        [.. registry.Models.Known.Values.Select(known => known.Model).Concat(registry.Models.Aliases.Values).Distinct().OrderBy(model => model.ToString(), StringComparer.Ordinal)
            .Select(model => Document(registry.Models, model))];

    private static ModelDocument Document(ModelsState models, ModelReference model)
    {
        var known = models.Find(model);
        return new ModelDocument(
            model, known?.ContextTokens, known?.Prices, models.IsPinned(model), [.. models.Aliases.Where(alias => alias.Value == model).Select(alias => alias.Key)]);
    }
}
