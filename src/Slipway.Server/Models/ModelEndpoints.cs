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
        api.MapPut("/models/{alias}", (string alias, ModelAliasRequest body, Caller caller, CommandId id, Ledger ledger, ModelProviders providers) =>
            providers.Find(body.Model.Provider) is null
                ? Refusals.Unknown(providers.Missing(body.Model.Provider))
                : ledger.Execute(new SetModelAlias(caller.Name, alias, body.Model), id.Value).Answer(_ => TypedResults.Ok(body)));
    }
}
