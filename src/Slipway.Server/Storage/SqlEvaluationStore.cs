using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>What the answers and runs of evaluations ask of every SQL engine alike; what they do differently is left to them.</summary>
internal abstract partial class SqlEvaluationStore : IEvaluationStore
{
    /// <summary>How many rows are removed at once at most.</summary>
    private const int RemovedAtOnce = 2_000;

    // That an answer was used is written down once a day: reading stays reading.
    private const long Fresh = 24 * 3_600_000L;

    /// <summary>The columns of an answer, in the order in which an engine is given their values.</summary>
    protected const string AnswerColumns = "key, package, golden_set, case_hash, run, used_at, answer";

    /// <summary>What becomes of an answer that is there already.</summary>
    protected const string Replace = "ON CONFLICT (key) DO UPDATE SET golden_set = excluded.golden_set, run = excluded.run, used_at = excluded.used_at, answer = excluded.answer";

    private const string RunColumns = """
        number AS Number, command AS Command, request AS Request, member AS Member, access_key AS AccessKey, plan AS Plan, state AS State, started_at AS StartedAt, ended_at AS EndedAt,
        spent AS Spent, to_be_cancelled AS ToBeCancelled, progress AS Progress, outcome AS Outcome
        """;

    public abstract string Name { get; }

    public abstract bool IsShared { get; }

    /// <summary>A condition: a column is among the texts of a parameter.</summary>
    protected abstract string Among(string column, string parameter);

    /// <summary>The parameter of <see cref="Among"/>.</summary>
    protected abstract object Texts(IEnumerable<string> texts);

    public IReadOnlyDictionary<ContentHash, string> Find(IReadOnlyCollection<ContentHash> keys, long? ofRun, DateTimeOffset now)
    {
        var found = new Dictionary<ContentHash, string>(keys.Count);
        if (keys.Count == 0) return found;
        var byText = new Dictionary<string, ContentHash>(keys.Count, StringComparer.Ordinal);
        foreach (var key in keys) byText[key.Value] = key;
        var (texts, time) = (Texts(byText.Keys), now.ToUnixTimeMilliseconds());
        var isStale = Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT key, answer, used_at FROM evaluation_answers WHERE {Among("key", "keys")}{(ofRun is null ? "" : " AND run = @run")}";
            Add(command, "keys", texts);
            if (ofRun is { } run) Add(command, "run", run);
            using var row = command.ExecuteReader();
            var stale = false;
            while (row.Read())
            {
                found[byText[row.GetString(0)]] = row.GetString(1);
                stale |= row.GetInt64(2) < time - Fresh;
            }
            return stale;
        });
        if (isStale) Write((connection, transaction) => connection.Execute(
            $"UPDATE evaluation_answers SET used_at = @time WHERE {Among("key", "keys")} AND used_at < @time - {Fresh}", new { keys = texts, time }, transaction));
        return found;
    }

    public bool Append(IReadOnlyCollection<StoredAnswer> answers, RunProgress? run, DateTimeOffset now)
    {
        if (answers.Count == 0 && run is null) return true;
        var different = answers.DistinctBy(answer => answer.Key).ToList();
        return Write((connection, transaction) =>
        {
            if (different.Count > 0) Insert(connection, transaction, different, run?.Run ?? 0, now.ToUnixTimeMilliseconds());
            if (run is null) return true;
            connection.Execute($"UPDATE evaluation_runs SET spent = spent + @spent{(run.Json is null ? "" : ", progress = @Json")} WHERE number = @Run", new { run.Run, run.Json, spent = Nano(run.Spent) }, transaction);
            return connection.ExecuteScalar<long>("SELECT to_be_cancelled FROM evaluation_runs WHERE number = @Run", new { run.Run }, transaction) == 0;
        });
    }

    public void Erase(IReadOnlyCollection<ContentHash> objects, IReadOnlyCollection<ContentHash> cases)
    {
        if (objects.Count == 0 && cases.Count == 0) return;
        var removed = Write((connection, transaction) => connection.Execute(
            $"DELETE FROM evaluation_answers WHERE {Among("package", "objects")} OR {Among("golden_set", "objects")} OR {Among("case_hash", "cases")}",
            new { objects = Texts(objects.Select(hash => hash.Value)), cases = Texts(cases.Select(hash => hash.Value)) }, transaction)
            + EraseNotes(connection, transaction, Texts(objects.Select(hash => hash.Value))));
        if (removed > 0) Scrub();
    }

    public bool Remove(DateTimeOffset before, long mostAnswers) => Write((connection, transaction) =>
    {
        var time = before.ToUnixTimeMilliseconds();
        connection.Execute("DELETE FROM evaluation_runs WHERE ended_at < @time", new { time }, transaction);
        RemoveReviews(connection, transaction, time);
        var tooMany = Math.Clamp(connection.ExecuteScalar<long>("SELECT count(*) FROM evaluation_answers", transaction: transaction) - mostAnswers, 0, RemovedAtOnce);
        var removed = connection.Execute($"""
            DELETE FROM evaluation_answers WHERE key IN (SELECT key FROM evaluation_answers WHERE used_at < @time ORDER BY used_at LIMIT {RemovedAtOnce})
                OR key IN (SELECT key FROM evaluation_answers ORDER BY used_at LIMIT @tooMany)
            """, new { time, tooMany }, transaction);
        return removed < RemovedAtOnce;
    });

    public StoredRun Begin(NewRun run, DateTimeOffset now) => Write((connection, transaction) =>
    {
        connection.Execute("""
            INSERT INTO evaluation_runs (command, request, member, access_key, plan, state, started_at, spent, to_be_cancelled) VALUES (@Command, @request, @Member, @Key, @Plan, 0, @time, 0, 0)
            ON CONFLICT (command) DO NOTHING
            """, new { run.Command, request = run.Request.Value, run.Member, run.Key, run.Plan, time = now.ToUnixTimeMilliseconds() }, transaction);
        return Ask(connection, transaction, "command = @Command", new { run.Command })[0];
    });

    public StoredRun? Find(long number) => Read(connection => Ask(connection, null, "number = @number", new { number }).FirstOrDefault());

    public StoredRun? FindByCommand(string command) => Read(connection => Ask(connection, null, "command = @command", new { command }).FirstOrDefault());

    public ImmutableArray<StoredRun> Newest(long? before, int most) =>
        Read(connection => Ask(connection, null, "number < @before ORDER BY number DESC LIMIT @most", new { before = before ?? long.MaxValue, most }));

    public ImmutableArray<StoredRun> Unfinished() => Read(connection => Ask(connection, null, $"state = {(int)EvaluationRunState.Running} ORDER BY number", null));

    public void AskToCancel(long number) => Write((connection, transaction) =>
        connection.Execute("UPDATE evaluation_runs SET to_be_cancelled = 1 WHERE number = @number AND ended_at IS NULL", new { number }, transaction));

    public void End(long number, EvaluationRunState state, string outcome, string? progress, DateTimeOffset now) => Write((connection, transaction) => connection.Execute(
        "UPDATE evaluation_runs SET state = @state, outcome = @outcome, progress = coalesce(@progress, progress), ended_at = @time WHERE number = @number AND ended_at IS NULL",
        new { number, state = (int)state, outcome, progress, time = now.ToUnixTimeMilliseconds() }, transaction));

    public abstract IRunHold? Hold(long number);

    public abstract void Dispose();

    /// <summary>Writes answers, within a transaction.</summary>
    protected abstract void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredAnswer> answers, long run, long time);

    /// <summary>Sees to it that what was removed stands nowhere any more.</summary>
    protected abstract void Scrub();

    protected abstract T Read<T>(Func<DbConnection, T> ask);

    protected abstract T Write<T>(Func<DbConnection, DbTransaction, T> write);

    /// <summary>The tables.</summary>
    /// <param name="number">The definition of a number that counts by itself.</param>
    /// <param name="whole">The type of whole numbers.</param>
    /// <param name="end">What follows a table's columns.</param>
    protected static string Tables(string number, string whole, string end) => $"""
        CREATE TABLE IF NOT EXISTS evaluation_runs (number {number}, command TEXT NOT NULL UNIQUE, request TEXT NOT NULL, member TEXT NOT NULL, access_key TEXT NOT NULL, plan TEXT NOT NULL,
            state {whole} NOT NULL, started_at {whole} NOT NULL, ended_at {whole}, spent {whole} NOT NULL, to_be_cancelled {whole} NOT NULL, progress TEXT, outcome TEXT){end};
        CREATE TABLE IF NOT EXISTS evaluation_answers (key TEXT NOT NULL UNIQUE, package TEXT NOT NULL, golden_set TEXT NOT NULL, case_hash TEXT NOT NULL, run {whole} NOT NULL,
            used_at {whole} NOT NULL, answer TEXT NOT NULL){end};
        CREATE INDEX IF NOT EXISTS evaluation_answers_by_use ON evaluation_answers (used_at);
        """ + ReviewTables(whole, end);

    private static ImmutableArray<StoredRun> Ask(DbConnection connection, DbTransaction? transaction, string condition, object? parameters) =>
        [.. connection.Query<RunRow>($"SELECT {RunColumns} FROM evaluation_runs WHERE {condition}", parameters, transaction).Select(row => row.Run())];

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    // Money as whole billionths of a dollar, as the catalog counts it: sums are exact in every dialect.
    private static long Nano(decimal dollars) => (long)(dollars * 1_000_000_000m);

    private sealed record RunRow(
        long Number, string Command, string Request, string Member, string AccessKey, string Plan, long State, long StartedAt, long? EndedAt, long Spent, long ToBeCancelled, string? Progress, string? Outcome)
    {
        public StoredRun Run() => new()
        {
            Number = Number,
            Command = Command,
            Request = ContentHash.TryParse(Request, out var request) ? request : throw new StorageException($"The run {Number} of an evaluation has lost its form."),
            Member = Member,
            Key = AccessKey,
            Plan = Plan,
            State = (EvaluationRunState)State,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(StartedAt),
            EndedAt = EndedAt is { } ended ? DateTimeOffset.FromUnixTimeMilliseconds(ended) : null,
            Spent = Spent / 1_000_000_000m,
            ToBeCancelled = ToBeCancelled != 0,
            Progress = Progress,
            Outcome = Outcome,
        };
    }
}
