using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Objects;

/// <summary>Something that happened to an object.</summary>
public abstract record ObjectEvent : JournalEvent;

/// <summary>An object's bytes are gone from now on; its hash stays.</summary>
/// <remarks>The stores look for the beginning of this event's canonical JSON before they let an object go: its fields keep their order.</remarks>
/// <param name="Hash">Which object.</param>
/// <param name="Reason">Why.</param>
public sealed record ObjectErased(ContentHash Hash, string Reason) : ObjectEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"erased the object {Hash.Abbreviated}: {Reason}";
}

/// <summary>An object that was erased.</summary>
/// <param name="Hash">Which.</param>
/// <param name="By">Who erased it.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Entry">The sequence of the journal's entry that says so.</param>
public sealed record ErasedObject(ContentHash Hash, MemberName By, DateTimeOffset At, string Reason, long Entry)
{
    /// <summary>What became of it, as the rest of a sentence that begins with what it is.</summary>
    public string Fate => FormattableString.Invariant($"was erased on {At:yyyy-MM-dd} by {By}: {Reason}");
}

/// <summary>The objects that were erased, as the journal has them.</summary>
/// <param name="Erased">By hash.</param>
public sealed record ObjectsState(ImmutableDictionary<ContentHash, ErasedObject> Erased)
{
    /// <summary>None.</summary>
    public static ObjectsState Empty { get; } = new(ImmutableDictionary<ContentHash, ErasedObject>.Empty);

    /// <summary>What is known of an object's erasure; null where it was not erased.</summary>
    public ErasedObject? Find(ContentHash hash) => Erased.GetValueOrDefault(hash);

    /// <summary>Refuses what would bring an erased object back; null where it was not erased.</summary>
    /// <param name="hash">Which object.</param>
    /// <param name="what">What it is, as the beginning of a sentence: <c>This golden set</c>.</param>
    internal Verdict? Deny(ContentHash hash, string what) => Find(hash) is { } erased ? Verdict.Conflict($"{what} {erased.Fate}") : null;

    internal ObjectsState Apply(ObjectEvent happened, JournalEntry entry) => happened switch
    {
        ObjectErased erased => new(Erased.SetItem(erased.Hash, new ErasedObject(erased.Hash, entry.Actor, entry.Time, erased.Reason, entry.Sequence))),
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Objects does not fold {happened.GetType().Name}."),
    };
}
