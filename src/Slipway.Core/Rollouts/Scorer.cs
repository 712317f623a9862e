using System.Text;
using Slipway.Core.Calls;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>Turns units that stand beside each other into a score whose mean is at most zero while the guardrail holds.</summary>
/// <remarks>What a score takes from the past is of units scored before it: only then is nothing known of it when the bet on it is placed.</remarks>
public abstract class Scorer
{
    /// <summary>A harm score is never below minus this.</summary>
    public virtual double HarmBound => 1;

    /// <summary>A safety score is never below minus this.</summary>
    public virtual double SafeBound => 1;

    /// <summary>Whether a reading of an arm is bad, as a person counts; null while that is not known.</summary>
    /// <param name="reading">What a unit showed.</param>
    /// <param name="candidate">Whose it is.</param>
    public abstract bool? Bad(in Reading reading, bool candidate);

    /// <summary>The two scores of a pair, against "the candidate keeps the margin" and against "it is at or beyond it".</summary>
    /// <param name="candidate">One unit or several of the candidate.</param>
    /// <param name="stable">One unit or several of stable beside them; none where the candidate stands alone.</param>
    /// <param name="harm">At least minus <see cref="HarmBound"/>.</param>
    /// <param name="safe">At least minus <see cref="SafeBound"/>.</param>
    /// <returns>False while too little is known of the past to place a bet.</returns>
    public abstract bool TryScore(ReadOnlySpan<Reading> candidate, ReadOnlySpan<Reading> stable, out double harm, out double safe);

    /// <summary>All it has learned; null for one that learns nothing.</summary>
    public virtual ScorerState? State => null;

    /// <summary>The scorer of a form; null for a zero tolerance, which needs none.</summary>
    /// <param name="form">What is claimed.</param>
    /// <param name="state">What one of the same form had learned; null at the start.</param>
    public static Scorer? Of(GuardrailForm form, ScorerState? state = null) => form switch
    {
        GuardrailForm.Relative relative => new PointsScorer(relative.Points),
        GuardrailForm.Absolute absolute => new LimitScorer(absolute.Limit, 0),
        GuardrailForm.QuantileLimit limit => new LimitScorer(1 - limit.Share, limit.Most),
        GuardrailForm.Quantile quantile => new QuantileScorer(quantile.Share, quantile.Factor, state),
        GuardrailForm.CostPerSuccess cost => new CostScorer(cost.Factor, state),
        _ => null,
    };

    internal static double Mean(ReadOnlySpan<Reading> readings)
    {
        var sum = 0d;
        foreach (var reading in readings) sum += reading.Value;
        return sum / readings.Length;
    }

    private protected static double ShareAbove(ReadOnlySpan<Reading> readings, double most)
    {
        var above = 0;
        foreach (var reading in readings) above += reading.Value > most ? 1 : 0;
        return above / (double)readings.Length;
    }
}

/// <summary>What a scorer has learned of stable.</summary>
/// <param name="Stable">The amounts of stable, as a histogram's JSON.</param>
/// <param name="Cost">What stable cost.</param>
/// <param name="Successes">How often it succeeded.</param>
public sealed record ScorerState(string Stable, double Cost, double Successes);

/// <summary>The candidate's bad rate is at most stable's and some points.</summary>
internal sealed class PointsScorer(double points) : Scorer
{
    public override double HarmBound => 1 + points;

    public override double SafeBound => 1 - points;

    public override bool? Bad(in Reading reading, bool candidate) => reading.Value > 0;

    public override bool TryScore(ReadOnlySpan<Reading> candidate, ReadOnlySpan<Reading> stable, out double harm, out double safe)
    {
        harm = Mean(candidate) - Mean(stable) - points;
        safe = -harm;
        return true;
    }
}

/// <summary>The share of the candidate's readings above an amount is at most a fixed one; stable is not asked.</summary>
/// <param name="limit">That share.</param>
/// <param name="most">The amount.</param>
internal sealed class LimitScorer(double limit, double most) : Scorer
{
    public override double HarmBound => limit;

    public override double SafeBound => 1 - limit;

    public override bool? Bad(in Reading reading, bool candidate) => reading.Value > most;

    public override bool TryScore(ReadOnlySpan<Reading> candidate, ReadOnlySpan<Reading> stable, out double harm, out double safe)
    {
        // A rate of several calls counts as what it is; an amount is above its limit or not.
        harm = (most > 0 ? ShareAbove(candidate, most) : Mean(candidate)) - limit;
        safe = -harm;
        return true;
    }
}

/// <summary>The candidate's quantile is at most stable's times a factor: calls slower than stable's quantile and the margin are 1 in 20.</summary>
internal sealed class QuantileScorer : Scorer
{
    private const int LeastPast = 20;
    private readonly LogHistogram past = new();
    private readonly double share, factor;
    private double? usual;

    public QuantileScorer(double share, double factor, ScorerState? state)
    {
        (this.share, this.factor) = (share, factor);
        if (state is null) return;
        past.AddJson(Encoding.UTF8.GetBytes(state.Stable));
        Learn();
    }

    public override ScorerState State => new(past.ToJson(), 0, 0);

    public override bool? Bad(in Reading reading, bool candidate) => usual is { } most ? reading.Value > most * (candidate ? factor : 1) : null;

    public override bool TryScore(ReadOnlySpan<Reading> candidate, ReadOnlySpan<Reading> stable, out double harm, out double safe)
    {
        harm = usual is { } most ? ShareAbove(candidate, most * factor) - ShareAbove(stable, most) : 0;
        safe = -harm;
        var known = usual is not null;
        foreach (var reading in stable) past.Add(reading.Value);
        Learn();
        return known;
    }

    private void Learn() => usual = past.Count < LeastPast ? null : past.Quantile(share);
}

/// <summary>What the candidate costs for each success is at most what stable costs, times a factor.</summary>
/// <remarks>
/// A call is worth its cost less what its success may cost; the going rate, and the amount above which a call counts no further (a bet needs
/// a largest loss), come from the past. Scores are in parts of the largest loss.
/// </remarks>
internal sealed class CostScorer : Scorer
{
    private const int LeastPast = 100;

    // So far beyond what stable's calls cost that a looping candidate still shows.
    private const double Headroom = 3, HighShare = 0.99;
    private readonly LogHistogram past = new();
    private readonly double factor;
    private double cost, successes;

    public CostScorer(double factor, ScorerState? state)
    {
        this.factor = factor;
        if (state is null) return;
        past.AddJson(Encoding.UTF8.GetBytes(state.Stable));
        (cost, successes) = (state.Cost, state.Successes);
    }

    public override ScorerState State => new(past.ToJson(), cost, successes);

    public override bool? Bad(in Reading reading, bool candidate) => reading.Success < 1;

    public override bool TryScore(ReadOnlySpan<Reading> candidate, ReadOnlySpan<Reading> stable, out double harm, out double safe)
    {
        var (rate, most) = past.Count < LeastPast || successes <= 0 ? (0, 0) : (factor * cost / successes, Headroom * past.Quantile(HighShare)!.Value);
        (harm, safe) = (0, 0);
        if (most > 0)
        {
            var above = Worth(candidate, 1, rate, most) - Worth(stable, factor, rate, most);
            (harm, safe) = (above / (rate + factor * most), -above / (rate + most));
        }
        foreach (var reading in stable)
        {
            past.Add(reading.Value);
            (cost, successes) = (cost + reading.Value, successes + reading.Success);
        }
        return most > 0;
    }

    private static double Worth(ReadOnlySpan<Reading> readings, double factor, double rate, double most)
    {
        var sum = 0d;
        foreach (var reading in readings) sum += factor * Math.Min(reading.Value, most) - rate * reading.Success;
        return sum / readings.Length;
    }
}
