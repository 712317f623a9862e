using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Slipway.Server.Storage;

/// <summary>Answers and runs of evaluations in an SQLite file of their own.</summary>
internal sealed class SqliteEvaluationStore : SqlEvaluationStore
{
    private static readonly string Schema = Tables("INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", " STRICT") + " PRAGMA secure_delete = ON;";

    private readonly SqliteConnection connection, reader;
    private readonly SqliteCommand insert;
    private readonly Lock gate = new(), reading = new();

    /// <summary>Opens or makes the file.</summary>
    /// <exception cref="StorageException">It cannot be used.</exception>
    public SqliteEvaluationStore(string path)
    {
        Name = path;
        // An answer that was paid for counts only once it survives a power cut.
        connection = SqliteFile.Open(path, synchronous: "FULL", Schema);
        reader = SqliteFile.Open(path, synchronous: "FULL", "PRAGMA query_only = ON;");
        insert = connection.CreateCommand();
        insert.CommandText = $"INSERT INTO evaluation_answers ({AnswerColumns}) VALUES (@key, @package, @set, @case, @run, @time, @answer) {Replace}";
        foreach (var name in (string[])["@key", "@package", "@set", "@case", "@run", "@time", "@answer"]) insert.Parameters.Add(new SqliteParameter(name, null));
    }

    public override string Name { get; }

    public override bool IsShared => false;

    // A file is one server's: what has not ended when it starts is its own to go on with.
    public override IRunHold? Hold(long number) => new Kept();

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

    protected override string Among(string column, string parameter) => $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    protected override object Texts(IEnumerable<string> texts) => JsonSerializer.Serialize(texts);

    protected override void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredAnswer> answers, long run, long time)
    {
        insert.Transaction = (SqliteTransaction)transaction;
        var parameters = insert.Parameters;
        (parameters[4].Value, parameters[5].Value) = (run, time);
        foreach (var answer in answers)
        {
            (parameters[0].Value, parameters[1].Value, parameters[2].Value, parameters[3].Value) = (answer.Key.Value, answer.Package.Value, answer.GoldenSet.Value, answer.Case.Value);
            parameters[6].Value = answer.Json;
            insert.ExecuteNonQuery();
        }
    }

    protected override void Scrub()
    {
        var busy = Told(() =>
        {
            // The pages as they were may still stand in the write-ahead log.
            lock (gate) return connection.ExecuteScalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
        });
        if (busy) throw new StorageUnavailableException($"Another process reads {Name}, so what was erased may still stand in its write-ahead log; erase it again.");
    }

    protected override T Read<T>(Func<DbConnection, T> ask)
    {
        lock (reading) return Told(() => ask(reader));
    }

    protected override T Write<T>(Func<DbConnection, DbTransaction, T> write)
    {
        lock (gate)
        {
            return Told(() => SqliteFile.Write(connection, transaction => write(connection, transaction)));
        }
    }

    private T Told<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (SqliteException exception)
        {
            throw new StorageUnavailableException($"{Name} cannot be used at the moment: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private sealed class Kept : IRunHold
    {
        public bool IsKept => true;

        public void Dispose()
        {
        }
    }
}
