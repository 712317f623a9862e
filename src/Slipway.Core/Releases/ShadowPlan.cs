using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Live requests that also go to the candidate, after the user has been answered: nobody is ever shown what it says.</summary>
/// <param name="Share">The share of the units that could be in the canary; more than 0%.</param>
/// <param name="Budget">What it may spend; where that is spent, it stops. Required.</param>
/// <param name="MinimumTime">How long it lasts at least; null for what the plan says of every step.</param>
/// <param name="MinimumUnits">Units the candidate must have answered in it; null for what the plan says of every step.</param>
public sealed record ShadowPlan(Share Share, ShadowBudget? Budget = null, Duration? MinimumTime = null, int? MinimumUnits = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var more = string.Join(", ", new[]
        {
            Budget is null ? null : $"at most {Budget}",
            MinimumTime is null ? null : $"at least {MinimumTime}",
            MinimumUnits is { } units ? string.Create(CultureInfo.InvariantCulture, $"at least {units} units") : null,
        }.Where(part => part is not null));
        return more.Length == 0 ? Share.ToString() : $"{Share} ({more})";
    }

    /// <summary>All that is wrong with it, a sentence each; empty where nothing is.</summary>
    /// <param name="level">The release's level.</param>
    /// <param name="full">The rest of the plan, whole.</param>
    internal IEnumerable<string> Problems(ReleaseLevel level, ReleasePlanDocument full)
    {
        if (level == ReleaseLevel.Emergency) yield return "shadow: an emergency starts at once and has none; leave it out.";
        if (Share == default) yield return "shadow.share of 0% would see nothing.";
        if (Budget is not { } budget || budget is { Cost: null, Calls: null }) yield return "shadow.budget must say what it may spend at most: calls, cost in US dollars, or both.";
        else
        {
            if (budget.Calls is < 1) yield return "shadow.budget.calls must be at least 1.";
            if (budget.Cost is <= 0) yield return "shadow.budget.cost must be more than 0 US dollars.";
            var units = MinimumUnits ?? full.MinimumUnits!.Value;
            if (budget.Calls is >= 1 and var calls && calls < units)
                yield return string.Create(CultureInfo.InvariantCulture, $"shadow.budget.calls ({calls}) are fewer than the {units} units it must see; allow more calls, or say shadow.minimum_units.");
        }
        if (MinimumUnits is < 1) yield return "shadow.minimum_units must be at least 1.";
        if (MinimumTime is { } time && time.Value >= full.DecideWithin!.Value) yield return $"decide_within ({full.DecideWithin}) must be longer than shadow.minimum_time ({time}).";
        if (full.Guardrails!.Count == 0) yield return "A shadow needs at least one guardrail to compare by, as in \"schema_pass_rate\": \">= baseline - 2pp\".";
    }

    /// <summary>The guardrails that its budget could not prove however alike both versions answer: it would always end undecided.</summary>
    /// <param name="guardrails">The plan's.</param>
    internal IEnumerable<string> Unprovable(ImmutableArray<Guardrail> guardrails)
    {
        if (guardrails.Any() && guardrails.All(guardrail => guardrail.IsToldLater)) yield return "A shadow needs a guardrail that an answer itself shows, as schema_pass_rate or error_rate: nobody tells of answers that nobody saw.";
        if (Budget?.Calls is not (>= 1 and var calls)) yield break;
        foreach (var guardrail in guardrails.Where(guardrail => !guardrail.IsToldLater))
            if (ShadowJudge.LeastUnits(guardrail) is { } units && units > calls)
                yield return string.Create(CultureInfo.InvariantCulture, $"shadow.budget.calls ({calls}) cannot prove {guardrail}: where both versions answer alike it takes {units} units; allow more calls, or a wider margin.");
    }
}

/// <summary>What a shadow may spend.</summary>
/// <param name="Cost">US dollars, more than 0; null for no limit.</param>
/// <param name="Calls">Calls, at least 1; null for no limit.</param>
public sealed record ShadowBudget(decimal? Cost = null, long? Calls = null)
{
    /// <summary>Why it leaves no room for one more call; null where there is room.</summary>
    /// <param name="calls">Calls so far.</param>
    /// <param name="cost">What is known of their cost, in US dollars.</param>
    /// <param name="priced">Calls whose cost is known.</param>
    public string? Spent(long calls, decimal cost, long priced) =>
        Calls <= calls ? string.Create(CultureInfo.InvariantCulture, $"its budget of {Calls} calls is spent")
        // The next call costs about what the others did: a budget is not passed to find out.
        : Cost is { } most && priced > 0 && cost + cost / priced > most ? string.Create(CultureInfo.InvariantCulture, $"of its budget of ${most:0.######} it spent ${cost:0.######}, and one more call would pass it")
        : null;

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", new[]
    {
        Calls is { } calls ? string.Create(CultureInfo.InvariantCulture, $"{calls} calls") : null,
        Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $"${cost:0.######}") : null,
    }.Where(part => part is not null));
}
