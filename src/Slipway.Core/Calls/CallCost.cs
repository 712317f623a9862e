using Slipway.Core.Models;

namespace Slipway.Core.Calls;

/// <summary>What a call cost.</summary>
public static class CallCost
{
    /// <summary>The cost of one attempt.</summary>
    /// <param name="prices">US dollars per million tokens; null where the catalog does not know them.</param>
    /// <param name="input">Tokens in; null where the provider did not say.</param>
    /// <param name="cached">Of those, the ones the provider had in its cache; null counts as none.</param>
    /// <param name="output">Tokens out; null where the provider did not say.</param>
    /// <returns>US dollars, to the billionth; null where prices or tokens are unknown: what is unknown is never free.</returns>
    public static decimal? Of(ModelPrices? prices, int? input, int? cached, int? output)
    {
        if (prices is null || input is not { } sent || output is not { } answered) return null;
        var fromCache = Math.Clamp(cached ?? 0, 0, sent);
        return decimal.Round(((sent - fromCache) * prices.Input + fromCache * (prices.CachedInput ?? prices.Input) + answered * prices.Output) / 1_000_000m, 9);
    }

    /// <summary>What a call cost by the catalog, from what its record says of provider and model.</summary>
    /// <param name="call">With its tokens.</param>
    /// <param name="models">The catalog as it is now.</param>
    /// <returns>What the record itself says where it says something; null where prices or tokens are unknown.</returns>
    public static decimal? Of(CallRecord call, ModelsState models)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(models);
        if (call.Cost is not null || call.InputTokens is null || call.OutputTokens is null) return call.Cost;
        // The provider's name may be followed by what it is.
        var name = call.Provider.Split(' ', 2)[0];
        return models.Known.TryGetValue($"{name}/{call.Model}", out var known) ? Of(known.Prices, call.InputTokens, call.CachedTokens, call.OutputTokens) : null;
    }
}
