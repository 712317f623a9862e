using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>A column of the call log: its name, its kind, and where its value comes from. Every engine has the same ones.</summary>
internal abstract record CallColumn(string Name, bool Required)
{
    public sealed record Text(string Name, Func<CallRecord, string?> Value, bool Required = false) : CallColumn(Name, Required);

    public sealed record Number(string Name, Func<CallRecord, long?> Value, bool Required = false) : CallColumn(Name, Required);

    public sealed record Real(string Name, Func<CallRecord, double?> Value, bool Required = false) : CallColumn(Name, Required);

    public sealed record Time(string Name, Func<CallRecord, DateTimeOffset> Value) : CallColumn(Name, Required: true);
}

/// <summary>A call as a row. What an earlier build could not leave empty (prompt, version, package) is an empty text in calls that have none.</summary>
internal static class CallColumns
{
    internal const decimal Nanos = 1_000_000_000m;
    private static readonly FrozenDictionary<ResolveReason, string> Reasons = Enum.GetValues<ResolveReason>().ToFrozenDictionary(reason => reason, reason => JsonSerializer.Serialize(reason, ApiJson.Default.ResolveReason).Trim('"'));
    private static readonly FrozenDictionary<string, ResolveReason> ReasonsByName = Reasons.ToFrozenDictionary(reason => reason.Value, reason => reason.Key, StringComparer.Ordinal);

    /// <summary>The columns beside the sequence.</summary>
    public static ImmutableArray<CallColumn> All { get; } =
    [
        new CallColumn.Text("trace_id", call => call.TraceId, Required: true),
        new CallColumn.Text("span_id", call => call.SpanId),
        new CallColumn.Time("started_at", call => call.StartedAt),
        new CallColumn.Text("environment", call => call.Environment.Value, Required: true),
        new CallColumn.Text("door", call => call.Door),
        new CallColumn.Text("workflow", call => call.Workflow),
        new CallColumn.Text("prompt", call => call.Prompt ?? "", Required: true),
        new CallColumn.Text("prompt_version", call => call.PromptVersion ?? "", Required: true),
        new CallColumn.Text("package_hash", call => call.PackageHash?.Value ?? "", Required: true),
        new CallColumn.Text("effective_hash", call => call.EffectiveHash?.Value),
        new CallColumn.Text("drifted", call => call.Drifted),
        new CallColumn.Text("fingerprint", call => call.Fingerprint),
        new CallColumn.Number("arm", call => (long)call.Arm, Required: true),
        new CallColumn.Text("reason", call => call.Reason is { } reason ? Reasons[reason] : null),
        new CallColumn.Number("release", call => call.Release?.Number),
        new CallColumn.Number("epoch", call => call.Epoch, Required: true),
        new CallColumn.Text("unit_key", call => call.UnitKey),
        new CallColumn.Text("tenant", call => call.Tenant),
        new CallColumn.Text("user_key", call => call.UserKey),
        new CallColumn.Text("attributes", call => call.Attributes is { } attributes ? JsonSerializer.Serialize(attributes, ApiJson.Default.ImmutableSortedDictionaryStringString) : null),
        new CallColumn.Text("provider", call => call.Provider, Required: true),
        new CallColumn.Text("model", call => call.Model, Required: true),
        new CallColumn.Text("parameters", call => call.Parameters.GetRawText(), Required: true),
        new CallColumn.Number("streamed", call => call.Streamed ? 1 : 0, Required: true),
        new CallColumn.Number("schema_valid", call => Flag(call.SchemaValid)),
        new CallColumn.Number("tool_calls_valid", call => Flag(call.ToolCallsValid)),
        new CallColumn.Text("contract_violation", call => call.ContractViolation),
        new CallColumn.Text("contract_action", call => call.ContractAction),
        new CallColumn.Text("route", call => call.Route),
        new CallColumn.Number("refused", call => Flag(call.Refused)),
        new CallColumn.Text("finish_reason", call => call.FinishReason),
        new CallColumn.Number("input_tokens", call => call.InputTokens),
        new CallColumn.Number("output_tokens", call => call.OutputTokens),
        new CallColumn.Number("cached_tokens", call => call.CachedTokens),
        new CallColumn.Number("cost_nanos", call => call.Cost is { } cost ? (long)decimal.Round(cost * Nanos) : null),
        new CallColumn.Number("retries", call => call.Retries),
        new CallColumn.Text("fallback", call => call.Fallback),
        new CallColumn.Real("latency_ms", call => call.LatencyMs, Required: true),
        new CallColumn.Real("time_to_first_token_ms", call => call.TimeToFirstTokenMs),
        new CallColumn.Text("error", call => call.Error),
        new CallColumn.Number("abandoned", call => call.Abandoned ? 1 : 0, Required: true),
        new CallColumn.Text("shadow_of", call => call.ShadowOf),
        new CallColumn.Text("input", call => call.Input),
        new CallColumn.Text("output", call => call.Output),
    ];

    /// <summary>Their names, after the sequence's, as a list.</summary>
    public static string WithSequence { get; } = "sequence, " + Names(All);

    /// <summary>The same without the texts, which are long.</summary>
    public static string WithoutTexts { get; } = "sequence, " + Names(All.RemoveRange(All.TakeLast(2)));

    /// <summary>Names as a list.</summary>
    public static string Names(IEnumerable<CallColumn> columns) => string.Join(", ", columns.Select(column => column.Name));

    /// <summary>Reads a row of <see cref="WithSequence"/> or <see cref="WithoutTexts"/>.</summary>
    /// <param name="row">On the row.</param>
    /// <param name="time">How the engine reads a time.</param>
    /// <exception cref="StorageException">It has lost its form.</exception>
    public static StoredCall Read(DbDataReader row, Func<DbDataReader, int, DateTimeOffset> time)
    {
        var reader = new Reader(row);
        var call = new CallRecord
        {
            TraceId = reader.Text()!,
            SpanId = reader.Text(),
            StartedAt = time(row, reader.Next()),
            Environment = EnvironmentName.TryParse(reader.Text(), out var environment) ? environment : throw reader.Damaged(),
            Door = reader.Text() ?? "chat",
            Workflow = reader.Text(),
            Prompt = Filled(reader.Text()),
            PromptVersion = Filled(reader.Text()),
            PackageHash = Hash(ref reader),
            EffectiveHash = Hash(ref reader),
            Drifted = reader.Text(),
            Fingerprint = reader.Text(),
            Arm = (Arm)reader.Number()!.Value,
            Reason = reader.Text() is { } reason ? ReasonsByName.TryGetValue(reason, out var known) ? known : throw reader.Damaged() : null,
            Release = reader.Number() is { } number ? new ReleaseId((int)number) : null,
            Epoch = (int)reader.Number()!.Value,
            UnitKey = reader.Text(),
            Tenant = reader.Text(),
            UserKey = reader.Text(),
            Attributes = reader.Text() is { } attributes ? JsonSerializer.Deserialize(attributes, ApiJson.Default.ImmutableSortedDictionaryStringString) : null,
            Provider = reader.Text()!,
            Model = reader.Text()!,
            Parameters = JsonElement.Parse(reader.Text()!),
            Streamed = reader.Flag() == true,
            SchemaValid = reader.Flag(),
            ToolCallsValid = reader.Flag(),
            ContractViolation = reader.Text(),
            ContractAction = reader.Text(),
            Route = reader.Text(),
            Refused = reader.Flag(),
            FinishReason = reader.Text(),
            InputTokens = (int?)reader.Number(),
            OutputTokens = (int?)reader.Number(),
            CachedTokens = (int?)reader.Number(),
            Cost = reader.Number() is { } nanos ? nanos / Nanos : null,
            Retries = (int)(reader.Number() ?? 0),
            Fallback = reader.Text(),
            LatencyMs = reader.Real()!.Value,
            TimeToFirstTokenMs = reader.Real(),
            Error = reader.Text(),
            Abandoned = reader.Flag() == true,
            ShadowOf = reader.Text(),
            Input = row.FieldCount > All.Length ? reader.Text() : null,
            Output = row.FieldCount > All.Length ? reader.Text() : null,
        };
        return new StoredCall(new CallPlace(call.StartedAt, reader.Sequence), call);
    }

    /// <summary>A time as SQLite keeps it: fixed width, so that texts sort as times do.</summary>
    public static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static long? Flag(bool? flag) => flag is { } known ? (known ? 1 : 0) : null;

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;

    private static ContentHash? Hash(ref Reader reader) => Filled(reader.Text()) is not { } text ? null : ContentHash.TryParse(text, out var hash) ? hash : throw reader.Damaged();

    // Columns in their order, one after the other.
    private struct Reader(DbDataReader row)
    {
        private int at;

        public readonly long Sequence => row.GetInt64(0);

        public int Next() => ++at;

        public string? Text() => row.IsDBNull(Next()) ? null : row.GetString(at);

        public long? Number() => row.IsDBNull(Next()) ? null : row.GetInt64(at);

        public double? Real() => row.IsDBNull(Next()) ? null : row.GetDouble(at);

        public bool? Flag() => Number() is { } number ? number != 0 : null;

        public readonly StorageException Damaged() => new($"Call {Sequence} has lost the form of its {row.GetName(at)}.");
    }
}
