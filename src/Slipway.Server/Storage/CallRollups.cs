using System.Data.Common;
using System.Text;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;

namespace Slipway.Server.Storage;

/// <summary>What calls come to per minute, as rows: a column a count, and a histogram a column, as a JSON object of buckets and counts.</summary>
internal static class CallRollups
{
    private const string Key = "minute, environment, prompt, prompt_version, arm, release";
    private static readonly string[] Counts = [.. CallTotals.Counts.Select(count => JsonNamingPolicy.SnakeCaseLower.ConvertName(count.ToString()))];
    private static readonly string[] Histograms = [.. CallTotals.Measures.Select(measure => JsonNamingPolicy.SnakeCaseLower.ConvertName(measure.ToString()) + "_histogram")];
    private static readonly string Columns = $"{Key}, {string.Join(", ", Counts)}, {string.Join(", ", Histograms)}";

    private static readonly string Upsert = $"""
        INSERT INTO call_rollups ({Columns}) VALUES ({string.Join(", ", Columns.Split(", ").Select(column => "@" + column))})
        ON CONFLICT (environment, prompt, minute, prompt_version, arm, release) DO UPDATE SET {string.Join(", ", Counts.Concat(Histograms).Select(column => $"{column} = @{column}"))}
        """;

    /// <summary>The table. The minute is one since 1970, so that it is the same number in every engine.</summary>
    /// <param name="number">The engine's whole numbers.</param>
    public static string Table(string number) => $"""
        CREATE TABLE IF NOT EXISTS call_rollups (minute {number} NOT NULL, environment TEXT NOT NULL, prompt TEXT NOT NULL, prompt_version TEXT NOT NULL, arm {number} NOT NULL, release {number} NOT NULL,
            {string.Join(", ", Counts.Select(column => $"{column} {number} NOT NULL DEFAULT 0"))}, {string.Join(", ", Histograms.Select(column => column + " TEXT NOT NULL DEFAULT '{}'"))},
            PRIMARY KEY (environment, prompt, minute, prompt_version, arm, release));
        CREATE INDEX IF NOT EXISTS call_rollups_by_minute ON call_rollups (minute);
        CREATE TABLE IF NOT EXISTS call_fingerprints (environment TEXT NOT NULL, fingerprint TEXT NOT NULL, model TEXT NOT NULL, calls {number} NOT NULL, first_seen {number} NOT NULL, last_seen {number} NOT NULL,
            PRIMARY KEY (environment, fingerprint, model));
        CREATE TABLE IF NOT EXISTS call_outcomes (trace_id TEXT PRIMARY KEY, received_at {number} NOT NULL, task_success {number}, escalated {number}, corrected {number}, thumbs {number},
            complaint {number}, resolved {number}, labels TEXT);
        CREATE INDEX IF NOT EXISTS call_outcomes_by_time ON call_outcomes (received_at);
        """;

    /// <summary>Adds to the stored counts.</summary>
    /// <param name="connection">Within a transaction that nobody else writes beside.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="added">What is added, which may be less than nothing.</param>
    /// <param name="makeMissing">Whether minutes that are not there are made; else what belongs to them is passed over.</param>
    public static void Add(DbConnection connection, DbTransaction transaction, Dictionary<RollupKey, CallTotals> added, bool makeMissing)
    {
        if (added.Count == 0) return;
        foreach (var place in added.GroupBy(one => (one.Key.Environment, one.Key.Prompt)))
        {
            var (from, to) = (place.Min(one => Minute(one.Key.Minute)), place.Max(one => Minute(one.Key.Minute)));
            foreach (var (key, stored) in Read(connection, place.Key.Prompt, place.Key.Environment, from, to, transaction))
                if (added.TryGetValue(key, out var more)) more.Add(stored);
        }
        // What is there already was added above; only the rest is new.
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (Upsert, transaction);
        foreach (var name in Columns.Split(", "))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        foreach (var (key, totals) in added)
        {
            if (!makeMissing && totals[CallCount.Calls] + totals[CallCount.Abandoned] <= 0) continue;
            object[] values =
            [
                Minute(key.Minute), key.Environment.Value, key.Prompt, key.Version, (long)key.Arm, (long)key.Release,
                .. CallTotals.Counts.Select(count => (object)totals[count]), .. CallTotals.Measures.Select(measure => totals[measure].ToJson()),
            ];
            for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The stored counts of a prompt within a window, one an entry of minute, version, arm and release.</summary>
    public static IEnumerable<(RollupKey Key, CallTotals Totals)> Read(DbConnection connection, string prompt, EnvironmentName environment, long from, long to, DbTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) =
            ($"SELECT {Columns} FROM call_rollups WHERE environment = @environment AND prompt = @prompt AND minute >= @from AND minute <= @to", transaction);
        foreach (var (name, value) in ((string, object)[])[("environment", environment.Value), ("prompt", prompt), ("from", from), ("to", to)])
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var totals = new CallTotals();
            for (var i = 0; i < Counts.Length; i++) totals[CallTotals.Counts[i]] = row.GetInt64(6 + i);
            for (var i = 0; i < Histograms.Length; i++) totals[CallTotals.Measures[i]].AddJson(Encoding.UTF8.GetBytes(row.GetString(6 + Counts.Length + i)));
            yield return (new RollupKey(Time(row.GetInt64(0)), environment, prompt, row.GetString(3), (Arm)row.GetInt64(4), (int)row.GetInt64(5)), totals);
        }
    }

    /// <summary>The minute's number.</summary>
    public static long Minute(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    private static DateTimeOffset Time(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);
}
