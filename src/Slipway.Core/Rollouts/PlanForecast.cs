using System.Collections.Immutable;

namespace Slipway.Core.Rollouts;

/// <summary>What is known before a release of the traffic it will have.</summary>
/// <param name="UnitsPerDay">Units a day that meet the plan's conditions, both arms together; more than 0.</param>
/// <param name="Levels">Where stable stands, by the guardrail's metric; what is left out cannot be foretold.</param>
public sealed record PlannedTraffic(double UnitsPerDay, ImmutableDictionary<string, StableLevel> Levels);

/// <summary>Where stable stands in what a guardrail looks at.</summary>
public abstract record StableLevel
{
    private StableLevel() { }

    /// <summary>A share of units that are bad.</summary>
    /// <param name="Bad">From 0 to 1.</param>
    public sealed record Rate(double Bad) : StableLevel;

    /// <summary>A share of units above the guardrail's limit: for <c>p95_latency &lt;= baseline + 10%</c>, above stable's p95 and a tenth.</summary>
    /// <param name="Above">From 0 to 1.</param>
    public sealed record Tail(double Above) : StableLevel;

    /// <summary>What a unit costs.</summary>
    /// <param name="Mean">US dollars; more than 0.</param>
    /// <param name="Deviation">The standard deviation, in US dollars.</param>
    /// <param name="Success">The share of units that succeed; above 0, at most 1.</param>
    public sealed record Cost(double Mean, double Deviation, double Success) : StableLevel;
}

/// <summary>How long a plan will take, said before it begins.</summary>
/// <param name="Guardrails">How long each guardrail takes to be proved at the first step, in the plan's order.</param>
/// <param name="Steps">How long each step takes in nine of ten cases.</param>
/// <param name="Total">How long all steps take together; null where one of them cannot be decided, or nothing is known of a guardrail.</param>
/// <param name="Decides">Whether every step is decided in time where the candidate is as good as stable; a plan that is not ends frozen, however good the candidate is.</param>
/// <param name="SmallestShare">The smallest first step in whole percent, up to 50, that would be decided in time; null where none would or the plan's own is.</param>
/// <param name="Sentences">All of it for people, a sentence each.</param>
public sealed record PlanForecast(
    ImmutableArray<GuardrailForecast> Guardrails, ImmutableArray<StepForecast> Steps, TimeSpan? Total, bool Decides, int? SmallestShare, ImmutableArray<string> Sentences);

/// <summary>How long a guardrail takes to be proved where the candidate is as good as stable.</summary>
/// <param name="Guardrail">Which one.</param>
/// <param name="Decidable">Whether it can be proved at all; false too where nothing is known of it.</param>
/// <param name="HalfUnits">Units of the candidate after which it is proved in half of all cases; null where it cannot be foretold.</param>
/// <param name="MostUnits">The same in nine of ten cases.</param>
/// <param name="Time">How long the latter takes at the first step.</param>
/// <param name="Sentence">For people.</param>
public sealed record GuardrailForecast(Guardrail Guardrail, bool Decidable, double? HalfUnits, double? MostUnits, TimeSpan? Time, string Sentence);

/// <summary>How long a step takes.</summary>
/// <param name="Share">The candidate's share.</param>
/// <param name="Time">In nine of ten cases; null where that cannot be foretold.</param>
/// <param name="InTime">Whether that is within the plan's time to decide.</param>
public sealed record StepForecast(Resolution.Share Share, TimeSpan? Time, bool InTime);
