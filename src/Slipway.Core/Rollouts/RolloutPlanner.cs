using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>Foretells how long a plan takes to prove a candidate that is as good as stable; a gate that cannot be decided is found before anybody waits for it.</summary>
/// <remarks>The candidate is proved once, at the first step; the steps after it take the time and the units they ask for.</remarks>
public static class RolloutPlanner
{
    // How many times variance × ln(1/α) / distance² half and nine of ten need; fitted to simulations.
    private const double Half = 2.9, Most = 6;
    private const double MostDays = 1_000_000;

    /// <summary>Units of the candidate after which half of all candidates that are as good as stable are proved to be.</summary>
    /// <param name="variance">Of a score.</param>
    /// <param name="distance">How far within the margin the candidate is, in the score's unit; more than 0.</param>
    /// <param name="level">The chance of a false proof.</param>
    public static double HalfProved(double variance, double distance, double level) => Half * variance * Math.Log(1 / level) / (distance * distance);

    /// <summary>The same for nine of ten.</summary>
    /// <param name="variance">Of a score.</param>
    /// <param name="distance">How far within the margin the candidate is, in the score's unit; more than 0.</param>
    /// <param name="level">The chance of a false proof.</param>
    public static double MostProved(double variance, double distance, double level) => Most * variance * Math.Log(1 / level) / (distance * distance);

    /// <summary>Foretells a plan.</summary>
    /// <param name="plan">The contract.</param>
    /// <param name="traffic">What is known of its traffic.</param>
    public static PlanForecast Forecast(ReleasePlan plan, PlannedTraffic traffic)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(traffic.UnitsPerDay, nameof(traffic));
        var guardrails = plan.Guardrails.Select(guardrail => Of(guardrail, plan.Steps[0].Share, plan, traffic)).ToImmutableArray();
        var proof = TimeOf(guardrails);
        var steps = plan.Steps.Where(step => step.Share < Share.All).Select((step, index) => Step(step, index == 0 ? proof : TimeSpan.Zero, plan, traffic)).ToImmutableArray();
        var decides = steps.All(step => step.InTime);
        var smallest = decides ? null : SmallestShare(plan, traffic);
        TimeSpan? total = decides ? steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Time!.Value) : null;
        return new PlanForecast(guardrails, steps, total, decides, smallest, [.. guardrails.Select(one => one.Sentence), Verdict(plan, steps, total, smallest)]);
    }

    private static string Verdict(ReleasePlan plan, ImmutableArray<StepForecast> steps, TimeSpan? total, int? smallest)
    {
        if (total is { } time) return $"A candidate as good as stable reaches everybody after about {Words(time)}.";
        var late = steps.First(step => !step.InTime);
        return late.Time is { } needed
            ? $"The step at {late.Share} needs about {Words(needed)} and may take {plan.DecideWithin}, so it would freeze undecided: " +
              (smallest is { } share ? $"begin with {share}% or more, allow more time, or widen the margin." : "allow more time or widen the margin; no larger share is enough.")
            : $"The step at {late.Share} would freeze undecided: a guardrail cannot be proved.";
    }

    private static StepForecast Step(PlanStep step, TimeSpan? proof, ReleasePlan plan, PlannedTraffic traffic)
    {
        var units = TimeFor(step.MinimumUnits ?? plan.MinimumUnits, step.Share.Fraction, traffic);
        TimeSpan? time = proof is { } known ? new[] { known, units, (step.MinimumTime ?? plan.MinimumTime).Value }.Max() : null;
        return new StepForecast(step.Share, time, time <= plan.DecideWithin.Value);
    }

    private static int? SmallestShare(ReleasePlan plan, PlannedTraffic traffic) => Enumerable.Range(1, 50).Cast<int?>().FirstOrDefault(percent =>
        Share.TryOf(percent!.Value * 10_000, out var share) && share > plan.Steps[0].Share
        && Step(plan.Steps[0] with { Share = share }, TimeOf([.. plan.Guardrails.Select(guardrail => Of(guardrail, share, plan, traffic))]), plan, traffic).InTime);

    // All of them must be proved; that is about when the slowest is.
    private static TimeSpan? TimeOf(ImmutableArray<GuardrailForecast> guardrails) =>
        guardrails.All(guardrail => guardrail.Decidable) ? guardrails.Max(guardrail => guardrail.Time) : null;

    private static GuardrailForecast Of(Guardrail guardrail, Share share, ReleasePlan plan, PlannedTraffic traffic)
    {
        if (guardrail.Form is GuardrailForm.ZeroTolerance)
        {
            var wait = TimeFor(plan.MinimumUnits, share.Fraction, traffic);
            return new GuardrailForecast(guardrail, true, plan.MinimumUnits, plan.MinimumUnits, wait, $"{guardrail}: the first bad call rolls back; there is nothing to prove.");
        }
        if (Score(guardrail.Form, traffic.Levels.GetValueOrDefault(guardrail.Metric), ArmPairing.PartnersAt(share)) is not { } score)
            return new GuardrailForecast(guardrail, false, null, null, null, $"{guardrail}: nothing is known of {guardrail.Metric} with stable, so nobody can say how long the proof takes.");
        if (score.Distance <= 0)
            return new GuardrailForecast(guardrail, false, null, null, null, $"{guardrail}: stable does not keep this limit itself, so a candidate as good as stable can never be proved to.");
        var (half, most) = (Math.Max(score.Least, HalfProved(score.Variance, score.Distance, RolloutEvidence.SafeLevel)), Math.Max(score.Least, MostProved(score.Variance, score.Distance, RolloutEvidence.SafeLevel)));
        var time = TimeFor(most, Math.Min(share.Fraction, 1 - share.Fraction), traffic);
        return new GuardrailForecast(guardrail, true, half, most, time, string.Create(CultureInfo.InvariantCulture,
            $"{guardrail}: at {traffic.UnitsPerDay:#,0} units a day the proof needs about {Words(time)} at {share} ({half:#,0} units of the candidate in half of all cases, {most:#,0} in nine of ten)."));
    }

    // A score's variance and how far from zero it lies where both arms are alike; and what even scores without any variance need, as no bettor stakes all.
    private static (double Variance, double Distance, double Least)? Score(GuardrailForm form, StableLevel? level, int partners) => (form, level) switch
    {
        (GuardrailForm.Relative relative, StableLevel.Rate rate) => (Binary(rate.Bad) * (1 + 1d / partners), relative.Points, Least(relative.Points, 1 - relative.Points)),
        (GuardrailForm.Absolute absolute, StableLevel.Rate rate) => (Binary(rate.Bad), absolute.Limit - rate.Bad, Least(absolute.Limit, 1 - absolute.Limit)),
        (GuardrailForm.QuantileLimit limit, StableLevel.Tail tail) => (Binary(tail.Above), 1 - limit.Share - tail.Above, Least(1 - limit.Share, limit.Share)),
        (GuardrailForm.Quantile quantile, StableLevel.Tail tail) =>
            (Binary(tail.Above) + Binary(quantile.Share) / partners, 1 - quantile.Share - tail.Above, Least(1 - quantile.Share, 1)),
        (GuardrailForm.CostPerSuccess cost, StableLevel.Cost stable) => OfCost(cost.Factor, stable, partners),
        _ => null,
    };

    private static (double, double, double) OfCost(double factor, StableLevel.Cost stable, int partners)
    {
        var rate = factor * stable.Mean / stable.Success;
        var (cost, success) = (stable.Deviation * stable.Deviation, rate * rate * Binary(stable.Success));
        return (cost + success + (factor * factor * cost + success) / partners, (factor - 1) * stable.Mean, 1);
    }

    private static double Binary(double share) => share * (1 - share);

    private static double Least(double distance, double bound) => Math.Log(24 / RolloutEvidence.SafeLevel) / Math.Log(1 + 0.9 * distance / bound);

    private static TimeSpan TimeFor(double units, double share, PlannedTraffic traffic) => TimeSpan.FromDays(Math.Min(units / (traffic.UnitsPerDay * share), MostDays));

    private static string Words(TimeSpan time) => time switch
    {
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalMinutes):0} minutes"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        { TotalDays: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:#,0} days"),
    };
}
