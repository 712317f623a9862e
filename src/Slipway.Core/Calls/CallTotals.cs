using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Calls;

/// <summary>What is counted of calls. The names are columns of the call log: they stay.</summary>
public enum CallCount
{
    /// <summary>Calls whose caller waited for the answer, or for why there was none.</summary>
    Calls,
    /// <summary>Calls whose caller went away before; they count nowhere else but in tokens and cost.</summary>
    Abandoned,
    /// <summary>Calls that <see cref="CallTotals.Succeeded"/>.</summary>
    Successes,
    /// <summary>Calls without an answer.</summary>
    Errors,
    /// <summary>Answers held against an output schema.</summary>
    SchemaChecks,
    /// <summary>Answers that do not fit it.</summary>
    SchemaFailures,
    /// <summary>Answers that call tools.</summary>
    ToolChecks,
    /// <summary>Answers whose calls do not fit the tools.</summary>
    ToolFailures,
    /// <summary>Answers in which the model refused.</summary>
    Refusals,
    /// <summary>Answers cut off at the length limit.</summary>
    Truncations,
    /// <summary>Attempts after the first, all together.</summary>
    Retries,
    /// <summary>Calls answered by another model or version than meant.</summary>
    Fallbacks,
    /// <summary>Calls in which something else was sent than the package says.</summary>
    Drifted,
    /// <summary>Tokens in.</summary>
    InputTokens,
    /// <summary>Tokens out.</summary>
    OutputTokens,
    /// <summary>Tokens in that the provider had in its cache.</summary>
    CachedTokens,
    /// <summary>Calls whose cost is known.</summary>
    Priced,
    /// <summary>Cost in billionths of a US dollar, so that it adds up exactly.</summary>
    CostNanos,
    /// <summary>Calls of which something became known later.</summary>
    Outcomes,
    /// <summary>Tasks that were done.</summary>
    TasksDone,
    /// <summary>Tasks that were not.</summary>
    TasksFailed,
    /// <summary>A person had to take over.</summary>
    Escalations,
    /// <summary>Somebody corrected the answer.</summary>
    Corrections,
    /// <summary>The user liked it.</summary>
    ThumbsUp,
    /// <summary>The user did not.</summary>
    ThumbsDown,
    /// <summary>The user complained.</summary>
    Complaints,
    /// <summary>The matter was settled.</summary>
    Resolutions,
}

/// <summary>What is kept as a histogram. The names are columns of the call log: they stay.</summary>
public enum CallMeasure
{
    /// <summary>Milliseconds to the last byte, of calls with an answer.</summary>
    Latency,
    /// <summary>Milliseconds to the first piece, of streamed calls.</summary>
    FirstToken,
    /// <summary>US dollars, where known.</summary>
    Cost,
    /// <summary>Tokens in, where known.</summary>
    TokensIn,
    /// <summary>Tokens out, where known.</summary>
    TokensOut,
}

/// <summary>What some calls come to. Totals add up: those of two sets of calls together are the totals of all of them.</summary>
public sealed class CallTotals
{
    private readonly long[] counts = new long[Counts.Length];
    private readonly LogHistogram[] histograms = [.. Measures.Select(_ => new LogHistogram())];

    /// <summary>All counts, in the order of the enumeration.</summary>
    public static ImmutableArray<CallCount> Counts { get; } = [.. Enum.GetValues<CallCount>()];

    /// <summary>All measures, in the order of the enumeration.</summary>
    public static ImmutableArray<CallMeasure> Measures { get; } = [.. Enum.GetValues<CallMeasure>()];

    /// <summary>One count.</summary>
    public long this[CallCount count]
    {
        get => counts[(int)count];
        set => counts[(int)count] = value;
    }

    /// <summary>One histogram.</summary>
    public LogHistogram this[CallMeasure measure] => histograms[(int)measure];

    /// <summary>Whether a call did what it was for: an answer came, kept its contract, was neither a refusal nor cut off, and nobody said later that the task failed.</summary>
    public static bool Succeeded(CallRecord call, CallOutcomeDocument? outcome)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call is { Error: null, Abandoned: false } && call.SchemaValid != false && call.ToolCallsValid != false && call.Refused != true && call.FinishReason != "length"
            && outcome?.TaskSuccess != false;
    }

    /// <summary>Counts a call.</summary>
    /// <param name="call">Which.</param>
    /// <param name="outcome">What became known of it; null for nothing yet.</param>
    public void Add(CallRecord call, CallOutcomeDocument? outcome)
    {
        ArgumentNullException.ThrowIfNull(call);
        // What became known of a trace is of the answer that its user saw.
        if (call.Arm == Arm.Shadow) outcome = null;
        (this[CallCount.InputTokens], this[CallCount.OutputTokens], this[CallCount.CachedTokens]) =
            (this[CallCount.InputTokens] + (call.InputTokens ?? 0), this[CallCount.OutputTokens] + (call.OutputTokens ?? 0), this[CallCount.CachedTokens] + (call.CachedTokens ?? 0));
        if (call.Cost is { } cost)
        {
            this[CallCount.Priced]++;
            this[CallCount.CostNanos] += (long)decimal.Round(cost * 1_000_000_000m);
        }
        if (call.Abandoned)
        {
            this[CallCount.Abandoned]++;
            return;
        }
        this[CallCount.Calls]++;
        When(CallCount.Successes, Succeeded(call, outcome));
        When(CallCount.Errors, call.Error is not null);
        When(CallCount.SchemaChecks, call.SchemaValid is not null);
        When(CallCount.SchemaFailures, call.SchemaValid == false);
        When(CallCount.ToolChecks, call.ToolCallsValid is not null);
        When(CallCount.ToolFailures, call.ToolCallsValid == false);
        When(CallCount.Refusals, call.Refused == true);
        When(CallCount.Truncations, call.FinishReason == "length");
        When(CallCount.Fallbacks, call.Fallback is not null);
        When(CallCount.Drifted, call.Drifted is not null);
        this[CallCount.Retries] += call.Retries;
        if (call.Error is null) this[CallMeasure.Latency].Add(call.LatencyMs);
        if (call.TimeToFirstTokenMs is { } first) this[CallMeasure.FirstToken].Add(first);
        if (call.Cost is { } price) this[CallMeasure.Cost].Add((double)price);
        if (call.InputTokens is { } tokensIn) this[CallMeasure.TokensIn].Add(tokensIn);
        if (call.OutputTokens is { } tokensOut) this[CallMeasure.TokensOut].Add(tokensOut);
        if (outcome is not null) Add(outcome);
    }

    /// <summary>Counts what others have counted.</summary>
    /// <param name="other">Stay as they are.</param>
    /// <param name="times">-1 takes them away again.</param>
    public void Add(CallTotals other, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < counts.Length; i++) counts[i] += times * other.counts[i];
        for (var i = 0; i < histograms.Length; i++) histograms[i].Add(other.histograms[i], times);
    }

    private void Add(CallOutcomeDocument outcome)
    {
        this[CallCount.Outcomes]++;
        When(CallCount.TasksDone, outcome.TaskSuccess == true);
        When(CallCount.TasksFailed, outcome.TaskSuccess == false);
        When(CallCount.Escalations, outcome.Escalated == true);
        When(CallCount.Corrections, outcome.Corrected == true);
        When(CallCount.ThumbsUp, outcome.Thumbs == Thumbs.Up);
        When(CallCount.ThumbsDown, outcome.Thumbs == Thumbs.Down);
        When(CallCount.Complaints, outcome.Complaint == true);
        When(CallCount.Resolutions, outcome.Resolved == true);
    }

    private void When(CallCount count, bool isSo)
    {
        if (isSo) this[count]++;
    }
}

/// <summary>Which calls are counted together. Tenants and users are not told apart: there may be any number of them.</summary>
/// <param name="Minute">The whole minute in which they arrived, UTC.</param>
/// <param name="Environment">Where.</param>
/// <param name="Prompt">Which prompt; empty for unmanaged calls.</param>
/// <param name="Version">Which version; empty for unmanaged calls.</param>
/// <param name="Arm">Which side of a release.</param>
/// <param name="Release">The release's number; 0 for none.</param>
public sealed record RollupKey(DateTimeOffset Minute, EnvironmentName Environment, string Prompt, string Version, Arm Arm, int Release)
{
    /// <summary>With which calls a call is counted.</summary>
    public static RollupKey Of(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new RollupKey(MinuteOf(call.StartedAt), call.Environment, call.Prompt ?? "", call.PromptVersion ?? "", call.Arm, call.Release?.Number ?? 0);
    }

    /// <summary>The whole minute of a moment, UTC.</summary>
    public static DateTimeOffset MinuteOf(DateTimeOffset moment) => new(moment.UtcTicks - moment.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
