using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Models;

/// <summary>Something that happened to the model catalog.</summary>
public abstract record ModelEvent : JournalEvent;

/// <summary>An alias stands for a model from now on. Packages frozen earlier keep the model they have.</summary>
/// <param name="Alias">The name manifests use, e.g. <c>production-default</c>.</param>
/// <param name="Model">What it stands for.</param>
public sealed record ModelAliasSet(string Alias, ModelReference Model) : ModelEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"let the model alias {Alias} stand for {Model}";
}

/// <summary>The aliases of models.</summary>
/// <param name="Aliases">By alias.</param>
public sealed record ModelsState(ImmutableSortedDictionary<string, ModelReference> Aliases)
{
    /// <summary>No alias.</summary>
    public static ModelsState Empty { get; } = new(ImmutableSortedDictionary.Create<string, ModelReference>(StringComparer.Ordinal));

    /// <summary>The model a manifest means: an alias of the catalog, or a full reference.</summary>
    /// <returns>Null where it is neither.</returns>
    public ModelReference? Resolve(string name) =>
        Aliases.GetValueOrDefault(name) ?? (ModelReference.TryParse(name, out var model) ? model : null);

    internal ModelsState Apply(ModelEvent happened, JournalEntry entry) => happened switch
    {
        ModelAliasSet set => this with { Aliases = Aliases.SetItem(set.Alias, set.Model) },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Models does not fold {happened.GetType().Name}."),
    };
}

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
