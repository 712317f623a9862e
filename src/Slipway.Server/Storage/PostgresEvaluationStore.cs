using System.Data.Common;
using Dapper;
using Npgsql;

namespace Slipway.Server.Storage;

/// <summary>Answers and runs of evaluations in the PostgreSQL database of the journal, for several servers at once.</summary>
internal sealed class PostgresEvaluationStore(string address) : SqlEvaluationStore
{
    /// <summary>Whoever makes the tables holds this advisory lock: two servers may start at once.</summary>
    private const long MakingTables = 0x736C69706576;

    // One lock a run, of this schema's table: beyond those that are an oid alone.
    private const string LockOfRun = "('evaluation_runs'::regclass::oid::bigint % 2147483648) * 4294967296 + @number";

    private readonly PostgresDatabase database = new(address, Prepare);

    public override string Name => database.Name;

    public override bool IsShared => true;

    public override IRunHold? Hold(long number) => Told(() => database.Use((_, _) =>
    {
        // A connection of its own: the lock goes with it, however it ends.
        var connection = database.Source.OpenConnection();
        if (connection.ExecuteScalar<bool>($"SELECT pg_try_advisory_lock({LockOfRun})", new { number })) return new Kept(connection, number);
        connection.Dispose();
        return null;
    }));

    public override void Dispose() => database.Dispose();

    protected override string Among(string column, string parameter) => $"{column} = ANY (@{parameter})";

    protected override object Texts(IEnumerable<string> texts) => texts.ToArray();

    protected override void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredAnswer> answers, long run, long time) => connection.Execute($"""
        INSERT INTO evaluation_answers ({AnswerColumns})
        SELECT key, package, golden_set, case_hash, @run, @time, answer FROM unnest(@keys, @packages, @sets, @cases, @answers) AS given (key, package, golden_set, case_hash, answer)
        {Replace}
        """, new
    {
        run,
        time,
        keys = answers.Select(answer => answer.Key.Value).ToArray(),
        packages = answers.Select(answer => answer.Package.Value).ToArray(),
        sets = answers.Select(answer => answer.GoldenSet.Value).ToArray(),
        cases = answers.Select(answer => answer.Case.Value).ToArray(),
        answers = answers.Select(answer => answer.Json).ToArray(),
    }, transaction);

    // A removed row stays in the table's file until the file is written anew.
    protected override void Scrub() => Told(() => database.Use((connection, _) => connection.Execute("VACUUM (FULL) evaluation_answers, review_scores")));

    protected override T Read<T>(Func<DbConnection, T> ask) => Told(() => database.Use((connection, _) => ask(connection)));

    protected override T Write<T>(Func<DbConnection, DbTransaction, T> write) => Told(() => database.Use((connection, _) =>
    {
        using var transaction = connection.BeginTransaction();
        var result = write(connection, transaction);
        transaction.Commit();
        return result;
    }));

    private T Told<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception exception) when (exception is NpgsqlException or ArgumentException or InvalidCastException)
        {
            throw new StorageException($"The database {Name} does not take this: {PostgresDatabase.Reason(exception)}.", exception);
        }
    }

    private static void Prepare(NpgsqlConnection connection, string name)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@key)", new { key = MakingTables }, transaction);
        connection.Execute(Tables("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bigint", ""), transaction: transaction);
        transaction.Commit();
    }

    private sealed class Kept(NpgsqlConnection connection, long number) : IRunHold
    {
        public bool IsKept
        {
            get
            {
                try
                {
                    return connection.ExecuteScalar<int>("SELECT 1") == 1;
                }
                catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
                {
                    return false;
                }
            }
        }

        public void Dispose()
        {
            try
            {
                // The connection goes back to the pool and would take the lock along.
                connection.Execute($"SELECT pg_advisory_unlock({LockOfRun})", new { number });
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
            {
                NpgsqlConnection.ClearPool(connection);     // A broken connection holds nothing.
            }
            connection.Dispose();
        }
    }
}
