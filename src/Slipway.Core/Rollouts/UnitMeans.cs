using System.Collections.Immutable;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>Gathers the calls of each unit to its one reading of each guardrail.</summary>
internal sealed class UnitMeans
{
    private readonly JudgePlan plan;
    private readonly Dictionary<ulong, OpenUnit> open = [];
    private readonly Queue<ulong> oldest = [];

    public UnitMeans(JudgePlan plan, ImmutableArray<OpenUnit> state)
    {
        this.plan = plan;
        foreach (var unit in state) Open(unit);
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<OpenUnit> State => [.. oldest.Where(open.ContainsKey).Select(key => open[key])];

    /// <summary>Takes a call of a unit in.</summary>
    /// <param name="key">The unit within its arm.</param>
    /// <param name="outcome">The call.</param>
    /// <param name="weight">The candidate's share then.</param>
    /// <param name="first">Whether the unit was never seen before.</param>
    /// <param name="now">The time of the newest call so far.</param>
    /// <returns>The unit where this was its last call; null where it waits, or where it was done before.</returns>
    public OpenUnit? Add(ulong key, in CallOutcome outcome, Share weight, bool first, DateTimeOffset now)
    {
        if (first) Open(new OpenUnit(key, outcome.Candidate, outcome.Epoch, weight, outcome.Segment, now, 0, [.. plan.Guardrails.Select(_ => default(Gathered))]));
        else if (!open.ContainsKey(key)) return null;
        var call = outcome;
        var unit = open[key];
        unit = unit with { Calls = unit.Calls + 1, Readings = [.. unit.Readings.Select((gathered, index) => gathered.With(plan.Guardrails[index], call))] };
        if (unit.Calls < plan.Unit.Calls)
        {
            open[key] = unit;
            return null;
        }
        open.Remove(key);
        return unit;
    }

    /// <summary>The next unit whose time is over.</summary>
    public bool TryClose(DateTimeOffset now, out OpenUnit? unit)
    {
        while (oldest.TryPeek(out var key))
        {
            if (open.TryGetValue(key, out unit) && now - unit.Since < plan.Unit.Within) break;
            oldest.Dequeue();
            if (open.Remove(key, out unit)) return true;
        }
        unit = null;
        return false;
    }

    private void Open(OpenUnit unit)
    {
        open[unit.Key] = unit;
        oldest.Enqueue(unit.Key);
    }
}

/// <summary>A unit some of whose calls may still come.</summary>
/// <param name="Key">The unit within its arm.</param>
/// <param name="Candidate">Its arm.</param>
/// <param name="Epoch">The epoch of its first call.</param>
/// <param name="Weight">The candidate's share then.</param>
/// <param name="Segment">Its slice of traffic; null for none.</param>
/// <param name="Since">The time of the newest call when its first came.</param>
/// <param name="Calls">How many came.</param>
/// <param name="Readings">What they showed of each guardrail, in the plan's order.</param>
public sealed record OpenUnit(ulong Key, bool Candidate, int Epoch, Share Weight, string? Segment, DateTimeOffset Since, int Calls, ImmutableArray<Gathered> Readings);

/// <summary>What a unit's calls showed of one guardrail.</summary>
/// <param name="Value">The sum.</param>
/// <param name="Success">The sum of their successes.</param>
/// <param name="Count">How many showed something.</param>
public readonly record struct Gathered(double Value, double Success, int Count)
{
    /// <summary>The unit's reading; null where it showed nothing.</summary>
    internal Reading? Reading => Count == 0 ? null : new Reading(Value / Count, Success / Count);

    internal Gathered With(Guardrail guardrail, in CallOutcome outcome)
    {
        if (guardrail.Read(outcome) is not { } shown) return this;
        // Half a slow call and half a fast one are no call at all: of a quantile the first speaks for the unit.
        var firstSpeaks = guardrail.Form is GuardrailForm.Quantile or GuardrailForm.QuantileLimit;
        return firstSpeaks && Count > 0 ? this : new Gathered(Value + shown.Value, Success + shown.Success, Count + 1);
    }
}
