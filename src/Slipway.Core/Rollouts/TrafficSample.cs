using System.Collections.Immutable;
using Slipway.Core.Releases;

namespace Slipway.Core.Rollouts;

/// <summary>A unit of the traffic there is.</summary>
/// <param name="Outcome">What its call showed.</param>
/// <param name="Attributes">What was known of the request; null for nothing.</param>
public readonly record struct SampledUnit(CallOutcome Outcome, IReadOnlyDictionary<string, string>? Attributes);

/// <summary>What was measured of the traffic of the version that is live.</summary>
/// <param name="UnitsPerDay">Units a day, whether they meet a plan's conditions or not; more than 0.</param>
/// <param name="Days">Over how many days that was counted.</param>
/// <param name="Units">Some of them, the newest.</param>
public sealed record TrafficSample(double UnitsPerDay, double Days, ImmutableArray<SampledUnit> Units)
{
    /// <summary>Fewer units say too little of what is to come.</summary>
    public const int FewestUnits = 100;

    /// <summary>What a plan can expect of it.</summary>
    /// <param name="plan">The contract.</param>
    /// <returns>Null where no unit meets its conditions.</returns>
    public PlannedTraffic? For(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var eligible = Units.Where(unit => plan.Eligibility.All(condition => condition.Holds(unit.Attributes))).Select(unit => unit.Outcome).ToList();
        if (eligible.Count == 0) return null;
        var levels = ImmutableDictionary.CreateBuilder<string, StableLevel>();
        foreach (var guardrail in plan.Guardrails)
            if (Level(guardrail, [.. eligible.Select(outcome => guardrail.Read(outcome)).OfType<Statistics.Reading>()]) is { } level) levels[guardrail.Metric] = level;
        return new PlannedTraffic(UnitsPerDay * eligible.Count / Units.Length, levels.ToImmutable());
    }

    private static StableLevel? Level(Guardrail guardrail, IReadOnlyList<Statistics.Reading> readings) => (guardrail.Form, readings.Count) switch
    {
        (_, 0) => null,
        (GuardrailForm.Quantile quantile, _) => Above(readings, QuantileOf(readings, quantile.Share) * quantile.Factor),
        (GuardrailForm.QuantileLimit limit, _) => Above(readings, limit.Most),
        (GuardrailForm.CostPerSuccess, _) => Cost(readings),
        _ => new StableLevel.Rate(readings.Average(reading => reading.Value)),
    };

    private static StableLevel.Tail Above(IReadOnlyList<Statistics.Reading> readings, double limit) => new(readings.Count(reading => reading.Value > limit) / (double)readings.Count);

    private static double QuantileOf(IReadOnlyList<Statistics.Reading> readings, double share) => readings.Select(reading => reading.Value).Order().ElementAt((int)Math.Min(readings.Count - 1, share * readings.Count));

    private static StableLevel.Cost? Cost(IReadOnlyList<Statistics.Reading> readings)
    {
        var (mean, success) = (readings.Average(reading => reading.Value), readings.Average(reading => reading.Success));
        return mean > 0 && success > 0 ? new StableLevel.Cost(mean, Math.Sqrt(readings.Average(reading => (reading.Value - mean) * (reading.Value - mean))), success) : null;
    }
}
