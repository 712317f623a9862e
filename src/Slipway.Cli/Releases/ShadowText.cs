using System.Globalization;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>What a shadow showed, stable beside the candidate, as people read it.</summary>
internal static class ShadowText
{
    /// <summary>An arm as a word.</summary>
    public static string Side(Arm arm) => arm switch { Arm.Candidate => "candidate", Arm.Shadow => "shadow", _ => "stable" };

    public static void Write(Terminal terminal, ShadowDocument shadow)
    {
        var spent = shadow.Cost is { } cost ? $" for {Dollars(cost)}" : "";
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"  its shadow {(shadow.Share == default ? "asked" : $"of {shadow.Share} has asked")} the candidate {shadow.Calls} times{spent}, of at most {shadow.Budget}: {shadow.Units} units{(shadow.StoppedAt is { } at ? $"; its budget was spent {ReleaseText.Time(at)}" : "")}"));
        if (shadow.Candidate.Calls == 0) return;
        terminal.Table(["  of the same requests", "stable", "candidate"], [.. Rows.Select(row => (string[])[$"  {row.Name}", row.Show(shadow.Stable), row.Show(shadow.Candidate)])]);
        foreach (var finding in shadow.Guardrails)
            if (finding.Difference is { } between) terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {finding.Guardrail.Metric}: the candidate is bad between {100 * between.Low:+0.0;-0.0} and {100 * between.High:+0.0;-0.0} points more often"));
    }

    private static readonly (string Name, Func<ShadowSide, string> Show)[] Rows =
    [
        ("successes", side => Share(side.Successes, side.Calls)),
        ("without an answer", side => Share(side.Errors, side.Calls)),
        ("contract broken", side => Share(side.ContractFailures, side.ContractChecks)),
        ("refused", side => Share(side.Refusals, side.Calls)),
        ("cut off", side => Share(side.Truncations, side.Calls)),
        ("latency, ms p50 p95 p99", side => side.LatencyMs is { } three ? string.Create(CultureInfo.InvariantCulture, $"{three.P50:G4} {three.P95:G4} {three.P99:G4}") : "-"),
        ("cost", side => side.Cost is { } cost ? Dollars(cost) : "unknown"),
    ];

    private static string Share(long part, long all) => all == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part} ({100d * part / all:0.0}%)");

    private static string Dollars(decimal cost) => "$" + cost.ToString(cost >= 1 ? "0.00" : "0.######", CultureInfo.InvariantCulture);
}
