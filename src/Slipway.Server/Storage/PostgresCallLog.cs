using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using Slipway.Core.Calls;

namespace Slipway.Server.Storage;

/// <summary>The call log in the PostgreSQL database of the journal, for several servers at once: a table an environment and day, written by binary <c>COPY</c>.</summary>
internal sealed class PostgresCallLog(string address) : SqlCallLog
{
    // Sequences are drawn while the lock is held, and it is held until they can be seen: whoever reads by rising sequence never passes over one that comes later.
    private const string BeginWriting = """
        SELECT set_config('idle_in_transaction_session_timeout', '30s', true), set_config('lock_timeout', '10s', true), pg_advisory_xact_lock('calls'::regclass::oid::bigint)
        """;

    private static readonly string Copy = $"COPY calls ({CallColumns.Names(CallColumns.All)}) FROM STDIN (FORMAT BINARY)";
    private readonly PostgresDatabase database = new(address, PostgresCallSchema.Prepare);

    public override string Name => database.Name;

    protected override string AmongTraces => "trace_id = ANY (@traces)";

    public override bool RemoveCalls(EnvironmentName environment, DateTimeOffset before) => Write((connection, transaction, _) =>
    {
        foreach (var day in connection.Query<string>($"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{PostgresCallSchema.TableOf(environment)}'::regclass", transaction: transaction))
            if (PostgresCallSchema.DayOf(day) is { } date && date.AddDays(1) <= before.UtcDateTime) connection.Execute($"DROP TABLE {day}", transaction: transaction);
        return true;
    });

    public override void Dispose() => database.Dispose();

    protected override void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<CallRecord> calls)
    {
        PostgresCallSchema.MakeDays(connection, transaction, calls.Select(call => (call.Environment, DateOnly.FromDateTime(call.StartedAt.UtcDateTime))).Distinct());
        using var copy = ((NpgsqlConnection)connection).BeginBinaryImport(Copy);
        foreach (var call in calls)
        {
            copy.StartRow();
            foreach (var column in CallColumns.All)
            {
                switch (column)
                {
                    case CallColumn.Text text:
                        if (text.Value(call) is { } words) copy.Write(Storable(words), NpgsqlDbType.Text);
                        else copy.WriteNull();
                        break;
                    case CallColumn.Number number:
                        if (number.Value(call) is { } whole) copy.Write(whole, NpgsqlDbType.Bigint);
                        else copy.WriteNull();
                        break;
                    case CallColumn.Real real:
                        if (real.Value(call) is { } value) copy.Write(value, NpgsqlDbType.Double);
                        else copy.WriteNull();
                        break;
                    case CallColumn.Time time:
                        copy.Write(time.Value(call).UtcDateTime, NpgsqlDbType.TimestampTz);
                        break;
                }
            }
        }
        copy.Complete();
    }

    protected override object Traces(string[] traces) => Array.ConvertAll(traces, Storable);

    protected override object Time(DateTimeOffset time) => time.ToUniversalTime();

    protected override DateTimeOffset Time(DbDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    protected override T Read<T>(Func<DbConnection, T> ask) => Told((connection, _) => ask(connection));

    protected override T Write<T>(Func<DbConnection, DbTransaction, bool, T> write) => Told((connection, retried) =>
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(BeginWriting, transaction: transaction);
        var result = write(connection, transaction, retried);
        transaction.Commit();
        return result;
    });

    private T Told<T>(Func<NpgsqlConnection, bool, T> ask)
    {
        try
        {
            return database.Use(ask);
        }
        catch (Exception exception) when (exception is NpgsqlException or ArgumentException or InvalidCastException)
        {
            throw new StorageException($"The database {Name} does not take this: {PostgresDatabase.Reason(exception)}.", exception);
        }
    }

    // PostgreSQL has no text with a zero in it, and none with half a character.
    private static string Storable(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0) text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
    }
}

/// <summary>The tables of the call log in a PostgreSQL database.</summary>
internal static class PostgresCallSchema
{
    /// <summary>Whoever makes the tables holds this advisory lock: two servers may start at once.</summary>
    private const long MakingTables = 0x736C6977636C6C;

    // By environment first, because each has an age of its own at which its calls go; then by day, so that a day goes at once.
    private static readonly string Tables = $"""
        CREATE SEQUENCE calls_sequence;
        CREATE TABLE calls (sequence bigint NOT NULL DEFAULT nextval('calls_sequence'), {string.Join(", ", CallColumns.All.Select(column => Definition(column) + (column.Required ? " NOT NULL" : "")))})
            PARTITION BY LIST (environment);
        {string.Join('\n', EnvironmentName.All.Select(environment => $"CREATE TABLE {TableOf(environment)} PARTITION OF calls FOR VALUES IN ('{environment}') PARTITION BY RANGE (started_at);"))}
        CREATE INDEX calls_by_release ON calls (release, sequence) WHERE release IS NOT NULL;
        CREATE INDEX calls_by_trace ON calls (trace_id);
        CREATE INDEX calls_by_version ON calls (prompt, prompt_version, started_at, sequence);
        CREATE INDEX calls_by_time ON calls (started_at, sequence);
        CREATE INDEX calls_by_tenant ON calls (tenant, started_at, sequence) WHERE tenant IS NOT NULL;
        CREATE INDEX calls_by_user ON calls ((coalesce(user_key, unit_key)), started_at, sequence);
        """;

    /// <summary>The table of an environment.</summary>
    public static string TableOf(EnvironmentName environment) => $"calls_{environment.Value}";

    /// <summary>The day of a table's name; null where it is none of a day.</summary>
    public static DateTime? DayOf(string table) =>
        DateTime.TryParseExact(table[(table.LastIndexOf('_') + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day : null;

    /// <summary>Makes the tables where they are missing, and the columns that an earlier build did not have.</summary>
    public static void Prepare(NpgsqlConnection connection, string name)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@key)", new { key = MakingTables }, transaction);
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('calls') IS NOT NULL", transaction: transaction)) connection.Execute(Tables, transaction: transaction);
        else if (!connection.ExecuteScalar<bool>("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('calls')", transaction: transaction))
            throw new StorageException($"The database {name} has a table calls that is not Slipway's; give Slipway a database or a schema of its own.");
        var known = connection.Query<string>("SELECT attname::text FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attnum > 0 AND NOT attisdropped", transaction: transaction).ToHashSet(StringComparer.Ordinal);
        foreach (var column in CallColumns.All.Where(column => !known.Contains(column.Name))) connection.Execute($"ALTER TABLE calls ADD COLUMN {Definition(column)}", transaction: transaction);
        // Asked for first: to make it, or to see that it is there, PostgreSQL would keep all writers waiting at every start.
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('calls_by_shadow') IS NOT NULL", transaction: transaction)) connection.Execute(SqlCallLog.ShadowIndex, transaction: transaction);
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('call_rollups') IS NOT NULL", transaction: transaction))
            connection.Execute(CallRollups.Table("bigint"), transaction: transaction);
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('rollout_evidence') IS NOT NULL", transaction: transaction))
            connection.Execute(SqlCallLog.EvidenceTable("bigint"), transaction: transaction);
        transaction.Commit();
    }

    /// <summary>Makes the tables of days that have none yet.</summary>
    public static void MakeDays(DbConnection connection, DbTransaction transaction, IEnumerable<(EnvironmentName Environment, DateOnly Day)> days)
    {
        var named = days.ToDictionary(day => string.Create(CultureInfo.InvariantCulture, $"{TableOf(day.Environment)}_{day.Day:yyyyMMdd}"), StringComparer.Ordinal);
        foreach (var name in connection.Query<string>("SELECT name FROM unnest(@names) AS name WHERE to_regclass(name) IS NULL", new { names = named.Keys.ToArray() }, transaction).AsList())
        {
            var (environment, day) = named[name];
            connection.Execute(string.Create(CultureInfo.InvariantCulture,
                $"CREATE TABLE {name} PARTITION OF {TableOf(environment)} FOR VALUES FROM ('{day:yyyy-MM-dd}T00:00:00Z') TO ('{day.AddDays(1):yyyy-MM-dd}T00:00:00Z')"), transaction: transaction);
        }
    }

    private static string Definition(CallColumn column) =>
        $"{column.Name} {column switch { CallColumn.Number => "bigint", CallColumn.Real => "double precision", CallColumn.Time => "timestamptz", _ => "text" }}";
}
