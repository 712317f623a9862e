using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Journal;

public sealed class ChainVerifierTests
{
    private const string Changed = "Entry 5 was changed after it was written: its content no longer has its hash.";

    public static TheoryData<string> Fields => [.. Changes.Keys];

    private static IReadOnlyList<JournalEntry> Journal { get; } = [.. Some.LiveInstallation().Entries];

    private static Dictionary<string, Func<JournalEntry, JournalEntry>> Changes { get; } = new()
    {
        ["time"] = entry => entry with { Time = entry.Time.AddMilliseconds(1) },
        ["time below a millisecond"] = entry => entry with { Time = entry.Time.AddTicks(1) },
        ["actor"] = entry => entry with { Actor = Some.Dora },
        ["command"] = entry => entry with { Command = entry.Command + "x" },
        ["event"] = entry => entry with { Event = entry.Event.Replace("\"roles\":[\"release_owner\"]", "\"roles\":[\"admin\"]", StringComparison.Ordinal) + " " },
        ["previous"] = entry => entry with { Previous = Some.Hash("another") },
        ["hash"] = entry => entry with { Hash = Some.Hash("another") },
    };

    [Fact]
    public void An_untouched_journal_is_right()
    {
        var verifier = new ChainVerifier();
        Assert.All(Journal, entry => Assert.Null(verifier.Next(entry)));
        Assert.Equal(Journal.Count, verifier.Verified);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_changed_field_is_found_and_the_entry_named(string field) =>
        Assert.Equal((Changed, 4), Verify(Journal.Select(entry => entry.Sequence == 5 ? Changes[field](entry) : entry)));

    [Fact]
    public void Every_field_of_an_entry_is_protected() => Assert.Equal(
        typeof(JournalEntry).GetProperties().Where(property => property.CanWrite && property.DeclaringType == typeof(JournalEntry)).Select(property => property.Name.ToLowerInvariant()).Order(StringComparer.Ordinal),
        Changes.Keys.Where(field => !field.Contains(' ', StringComparison.Ordinal)).Append("sequence").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(6, "Entry 5 is missing: entry 6 follows entry 4.")]
    [InlineData(4, "Entry 4 stands where entry 5 belongs: entries were inserted or swapped.")]
    public void A_changed_sequence_is_found(long sequence, string damage) =>
        Assert.Equal((damage, 4), Verify(Journal.Select(entry => entry.Sequence == 5 ? entry with { Sequence = sequence } : entry)));

    [Fact]
    public void A_changed_entry_with_a_new_hash_no_longer_fits_its_neighbour()
    {
        var forged = Journal.ToList();
        var fifth = forged[4];
        forged[4] = JournalEntry.Next(4, fifth.Previous, fifth.Time, Some.Dora, fifth.Command, fifth.Read());
        Assert.Equal(("Entry 6 does not follow the entry before it: one of the two was replaced.", 5), Verify(forged));
    }

    [Fact]
    public void A_removed_entry_is_missed() =>
        Assert.Equal(("Entry 5 is missing: entry 6 follows entry 4.", 4), Verify(Journal.Where(entry => entry.Sequence != 5)));

    [Fact]
    public void A_removed_beginning_is_missed() =>
        Assert.Equal(("Entries 1 to 3 are missing: entry 4 follows the beginning.", 0), Verify(Journal.Skip(3)));

    [Fact]
    public void A_removed_entry_is_missed_even_if_the_others_are_numbered_anew() =>
        Assert.Equal((Changed, 4), Verify(Journal.Where(entry => entry.Sequence != 5).Select((entry, index) => entry with { Sequence = index + 1 })));

    [Fact]
    public void An_inserted_entry_is_found() => Assert.Equal(
        ("Entry 5 stands where entry 6 belongs: entries were inserted or swapped.", 5),
        Verify([.. Journal.Take(4), JournalEntry.Next(4, Journal[3].Hash, Journal[3].Time, Some.Admin, "x", new ReleaseApproved(new ReleaseId(1), "")), .. Journal.Skip(4)]));

    [Fact]
    public void Swapped_entries_are_found() =>
        Assert.Equal(("Entry 5 is missing: entry 6 follows entry 4.", 4), Verify([.. Journal.Take(4), Journal[5], Journal[4], .. Journal.Skip(6)]));

    [Fact]
    public void Time_does_not_run_backwards()
    {
        var first = JournalEntry.Next(0, JournalEntry.Genesis, Some.Noon, Some.Ana, "a", new ReleaseApproved(new ReleaseId(1), ""));
        var second = JournalEntry.Next(1, first.Hash, Some.Noon.AddMilliseconds(-1), Some.Ana, "a", new ReleaseApproved(new ReleaseId(1), ""));
        Assert.Equal(("Entry 2 is earlier than the entry before it.", 1), Verify([first, second]));
    }

    private static (string? Damage, long Verified) Verify(IEnumerable<JournalEntry> entries)
    {
        var verifier = new ChainVerifier();
        foreach (var entry in entries)
            if (verifier.Next(entry) is { } damage) return (damage, verifier.Verified);
        return (null, verifier.Verified);
    }
}
