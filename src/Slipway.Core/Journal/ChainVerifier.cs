using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>Checks that a journal is what was written: nothing edited, removed, inserted or reordered, every checkpoint in it signed for what it follows.</summary>
/// <remarks>Feed the entries in order, then ask for the end. It holds one entry at a time, so a journal of any length can be checked.</remarks>
public sealed class ChainVerifier
{
    // Looking for the name spares parsing every event, and leaves those of a newer build alone.
    private const string NameOfCheckpoints = "\"event\":\"checkpoint_";

    private readonly List<(Witness Witness, ContentHash? Found)> witnesses = [];
    private CheckpointsState checkpoints = CheckpointsState.Empty;

    /// <summary>The number of entries found right so far.</summary>
    public long Verified => Last?.Sequence ?? 0;

    /// <summary>The last entry that was found right; null before the first.</summary>
    public JournalEntry? Last { get; private set; }

    /// <summary>What the journal is held against beside itself.</summary>
    public IEnumerable<Witness> Witnesses => witnesses.Select(one => one.Witness);

    /// <summary>Holds the journal against a checkpoint too.</summary>
    /// <param name="witness">To be named before its entry is looked at, at the latest right after it.</param>
    public void Expect(Witness witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        witnesses.Add((witness, Last?.Sequence == witness.Document.Checkpoint.Sequence ? Last.Hash : null));
    }

    /// <summary>Looks at the next entry.</summary>
    /// <returns>Null where it is right, else one sentence that names what is damaged. After the first damage no later answer means anything.</returns>
    /// <exception cref="UnknownEventException">A newer build wrote a checkpoint.</exception>
    public string? Next(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var expected = Verified + 1;
        var damage = entry switch
        {
            _ when entry.Sequence > expected => $"{Missing(expected, entry.Sequence - 1)}: entry {entry.Sequence} follows {(Last is null ? "the beginning" : $"entry {Last.Sequence}")}.",
            _ when entry.Sequence < expected => $"Entry {entry.Sequence} stands where entry {expected} belongs: entries were inserted or swapped.",
            _ when entry.Hash != entry.ExpectedHash() || entry.Time != JournalEntry.Milliseconds(entry.Time) => $"Entry {entry.Sequence} was changed after it was written: its content no longer has its hash.",
            _ when entry.Previous != (Last?.Hash ?? JournalEntry.Genesis) => $"Entry {entry.Sequence} does not follow the entry before it: one of the two was replaced.",
            _ when Last is not null && entry.Time < Last.Time => $"Entry {entry.Sequence} is earlier than the entry before it.",
            _ => null,
        };
        if (damage is not null) return damage;

        var happened = entry.Event.Contains(NameOfCheckpoints, StringComparison.Ordinal) ? entry.Read() as CheckpointEvent : null;
        if (happened is CheckpointSigned { Checkpoint: var checkpoint } && checkpoints.Objection(checkpoint, new EntryMark(Verified, entry.Previous)) is { } objection)
            return $"Entry {entry.Sequence} is no true checkpoint of entry {checkpoint.Sequence}: {objection}.";
        checkpoints = checkpoints.Apply(happened, entry);
        for (var i = 0; i < witnesses.Count; i++)
            if (witnesses[i].Witness.Document.Checkpoint.Sequence == entry.Sequence) witnesses[i] = witnesses[i] with { Found = entry.Hash };
        Last = entry;
        return null;
    }

    /// <summary>Holds what was seen against every witness.</summary>
    /// <returns>Null where all agree, else one sentence: entries are missing from the end, or the journal was replaced.</returns>
    public string? End() => witnesses.Select(one => one.Witness.Contradiction(checkpoints, Verified, one.Found)).FirstOrDefault(contradiction => contradiction is not null);

    private static string Missing(long first, long last) => first == last ? $"Entry {first} is missing" : $"Entries {first} to {last} are missing";
}
