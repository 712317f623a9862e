using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Incidents;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <content>What went wrong in a stretch of time, for incidents.</content>
internal abstract partial class SqlCallLog
{
    // As CallFailure tells it of one call: by itself, or by what became known of it.
    private const string Failed = """
        abandoned = 0 AND (error IS NOT NULL OR schema_valid = 0 OR tool_calls_valid = 0 OR EXISTS (SELECT 1 FROM call_outcomes AS known WHERE known.trace_id = calls.trace_id
            AND (known.task_success = 0 OR known.escalated = 1 OR known.corrected = 1 OR known.thumbs = 1 OR known.complaint = 1 OR known.resolved = 0)))
        """;

    private const int MostCombinations = 1_000;

    public TouchedCalls Touched(CallStretch stretch, int mostGroups) => Read(connection =>
    {
        var (where, parameters) = Within(stretch);
        var touched = $"WITH touched AS (SELECT {User} AS who, workflow, tenant, attributes, started_at, CASE WHEN {Failed} THEN 1 ELSE 0 END AS failed FROM calls WHERE {where})";
        const string Counts = "count(*), count(*) FILTER (WHERE failed = 1)";
        var figures = Ask(connection, null, $"{touched} SELECT {Counts}, count(DISTINCT who), min(started_at) FILTER (WHERE failed = 1) FROM touched",
            row => new IncidentFigures(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : Time(row, 3)), parameters)[0];
        var combinations = Ask(connection, null, $"{touched} SELECT attributes, {Counts} FROM touched WHERE attributes IS NOT NULL GROUP BY attributes ORDER BY count(*) DESC LIMIT {MostCombinations}",
            row => (row.GetString(0), Calls: row.GetInt64(1), Failing: row.GetInt64(2)), parameters);
        return new TouchedCalls(figures, Groups("workflow"), Groups("tenant"),
        [
            .. combinations.SelectMany(one => JsonSerializer.Deserialize(one.Item1, ApiJson.Default.ImmutableSortedDictionaryStringString)!.Select(attribute => (attribute, one.Calls, one.Failing)))
                .GroupBy(one => one.attribute).Select(group => new TouchedGroup(group.Key.Key, group.Key.Value, group.Sum(one => one.Calls), group.Sum(one => one.Failing), Users: null))
                .OrderByDescending(group => group.Requests).ThenBy(group => group.Name, StringComparer.Ordinal).ThenBy(group => group.Value, StringComparer.Ordinal).Take(mostGroups),
        ]);

        ImmutableArray<TouchedGroup> Groups(string column) => Ask(connection, null,
            $"{touched} SELECT {column}, {Counts}, count(DISTINCT who) FROM touched GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {mostGroups}",
            row => new TouchedGroup(column, row.IsDBNull(0) ? null : row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), parameters);
    });

    public ImmutableArray<CallRecord> Failing(CallStretch stretch, int most) => Read(connection =>
    {
        var (where, parameters) = Within(stretch);
        return Ask(connection, null, $"SELECT {CallColumns.WithSequence} FROM calls WHERE {where} AND {Failed} ORDER BY started_at, sequence LIMIT @most",
            row => CallColumns.Read(row, Time).Call, [.. parameters, ("most", (long)most)]);
    });

    private (string Where, (string, object?)[] Parameters) Within(CallStretch stretch) => (
        $"prompt = @prompt AND prompt_version = @version AND environment = @environment AND arm IN (0, 1) AND started_at >= @since{(stretch.Until is null ? "" : " AND started_at < @until")}",
        [
            ("prompt", stretch.Version.Prompt.Value), ("version", stretch.Version.Number.Text), ("environment", stretch.Environment.Value), ("since", Time(stretch.Since)),
            ("until", stretch.Until is { } until ? Time(until) : null),
        ]);
}
