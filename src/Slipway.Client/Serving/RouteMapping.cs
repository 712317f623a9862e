using System.Collections.Frozen;
using System.Globalization;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>Between a routing record and its document.</summary>
internal static class RouteMapping
{
    public static Route ToRoute(this RouteDocument document)
    {
        var variants = document.Variants.Where(variant => variant.Tenant is not null || variant.Model is not null)
            .ToFrozenDictionary(variant => new VariantKey(variant.Tenant, variant.Model), variant => variant.Served);
        var candidate = document.Candidate is { Algorithm: CandidateDocument.MurmurPpm } known && Share.TryParse((known.WeightPpm / 10_000m).ToString(CultureInfo.InvariantCulture) + "%", out var weight)
            ? new CandidateRoute(known.Release, known.Served, weight, known.Salt, known.Epoch, new Eligibility(known.Eligibility)) : null;
        return new Route(document.Prompt, document.Revision, document.Stable, candidate, document.RollbackTo, document.Policy, variants);
    }

    extension(RouteDocument)
    {
        public static RouteDocument Of(Route route) => new(
            route.Prompt, route.Revision, route.Stable, null, route.RollbackTo, [.. route.Variants.Select(variant => new VariantDocument(variant.Key.Tenant, variant.Key.Model, variant.Value))], route.Policy);
    }
}
