using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Journal;

public sealed class JournalEntryTests
{
    private static readonly JournalEvent Approved = new ReleaseApproved(new ReleaseId(3), "looks right");

    [Fact]
    public void Each_entry_carries_the_hash_of_the_one_before()
    {
        var first = JournalEntry.Next(0, JournalEntry.Genesis, Some.Noon, Some.Boris, "c1", Approved);
        var second = JournalEntry.Next(first.Sequence, first.Hash, Some.Noon, Some.Boris, "c1", Approved);
        Assert.Equal((1, JournalEntry.Genesis), (first.Sequence, first.Previous));
        Assert.Equal((2, first.Hash), (second.Sequence, second.Previous));
        Assert.Equal(second.Hash, second.ExpectedHash());
        Assert.NotEqual(first.Hash, second.Hash);
    }

    /// <summary>The hashed document is a published format: whoever wants to check a journal without Slipway builds it so.</summary>
    [Fact]
    public void An_entry_is_hashed_as_the_canonical_json_of_its_other_fields()
    {
        var entry = JournalEntry.Next(0, JournalEntry.Genesis, Some.Noon, Some.Boris, "c1", Approved);
        Assert.Equal("""{"event":"release_approved.v1","note":"looks right","release":"rel-3"}""", entry.Event);
        Assert.Equal(Some.Hash("slipway journal"), entry.Previous);
        Assert.Equal(Some.Hash(
            $$"""{"actor":"boris","command":"c1","event":"{\"event\":\"release_approved.v1\",\"note\":\"looks right\",\"release\":\"rel-3\"}","previous":"{{entry.Previous}}","sequence":1,"time":"2026-03-02T12:00:00.000Z"}"""), entry.Hash);
    }

    [Fact]
    public void An_entry_keeps_the_time_in_utc_to_the_millisecond()
    {
        var local = new DateTimeOffset(2026, 3, 2, 14, 30, 15, 123, TimeSpan.FromHours(2)).AddTicks(4567);
        var entry = JournalEntry.Next(0, JournalEntry.Genesis, local, Some.Boris, "c1", Approved);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 12, 30, 15, 123, TimeSpan.Zero), entry.Time);
        Assert.Equal((TimeSpan.Zero, "2026-03-02T12:30:15.123Z"), (entry.Time.Offset, JournalEntry.TimeText(entry.Time)));
    }

    [Fact]
    public void The_same_entries_give_the_same_state_in_one_go_or_in_pieces()
    {
        var told = Story.Tell();
        var whole = Registry.Empty.Apply(told.Entries);
        Assert.Equal(Story.Text(told.State), Story.Text(whole));
        for (var cut = 0; cut <= told.Entries.Count; cut += 7)
            Assert.Equal(Story.Text(whole), Story.Text(Registry.Empty.Apply(told.Entries.Take(cut)).Apply(told.Entries.Skip(cut))));
    }

    [Fact]
    public void A_state_keeps_what_it_was_when_more_happens()
    {
        var told = Story.Tell();
        var half = Registry.Empty.Apply(told.Entries.Take(30));
        var before = Story.Text(half);
        _ = half.Apply(told.Entries.Skip(30));
        Assert.Equal(before, Story.Text(half));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_state_takes_no_entry_but_the_next(int index)
    {
        var told = Story.Tell();
        var state = Registry.Empty.Apply(told.Entries[0]);
        Assert.Throws<ArgumentException>(() => state.Apply(told.Entries[index]));
    }
}
