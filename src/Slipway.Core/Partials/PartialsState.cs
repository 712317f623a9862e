using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Partials;

/// <summary>Something that happened to partials.</summary>
public abstract record PartialEvent : JournalEvent;

/// <summary>A version of a partial exists from now on and never changes.</summary>
/// <param name="Partial">Its name.</param>
/// <param name="Content">The hash of its text.</param>
/// <param name="Pins">The exact partials it includes itself.</param>
/// <param name="ChangeReason">Why it exists.</param>
public sealed record PartialSubmitted(PartialId Partial, ContentHash Content, ImmutableArray<PartialId> Pins, string ChangeReason) : PartialEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"submitted the partial {Partial} ({Content.Abbreviated}): {ChangeReason}";
}

/// <summary>A version of a partial.</summary>
/// <param name="Author">Who submitted it.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="Facts">What the journal says of it.</param>
public sealed record PartialVersion(MemberName Author, DateTimeOffset SubmittedAt, PartialSubmitted Facts)
{
    /// <summary>Its name.</summary>
    public PartialId Id => Facts.Partial;
}

/// <summary>All partials, as the journal has them.</summary>
/// <param name="All">Their versions by name, oldest first.</param>
public sealed record PartialsState(ImmutableSortedDictionary<string, ImmutableArray<PartialVersion>> All)
{
    /// <summary>None.</summary>
    public static PartialsState Empty { get; } = new(ImmutableSortedDictionary.Create<string, ImmutableArray<PartialVersion>>(StringComparer.Ordinal));

    /// <summary>The newest version of a partial; null where there is none.</summary>
    public PartialVersion? Newest(PartialName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.TryGetValue(name.Value, out var versions) ? versions[^1] : null;
    }

    /// <summary>A version of a partial; null where there is none.</summary>
    public PartialVersion? Find(PartialId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return All.TryGetValue(id.Name.Value, out var versions) ? versions.FirstOrDefault(version => version.Id.Version == id.Version) : null;
    }

    /// <summary>The sentence that says that a partial does not exist, and which do.</summary>
    public string Missing(PartialName name) =>
        $"There is no partial {name}; " + (All.IsEmpty ? "none has been pushed yet." : $"there {(All.Count == 1 ? "is" : "are")} {string.Join(", ", All.Keys)}.");

    /// <summary>The sentence that says that a version of a partial does not exist, and which do.</summary>
    public string Missing(PartialId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Newest(id.Name) is { } newest ? $"{id.Name} has no version {id.Version}; the newest is {newest.Id}." : Missing(id.Name);
    }

    internal PartialsState Apply(PartialEvent happened, JournalEntry entry) => happened switch
    {
        PartialSubmitted submitted => this with
        {
            All = All.SetItem(submitted.Partial.Name.Value,
                (All.TryGetValue(submitted.Partial.Name.Value, out var versions) ? versions : []).Add(new PartialVersion(entry.Actor, entry.Time, submitted))),
        },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Partials does not fold {happened.GetType().Name}."),
    };
}
