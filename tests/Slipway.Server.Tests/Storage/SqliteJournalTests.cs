using System.Text;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteJournalTests() : JournalTests(new SqliteTestEngine())
{
    private new SqliteTestEngine Engine => (SqliteTestEngine)base.Engine;

    [Theory]
    [InlineData("INSERT OR REPLACE INTO objects SELECT hash, x'00' FROM objects", "objects never change")]
    [InlineData("INSERT OR REPLACE INTO journal SELECT sequence, time, 'eve', command, event, previous, hash FROM journal", "journal entries are only appended")]
    [InlineData("INSERT OR REPLACE INTO journal SELECT 3, time, 'eve', command, event, previous, hash FROM journal WHERE sequence = 1", "journal entries are only appended")]
    [InlineData("INSERT OR REPLACE INTO commands SELECT id, request, 1, 1 FROM commands", "commands never change")]
    public void Replacing_is_refused_too(string sql, string why) => AssertRefused(sql, why);

    [Fact]
    public async Task Databases_that_a_server_makes_are_its_owners_alone_and_those_that_are_there_stay_as_they_are()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such rights.");
        await using var installation = await TestInstallation.StartAsync(options =>
        {
            using var there = new FileStream(Path.Combine(options.DataFolder, "evaluations.db"), FileMode.CreateNew);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(there.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return options;
        });
        var rights = Directory.GetFiles(installation.Folder, "*.db*").ToDictionary(path => Path.GetFileName(path), path => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path));
        Assert.Superset(new HashSet<string>(["calls.db", "calls.db-wal", "evaluations.db", "slipway.db", "slipway.db-wal", "slipway.db-shm"]), rights.Keys.ToHashSet());
        Assert.All(rights, file => Assert.Equal((UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Key), (file.Value & ~(file.Key.StartsWith("eval", StringComparison.Ordinal) ? UnixFileMode.GroupRead | UnixFileMode.OtherRead : 0), file.Key)));
        Assert.True((rights["evaluations.db"] & UnixFileMode.OtherRead) != 0);
    }

    [Fact]
    public void What_was_erased_is_in_none_of_the_files()
    {
        using var journal = new SqliteJournal(Engine.File);
        using var reader = new SqliteJournal(Engine.File);
        var hashes = new List<ContentHash>();
        // Of all sizes, so that some lie within a page, some on pages of their own, and pages are split and merged around them.
        for (var i = 0; i < 200; i++)
        {
            var bytes = Encoding.UTF8.GetBytes($"<{i}> " + new string((char)('a' + i % 26), 37 * i) + (i % 3 == 0 ? " ana@example.org" : " nobody"));
            hashes.Add(ContentHash.Of(bytes));
            Assert.True(journal.Put(hashes[^1], bytes));
        }
        var erased = new List<ErasedObject>();
        JournalEntry? last = null;
        foreach (var hash in hashes.Where((_, index) => index % 3 == 0))
        {
            var entry = JournalEntry.Next(last?.Sequence ?? 0, last?.Hash ?? JournalEntry.Genesis, DateTimeOffset.UnixEpoch, Core.Access.MemberName.System, $"e{hash}", new ObjectErased(hash, "asked to"));
            Assert.True(journal.Append(last?.Sequence ?? 0, [entry]));
            erased.Add(new ErasedObject(hash, entry.Actor, entry.Time, "asked to", entry.Sequence));
            last = entry;
        }
        Assert.True(Places("ana@example.org") > 0);
        journal.Erase(erased);
        Assert.Equal(0, Places("ana@example.org"));
        Assert.All(hashes.Where((_, index) => index % 3 != 0), hash => Assert.NotNull(reader.Get(hash)));
    }

    [Fact]
    public void A_file_of_the_first_version_opens_with_all_that_is_in_it_and_is_protected_anew()
    {
        var file = Path.Combine(Engine.Folder, "old.db");
        SqliteFileEditor.Run(file, """
            CREATE TABLE journal (
                sequence INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
                event TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE objects (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TRIGGER objects_stay BEFORE DELETE ON objects BEGIN SELECT RAISE(ABORT, 'objects are never removed'); END;
            """);
        var hash = ContentHash.Of("old"u8);
        SqliteFileEditor.Run(file, $"INSERT INTO objects VALUES ('{hash}', CAST('old' AS BLOB))");
        var entry = JournalEntry.Next(0, JournalEntry.Genesis, DateTimeOffset.UnixEpoch, Core.Access.MemberName.System, "by-hand", new ObjectErased(hash, "asked to"));
        using (var journal = new SqliteJournal(file))
        {
            Assert.Equal("old"u8.ToArray(), journal.Get(hash));
            Assert.True(journal.Append(0, [entry]));
            Assert.ThrowsAny<Microsoft.Data.Sqlite.SqliteException>(() => SqliteFileEditor.Run(file, "DELETE FROM objects"));
            journal.Erase([new ErasedObject(hash, entry.Actor, entry.Time, "asked to", 1)]);
            Assert.Null(journal.Get(hash));
        }
        using var again = new SqliteJournal(file);
        Assert.Equal([entry], again.ReadAfter(0));
        Assert.Equal(1L, again.FindCommand("by-hand")?.Head);
    }

    [Fact]
    public void A_file_that_is_no_database_is_named()
    {
        var file = Path.Combine(Engine.Folder, "letter.db");
        File.WriteAllText(file, "Dear Sir or Madam, " + new string('x', 2_000));
        Assert.Contains($"{file} cannot be used", Assert.Throws<StorageException>(() => new SqliteJournal(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_named() => Assert.Contains(
        "cannot be used", Assert.Throws<StorageException>(() => new SqliteJournal(Path.Combine(Engine.Folder, "no", "such", "folder.db"))).Message, StringComparison.Ordinal);

    private int Places(string text) => Directory.EnumerateFiles(Engine.Folder).Sum(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Encoding.Latin1.GetString(memory.ToArray()).Split(text).Length - 1;
    });
}
