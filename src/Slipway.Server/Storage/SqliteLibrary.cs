using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Slipway.Server.Storage;

/// <summary>Binds the SQLite provider to the system's own library, which the system keeps patched.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string?> Problem = new(Bind);

    /// <summary>Makes SQLite usable in this process; calling it again costs nothing.</summary>
    /// <exception cref="StorageException">The library is not on this machine.</exception>
    public static void Use()
    {
        if (Problem.Value is { } problem) throw new StorageException(problem);
    }

    private static string? Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();
            return null;
        }
        catch (DllNotFoundException)
        {
            return $"The system's SQLite library ({Names()[0]}) is not installed. On Debian or Ubuntu: apt-get install libsqlite3-0";
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return 0;
        foreach (var candidate in Names())
            if (NativeLibrary.TryLoad(candidate, out var handle)) return handle;
        return 0;
    }

    private static string[] Names() =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];
}

/// <summary>Opens SQLite files the one way this product does.</summary>
internal static class SqliteFile
{
    /// <summary>Opens or makes a file in WAL mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="synchronous"><c>FULL</c> where an acknowledged commit must survive a power cut, else <c>NORMAL</c>.</param>
    /// <param name="schema">Statements that make what is missing.</param>
    /// <param name="migrate">Brings a file of an earlier build up to the schema; null where there is nothing to do.</param>
    /// <exception cref="StorageException">The file cannot be opened or is no database.</exception>
    public static SqliteConnection Open(string path, string synchronous, string schema, Action<SqliteConnection>? migrate = null)
    {
        SqliteLibrary.Use();
        MakePrivate(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000;");
            Execute(connection, schema);
            migrate?.Invoke(connection);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new StorageException($"{path} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Opens a file that nobody writes to, without changing a byte of it or of what lies beside it.</summary>
    /// <exception cref="StorageException">It cannot be opened or is no database.</exception>
    public static SqliteConnection OpenCopy(string path)
    {
        SqliteLibrary.Use();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Ask(connection, "PRAGMA schema_version");
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new StorageException($"{path} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Writes in a transaction that is the file's only one, all or nothing.</summary>
    /// <param name="connection">Nobody else uses it meanwhile.</param>
    /// <param name="write">Does it; what it throws undoes it.</param>
    /// <exception cref="SqliteException">The file is locked, the disk is full, or a statement is refused. The connection is as it was before.</exception>
    public static T Write<T>(SqliteConnection connection, Func<SqliteTransaction, T> write)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var result = write(transaction);
        try
        {
            transaction.Commit();
            return result;
        }
        catch (SqliteException) when (raw.sqlite3_get_autocommit(connection.Handle) != 0)
        {
            // A disk that is full ends the transaction by itself. The provider hears of that from every statement but this one: it would fail to end it once more,
            // and never begin another on this connection.
            Ask(connection, "BEGIN", transaction);
            throw;
        }
    }

    /// <summary>The first value that statements bring; null where they bring none.</summary>
    /// <exception cref="SqliteException">They fail.</exception>
    public static object? Ask(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Makes a file with nothing in it, its owner's alone.</summary>
    /// <exception cref="IOException">It is there already, or cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made.</exception>
    public static void MakeEmpty(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
    }

    // SQLite makes files as the umask says, and gives a write-ahead log the rights of its file: so the file is made before it looks, its owner's alone.
    // One that is there is not opened here: closing it would let go of the locks that this process has on it.
    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path)) return;
        try
        {
            MakeEmpty(path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process that opens it was faster, and made it so.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be used: {exception.Message}", exception);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
