using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>The record of every model call in an SQLite file of its own: many rows, written in batches.</summary>
internal sealed class SqliteCallLog : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS calls (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, started_at TEXT NOT NULL, environment TEXT NOT NULL,
            prompt TEXT NOT NULL, prompt_version TEXT NOT NULL, package_hash TEXT NOT NULL, arm INTEGER NOT NULL, release INTEGER, epoch INTEGER NOT NULL,
            unit_key TEXT, provider TEXT NOT NULL, model TEXT NOT NULL, parameters TEXT NOT NULL, streamed INTEGER NOT NULL,
            schema_valid INTEGER, contract_violation TEXT, refused INTEGER, finish_reason TEXT, input_tokens INTEGER, output_tokens INTEGER,
            latency_ms REAL NOT NULL, time_to_first_token_ms REAL, error TEXT, abandoned INTEGER NOT NULL, tool_calls_valid INTEGER) STRICT;
        CREATE INDEX IF NOT EXISTS calls_by_release ON calls (release, sequence) WHERE release IS NOT NULL;
        CREATE INDEX IF NOT EXISTS calls_by_trace ON calls (trace_id);
        CREATE INDEX IF NOT EXISTS calls_by_prompt ON calls (prompt, sequence);
        """;

    // What files of earlier builds lack.
    private const string Added = "ALTER TABLE calls ADD COLUMN tool_calls_valid INTEGER";
    private const string HasAdded = "SELECT count(*) FROM pragma_table_info('calls') WHERE name = 'tool_calls_valid'";

    private const string Columns = """
        sequence, trace_id AS TraceId, started_at AS StartedAt, environment, prompt, prompt_version AS PromptVersion, package_hash AS PackageHash, arm, release, epoch,
        unit_key AS UnitKey, provider, model, parameters, streamed, schema_valid AS SchemaValid, contract_violation AS ContractViolation, refused,
        finish_reason AS FinishReason, input_tokens AS InputTokens, output_tokens AS OutputTokens, latency_ms AS LatencyMs,
        time_to_first_token_ms AS TimeToFirstTokenMs, error, abandoned, tool_calls_valid AS ToolCallsValid
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    /// <summary>Opens or makes the log.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public SqliteCallLog(string path) => connection = SqliteFile.Open(path, synchronous: "NORMAL", Schema, open =>
    {
        if (open.ExecuteScalar<long>(HasAdded) == 0) open.Execute(Added);
    });

    /// <summary>Appends a batch, all or none.</summary>
    public void Append(IReadOnlyCollection<CallRecord> calls)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute("""
                INSERT INTO calls (trace_id, started_at, environment, prompt, prompt_version, package_hash, arm, release, epoch, unit_key, provider, model, parameters,
                    streamed, schema_valid, contract_violation, refused, finish_reason, input_tokens, output_tokens, latency_ms, time_to_first_token_ms, error, abandoned, tool_calls_valid)
                VALUES (@TraceId, @StartedAt, @Environment, @Prompt, @PromptVersion, @PackageHash, @Arm, @Release, @Epoch, @UnitKey, @Provider, @Model, @Parameters,
                    @Streamed, @SchemaValid, @ContractViolation, @Refused, @FinishReason, @InputTokens, @OutputTokens, @LatencyMs, @TimeToFirstTokenMs, @Error, @Abandoned, @ToolCallsValid)
                """, calls.Where(call => call.Prompt is not null).Select(Row.Of), transaction);
            transaction.Commit();
        }
    }

    /// <summary>What the calls of a release showed, in the order in which they were stored; calls without a unit and abandoned ones left out.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="after">Only rows after this one.</param>
    /// <param name="most">At most so many.</param>
    public ImmutableArray<(long Sequence, CallOutcome Outcome)> Outcomes(ReleaseId release, long after, int most)
    {
        lock (gate)
        {
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT sequence, unit_key, arm, epoch, error IS NOT NULL, schema_valid, refused, finish_reason = 'length', tool_calls_valid
                FROM calls WHERE release = $release AND sequence > $after AND unit_key IS NOT NULL AND abandoned = 0 ORDER BY sequence LIMIT $most
                """;
            command.Parameters.AddWithValue("$release", release.Number);
            command.Parameters.AddWithValue("$after", after);
            command.Parameters.AddWithValue("$most", most);
            using var rows = command.ExecuteReader();
            var outcomes = ImmutableArray.CreateBuilder<(long, CallOutcome)>();
            while (rows.Read())
            {
                outcomes.Add((rows.GetInt64(0), new CallOutcome(
                    rows.GetString(1), (Arm)rows.GetInt32(2) == Arm.Candidate, rows.GetInt32(3), rows.GetBoolean(4), Flag(rows, 5), Flag(rows, 6), Flag(rows, 7), Flag(rows, 8))));
            }
            return outcomes.ToImmutable();
        }
    }

    /// <summary>The newest calls, newest first.</summary>
    /// <param name="prompt">Only of this prompt; null for all.</param>
    /// <param name="release">Only of this release; null for all.</param>
    /// <param name="trace">Only of this trace; null for all.</param>
    /// <param name="most">At most so many.</param>
    public ImmutableArray<CallRecord> Newest(string? prompt, ReleaseId? release, string? trace, int most)
    {
        lock (gate)
        {
            return [.. connection.Query<Row>($"""
                SELECT {Columns} FROM calls
                WHERE (@prompt IS NULL OR prompt = @prompt) AND (@release IS NULL OR release = @release) AND (@trace IS NULL OR trace_id = @trace)
                ORDER BY sequence DESC LIMIT @most
                """, new { prompt, release = (long?)release?.Number, trace, most }).Select(row => row.Record())];
        }
    }

    /// <summary>What a release's calls come to, per arm.</summary>
    public ImmutableArray<ArmTotals> Totals(ReleaseId release)
    {
        lock (gate)
        {
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT arm, count(*), coalesce(sum(schema_valid = 0 OR tool_calls_valid = 0 OR error IS NOT NULL), 0), count(DISTINCT unit_key),
                    min(CASE WHEN schema_valid = 0 OR tool_calls_valid = 0 OR error IS NOT NULL THEN started_at END)
                FROM calls WHERE release = $release GROUP BY arm ORDER BY arm
                """;
            command.Parameters.AddWithValue("$release", release.Number);
            using var rows = command.ExecuteReader();
            var totals = ImmutableArray.CreateBuilder<ArmTotals>(2);
            while (rows.Read())
                totals.Add(new ArmTotals((Arm)rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.IsDBNull(4) ? null : Time(rows.GetString(4))));
            return totals.ToImmutable();
        }
    }

    public void Dispose() => connection.Dispose();

    private static bool? Flag(long? value) => value is { } known ? known != 0 : null;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    // Computed columns have no declared type, and a mapper that goes by the first row's would take another row's for something else.
    private static bool? Flag(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetBoolean(column);

    private sealed record Row
    {
        public long Sequence { get; init; }
        public required string TraceId { get; init; }
        public required string StartedAt { get; init; }
        public required string Environment { get; init; }
        public required string Prompt { get; init; }
        public required string PromptVersion { get; init; }
        public required string PackageHash { get; init; }
        public required long Arm { get; init; }
        public long? Release { get; init; }
        public long Epoch { get; init; }
        public string? UnitKey { get; init; }
        public required string Provider { get; init; }
        public required string Model { get; init; }
        public required string Parameters { get; init; }
        public long Streamed { get; init; }
        public long? SchemaValid { get; init; }
        public string? ContractViolation { get; init; }
        public long? Refused { get; init; }
        public string? FinishReason { get; init; }
        public long? InputTokens { get; init; }
        public long? OutputTokens { get; init; }
        public double LatencyMs { get; init; }
        public double? TimeToFirstTokenMs { get; init; }
        public string? Error { get; init; }
        public long Abandoned { get; init; }
        public long? ToolCallsValid { get; init; }

        public static Row Of(CallRecord call) => new()
        {
            TraceId = call.TraceId,
            StartedAt = call.StartedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Environment = call.Environment.Value,
            Prompt = call.Prompt!,
            PromptVersion = call.PromptVersion!,
            PackageHash = call.PackageHash!.Value,
            Arm = (long)call.Arm,
            Release = call.Release?.Number,
            Epoch = call.Epoch,
            UnitKey = call.UnitKey,
            Provider = call.Provider,
            Model = call.Model,
            Parameters = call.Parameters.GetRawText(),
            Streamed = call.Streamed ? 1 : 0,
            SchemaValid = Number(call.SchemaValid),
            ContractViolation = call.ContractViolation,
            Refused = Number(call.Refused),
            FinishReason = call.FinishReason,
            InputTokens = call.InputTokens,
            OutputTokens = call.OutputTokens,
            LatencyMs = call.LatencyMs,
            TimeToFirstTokenMs = call.TimeToFirstTokenMs,
            Error = call.Error,
            Abandoned = call.Abandoned ? 1 : 0,
            ToolCallsValid = Number(call.ToolCallsValid),
        };

        public CallRecord Record() => new()
        {
            TraceId = TraceId,
            StartedAt = Time(StartedAt),
            Environment = EnvironmentName.TryParse(Environment, out var environment) ? environment : throw Damaged(nameof(Environment)),
            Prompt = Prompt,
            PromptVersion = PromptVersion,
            PackageHash = ContentHash.TryParse(PackageHash, out var hash) ? hash : throw Damaged(nameof(PackageHash)),
            Arm = (Arm)Arm,
            Release = Release is { } number ? new ReleaseId((int)number) : null,
            Epoch = (int)Epoch,
            UnitKey = UnitKey,
            Provider = Provider,
            Model = Model,
            Parameters = JsonElement.Parse(Parameters),
            Streamed = Streamed != 0,
            SchemaValid = Flag(SchemaValid),
            ContractViolation = ContractViolation,
            Refused = Flag(Refused),
            FinishReason = FinishReason,
            InputTokens = (int?)InputTokens,
            OutputTokens = (int?)OutputTokens,
            LatencyMs = LatencyMs,
            TimeToFirstTokenMs = TimeToFirstTokenMs,
            Error = Error,
            Abandoned = Abandoned != 0,
            ToolCallsValid = Flag(ToolCallsValid),
        };

        private StorageException Damaged(string column) => new($"Call {Sequence} has lost the form of its {column}.");

        private static long? Number(bool? flag) => flag is { } known ? (known ? 1 : 0) : null;
    }
}

