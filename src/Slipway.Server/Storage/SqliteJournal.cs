using System.Collections.Immutable;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>The journal in an SQLite file. The database itself refuses to change or remove an entry.</summary>
internal sealed class SqliteJournal : IDisposable
{
    // INSERT OR REPLACE removes a row without asking the triggers on DELETE: that is what the ones on INSERT are for.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS journal (
            sequence INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
            event TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT;
        CREATE TRIGGER IF NOT EXISTS journal_keeps_content BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'journal entries never change'); END;
        CREATE TRIGGER IF NOT EXISTS journal_keeps_entries BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'journal entries are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS journal_only_grows BEFORE INSERT ON journal
            WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal) OR EXISTS (SELECT 1 FROM journal WHERE hash = NEW.hash)
            BEGIN SELECT RAISE(ABORT, 'journal entries are only appended'); END;
        CREATE TABLE IF NOT EXISTS objects (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS objects_keep_content BEFORE UPDATE ON objects
            BEGIN SELECT RAISE(ABORT, 'objects never change'); END;
        CREATE TRIGGER IF NOT EXISTS objects_stay BEFORE DELETE ON objects
            BEGIN SELECT RAISE(ABORT, 'objects are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS objects_are_not_replaced BEFORE INSERT ON objects
            WHEN EXISTS (SELECT 1 FROM objects WHERE hash = NEW.hash AND bytes <> NEW.bytes)
            BEGIN SELECT RAISE(ABORT, 'objects never change'); END;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    /// <summary>Opens or makes the journal.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public SqliteJournal(string path)
    {
        Path = path;
        connection = SqliteFile.Open(path, synchronous: "FULL", Schema);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The entries after a sequence, in order.</summary>
    /// <param name="sequence">0 for all.</param>
    /// <param name="most">At most so many.</param>
    /// <exception cref="StorageException">An entry has lost its form.</exception>
    public ImmutableArray<JournalEntry> ReadAfter(long sequence, int most = int.MaxValue)
    {
        lock (gate)
        {
            return [.. connection.Query<Row>(
                "SELECT sequence, time, actor, command, event, previous, hash FROM journal WHERE sequence > @sequence ORDER BY sequence LIMIT @most",
                new { sequence, most }).Select(Entry)];
        }
    }

    /// <summary>Appends entries, all or none, durably.</summary>
    /// <param name="expectedHead">The sequence the caller believes to be the last.</param>
    /// <param name="entries">Chained to it.</param>
    /// <returns>False where somebody else appended first; nothing was written then.</returns>
    public bool Append(long expectedHead, ImmutableArray<JournalEntry> entries)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var head = connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM journal", transaction: transaction);
            if (head != expectedHead) return false;
            connection.Execute(
                "INSERT INTO journal (sequence, time, actor, command, event, previous, hash) VALUES (@Sequence, @Time, @Actor, @Command, @Event, @Previous, @Hash)",
                entries.Select(Row.Of), transaction);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Stores an object under its hash; storing it again changes nothing.</summary>
    public ContentHash Put(ReadOnlyMemory<byte> bytes)
    {
        var hash = ContentHash.Of(bytes.Span);
        lock (gate)
            connection.Execute("INSERT INTO objects (hash, bytes) VALUES (@hash, @bytes) ON CONFLICT DO NOTHING", new { hash = hash.Value, bytes = bytes.ToArray() });
        return hash;
    }

    /// <summary>An object's bytes.</summary>
    /// <returns>Null where there is none of that hash.</returns>
    /// <exception cref="StorageException">The bytes no longer have their hash.</exception>
    public byte[]? Get(ContentHash hash)
    {
        byte[]? bytes;
        lock (gate) bytes = connection.ExecuteScalar<byte[]?>("SELECT bytes FROM objects WHERE hash = @hash", new { hash = hash.Value });
        return bytes is null || ContentHash.Of(bytes) == hash ? bytes : throw new StorageException($"The object {hash} was changed after it was written.");
    }

    /// <summary>Says that the journal cannot be trusted any more.</summary>
    /// <param name="damage">What is wrong, a sentence that names the entry.</param>
    public StorageException Damaged(string damage) => new($"The journal {Path} is damaged: {damage} Nothing is served from it; restore it from a backup.");

    public void Dispose() => connection.Dispose();

    private JournalEntry Entry(Row row)
    {
        if (!MemberName.TryParse(row.Actor, out var actor) || !ContentHash.TryParse(row.Previous, out var previous) || !ContentHash.TryParse(row.Hash, out var hash)
            || !DateTimeOffset.TryParseExact(row.Time, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw Damaged($"Entry {row.Sequence} was changed after it was written: its time, actor or hash has lost its form.");
        return new JournalEntry(row.Sequence, time, actor, row.Command, row.Event, previous, hash);
    }

    private sealed record Row(long Sequence, string Time, string Actor, string Command, string Event, string Previous, string Hash)
    {
        public static Row Of(JournalEntry entry) => new(
            entry.Sequence, JournalEntry.TimeText(entry.Time), entry.Actor.Value, entry.Command, entry.Event, entry.Previous.Value, entry.Hash.Value);
    }
}
