using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Slipway.Server.Storage;

/// <summary>SQLite files as they all were at one moment, while others go on writing to them.</summary>
/// <remarks>Copied one after the other, a file could name what the one before it does not hold: a call a release, an entry a review. For an instant nobody may
/// write to any of them; in that instant each is opened for reading, and shows what it held then for as long as it is open. So the copies are what a power cut would
/// have left, which is what every start can go on from.</remarks>
internal sealed class SqliteMoment : IDisposable
{
    // 16 MB: often enough to be stopped, seldom enough to cost nothing.
    private const int PagesAtOnce = 4_096;

    private readonly Dictionary<string, SqliteConnection> readers = new(StringComparer.Ordinal);

    /// <summary>Holds the moment fast.</summary>
    /// <param name="paths">Files that are there.</param>
    /// <exception cref="StorageException">One is no database, cannot be opened, or stays locked for half a minute.</exception>
    public SqliteMoment(IReadOnlyCollection<string> paths)
    {
        SqliteLibrary.Use();
        var locks = new List<SqliteConnection>();
        try
        {
            foreach (var path in paths) locks.Add(Open(path, "BEGIN IMMEDIATE"));
            foreach (var path in paths) readers.Add(path, Open(path, "BEGIN; SELECT count(*) FROM sqlite_schema"));
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            foreach (var held in locks) held.Dispose();
        }
    }

    /// <summary>Copies a file as it was, on the disk when this returns, then lets go of it: until then what is written to it stays in its write-ahead log.</summary>
    /// <param name="path">One of the files.</param>
    /// <param name="target">An empty file. It becomes one whole database that needs no file beside it.</param>
    /// <param name="progress">Told which share is copied, 0 to 1.</param>
    /// <param name="cancellation">Gives up; the target is no database then.</param>
    /// <exception cref="StorageException">It cannot be read or written, or what was read is damaged.</exception>
    public void Copy(string path, string target, Action<double> progress, CancellationToken cancellation)
    {
        using var reader = readers[path];
        readers.Remove(path);
        try
        {
            using var copy = Connect(target, SqliteOpenMode.ReadWrite);
            Copy(reader, copy, progress, cancellation);
            // A copy in one file can be read where nothing may be written; whoever serves from it turns the write-ahead log on.
            SqliteFile.Ask(copy, "PRAGMA journal_mode = DELETE");
            if (SqliteFile.Ask(copy, "PRAGMA quick_check(1)") is var found and not "ok") throw new StorageException($"{path} is damaged: {found}.");
        }
        catch (SqliteException exception)
        {
            throw new StorageException($"{path} cannot be copied to {target}: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    public void Dispose()
    {
        foreach (var reader in readers.Values) reader.Dispose();
        readers.Clear();
    }

    private static void Copy(SqliteConnection from, SqliteConnection to, Action<double> progress, CancellationToken cancellation)
    {
        using var backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        if (backup.IsInvalid) throw Failed(raw.sqlite3_errcode(to.Handle), to);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = raw.sqlite3_backup_step(backup, PagesAtOnce);
            if (step is not (raw.SQLITE_OK or raw.SQLITE_DONE)) throw Failed(step, to);
            if (step == raw.SQLITE_DONE) break;
            progress(1 - raw.sqlite3_backup_remaining(backup) / (double)raw.sqlite3_backup_pagecount(backup));
        }
        if (raw.sqlite3_backup_finish(backup) is var end and not raw.SQLITE_OK) throw Failed(end, to);
        progress(1);
    }

    private static SqliteException Failed(int code, SqliteConnection connection) => new(raw.sqlite3_errstr(code).utf8_to_string(), code, raw.sqlite3_extended_errcode(connection.Handle));

    private static SqliteConnection Open(string path, string sql)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(path, SqliteOpenMode.ReadWrite);
            SqliteFile.Ask(connection, sql);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new StorageException($"{path} cannot be copied: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        SqliteFile.Ask(connection, "PRAGMA busy_timeout = 30000");
        return connection;
    }
}
