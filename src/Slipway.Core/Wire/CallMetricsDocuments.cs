using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Wire;

/// <summary>What the calls of a trace were and what became known of them.</summary>
/// <param name="TraceId">Which trace.</param>
/// <param name="Calls">In the order in which they arrived; without texts where the reader may not read them.</param>
/// <param name="Outcome">What became known later; null for nothing yet.</param>
/// <param name="Withheld">Who may read the texts, in a sentence, where the reader may not; null where nothing is withheld.</param>
public sealed record TraceDocument(string TraceId, ImmutableArray<CallRecord> Calls, CallOutcomeDocument? Outcome, string? Withheld);

/// <summary>What was found of calls that named a plain model: one system prompt nobody registered.</summary>
/// <param name="Environment">Where.</param>
/// <param name="Fingerprint">The fingerprint of the system prompt.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="FirstSeen">When the first arrived.</param>
/// <param name="LastSeen">When the last arrived.</param>
/// <param name="Models">Which models they named.</param>
public sealed record UnmanagedDocument(EnvironmentName Environment, string Fingerprint, long Calls, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, ImmutableArray<string> Models);

/// <summary>A user who was answered by a version.</summary>
/// <param name="User">As the caller names one; where it names none, the sticky unit.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="FirstSeen">When the first arrived.</param>
/// <param name="LastSeen">When the last arrived.</param>
public sealed record CallUserDocument(string User, long Calls, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>Records that are lost because there were too many of them, or no database: telemetry gives way, requests do not.</summary>
/// <param name="Dropped">Records this server dropped since its start.</param>
/// <param name="TextsDropped">Records that this server stored without their texts, because too many texts were waiting.</param>
/// <param name="Reported">Records that applications dropped, as their SDKs report.</param>
/// <param name="Waiting">Records that wait to be stored.</param>
public sealed record DroppedDocument(long Dropped, long TextsDropped, long Reported, long Waiting)
{
    /// <summary>Requests that this server's shadows did not ask; null where nobody counted them.</summary>
    public ShadowLossDocument? Shadows { get; init; }
}

/// <summary>What the calls of a prompt come to within a window.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Environment">Where.</param>
/// <param name="From">The window's beginning: a whole minute.</param>
/// <param name="To">The window's end, not in it.</param>
/// <param name="Groups">By version, or by version, arm and release.</param>
public sealed record CallMetricsDocument(string Prompt, EnvironmentName Environment, DateTimeOffset From, DateTimeOffset To, ImmutableArray<CallMetrics> Groups);

/// <summary>What some calls come to. Counts of calls are without those whose caller went away; quantiles are within 1 %.</summary>
/// <param name="Version">Which version; null for all of them.</param>
/// <param name="Arm">Which side of a release; null for both.</param>
/// <param name="Release">Which release; null for none or all.</param>
/// <param name="Calls">Calls whose caller waited.</param>
/// <param name="Abandoned">Calls whose caller went away.</param>
/// <param name="Successes">Calls with an answer that kept its contract, was no refusal and not cut off, and whose task nobody said had failed.</param>
/// <param name="SuccessRate">Of the calls; null without calls.</param>
/// <param name="Errors">Calls without an answer.</param>
/// <param name="SchemaChecks">Answers held against an output schema.</param>
/// <param name="SchemaFailures">Answers that do not fit it.</param>
/// <param name="ToolChecks">Answers that call tools.</param>
/// <param name="ToolFailures">Answers whose calls do not fit the tools.</param>
/// <param name="Refusals">Answers in which the model refused.</param>
/// <param name="Truncations">Answers cut off at the length limit.</param>
/// <param name="Retries">Attempts after the first.</param>
/// <param name="Fallbacks">Calls answered by another model or version.</param>
/// <param name="Drifted">Calls in which something else was sent than the package says.</param>
/// <param name="Outcomes">Calls of which something became known later.</param>
/// <param name="TasksDone">Tasks that were done.</param>
/// <param name="TasksFailed">Tasks that were not.</param>
/// <param name="Escalations">A person had to take over.</param>
/// <param name="Corrections">Somebody corrected the answer.</param>
/// <param name="ThumbsUp">The user liked it.</param>
/// <param name="ThumbsDown">The user did not.</param>
/// <param name="Complaints">The user complained.</param>
/// <param name="Resolutions">The matter was settled.</param>
/// <param name="LatencyMs">Of calls with an answer; null without any.</param>
/// <param name="TimeToFirstTokenMs">Of streamed calls; null without any.</param>
/// <param name="InputTokens">All together.</param>
/// <param name="OutputTokens">All together.</param>
/// <param name="CachedTokens">All together.</param>
/// <param name="TokensIn">Per call; null where no provider said.</param>
/// <param name="TokensOut">Per call; null where no provider said.</param>
/// <param name="Priced">Calls whose cost is known, those of callers who went away among them.</param>
/// <param name="Cost">US dollars of those; null where none is known.</param>
/// <param name="CostPerCall">US dollars, over those; null where none is known.</param>
/// <param name="CostPerSuccess">US dollars: what is known of the cost over the successes; null without either.</param>
public sealed record CallMetrics(
    string? Version, Arm? Arm, ReleaseId? Release, long Calls, long Abandoned, long Successes, double? SuccessRate, long Errors, long SchemaChecks, long SchemaFailures, long ToolChecks,
    long ToolFailures, long Refusals, long Truncations, long Retries, long Fallbacks, long Drifted, long Outcomes, long TasksDone, long TasksFailed, long Escalations, long Corrections,
    long ThumbsUp, long ThumbsDown, long Complaints, long Resolutions, Percentiles? LatencyMs, Percentiles? TimeToFirstTokenMs, long InputTokens, long OutputTokens, long CachedTokens,
    Percentiles? TokensIn, Percentiles? TokensOut, long Priced, decimal? Cost, decimal? CostPerCall, decimal? CostPerSuccess)
{
    /// <summary>The document of totals.</summary>
    public static CallMetrics Of(string? version, Arm? arm, ReleaseId? release, CallTotals totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        var (calls, successes, priced) = (totals[CallCount.Calls], totals[CallCount.Successes], totals[CallCount.Priced]);
        decimal? cost = priced == 0 ? null : totals[CallCount.CostNanos] / 1_000_000_000m;
        return new CallMetrics(
            version, arm, release, calls, totals[CallCount.Abandoned], successes, calls == 0 ? null : (double)successes / calls, totals[CallCount.Errors],
            totals[CallCount.SchemaChecks], totals[CallCount.SchemaFailures], totals[CallCount.ToolChecks], totals[CallCount.ToolFailures], totals[CallCount.Refusals],
            totals[CallCount.Truncations], totals[CallCount.Retries], totals[CallCount.Fallbacks], totals[CallCount.Drifted], totals[CallCount.Outcomes],
            totals[CallCount.TasksDone], totals[CallCount.TasksFailed], totals[CallCount.Escalations], totals[CallCount.Corrections], totals[CallCount.ThumbsUp],
            totals[CallCount.ThumbsDown], totals[CallCount.Complaints], totals[CallCount.Resolutions], Percentiles.Of(totals[CallMeasure.Latency]), Percentiles.Of(totals[CallMeasure.FirstToken]),
            totals[CallCount.InputTokens], totals[CallCount.OutputTokens], totals[CallCount.CachedTokens], Percentiles.Of(totals[CallMeasure.TokensIn]), Percentiles.Of(totals[CallMeasure.TokensOut]),
            priced, cost, cost / (priced == 0 ? 1 : priced), successes == 0 ? null : cost / successes);
    }
}

/// <summary>Three percentiles, each within 1 % of the exact one.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">What 95 % do not exceed.</param>
/// <param name="P99">What 99 % do not exceed.</param>
public sealed record Percentiles(double P50, double P95, double P99)
{
    /// <summary>Of a histogram; null where it is empty.</summary>
    public static Percentiles? Of(LogHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return histogram.Count == 0 ? null : new Percentiles(Rounded(0.5), Rounded(0.95), Rounded(0.99));

        // More digits than the buckets know would only look exact.
        double Rounded(double share) => double.Parse(histogram.Quantile(share)!.Value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
    }
}
