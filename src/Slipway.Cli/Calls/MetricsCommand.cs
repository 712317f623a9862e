using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Calls;

/// <summary><c>slipway metrics</c>: what the calls of a prompt come to, per version.</summary>
internal static class MetricsCommand
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt" };
    private static readonly Option<string?> Environment = new("--environment") { Description = "Where; default production", HelpName = "E" };
    private static readonly Option<string?> Since = new("--since") { Description = "From then on: 24h, or 2026-05-14T12:00Z; default 24h", HelpName = "TIME" };
    private static readonly Option<string?> By = new("--by") { Description = "One column a version, or a version, arm and release, or one for all; default version", HelpName = "version|arm|all" };

    public static Command Make() => new Command("metrics", "Say what the calls of a prompt come to: successes, failures, latency, tokens, cost") { Prompt, Environment, Since, By }.Does(RunAsync);

    private static Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (parse, terminal) = (context.Parse, context.Terminal);
        return context.AskAsync(api => api.MetricsAsync(parse.GetValue(Prompt)!, parse.GetValue(Environment), parse.GetValue(Since), parse.GetValue(By), cancellation), metrics =>
        {
            if (context.WantsJson)
            {
                terminal.Json(metrics, ApiJson.Default.CallMetricsDocument);
                return ExitCode.Done;
            }
            terminal.Line($"{metrics.Prompt} in {metrics.Environment}, {ReleaseText.Time(metrics.From)} to {ReleaseText.Time(metrics.To)}");
            if (metrics.Groups.IsEmpty) terminal.Line("No calls.");
            else terminal.Table(["", .. metrics.Groups.Select(Title)], [.. Rows.Select(row => (string[])[row.Name, .. metrics.Groups.Select(row.Show)])]);
            return ExitCode.Done;
        });
    }

    private static readonly (string Name, Func<CallMetrics, string> Show)[] Rows =
    [
        ("calls", one => Number(one.Calls)),
        ("successes", one => Share(one.Successes, one.Calls)),
        ("without an answer", one => Share(one.Errors, one.Calls)),
        ("output schema broken", one => Share(one.SchemaFailures, one.SchemaChecks)),
        ("tool calls broken", one => Share(one.ToolFailures, one.ToolChecks)),
        ("refused", one => Share(one.Refusals, one.Calls)),
        ("cut off", one => Share(one.Truncations, one.Calls)),
        ("retries", one => Number(one.Retries)),
        ("answered by another", one => Share(one.Fallbacks, one.Calls)),
        ("drifted", one => Share(one.Drifted, one.Calls)),
        ("caller went away", one => Number(one.Abandoned)),
        ("known later", one => Share(one.Outcomes, one.Calls)),
        ("escalated", one => Share(one.Escalations, one.Outcomes)),
        ("corrected", one => Share(one.Corrections, one.Outcomes)),
        ("task failed", one => Share(one.TasksFailed, one.Outcomes)),
        ("complained", one => Share(one.Complaints, one.Outcomes)),
        ("latency, ms p50 p95 p99", one => Three(one.LatencyMs)),
        ("first piece, ms", one => Three(one.TimeToFirstTokenMs)),
        ("tokens in", one => Three(one.TokensIn)),
        ("tokens out", one => Three(one.TokensOut)),
        ("cost", one => Dollars(one.Cost)),
        ("cost a call", one => Dollars(one.CostPerCall)),
        ("cost a success", one => Dollars(one.CostPerSuccess)),
    ];

    private static string Title(CallMetrics one) =>
        $"{(one.Version is { } version ? $"v{version}" : "all")}{(one.Arm is { } arm ? $" {ShadowText.Side(arm)}" : "")}{(one.Release is { } release ? $" {release}" : "")}";

    private static string Share(long part, long all) => all == 0 ? "-" : $"{Number(part)} ({(100d * part / all).ToString("0.0", CultureInfo.InvariantCulture)}%)";

    private static string Three(Percentiles? three) => three is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{three.P50:G4} {three.P95:G4} {three.P99:G4}");

    private static string Dollars(decimal? cost) => cost is { } known ? "$" + known.ToString(known >= 1 ? "0.00" : "0.######", CultureInfo.InvariantCulture) : "unknown";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
