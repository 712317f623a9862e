using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>What the call log asks of every SQL engine alike; what they do differently is left to them.</summary>
internal abstract partial class SqlCallLog : ICallLog
{
    private const string User = "coalesce(user_key, unit_key)";

    // A shadow's answer was shown to nobody: where it is asked what people met, it is left out.
    private static readonly string Live = FormattableString.Invariant($"arm <> {(long)Arm.Shadow}");

    public abstract string Name { get; }

    public abstract void Dispose();

    public int Append(IReadOnlyCollection<CallRecord> calls, bool mayRepeat = false) => calls.Count == 0 ? 0 : Write((connection, transaction, retried) =>
    {
        var traces = calls.Select(call => call.TraceId).Distinct(StringComparer.Ordinal).ToArray();
        var fresh = mayRepeat || retried ? Fresh(connection, transaction, calls, traces) : calls;
        if (fresh.Count == 0) return 0;
        var outcomes = OutcomesOf(connection, transaction, traces);
        Insert(connection, transaction, fresh);
        var added = new Dictionary<RollupKey, CallTotals>();
        foreach (var call in fresh) TotalsOf(added, RollupKey.Of(call)).Add(call, outcomes.GetValueOrDefault(call.TraceId));
        CallRollups.Add(connection, transaction, added, makeMissing: true);
        AddFingerprints(connection, transaction, fresh);
        return fresh.Count;
    });

    public void Append(IReadOnlyCollection<CallOutcomeDocument> outcomes, DateTimeOffset now)
    {
        if (outcomes.Count > 0) Write((connection, transaction, _) =>
        {
            var traces = outcomes.Select(outcome => outcome.TraceId).Distinct(StringComparer.Ordinal).ToArray();
            var before = OutcomesOf(connection, transaction, traces);
            var after = new Dictionary<string, CallOutcomeDocument>(before, StringComparer.Ordinal);
            foreach (var outcome in outcomes) after[outcome.TraceId] = after.TryGetValue(outcome.TraceId, out var known) ? known.With(outcome) : outcome;
            connection.Execute("""
                INSERT INTO call_outcomes (trace_id, received_at, task_success, escalated, corrected, thumbs, complaint, resolved, labels)
                VALUES (@TraceId, @ReceivedAt, @TaskSuccess, @Escalated, @Corrected, @Thumbs, @Complaint, @Resolved, @Labels)
                ON CONFLICT (trace_id) DO UPDATE SET task_success = @TaskSuccess, escalated = @Escalated, corrected = @Corrected, thumbs = @Thumbs, complaint = @Complaint,
                    resolved = @Resolved, labels = @Labels
                """, after.Values.Select(outcome => OutcomeRow.Of(outcome, now)), transaction);
            // Calls that are stored already are counted anew: with what is known now, and no longer with what was known before.
            var changed = new Dictionary<RollupKey, CallTotals>();
            foreach (var call in CallsOf(connection, transaction, traces))
            {
                var (counted, known) = (new CallTotals(), new CallTotals());
                counted.Add(call, before.GetValueOrDefault(call.TraceId));
                known.Add(call, after[call.TraceId]);
                var change = TotalsOf(changed, RollupKey.Of(call));
                change.Add(known);
                change.Add(counted, times: -1);
            }
            CallRollups.Add(connection, transaction, changed, makeMissing: false);
            return 0;
        });
    }

    public ImmutableArray<ArmTotals> Totals(ReleaseId release) => Read(connection =>
    {
        const string Bad = "(schema_valid = 0 OR tool_calls_valid = 0 OR error IS NOT NULL)";
        return Ask(connection, null, $"""
            SELECT arm, count(*), count(*) FILTER (WHERE {Bad}), count(DISTINCT unit_key), min(started_at) FILTER (WHERE {Bad})
            FROM calls WHERE release = @release GROUP BY arm ORDER BY arm
            """, row => new ArmTotals((Arm)row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.IsDBNull(4) ? null : Time(row, 4)), ("release", (long)release.Number));
    });

    public ImmutableArray<StoredCall> Newest(CallFilter filter, CallPlace? before, int most) => Read(connection =>
    {
        // Each question follows one index from its newest end; what several bring is put together.
        IEnumerable<(string, object)[]> starts = filter switch
        {
            { User: { } user } => [[(User, user)]],
            { Tenant: { } tenant } => [[("tenant", tenant)]],
            { Prompt: { } prompt, Version: { } version } => [[("prompt", prompt), ("prompt_version", version)]],
            { Prompt: { } prompt } => VersionsOf(connection, prompt).Select(version => ((string, object)[])[("prompt", prompt), ("prompt_version", version)]),
            { Environment: { } environment } => [[("environment", environment.Value)]],
            _ => EnvironmentName.All.Select(environment => ((string, object)[])[("environment", environment.Value)]),
        };
        return starts.SelectMany(start => Newest(connection, start, filter, before, most))
            .OrderByDescending(call => call.Place.StartedAt).ThenByDescending(call => call.Place.Sequence).Take(most).ToImmutableArray();
    });

    public ImmutableArray<CallRecord> Trace(string trace) => Read(connection => CallsOf(connection, null, [trace]).OrderBy(call => call.StartedAt).ToImmutableArray());

    public CallOutcomeDocument? Outcome(string trace) => Outcomes([trace]).GetValueOrDefault(trace);

    public IReadOnlyDictionary<string, CallOutcomeDocument> Outcomes(IReadOnlyCollection<string> traces) => Read(connection => OutcomesOf(connection, null, [.. traces]));

    public ImmutableArray<(RollupKey Group, CallTotals Totals)> Metrics(string prompt, EnvironmentName environment, DateTimeOffset from, DateTimeOffset to) => Read(connection =>
    {
        var groups = new Dictionary<RollupKey, CallTotals>();
        foreach (var (key, totals) in CallRollups.Read(connection, prompt, environment, CallRollups.Minute(from), CallRollups.Minute(to) - 1))
            TotalsOf(groups, key with { Minute = from }).Add(totals);
        return groups.Select(group => (group.Key, group.Value)).ToImmutableArray();
    });

    public ImmutableArray<UnmanagedDocument> Unmanaged(int most) => Read(connection => connection.Query<FingerprintRow>("""
        SELECT environment, fingerprint, model, calls, first_seen AS FirstSeen, last_seen AS LastSeen FROM call_fingerprints
        WHERE (environment, fingerprint) IN (SELECT environment, fingerprint FROM call_fingerprints GROUP BY environment, fingerprint ORDER BY sum(calls) DESC, fingerprint LIMIT @most)
        """, new { most }).GroupBy(row => (row.Environment, row.Fingerprint)).Select(group => new UnmanagedDocument(
            EnvironmentName.TryParse(group.Key.Environment, out var environment) ? environment : throw new StorageException($"The fingerprint {group.Key.Fingerprint} has lost its environment."),
            group.Key.Fingerprint, group.Sum(row => row.Calls), Milliseconds(group.Min(row => row.FirstSeen)), Milliseconds(group.Max(row => row.LastSeen)),
            [.. group.Select(row => row.Model).Order(StringComparer.Ordinal)])).OrderByDescending(one => one.Calls).ThenBy(one => one.Fingerprint, StringComparer.Ordinal).ToImmutableArray());

    public ImmutableArray<CallUserDocument> Users(string prompt, string version, EnvironmentName? environment, string? after, int most) => Read(connection => Ask(connection, null, $"""
        SELECT {User}, count(*), min(started_at), max(started_at) FROM calls
        WHERE prompt = @prompt AND prompt_version = @version AND {Live} AND {User} > @after{(environment is null ? "" : " AND environment = @environment")}
        GROUP BY {User} ORDER BY {User} LIMIT @most
        """, row => new CallUserDocument(row.GetString(0), row.GetInt64(1), Time(row, 2), Time(row, 3)),
        ("prompt", prompt), ("version", version), ("after", after ?? ""), ("environment", environment?.Value), ("most", (long)most)));

    public abstract bool RemoveCalls(EnvironmentName environment, DateTimeOffset before);

    public bool RemoveCounts(DateTimeOffset before) => Write((connection, transaction, _) =>
    {
        connection.Execute("DELETE FROM call_fingerprints WHERE last_seen < @before", new { before = before.ToUnixTimeMilliseconds() }, transaction);
        return connection.Execute($"DELETE FROM call_rollups WHERE minute < {OldestRollups(RemovedAtOnce)}", new { before = CallRollups.Minute(before) }, transaction) == 0;
    });

    public bool RemoveOutcomes(DateTimeOffset before) => Write((connection, transaction, _) => connection.Execute("""
        DELETE FROM call_outcomes WHERE trace_id IN (SELECT trace_id FROM call_outcomes WHERE received_at < @before
            AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.trace_id = call_outcomes.trace_id) ORDER BY received_at LIMIT @most)
        """, new { before = before.ToUnixTimeMilliseconds(), most = RemovedAtOnce }, transaction) == 0);

    /// <summary>How many rows are removed in one transaction: others write in between.</summary>
    protected const int RemovedAtOnce = 2_000;

    /// <summary>Does something that only reads.</summary>
    protected abstract T Read<T>(Func<DbConnection, T> ask);

    /// <summary>Does something that writes, all or nothing, while nobody else writes to the log.</summary>
    /// <param name="write">Told whether it was tried before, and may have been done.</param>
    protected abstract T Write<T>(Func<DbConnection, DbTransaction, bool, T> write);

    /// <summary>Inserts rows in their order, under rising sequences.</summary>
    protected abstract void Insert(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<CallRecord> calls);

    /// <summary>A condition: the trace is among those of the parameter <c>traces</c>.</summary>
    protected abstract string AmongTraces { get; }

    /// <summary>The parameter <c>traces</c>.</summary>
    protected abstract object Traces(string[] traces);

    /// <summary>A time as a parameter.</summary>
    protected abstract object Time(DateTimeOffset time);

    /// <summary>A time of a row.</summary>
    protected abstract DateTimeOffset Time(DbDataReader row, int column);

    private static string OldestRollups(int most) =>
        $"(SELECT coalesce(max(minute) + 1, 0) FROM (SELECT minute FROM call_rollups WHERE minute < @before ORDER BY minute LIMIT {most}) AS oldest)";

    /// <summary>Asks with parameters; those that are null are left out.</summary>
    protected static ImmutableArray<T> Ask<T>(DbConnection connection, DbTransaction? transaction, string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach (var (name, value) in parameters)
        {
            if (value is null) continue;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        using var row = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (row.Read()) rows.Add(read(row));
        return rows.DrainToImmutable();
    }

    private ImmutableArray<StoredCall> Newest(DbConnection connection, (string Column, object Value)[] start, CallFilter filter, CallPlace? before, int most)
    {
        var (conditions, parameters) = (new List<string>(), new List<(string, object?)>());
        foreach (var (column, value) in start) Where($"{column} =", value);
        if (filter.Prompt is { } prompt && !start.Any(one => one.Column == "prompt")) Where("prompt =", prompt);
        if (filter.Version is { } version && !start.Any(one => one.Column == "prompt_version")) Where("prompt_version =", version);
        if (filter.Tenant is { } tenant && !start.Any(one => one.Column == "tenant")) Where("tenant =", tenant);
        if (filter.Environment is { } environment && !start.Any(one => one.Column == "environment")) Where("environment =", environment.Value);
        if (filter.Release is { } release) Where("release =", (long)release.Number);
        if (filter.Since is { } since) Where("started_at >=", Time(since));
        if (filter.Until is { } until) Where("started_at <", Time(until));
        if (before is { } place)
        {
            conditions.Add("(started_at, sequence) < (@before, @beforeSequence)");
            parameters.AddRange([("before", Time(place.StartedAt)), ("beforeSequence", place.Sequence)]);
        }
        parameters.Add(("most", (long)most));
        return Ask(connection, null, $"SELECT {CallColumns.WithoutTexts} FROM calls WHERE {string.Join(" AND ", conditions)} ORDER BY started_at DESC, sequence DESC LIMIT @most",
            row => CallColumns.Read(row, Time), [.. parameters]);

        void Where(string condition, object value)
        {
            parameters.Add(($"p{parameters.Count}", value));
            conditions.Add($"{condition} @{parameters[^1].Item1}");
        }
    }

    // From one version to the next through the index: there are few versions and many calls.
    private static List<string> VersionsOf(DbConnection connection, string prompt)
    {
        var versions = new List<string>();
        while (connection.ExecuteScalar<string?>("SELECT min(prompt_version) FROM calls WHERE prompt = @prompt AND prompt_version > @last", new { prompt, last = versions.Count == 0 ? "" : versions[^1] }) is { } next)
            versions.Add(next);
        return prompt.Length == 0 ? ["", .. versions] : versions;
    }

    private List<CallRecord> Fresh(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<CallRecord> calls, string[] traces)
    {
        var seen = Ask(connection, transaction, $"SELECT trace_id, span_id FROM calls WHERE {AmongTraces} AND span_id IS NOT NULL", row => (row.GetString(0), row.GetString(1)), ("traces", Traces(traces))).ToHashSet();
        return [.. calls.Where(call => call.SpanId is null || seen.Add((call.TraceId, call.SpanId)))];
    }

    private Dictionary<string, CallOutcomeDocument> OutcomesOf(DbConnection connection, DbTransaction? transaction, string[] traces) => Ask(
        connection, transaction, $"SELECT trace_id, task_success, escalated, corrected, thumbs, complaint, resolved, labels FROM call_outcomes WHERE {AmongTraces}",
        row => new CallOutcomeDocument(
            row.GetString(0), Flag(row, 1), Flag(row, 2), Flag(row, 3), row.IsDBNull(4) ? null : (Thumbs)row.GetInt64(4), Flag(row, 5), Flag(row, 6),
            row.IsDBNull(7) ? null : JsonSerializer.Deserialize(row.GetString(7), ApiJson.Default.ImmutableSortedDictionaryStringString)),
        ("traces", Traces(traces))).ToDictionary(outcome => outcome.TraceId, StringComparer.Ordinal);

    private ImmutableArray<CallRecord> CallsOf(DbConnection connection, DbTransaction? transaction, string[] traces) =>
        Ask(connection, transaction, $"SELECT {CallColumns.WithSequence} FROM calls WHERE {AmongTraces} ORDER BY sequence", row => CallColumns.Read(row, Time).Call, ("traces", Traces(traces)));

    private static void AddFingerprints(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<CallRecord> calls) => connection.Execute("""
        INSERT INTO call_fingerprints (environment, fingerprint, model, calls, first_seen, last_seen) VALUES (@Environment, @Fingerprint, @Model, @Calls, @FirstSeen, @LastSeen)
        ON CONFLICT (environment, fingerprint, model) DO UPDATE SET calls = call_fingerprints.calls + @Calls,
            first_seen = CASE WHEN @FirstSeen < call_fingerprints.first_seen THEN @FirstSeen ELSE call_fingerprints.first_seen END,
            last_seen = CASE WHEN @LastSeen > call_fingerprints.last_seen THEN @LastSeen ELSE call_fingerprints.last_seen END
        """, calls.Where(call => call.Fingerprint is not null).GroupBy(call => (call.Environment, call.Fingerprint, call.Model)).Select(group => new FingerprintRow(
            group.Key.Environment.Value, group.Key.Fingerprint!, group.Key.Model, group.Count(), group.Min(call => call.StartedAt).ToUnixTimeMilliseconds(), group.Max(call => call.StartedAt).ToUnixTimeMilliseconds())),
        transaction);

    private static CallTotals TotalsOf(Dictionary<RollupKey, CallTotals> groups, RollupKey key)
    {
        if (!groups.TryGetValue(key, out var totals)) groups[key] = totals = new CallTotals();
        return totals;
    }

    private static DateTimeOffset Milliseconds(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    private static bool? Flag(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column) != 0;

    private sealed record FingerprintRow(string Environment, string Fingerprint, string Model, long Calls, long FirstSeen, long LastSeen);

    private sealed record OutcomeRow(string TraceId, long ReceivedAt, long? TaskSuccess, long? Escalated, long? Corrected, long? Thumbs, long? Complaint, long? Resolved, string? Labels)
    {
        public static OutcomeRow Of(CallOutcomeDocument outcome, DateTimeOffset now) => new(
            outcome.TraceId, now.ToUnixTimeMilliseconds(), Number(outcome.TaskSuccess), Number(outcome.Escalated), Number(outcome.Corrected), (long?)outcome.Thumbs,
            Number(outcome.Complaint), Number(outcome.Resolved), outcome.Labels is { } labels ? JsonSerializer.Serialize(labels, ApiJson.Default.ImmutableSortedDictionaryStringString) : null);

        private static long? Number(bool? flag) => flag is { } known ? (known ? 1 : 0) : null;
    }
}
