using Slipway.Core.Models;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Providers;

namespace Slipway.Server.Models;

/// <summary>The model catalog over HTTP.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        api.MapGet("/models", (Ledger ledger) => TypedResults.Ok(ledger.Current.Models.Aliases));
        api.MapPut("/models/{alias}", (string alias, Body<ModelAliasRequest> body, Caller caller, CommandId id, Ledger ledger, ModelProviders providers) =>
            providers.Find(body.Value.Model.Provider) is null
                ? Refusals.Unknown(providers.Missing(body.Value.Model.Provider))
                : ledger.Execute(new SetModelAlias(caller.Name, alias, body.Value.Model), id).Answer(_ => TypedResults.Ok(body.Value)));
    }
}
