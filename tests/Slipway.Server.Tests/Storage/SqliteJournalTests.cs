using System.Text;
using Microsoft.Data.Sqlite;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;
    private readonly SqliteJournal journal;

    public SqliteJournalTests() => journal = new SqliteJournal(Path.Combine(folder, "slipway.db"));

    public void Dispose()
    {
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("UPDATE journal SET actor = 'eve' WHERE sequence = 1", "journal entries never change")]
    [InlineData("UPDATE journal SET event = event", "journal entries never change")]
    [InlineData("DELETE FROM journal WHERE sequence = 2", "journal entries are never removed")]
    [InlineData("DELETE FROM journal", "journal entries are never removed")]
    [InlineData("UPDATE objects SET bytes = x'00'", "objects never change")]
    [InlineData("DELETE FROM objects", "objects are never removed")]
    [InlineData("INSERT OR REPLACE INTO objects SELECT hash, x'00' FROM objects", "objects never change")]
    [InlineData("INSERT OR REPLACE INTO journal SELECT sequence, time, 'eve', command, event, previous, hash FROM journal", "journal entries are only appended")]
    [InlineData("INSERT INTO journal VALUES (1, '', 'eve', '', '', '', '')", "journal entries are only appended")]
    [InlineData("INSERT OR REPLACE INTO journal SELECT 3, time, 'eve', command, event, previous, hash FROM journal WHERE sequence = 1", "journal entries are only appended")]
    [InlineData("INSERT INTO journal VALUES (9, '', 'eve', '', '', '', '')", "journal entries are only appended")]
    public void The_database_itself_refuses_to_change_or_remove_anything(string sql, string why)
    {
        Assert.True(journal.Append(0, Entries(2)));
        journal.Put("an object"u8.ToArray());
        var before = Snapshot();
        var refused = Assert.Throws<SqliteException>(() => SqliteFileEditor.Run(journal.Path, sql));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void An_append_that_expects_another_head_is_refused_and_nothing_is_written()
    {
        var entries = Entries(3);
        Assert.True(journal.Append(0, entries[..2]));
        Assert.False(journal.Append(0, Entries(1)));
        Assert.False(journal.Append(1, [entries[1]]));
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
        Assert.ThrowsAny<SqliteException>(() => journal.Append(0, [entries[0], entries[0]]));
        Assert.Empty(journal.ReadAfter(0));
        Assert.True(journal.Append(0, entries));
    }

    [Fact]
    public void What_is_appended_is_read_back_by_the_next_process()
    {
        var entries = Entries(5);
        Assert.True(journal.Append(0, entries));
        using var other = new SqliteJournal(journal.Path);
        Assert.Equal(entries, other.ReadAfter(0));
    }

    [Fact]
    public void An_object_has_its_hash_and_is_stored_once()
    {
        var bytes = Encoding.UTF8.GetBytes("an object");
        var hash = journal.Put(bytes);
        Assert.Equal(ContentHash.Of(bytes), hash);
        Assert.Equal(hash, journal.Put(bytes));
        Assert.Equal(bytes, journal.Get(hash));
        Assert.Null(journal.Get(ContentHash.Of("another"u8)));
        Assert.Equal(1L, SqliteFileEditor.Ask(journal.Path, "SELECT count(*) FROM objects"));
    }

    [Fact]
    public void An_empty_object_is_an_object()
    {
        var hash = journal.Put(ReadOnlyMemory<byte>.Empty);
        Assert.Equal([], journal.Get(hash)!);
    }

    [Fact]
    public void A_damaged_object_is_named_and_not_given_out()
    {
        var hash = journal.Put("an object"u8.ToArray());
        SqliteFileEditor.Force(journal.Path, "UPDATE objects SET bytes = x'00'");
        Assert.Equal($"The object {hash} was changed after it was written.", Assert.Throws<StorageException>(() => journal.Get(hash)).Message);
    }

    [Fact]
    public void A_file_that_is_no_database_is_named()
    {
        var file = Path.Combine(folder, "letter.db");
        File.WriteAllText(file, "Dear Sir or Madam, " + new string('x', 2_000));
        Assert.Contains($"{file} cannot be used", Assert.Throws<StorageException>(() => new SqliteJournal(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_named() =>
        Assert.Contains("cannot be used", Assert.Throws<StorageException>(() => new SqliteJournal(Path.Combine(folder, "no", "such", "folder.db"))).Message, StringComparison.Ordinal);

    private string Snapshot() => $"{string.Join("\n", journal.ReadAfter(0))} {SqliteFileEditor.Ask(journal.Path, "SELECT group_concat(hex(bytes)) FROM objects")}";

    private static System.Collections.Immutable.ImmutableArray<JournalEntry> Entries(int count)
    {
        var entries = new List<JournalEntry>();
        for (var i = 0; i < count; i++)
        {
            var happened = new MemberAdded(Some.Value<MemberName>($"member-{i}"), [Role.Author]);
            entries.Add(JournalEntry.Next(i, i == 0 ? JournalEntry.Genesis : entries[^1].Hash, DateTimeOffset.UnixEpoch.AddSeconds(i), MemberName.System, $"c{i}", happened));
        }
        return [.. entries];
    }
}
