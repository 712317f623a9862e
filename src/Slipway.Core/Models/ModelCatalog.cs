using System.Collections.Immutable;
using System.Text.Json.Serialization;
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

/// <summary>The catalog knows a model, or knows it better, from now on.</summary>
/// <param name="Model">Which.</param>
/// <param name="ContextTokens">How many tokens question and answer may have together; null where nobody said.</param>
/// <param name="Prices">What it costs; null where nobody said.</param>
/// <param name="Pinned">Whether its provider never changes what stands behind the name, though the name holds no date.</param>
public sealed record ModelRegistered(ModelReference Model, int? ContextTokens, ModelPrices? Prices, bool Pinned) : ModelEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => $"described the model {Model}: {(ContextTokens is { } tokens ? FormattableString.Invariant($"{tokens} tokens of context") : "context unknown")}, " +
        $"{Prices?.ToString() ?? "prices unknown"}{(Pinned ? ", pinned" : "")}";
}

/// <summary>What a model costs, in US dollars per million tokens.</summary>
/// <param name="Input">Tokens sent.</param>
/// <param name="CachedInput">Tokens sent that the provider had in its cache; null where they cost the same.</param>
/// <param name="Output">Tokens answered.</param>
public sealed record ModelPrices(decimal Input, decimal? CachedInput, decimal Output)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"${Input} in, {(CachedInput is { } cached ? FormattableString.Invariant($"${cached} cached, ") : "")}${Output} out per million tokens");
}

/// <summary>Models and their aliases.</summary>
/// <param name="Aliases">By alias.</param>
/// <param name="Known">What is known of models, by their full name.</param>
public sealed record ModelsState(ImmutableSortedDictionary<string, ModelReference> Aliases, ImmutableSortedDictionary<string, ModelRegistered> Known)
{
    /// <summary>No alias.</summary>
    public static ModelsState Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, ModelReference>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, ModelRegistered>(StringComparer.Ordinal));

    /// <summary>The model a manifest means: an alias of the catalog, or a full reference.</summary>
    /// <returns>Null where it is neither.</returns>
    public ModelReference? Resolve(string name) =>
        Aliases.GetValueOrDefault(name) ?? (ModelReference.TryParse(name, out var model) ? model : null);

    /// <summary>What is known of a model; null where the catalog does not have it.</summary>
    public ModelRegistered? Find(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Known.GetValueOrDefault(model.ToString());
    }

    /// <summary>Whether the same name will still be the same model tomorrow: its name holds a date, or the catalog says that it is pinned.</summary>
    public bool IsPinned(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.IsDated || Find(model) is { Pinned: true };
    }

    internal ModelsState Apply(ModelEvent happened, JournalEntry entry) => happened switch
    {
        ModelAliasSet set => this with { Aliases = Aliases.SetItem(set.Alias, set.Model) },
        ModelRegistered registered => this with { Known = Known.SetItem(registered.Model.ToString(), registered) },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Models does not fold {happened.GetType().Name}."),
    };
}
