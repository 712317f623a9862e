using Microsoft.Data.Sqlite;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class SqliteFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>SQLite ends the transaction by itself then; a file with no room for another page is to it as a disk with none.</summary>
    [Fact]
    public void What_a_full_disk_refused_is_undone_whole_and_written_once_there_is_room_again()
    {
        using var connection = SqliteFile.Open(Path.Combine(folder, "file.db"), "FULL", "CREATE TABLE texts (text BLOB NOT NULL);");
        SqliteFile.Ask(connection, "PRAGMA max_page_count = 20");
        var written = 0L;
        var full = Assert.Throws<SqliteException>(void () =>
        {
            while (true) written = SqliteFile.Write(connection, transaction => Insert(connection, transaction, 2));
        });
        Assert.Equal(SQLitePCL.raw.SQLITE_FULL, full.SqliteErrorCode);
        Assert.NotEqual(0, written);
        Assert.Equal(written, SqliteFile.Ask(connection, "SELECT count(*) FROM texts"));
        Assert.Throws<SqliteException>(void () => SqliteFile.Write(connection, transaction => Insert(connection, transaction, 2)));

        SqliteFile.Ask(connection, "PRAGMA max_page_count = 1000");
        Assert.Equal(written + 2, SqliteFile.Write(connection, transaction => Insert(connection, transaction, 2)));
    }

    /// <summary>A disk may be full at the very end: SQLite then ends the transaction while it is asked to keep it, as it does where a hook says no.</summary>
    [Fact]
    public void What_was_undone_while_it_was_committed_is_written_the_next_time()
    {
        using var connection = SqliteFile.Open(Path.Combine(folder, "file.db"), "FULL", "CREATE TABLE texts (text BLOB NOT NULL);");
        SQLitePCL.raw.sqlite3_commit_hook(connection.Handle, _ => 1, null);
        for (var attempt = 0; attempt < 2; attempt++) Assert.Throws<SqliteException>(void () => SqliteFile.Write(connection, transaction => Insert(connection, transaction, 1)));
        SQLitePCL.raw.sqlite3_commit_hook(connection.Handle, null, null);
        Assert.Equal(1, SqliteFile.Write(connection, transaction => Insert(connection, transaction, 1)));
    }

    [Fact]
    public void What_a_write_throws_undoes_it_and_the_next_one_is_done()
    {
        using var connection = SqliteFile.Open(Path.Combine(folder, "file.db"), "FULL", "CREATE TABLE texts (text BLOB NOT NULL);");
        Assert.Throws<InvalidOperationException>(void () => SqliteFile.Write<int>(connection, transaction => throw new InvalidOperationException($"after {Insert(connection, transaction, 1)}")));
        Assert.Equal(1, SqliteFile.Write(connection, transaction => Insert(connection, transaction, 1)));
    }

    private static long Insert(SqliteConnection connection, SqliteTransaction transaction, int rows)
    {
        for (var row = 0; row < rows; row++) SqliteFile.Ask(connection, "INSERT INTO texts VALUES (zeroblob(4000))", transaction);
        return (long)SqliteFile.Ask(connection, "SELECT count(*) FROM texts", transaction)!;
    }
}
