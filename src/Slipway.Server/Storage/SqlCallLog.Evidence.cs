using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <content>What releases are judged by, and what the judge has made of it so far.</content>
internal abstract partial class SqlCallLog
{
    private const string OutcomeColumns = "sequence, unit_key, arm, epoch, error, schema_valid, refused, finish_reason, tool_calls_valid, started_at, latency_ms, cost_nanos, tenant, workflow, attributes, trace_id";

    // Who is left out of the canary by its conditions, or gets stable because the server was not heard, was not drawn: counted with those who were, they make a right split look wrong.
    private const string Drawn = "(reason IS NULL OR reason IN ('in_canary', 'outside_canary'))";

    /// <summary>The table of what the judge has made of releases.</summary>
    /// <param name="number">The engine's whole numbers.</param>
    public static string EvidenceTable(string number) =>
        $"CREATE TABLE IF NOT EXISTS rollout_evidence (release {number} PRIMARY KEY, read_to {number} NOT NULL, ripe_to {number} NOT NULL, state TEXT NOT NULL);";

    public ImmutableArray<(long Sequence, CallOutcome Outcome)> Outcomes(ReleaseId release, long after, int most, DateTimeOffset? since = null, OutcomeReading? reading = null) => Read<ImmutableArray<(long Sequence, CallOutcome Outcome)>>(connection =>
    {
        var rows = Ask(connection, null, $"""
            SELECT {OutcomeColumns} FROM calls
            WHERE release = @release AND sequence > @after AND unit_key IS NOT NULL AND abandoned = 0 AND {Live} AND {Drawn}{(since is null ? "" : " AND started_at >= @since")} ORDER BY sequence LIMIT @most
            """, row => (Sequence: row.GetInt64(0), Outcome: OutcomeOf(row, reading?.SegmentBy), Trace: reading?.Within is null ? "" : row.GetString(15)),
            ("release", (long)release.Number), ("after", after), ("most", (long)most), ("since", since is { } time ? Time(time) : null));
        if (reading?.Within is not { } within || rows.IsEmpty) return [.. rows.Select(row => (row.Sequence, row.Outcome))];
        string[] traces = [.. rows.Select(row => row.Trace).Distinct(StringComparer.Ordinal)];
        var told = OutcomesOf(connection, null, traces);
        var times = Ask(connection, null, $"SELECT trace_id, received_at FROM call_outcomes WHERE {AmongTraces}", row => (row.GetString(0), Milliseconds(row.GetInt64(1))), ("traces", Traces(traces))).ToDictionary(StringComparer.Ordinal);
        return [.. rows.Select(row => (row.Sequence, told.TryGetValue(row.Trace, out var known) && times[row.Trace] <= row.Outcome.AssignedAt + within ? row.Outcome with { Told = known } : row.Outcome))];
    });

    /// <summary>Makes the index by which shadows are found. Where a candidate never answers there are none, and whoever looks four times a second must not read all calls of the release to see that.</summary>
    public static string ShadowIndex { get; } = $"CREATE INDEX IF NOT EXISTS calls_by_shadow ON calls (release, arm, sequence) WHERE arm = {(long)Arm.Shadow}";

    /// <summary>Asks for a release's shadows, each beside the call it was asked after.</summary>
    /// <param name="bounded">Whether only what began at <c>@since</c> or later is asked for.</param>
    public static string ShadowQuestion(bool bounded)
    {
        return $"""
            SELECT {Of("shadow")}, {Of("live")} FROM calls AS shadow
            LEFT JOIN calls AS live ON live.trace_id = shadow.trace_id AND live.span_id = shadow.shadow_of AND live.arm = {(long)Arm.Stable} AND live.abandoned = 0{(bounded ? " AND live.started_at >= @since" : "")}
            WHERE shadow.release = @release AND shadow.sequence > @after AND shadow.arm = {(long)Arm.Shadow} AND shadow.unit_key IS NOT NULL{(bounded ? " AND shadow.started_at >= @since" : "")}
            ORDER BY shadow.sequence LIMIT @most
            """;

        static string Of(string table) => string.Join(", ", OutcomeColumns.Split(", ").Select(column => $"{table}.{column}"));
    }

    public ImmutableArray<(long Sequence, ShadowPair Pair)> Shadows(ReleaseId release, long after, int most, DateTimeOffset? since = null) => Read(connection => Ask(
        connection, null, ShadowQuestion(bounded: since is not null), row => (row.GetInt64(0), new ShadowPair(OutcomeOf(row, null), row.IsDBNull(16) ? null : OutcomeOf(row, null, at: 16))),
        ("release", (long)release.Number), ("after", after), ("most", (long)most), ("since", since is { } time ? Time(time) : null)));

    public StoredEvidence? FindEvidence(ReleaseId release) => Read(connection => Ask(connection, null,
        "SELECT read_to, ripe_to, state FROM rollout_evidence WHERE release = @release", row => new StoredEvidence(release, row.GetInt64(0), row.GetInt64(1), row.GetString(2)), ("release", (long)release.Number))) is [var found] ? found : null;

    public void Keep(StoredEvidence evidence) => Write((connection, transaction, _) => connection.Execute("""
        INSERT INTO rollout_evidence (release, read_to, ripe_to, state) VALUES (@release, @ReadTo, @RipeTo, @State)
        ON CONFLICT (release) DO UPDATE SET read_to = @ReadTo, ripe_to = @RipeTo, state = @State WHERE rollout_evidence.read_to <= @ReadTo AND rollout_evidence.ripe_to <= @RipeTo
        """, new { release = (long)evidence.Release.Number, evidence.ReadTo, evidence.RipeTo, evidence.State }, transaction));

    // From the column of the sequence on. What a shadow's row shows is the candidate's.
    private CallOutcome OutcomeOf(DbDataReader row, string? segmentBy, int at = 0) => new(
        row.GetString(at + 1), (Arm)row.GetInt64(at + 2) != Arm.Stable, (int)row.GetInt64(at + 3), !row.IsDBNull(at + 4), Flag(row, at + 5), Flag(row, at + 6),
        row.IsDBNull(at + 7) ? null : row.GetString(at + 7) == "length", Flag(row, at + 8), Time(row, at + 9), row.IsDBNull(at + 4) ? row.GetDouble(at + 10) : null,
        row.IsDBNull(at + 11) ? null : row.GetInt64(at + 11) / (double)CallColumns.Nanos, segmentBy is null ? null : SegmentOf(row, segmentBy));

    private static string? SegmentOf(DbDataReader row, string by) => by switch
    {
        "tenant" => row.IsDBNull(12) ? null : row.GetString(12),
        "workflow" => row.IsDBNull(13) ? null : row.GetString(13),
        _ => row.IsDBNull(14) ? null : JsonSerializer.Deserialize(row.GetString(14), ApiJson.Default.ImmutableSortedDictionaryStringString)!.GetValueOrDefault(by),
    };
}
