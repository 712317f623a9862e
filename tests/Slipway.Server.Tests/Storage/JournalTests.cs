using System.Collections.Immutable;
using System.Data.Common;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

/// <summary>What every engine does with journal and objects; each runs all of it.</summary>
public abstract class JournalTests : IDisposable
{
    private readonly List<IJournal> opened = [];
    private readonly IJournal journal;

    protected JournalTests(TestEngine engine)
    {
        Engine = engine;
        journal = Open();
    }

    protected TestEngine Engine { get; }

    private IObjectStore Objects => (IObjectStore)journal;

    public void Dispose()
    {
        foreach (var one in opened) one.Dispose();
        Engine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE journal SET actor = 'eve' WHERE sequence = 1", "journal entries never change")]
    [InlineData("UPDATE journal SET event = event", "journal entries never change")]
    [InlineData("DELETE FROM journal WHERE sequence = 2", "journal entries are never removed")]
    [InlineData("DELETE FROM journal", "journal entries are never removed")]
    [InlineData("INSERT INTO journal VALUES (1, '', 'eve', '', '', '', '')", "journal entries are only appended")]
    [InlineData("INSERT INTO journal VALUES (9, '', 'eve', '', '', '', '')", "journal entries are only appended")]
    [InlineData("UPDATE objects SET bytes = bytes", "objects never change")]
    [InlineData("DELETE FROM objects", "objects are never removed")]
    [InlineData("INSERT INTO erased SELECT hash, 1 FROM objects", "objects are erased only when the journal says so")]
    [InlineData("INSERT INTO erased SELECT hash, 99 FROM objects", "objects are erased only when the journal says so")]
    [InlineData("UPDATE commands SET head = 1", "commands never change")]
    [InlineData("DELETE FROM commands", "commands are never removed")]
    public void The_database_itself_refuses_to_change_or_remove_anything(string sql, string why) => AssertRefused(sql, why);

    [Fact]
    public void An_append_that_expects_another_head_is_refused_and_nothing_is_written()
    {
        var entries = Entries(3);
        Assert.True(journal.Append(0, entries[..2]));
        Assert.False(journal.Append(0, Entries(1, "other")));
        Assert.False(journal.Append(1, Entries(2, "other")[1..]));
        Assert.False(journal.Append(7, [entries[2]]));
        Assert.Equal(2, journal.ReadAfter(0).Length);
        Assert.True(journal.Append(2, [entries[2]]));
        Assert.Equal(entries, journal.ReadAfter(0));
        Assert.Equal([entries[2]], journal.ReadAfter(2));
        Assert.Equal([entries[0]], journal.ReadAfter(0, most: 1));
    }

    [Fact]
    public void An_append_is_all_or_nothing()
    {
        var entries = Entries(2);
        Assert.ThrowsAny<DbException>(() => journal.Append(0, [entries[1], entries[0]], Command("c", head: 2, entries: 2)));
        Assert.Empty(journal.ReadAfter(0));
        Assert.Null(journal.FindCommand("c"));
        Assert.True(journal.Append(0, entries));
    }

    [Fact]
    public void What_is_appended_is_read_back_by_the_next_process()
    {
        var entries = Entries(5);
        Assert.True(journal.Append(0, entries));
        Assert.Equal(entries, Open().ReadAfter(0));
    }

    [Fact]
    public async Task Of_many_who_append_at_once_each_head_is_won_by_one()
    {
        const int Writers = 6, Each = 15;
        using var start = new Barrier(Writers);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() =>
        {
            var mine = Open();
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (var done = 0; done < Each;)
            {
                var head = mine.ReadAfter(0) is { IsEmpty: false } all ? all[^1] : null;
                if (mine.Append(head?.Sequence ?? 0, [Next(head, $"w{writer}-{done}")])) done++;
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var written = journal.ReadAfter(0);
        var chain = new ChainVerifier();
        Assert.All(written, entry => Assert.Null(chain.Next(entry)));
        Assert.Equal(Writers * Each, written.Select(entry => entry.Command).Distinct().Count());
        Assert.Equal(Writers * Each, written.Length);
    }

    [Fact]
    public async Task Servers_that_start_at_once_on_nothing_all_find_their_tables()
    {
        using var engine = TestEngine.Named(Engine is SqliteTestEngine ? "sqlite" : "postgres");
        using var start = new Barrier(4);
        var journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            return engine.Open();
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.True(journals[0].Append(0, Entries(2)));
        Assert.All(journals, one => Assert.Equal(2, one.ReadAfter(0).Length));
        foreach (var one in journals) one.Dispose();
    }

    [Fact]
    public void A_command_is_remembered_with_the_entries_it_caused_and_one_that_changed_nothing_too()
    {
        var entries = Entries(3);
        Assert.True(journal.Append(0, entries[..2], Command("two", head: 2, entries: 2)));
        Assert.True(journal.Append(2, [], Command("none", head: 2, entries: 0)));
        Assert.True(journal.Append(2, entries[2..]));
        var later = Open();
        Assert.Equal(Command("two", head: 2, entries: 2), later.FindCommand("two"));
        Assert.Equal(Command("none", head: 2, entries: 0), later.FindCommand("none"));
        Assert.Null(later.FindCommand("three"));
    }

    [Fact]
    public void An_id_that_is_taken_is_refused_and_nothing_is_written()
    {
        var entries = Entries(2);
        Assert.True(journal.Append(0, entries[..1], Command("one", head: 1, entries: 1)));
        Assert.False(journal.Append(1, entries[1..], Command("one", head: 2, entries: 1)));
        Assert.False(journal.Append(1, [], Command("one", head: 1, entries: 0)));
        Assert.Single(journal.ReadAfter(0));
    }

    [Fact]
    public void An_id_that_stands_in_an_older_journal_counts_as_used()
    {
        Assert.True(journal.Append(0, Entries(2)));
        Assert.Equal(new AcceptedCommand("c1", null, 2, 0), journal.FindCommand("c1"));
    }

    [Fact]
    public void An_object_has_its_hash_and_is_stored_once()
    {
        var bytes = Encoding.UTF8.GetBytes("an object");
        var hash = ContentHash.Of(bytes);
        Assert.True(Objects.Put(hash, bytes));
        Assert.True(Objects.Put(hash, bytes));
        Assert.Equal(bytes, Objects.Get(hash));
        Assert.Null(Objects.Get(ContentHash.Of("another"u8)));
        Assert.Equal(1L, Engine.Ask("SELECT count(*) FROM objects"));
    }

    [Fact]
    public void An_empty_object_is_an_object()
    {
        var hash = Put("");
        Assert.Equal([], Objects.Get(hash)!);
    }

    [Fact]
    public void A_damaged_object_is_named_and_not_given_out()
    {
        var hash = Put("an object");
        Engine.Force("UPDATE objects SET bytes = CAST('another' AS " + (Engine is SqliteTestEngine ? "BLOB)" : "bytea)"));
        Assert.Equal($"The object {hash} was changed after it was written.", Assert.Throws<StorageException>(() => Objects.Get(hash)).Message);
    }

    [Fact]
    public void An_object_goes_once_the_journal_says_so_and_does_not_come_back()
    {
        var (kept, gone) = (Put("kept"), Put("ana@example.org"));
        var erased = Erase(gone);
        Assert.ThrowsAny<DbException>(() => Engine.Run($"DELETE FROM objects WHERE hash = '{gone}'"));
        Objects.Erase([erased]);
        Objects.Erase([erased]);

        Assert.Null(Objects.Get(gone));
        Assert.NotNull(Objects.Get(kept));
        Assert.False(Objects.Put(gone, "ana@example.org"u8.ToArray()));
        var refused = Assert.ThrowsAny<DbException>(() => Engine.Run(Engine is SqliteTestEngine
            ? $"INSERT INTO objects VALUES ('{gone}', x'00')" : $"INSERT INTO objects VALUES ('{gone}', ''::bytea)"));
        Assert.Contains("erased objects do not come back", refused.Message, StringComparison.Ordinal);
        AssertRefused("DELETE FROM erased", "erasures are never removed");
        AssertRefused("UPDATE erased SET entry = 1", "erasures never change");
        AssertRefused("DELETE FROM objects", "objects are never removed");
    }

    [Fact]
    public void Only_an_entry_about_this_very_object_lets_it_go()
    {
        var (one, other) = (Put("one"), Put("other"));
        var erased = Erase(one);
        Assert.ThrowsAny<DbException>(() => Objects.Erase([erased with { Hash = other }]));
        Assert.NotNull(Objects.Get(other));
        Assert.NotNull(Objects.Get(one));
    }

    [Fact]
    public async Task Another_process_that_appends_is_noticed()
    {
        var other = Open();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        await journal.WaitForOthersAsync(TimeSpan.FromMilliseconds(1), deadline.Token);
        Assert.True(other.Append(0, Entries(1)));
        while (journal.ReadAfter(0).IsEmpty) await journal.WaitForOthersAsync(TimeSpan.FromMilliseconds(50), deadline.Token);
    }

    [Fact]
    public void A_journal_of_a_hundred_thousand_entries_is_read_whole_and_in_order()
    {
        const int Count = 100_000, Batch = 5_000;
        JournalEntry? last = null;
        for (var at = 0; at < Count; at += Batch)
        {
            var entries = ImmutableArray.CreateBuilder<JournalEntry>(Batch);
            for (var i = 0; i < Batch; i++) entries.Add(last = Next(last, $"c{at + i}"));
            Assert.True(journal.Append(at, entries.MoveToImmutable()));
        }
        var ledger = new Ledger(Open(), TimeProvider.System);
        Assert.Equal((Count, last!.Hash), (ledger.Current.Head, ledger.Current.HeadHash));
        Assert.Equal(Count - 7, journal.Entries(after: 7).Count());
    }

    /// <summary>What a tool does is refused with these words, and everything stays as it was.</summary>
    protected void AssertRefused(string sql, string why)
    {
        if (journal.ReadAfter(0).IsEmpty)
        {
            Assert.True(journal.Append(0, Entries(2), Command("c", head: 2, entries: 2)));
            Put("an object");
        }
        var before = Text();
        var refused = Assert.ThrowsAny<DbException>(() => Engine.Run(sql));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Text());
    }

    private string Text() => $"{string.Join("\n", journal.ReadAfter(0))} {journal.FindCommand("c")} {Engine.Ask("SELECT count(*) FROM erased")} " +
        Engine.Ask(Engine is SqliteTestEngine ? "SELECT group_concat(hex(bytes)) FROM objects" : "SELECT string_agg(bytes::text, ',') FROM objects");

    private ContentHash Put(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.True(Objects.Put(ContentHash.Of(bytes), bytes));
        return ContentHash.Of(bytes);
    }

    private ErasedObject Erase(ContentHash hash)
    {
        var last = journal.ReadAfter(0) is { IsEmpty: false } all ? all[^1] : null;
        var entry = JournalEntry.Next(last?.Sequence ?? 0, last?.Hash ?? JournalEntry.Genesis, DateTimeOffset.UnixEpoch.AddYears(1), MemberName.System, "erase", new ObjectErased(hash, "asked to"));
        Assert.True(journal.Append(last?.Sequence ?? 0, [entry]));
        return new ErasedObject(hash, entry.Actor, entry.Time, "asked to", entry.Sequence);
    }

    private IJournal Open()
    {
        var one = Engine.Open();
        lock (opened) opened.Add(one);
        return one;
    }

    private static AcceptedCommand Command(string id, long head, int entries) => new(id, ContentHash.Of(Encoding.UTF8.GetBytes(id)), head, entries);

    private static JournalEntry Next(JournalEntry? last, string command) => JournalEntry.Next(
        last?.Sequence ?? 0, last?.Hash ?? JournalEntry.Genesis, DateTimeOffset.UnixEpoch.AddSeconds(last?.Sequence ?? 0), MemberName.System, command,
        new MemberAdded(Some.Value<MemberName>($"member-{(last?.Sequence ?? 0) % 500}"), [Role.Author]));

    private static ImmutableArray<JournalEntry> Entries(int count, string command = "c")
    {
        var entries = new List<JournalEntry>();
        for (var i = 0; i < count; i++) entries.Add(Next(entries.LastOrDefault(), $"{command}{i}"));
        return [.. entries];
    }
}
