using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>Measures the traffic of what is live, so that a plan can be foretold.</summary>
internal sealed class TrafficMeter(Ledger ledger, ICallLog calls, TimeProvider clock)
{
    private const int MostCalls = 5_000;
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);

    // What was live for seconds may have met a burst, or nobody yet.
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>What was recorded of the live version of a prompt.</summary>
    /// <returns>Null where nothing is live, or it was live too briefly, or too little was recorded, to say anything.</returns>
    public TrafficSample? Of(PromptName prompt, EnvironmentName environment)
    {
        if (ledger.Current.Releases.Live(prompt, environment) is not { } live) return null;
        var now = clock.GetUtcNow();
        var since = live.Since > now - Window ? live.Since : now - Window;
        if (now - since < Shortest) return null;
        var version = live.Version.Number.Text;
        var newest = calls.Newest(new CallFilter { Prompt = prompt.Value, Version = version, Environment = environment, Since = since }, before: null, MostCalls)
            .Select(stored => stored.Call).Where(call => call is { UnitKey: not null, Abandoned: false }).ToList();
        if (newest.Count < TrafficSample.FewestUnits) return null;
        var told = calls.Outcomes([.. newest.Select(call => call.TraceId).Distinct(StringComparer.Ordinal)]);
        // Oldest first, so that the first call of a unit speaks for it, as it will when it is judged.
        var units = newest.AsEnumerable().Reverse().DistinctBy(call => call.UnitKey).Select(call => new SampledUnit(OutcomeOf(call, told), call.Attributes)).ToImmutableArray();
        if (units.Length < TrafficSample.FewestUnits) return null;
        var all = calls.Metrics(prompt.Value, environment, since, now).Where(group => group.Group.Version == version).Sum(group => group.Totals[CallCount.Calls]);
        var days = (now - since).TotalDays;
        return new TrafficSample(Math.Max(all, newest.Count) * (double)units.Length / newest.Count / days, days, units);
    }

    private static CallOutcome OutcomeOf(CallRecord call, IReadOnlyDictionary<string, CallOutcomeDocument> told) => new(
        call.UnitKey!, call.Arm == Arm.Candidate, Math.Max(1, call.Epoch), call.Error is not null, call.SchemaValid, call.Refused, call.FinishReason is { } finish ? finish == "length" : null, call.ToolCallsValid,
        call.StartedAt, call.Error is null ? call.LatencyMs : null, (double?)call.Cost, Told: told.GetValueOrDefault(call.TraceId));
}
