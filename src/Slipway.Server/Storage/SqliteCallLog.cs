using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Calls;

namespace Slipway.Server.Storage;

/// <summary>The call log in an SQLite file of its own.</summary>
internal sealed class SqliteCallLog : SqlCallLog
{
    // What has no sequence in it needs none: the row's number is the last column of every index.
    private static readonly string Indexes = $"""
        CREATE INDEX IF NOT EXISTS calls_by_release ON calls (release, sequence) WHERE release IS NOT NULL;
        {ShadowIndex};
        CREATE INDEX IF NOT EXISTS calls_by_trace ON calls (trace_id);
        CREATE INDEX IF NOT EXISTS calls_by_version ON calls (prompt, prompt_version, started_at);
        CREATE INDEX IF NOT EXISTS calls_by_time ON calls (environment, started_at);
        CREATE INDEX IF NOT EXISTS calls_by_tenant ON calls (tenant, started_at) WHERE tenant IS NOT NULL;
        CREATE INDEX IF NOT EXISTS calls_by_user ON calls (coalesce(user_key, unit_key), started_at);
        DROP INDEX IF EXISTS calls_by_prompt;
        """;

    private static readonly string Schema =
        $"CREATE TABLE IF NOT EXISTS calls (sequence INTEGER PRIMARY KEY AUTOINCREMENT, {string.Join(", ", CallColumns.All.Select(column => Definition(column) + (column.Required ? " NOT NULL" : "")))}) STRICT;"
        + CallRollups.Table("INTEGER") + EvidenceTable("INTEGER");

    private readonly SqliteConnection connection, reader;
    private readonly SqliteCommand insert;
    private readonly Lock gate = new(), reading = new();

    /// <summary>Opens or makes the log.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public SqliteCallLog(string path)
    {
        Name = path;
        connection = SqliteFile.Open(path, synchronous: "NORMAL", Schema, Migrate);
        // Readers of a file in WAL mode keep no writer waiting, so they have a connection of their own.
        reader = SqliteFile.Open(path, synchronous: "NORMAL", "PRAGMA query_only = ON;");
        insert = connection.CreateCommand();
        insert.CommandText = $"INSERT INTO calls ({CallColumns.Names(CallColumns.All)}) VALUES ({string.Join(", ", CallColumns.All.Select((_, at) => $"@p{at}"))})";
        foreach (var (at, _) in CallColumns.All.Index()) insert.Parameters.Add(new SqliteParameter($"@p{at}", null));
    }

    public override string Name { get; }

    protected override string AmongTraces => "trace_id IN (SELECT value FROM json_each(@traces))";

    public override bool RemoveCalls(EnvironmentName environment, DateTimeOffset before) => Write((connection, transaction, _) => connection.Execute(
        "DELETE FROM calls WHERE sequence IN (SELECT sequence FROM calls WHERE environment = @environment AND started_at < @before ORDER BY started_at LIMIT @most)",
        new { environment = environment.Value, before = Time(before), most = RemovedAtOnce }, transaction) < RemovedAtOnce);

    // What is being written or read comes to its end first: a start that fails takes the log away under those who use it already.
    public override void Dispose()
    {
        lock (gate)
        {
            lock (reading)
            {
                insert.Dispose();
                reader.Dispose();
                connection.Dispose();
            }
        }
    }

    protected override void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<CallRecord> calls)
    {
        insert.Transaction = (SqliteTransaction)transaction;
        var parameters = insert.Parameters;
        foreach (var call in calls)
        {
            for (var at = 0; at < CallColumns.All.Length; at++)
            {
                parameters[at].Value = CallColumns.All[at] switch
                {
                    CallColumn.Text text => text.Value(call) ?? (object)DBNull.Value,
                    CallColumn.Number number => number.Value(call) is { } value ? value : DBNull.Value,
                    CallColumn.Real real => real.Value(call) is { } value ? value : DBNull.Value,
                    CallColumn.Time time => CallColumns.TimeText(time.Value(call)),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            }
            insert.ExecuteNonQuery();
        }
    }

    protected override object Traces(string[] traces) => JsonSerializer.Serialize(traces);

    protected override object Time(DateTimeOffset time) => CallColumns.TimeText(time);

    protected override DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.Parse(row.GetString(column), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    protected override T Read<T>(Func<DbConnection, T> ask)
    {
        lock (reading) return Told(() => ask(reader));
    }

    protected override T Write<T>(Func<DbConnection, DbTransaction, bool, T> write)
    {
        lock (gate)
        {
            return Told(() => SqliteFile.Write(connection, transaction => write(connection, transaction, false)));
        }
    }

    private T Told<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_FULL
            or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN)
        {
            throw new StorageUnavailableException($"{Name} cannot be used at the moment: {exception.Message.TrimEnd('.')}.", exception);
        }
        catch (SqliteException exception)
        {
            throw new StorageException($"{Name}: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private static string Definition(CallColumn column) => $"{column.Name} {column switch { CallColumn.Number => "INTEGER", CallColumn.Real => "REAL", _ => "TEXT" }}";

    // A file of an earlier build has fewer columns; what its calls came to per minute is not known, and what they were stays.
    private static void Migrate(SqliteConnection file)
    {
        var known = file.Query<string>("SELECT name FROM pragma_table_info('calls')").ToHashSet(StringComparer.Ordinal);
        foreach (var column in CallColumns.All.Where(column => !known.Contains(column.Name))) file.Execute($"ALTER TABLE calls ADD COLUMN {Definition(column)}");
        file.Execute(Indexes);
    }
}
