namespace Slipway.Core.Journal;

/// <summary>Checks that a journal is what was written: nothing edited, removed, inserted or reordered.</summary>
/// <remarks>Feed the entries in order. It holds one entry at a time, so a journal of any length can be checked.</remarks>
public sealed class ChainVerifier
{
    private JournalEntry? last;

    /// <summary>The number of entries found right so far.</summary>
    public long Verified { get; private set; }

    /// <summary>Looks at the next entry.</summary>
    /// <returns>Null where it is right, else one sentence that names what is damaged. After the first damage no later answer means anything.</returns>
    public string? Next(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var expected = (last?.Sequence ?? 0) + 1;
        var damage = entry switch
        {
            _ when entry.Sequence > expected => $"Entry {expected} is missing: entry {entry.Sequence} follows {(last is null ? "the beginning" : $"entry {last.Sequence}")}.",
            _ when entry.Sequence < expected => $"Entry {entry.Sequence} stands where entry {expected} belongs: entries were inserted or swapped.",
            _ when entry.Hash != entry.ExpectedHash() || entry.Time != JournalEntry.Milliseconds(entry.Time) => $"Entry {entry.Sequence} was changed after it was written: its content no longer has its hash.",
            _ when entry.Previous != (last?.Hash ?? JournalEntry.Genesis) => $"Entry {entry.Sequence} does not follow the entry before it: one of the two was replaced.",
            _ when last is not null && entry.Time < last.Time => $"Entry {entry.Sequence} is earlier than the entry before it.",
            _ => null,
        };
        if (damage is not null) return damage;
        last = entry;
        Verified++;
        return null;
    }
}
