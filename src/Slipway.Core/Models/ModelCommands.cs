using System.Text.RegularExpressions;
using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Models;

/// <summary>Lets an alias stand for a model.</summary>
/// <param name="By">An administrator.</param>
/// <param name="Alias">1 to 60 characters: a lower-case letter, then lower-case letters, digits, <c>_</c> or <c>-</c>.</param>
/// <param name="Model">A dated model of a provider.</param>
public sealed partial record SetModelAlias(MemberName By, string Alias, ModelReference Model) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("change the model catalog");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "change the model catalog", Role.Admin) is { } denied) return denied;
        if (!Pattern().IsMatch(Alias)) return Verdict.Invalid($"\"{Alias}\" is no alias: it must be a lower-case letter, then lower-case letters, digits, _ or -, 60 in all.");
        return registry.Models.Aliases.GetValueOrDefault(Alias) == Model ? Verdict.Of() : Verdict.Of(new ModelAliasSet(Alias, Model));
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,59}\z")] private static partial Regex Pattern();
}

/// <summary>Says what is known of a model.</summary>
/// <param name="By">An administrator.</param>
/// <param name="Model">Which.</param>
/// <param name="ContextTokens">1 to 100 million tokens; null for unknown.</param>
/// <param name="Prices">Each from 0 to 100,000 dollars; null for unknown.</param>
/// <param name="Pinned">Whether its provider never changes what stands behind the name, though the name holds no date.</param>
public sealed record RegisterModel(MemberName By, ModelReference Model, int? ContextTokens, ModelPrices? Prices, bool Pinned) : Command(By)
{
    private const int MostTokens = 100_000_000;
    private const decimal HighestPrice = 100_000;

    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("change the model catalog");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "change the model catalog", Role.Admin) is { } denied) return denied;
        if (ContextTokens is < 1 or > MostTokens) return Verdict.Invalid($"The context must be from 1 to {MostTokens} tokens.");
        if (Prices is { } prices && new[] { prices.Input, prices.CachedInput ?? 0, prices.Output }.Any(price => price is < 0 or > HighestPrice))
            return Verdict.Invalid($"A price must be from 0 to {HighestPrice} US dollars per million tokens.");
        var registered = new ModelRegistered(Model, ContextTokens, Prices, Pinned);
        return registry.Models.Find(Model) == registered ? Verdict.Of() : Verdict.Of(registered);
    }
}
