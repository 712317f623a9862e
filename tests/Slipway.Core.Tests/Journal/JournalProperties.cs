using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Journal;

namespace Slipway.Core.Tests.Journal;

/// <summary>Whatever is done to a journal of whatever length, it is found and named.</summary>
public sealed class JournalProperties
{
    // Long enough that some have no checkpoint yet, some one and some two; made once, because each is cut to the length asked for.
    private static readonly IReadOnlyList<JournalEntry>[] Journals = [LongJournal.Of(260), LongJournal.Of(260, lateness: 7), LongJournal.Of(260, lateness: 99)];

    private static Arbitrary<Case> Cases { get; } = (
        from journal in Gen.Elements(Journals)
        from length in Gen.Choose(4, journal.Count)
        from first in Gen.Choose(1, length)
        from second in Gen.Choose(1, length)
        select new Case([.. journal.Take(length)], first, second)).ToArbitrary();

    [Fact]
    public void An_untouched_journal_is_right() => Holds(journal => Assert.Null(LongJournal.Verify(journal.Entries, journal.Closing)));

    [Fact]
    public void A_changed_entry_is_named() => Holds(journal =>
    {
        foreach (var change in (Func<JournalEntry, JournalEntry>[])[
            entry => entry with { Time = entry.Time.AddMilliseconds(1) }, entry => entry with { Actor = Some.Dora }, entry => entry with { Command = entry.Command + "x" },
            entry => entry with { Event = entry.Event.Replace('a', 'b') }, entry => entry with { Previous = Some.Hash("x") }, entry => entry with { Hash = Some.Hash("x") }])
            Found($"Entry {journal.First} was changed", journal.Entries.Select(entry => entry.Sequence == journal.First ? change(entry) : entry), journal);
    });

    [Fact]
    public void A_removed_entry_is_named() => Holds(journal =>
        Found($"Entry {journal.First} is missing", journal.Entries.Where(entry => entry.Sequence != journal.First), journal));

    [Fact]
    public void An_entry_that_stands_there_twice_is_named() => Holds(journal =>
        Found($"Entry {journal.First} stands where entry {journal.First + 1} belongs", [.. journal.Entries.Take(journal.First), .. journal.Entries.Skip(journal.First - 1)], journal));

    [Fact]
    public void An_entry_from_nowhere_is_named() => Holds(journal =>
    {
        var before = journal.Entries[journal.First - 1];
        var inserted = JournalEntry.Next(before.Sequence, before.Hash, before.Time, Some.Dora, "x", before.Read() is CheckpointEvent ? journal.Entries[2].Read() : before.Read());
        Found(journal.First == journal.Entries.Count ? $"Entry {inserted.Sequence} was added after the export was signed" : $"Entry {inserted.Sequence} stands where entry {inserted.Sequence + 1} belongs",
            [.. journal.Entries.Take(journal.First), inserted, .. journal.Entries.Skip(journal.First)], journal);
    });

    [Fact]
    public void Swapped_entries_are_named() => Holds(journal =>
    {
        if (journal.First == journal.Second) return;
        var swapped = journal.Entries.ToList();
        (swapped[journal.First - 1], swapped[journal.Second - 1]) = (swapped[journal.Second - 1], swapped[journal.First - 1]);
        var (low, high) = (Math.Min(journal.First, journal.Second), Math.Max(journal.First, journal.Second));
        Found(low + 1 == high ? $"Entry {low} is missing: entry {high} follows" : $"Entries {low} to {high - 1} are missing: entry {high} follows", swapped, journal);
    });

    [Fact]
    public void A_cut_end_is_named() => Holds(journal =>
    {
        if (journal.First == journal.Entries.Count) return;
        var last = journal.Entries.Count;
        Found(journal.First + 1 == last ? $"Entry {last} is missing from the end" : $"Entries {journal.First + 1} to {last} are missing from the end", journal.Entries.Take(journal.First), journal);
    });

    [Fact]
    public void A_rewritten_entry_is_found_though_every_hash_after_it_was_computed_anew() => Holds(journal =>
    {
        var forged = LongJournal.Rechained(journal.Entries.Select(entry => entry.Sequence == journal.First ? entry with { Actor = Some.Dora } : entry));
        var damage = LongJournal.Verify(forged, journal.Closing);
        Assert.True(Names(damage, journal.First), $"{journal.First} was rewritten: {damage}");
    });

    [Fact]
    public void An_entry_taken_out_or_put_in_is_found_though_all_was_numbered_and_hashed_anew() => Holds(journal =>
    {
        Assert.NotNull(LongJournal.Verify(LongJournal.Rechained(journal.Entries.Where(entry => entry.Sequence != journal.First)), journal.Closing));
        Assert.NotNull(LongJournal.Verify(LongJournal.Rechained([.. journal.Entries.Take(journal.First), journal.Entries[^1], .. journal.Entries.Skip(journal.First)]), journal.Closing));
    });

    [Fact]
    public void The_journal_itself_betrays_a_rewritten_entry_that_a_checkpoint_was_signed_for() => Holds(journal =>
    {
        var covered = journal.Entries.Select(entry => entry.Read()).OfType<CheckpointSigned>().Select(signed => signed.Checkpoint.Sequence).DefaultIfEmpty(0).Max();
        var forged = LongJournal.Rechained(journal.Entries.Select(entry => entry.Sequence == journal.First ? entry with { Actor = Some.Dora } : entry));
        var damage = LongJournal.Verify(forged, closing: null);
        Assert.Equal(journal.First <= covered, damage is not null);
        if (damage is not null) Assert.Contains("somebody rewrote the journal and computed its hashes anew", damage, StringComparison.Ordinal);
    });

    private static void Holds(Action<Case> claim) => Prop.ForAll(Cases, claim).QuickCheckThrowOnFailure();

    private static void Found(string beginning, IEnumerable<JournalEntry> entries, Case journal) =>
        Assert.StartsWith(beginning, LongJournal.Verify(entries, journal.Closing), StringComparison.Ordinal);

    // A checkpoint speaks for a stretch of entries: the one that was rewritten is in it.
    private static bool Names(string? damage, int sequence)
    {
        if (damage is null) return false;
        var stretch = System.Text.RegularExpressions.Regex.Match(damage, "the entries ([0-9]+) to ([0-9]+) are not the ones that were signed");
        return stretch.Success
            ? Number(stretch.Groups[1].Value) <= sequence && sequence <= Number(stretch.Groups[2].Value)
            : damage.Contains("is not the one that the checkpoint that closes the export was signed for", StringComparison.Ordinal);

        static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed record Case(IReadOnlyList<JournalEntry> Entries, int First, int Second)
    {
        public Core.Wire.CheckpointDocument Closing { get; } = Signer.Ours.Document(Entries[^1]);

        public override string ToString() => $"{Entries.Count} entries, {First} and {Second}";
    }
}
