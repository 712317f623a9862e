using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>The keys that sign checkpoints, and what was signed, as the journal has them.</summary>
/// <param name="Keys">By fingerprint.</param>
/// <param name="Last">The newest checkpoint in the journal; null before the first.</param>
/// <param name="Border">The newest entry whose sequence is a multiple of <see cref="Interval"/>; null before the first.</param>
public sealed record CheckpointsState(ImmutableDictionary<ContentHash, CheckpointKey> Keys, Checkpoint? Last, EntryMark? Border)
{
    /// <summary>After so many entries one checkpoint goes into the journal.</summary>
    /// <remarks>Checking a signature costs about as much as checking the chain over forty entries. A hundred keeps it the smaller part of reading a
    /// journal, and still narrows a rewritten entry down to so few that a person can look through them.</remarks>
    public const int Interval = 100;

    /// <summary>No key, nothing signed.</summary>
    public static CheckpointsState Empty { get; } = new(ImmutableDictionary<ContentHash, CheckpointKey>.Empty, null, null);

    /// <summary>The border that has no checkpoint yet; null where there is none.</summary>
    /// <remarks>Borders are places in the journal, whatever stands there: a checkpoint never makes another one due.</remarks>
    public EntryMark? Due => Border is { } border && border.Sequence > (Last?.Sequence ?? 0) ? border : null;

    /// <summary>Why a checkpoint cannot follow a journal, as the end of a sentence.</summary>
    /// <param name="checkpoint">What is to follow.</param>
    /// <param name="head">The journal's last entry.</param>
    /// <returns>Null where it can.</returns>
    public string? Objection(Checkpoint checkpoint, EntryMark head)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(head);
        var meant = checkpoint.Sequence == head.Sequence ? head : Border;
        if (!Keys.TryGetValue(checkpoint.Key, out var key)) return $"the journal names no key {checkpoint.Key}";
        if (!checkpoint.IsSignedBy(key)) return "its signature does not fit";
        if (meant?.Sequence != checkpoint.Sequence) return $"entry {checkpoint.Sequence} is neither the last entry nor the last border";
        if (meant.Hash == checkpoint.Hash) return null;
        var first = (Last?.Sequence ?? 0) + 1;
        return (first == meant.Sequence ? $"entry {first} is not the one that was signed" : $"the entries {first} to {meant.Sequence} are not the ones that were signed")
            + "; somebody rewrote the journal and computed its hashes anew";
    }

    /// <summary>The state after any entry.</summary>
    /// <param name="happened">The entry's event where it is one of this feature; null for all others.</param>
    /// <param name="entry">The entry.</param>
    internal CheckpointsState Apply(CheckpointEvent? happened, JournalEntry entry)
    {
        var next = happened switch
        {
            null => this,
            CheckpointKeyAdded added => this with { Keys = Keys.SetItem(added.PublicKey.Id, added.PublicKey) },
            CheckpointSigned signed => this with { Last = signed.Checkpoint },
            _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Checkpoints do not fold {happened.GetType().Name}."),
        };
        return entry.Sequence % Interval == 0 ? next with { Border = new EntryMark(entry.Sequence, entry.Hash) } : next;
    }
}
