using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>Journal and objects in an SQLite file.</summary>
internal sealed class SqliteJournal : IJournal, IObjectStore
{
    // INSERT OR REPLACE removes a row without asking the triggers on DELETE: that is what the ones on INSERT are for.
    // Files of the first version have objects_stay, which knew of no erasure; what takes its place is there before it goes.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS journal (
            sequence INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
            event TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE) STRICT;
        CREATE INDEX IF NOT EXISTS journal_by_command ON journal (command);
        CREATE TRIGGER IF NOT EXISTS journal_keeps_content BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'journal entries never change'); END;
        CREATE TRIGGER IF NOT EXISTS journal_keeps_entries BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'journal entries are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS journal_only_grows BEFORE INSERT ON journal
            WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal) OR EXISTS (SELECT 1 FROM journal WHERE hash = NEW.hash)
            BEGIN SELECT RAISE(ABORT, 'journal entries are only appended'); END;

        CREATE TABLE IF NOT EXISTS commands (id TEXT PRIMARY KEY, request TEXT NOT NULL, head INTEGER NOT NULL, entries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS commands_keep_content BEFORE UPDATE ON commands
            BEGIN SELECT RAISE(ABORT, 'commands never change'); END;
        CREATE TRIGGER IF NOT EXISTS commands_stay BEFORE DELETE ON commands
            BEGIN SELECT RAISE(ABORT, 'commands are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS commands_are_not_replaced BEFORE INSERT ON commands WHEN EXISTS (SELECT 1 FROM commands WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'commands never change'); END;

        CREATE TABLE IF NOT EXISTS erased (hash TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS erased_keeps_content BEFORE UPDATE ON erased
            BEGIN SELECT RAISE(ABORT, 'erasures never change'); END;
        CREATE TRIGGER IF NOT EXISTS erased_stays BEFORE DELETE ON erased
            BEGIN SELECT RAISE(ABORT, 'erasures are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS erased_is_on_record BEFORE INSERT ON erased
            WHEN NOT EXISTS (SELECT 1 FROM journal WHERE sequence = NEW.entry AND instr(event, '{"event":"object_erased.v1","hash":"' || NEW.hash || '"') = 1)
            BEGIN SELECT RAISE(ABORT, 'objects are erased only when the journal says so'); END;

        CREATE TABLE IF NOT EXISTS objects (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TRIGGER IF NOT EXISTS objects_keep_content BEFORE UPDATE ON objects
            BEGIN SELECT RAISE(ABORT, 'objects never change'); END;
        CREATE TRIGGER IF NOT EXISTS objects_stay_until_erased BEFORE DELETE ON objects WHEN NOT EXISTS (SELECT 1 FROM erased WHERE hash = OLD.hash)
            BEGIN SELECT RAISE(ABORT, 'objects are never removed'); END;
        CREATE TRIGGER IF NOT EXISTS objects_are_not_replaced BEFORE INSERT ON objects
            WHEN EXISTS (SELECT 1 FROM objects WHERE hash = NEW.hash AND bytes <> NEW.bytes)
            BEGIN SELECT RAISE(ABORT, 'objects never change'); END;
        CREATE TRIGGER IF NOT EXISTS objects_do_not_come_back BEFORE INSERT ON objects WHEN EXISTS (SELECT 1 FROM erased WHERE hash = NEW.hash)
            BEGIN SELECT RAISE(ABORT, 'erased objects do not come back'); END;
        DROP TRIGGER IF EXISTS objects_stay;
        PRAGMA secure_delete = ON;
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    /// <summary>Opens or makes the journal.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public SqliteJournal(string path) : this(path, SqliteFile.Open(path, synchronous: "FULL", Schema))
    {
    }

    private SqliteJournal(string path, SqliteConnection connection) => (Path, this.connection) = (path, connection);

    /// <summary>Opens a journal that nobody writes to, and changes nothing of it.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public static SqliteJournal OfCopy(string path) => new(path, SqliteFile.OpenCopy(path));

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public string Name => Path;

    public ImmutableArray<JournalEntry> ReadAfter(long sequence, int most = int.MaxValue) => Use(() => connection.Query<JournalRow>(
        $"SELECT {JournalRow.Columns} FROM journal WHERE sequence > @sequence ORDER BY sequence LIMIT @most", new { sequence, most })
        .Select(row => row.Entry(this)).ToImmutableArray());

    public bool Append(long expectedHead, ImmutableArray<JournalEntry> entries, AcceptedCommand? command = null) => Use(() => SqliteFile.Write(connection, transaction =>
    {
        var head = connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM journal", transaction: transaction);
        if (head != expectedHead || command is not null && connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM commands WHERE id = @Id)", command, transaction)) return false;
        connection.Execute(
            $"INSERT INTO journal ({JournalRow.Columns}) VALUES (@Sequence, @Time, @Actor, @Command, @Event, @Previous, @Hash)", entries.Select(JournalRow.Of), transaction);
        if (command is not null)
            connection.Execute("INSERT INTO commands (id, request, head, entries) VALUES (@Id, @Request, @Head, @Entries)", CommandRow.Of(command), transaction);
        return true;
    }));

    public AcceptedCommand? FindCommand(string id) => Use(() =>
        connection.QueryFirstOrDefault<CommandRow>(CommandRow.Find, new { id })?.Command(this));

    // The file tells nobody that it grew; looking is cheap.
    public Task WaitForOthersAsync(TimeSpan atMost, CancellationToken cancellation) => Task.Delay(atMost, cancellation);

    public bool Put(ContentHash hash, ReadOnlyMemory<byte> bytes) => Use(() => SqliteFile.Write(connection, transaction =>
    {
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM erased WHERE hash = @hash)", new { hash = hash.Value }, transaction)) return false;
        connection.Execute("INSERT INTO objects (hash, bytes) VALUES (@hash, @bytes) ON CONFLICT DO NOTHING", new { hash = hash.Value, bytes = bytes.ToArray() }, transaction);
        return true;
    }));

    public byte[]? Get(ContentHash hash) =>
        Use(() => connection.ExecuteScalar<byte[]?>("SELECT bytes FROM objects WHERE hash = @hash", new { hash = hash.Value })).Checked(hash);

    public void Erase(IReadOnlyCollection<ErasedObject> objects)
    {
        if (objects.Count == 0) return;
        var busy = Use(() =>
        {
            var rows = objects.Select(erased => new { hash = erased.Hash.Value, entry = erased.Entry }).ToList();
            SqliteFile.Write(connection, transaction =>
            {
                connection.Execute("INSERT INTO erased (hash, entry) VALUES (@hash, @entry) ON CONFLICT DO NOTHING", rows, transaction);
                return connection.Execute("DELETE FROM objects WHERE hash = @hash", rows, transaction);
            });
            // The pages as they were may still stand in the write-ahead log.
            return connection.ExecuteScalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
        });
        if (busy) throw new StorageUnavailableException($"Another process reads {Path}, so what was erased may still stand in its write-ahead log; erase it again.");
    }

    public void Dispose() => connection.Dispose();

    private T Use<T>(Func<T> ask)
    {
        lock (gate)
        {
            try
            {
                return ask();
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
            {
                throw new StorageUnavailableException($"{Path} is being written by another process and stays locked; try again.", exception);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN)
            {
                throw new StorageUnavailableException($"{Path} cannot be used at the moment: {exception.Message.TrimEnd('.')}.", exception);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
            {
                throw this.Damaged($"{exception.Message.TrimEnd('.')}.");
            }
        }
    }
}
