using System.Collections.Immutable;

namespace Slipway.Core.Evaluations.Statistics;

/// <summary>Two rates on the same cases, compared case by case.</summary>
public sealed class PairedRates
{
    // Beyond this many half-steps the exact distribution is the normal one to six digits, and costs more than it tells.
    private const int MostSteps = 40_000, MostScale = 5_040;
    private readonly ImmutableArray<(Share Candidate, Share Baseline)> pairs;

    /// <summary>Compares the two sides of each case.</summary>
    /// <param name="pairs">A pair a case, each with at least one repeat; at least one case.</param>
    public PairedRates(ImmutableArray<(Share Candidate, Share Baseline)> pairs)
    {
        this.pairs = pairs;
        foreach (var (candidate, baseline) in pairs)
        {
            var difference = candidate.Value - baseline.Value;
            Mean += difference / pairs.Length;
            Squares += difference * difference;
            Within += (candidate.Variance + baseline.Variance) / pairs.Length;
            if (difference < 0) Lost++;
            else if (difference > 0) Won++;
        }
    }

    /// <summary>How many cases were compared.</summary>
    public int Cases => pairs.Length;

    /// <summary>Cases in which the candidate's share is below the baseline's.</summary>
    public int Lost { get; }

    /// <summary>Cases in which the candidate's share is above the baseline's.</summary>
    public int Won { get; }

    /// <summary>The candidate's rate less the baseline's.</summary>
    public double Mean { get; }

    /// <summary>The sum of the squared differences.</summary>
    private double Squares { get; }

    /// <summary>The part of a case's variance that comes from the repeats, not from the case; 0 without repeats, or where all agree.</summary>
    public double Within { get; }

    /// <summary>The standard deviation of one case's difference, with the two cases that <see cref="Interval"/> adds.</summary>
    public double Deviation => Math.Sqrt(Math.Max(0, (Squares + 2) / (Cases + 2) - Centre * Centre));

    // The mean once a case is added that was won and one that was lost.
    private double Centre => Mean * Cases / (Cases + 2);

    /// <summary>Where the difference lies: Bonett and Price's interval (2012), each bound wrong about once in twenty.</summary>
    /// <remarks>It is Wald's interval after one case that was won and one that was lost are added. So it has a width even where no case differs,
    /// and takes a case that was asked several times as what it is, one case.</remarks>
    /// <param name="z">The normal quantile of the level.</param>
    public Interval Interval(double z = Confidence.Z)
    {
        var margin = z * Deviation / Math.Sqrt(Cases + 2);
        return new Interval(Math.Max(-1, Centre - margin), Math.Min(1, Centre + margin));
    }

    /// <summary>How probable it is to lose at least this much when both sides are equally good: the exact test of McNemar, one-sided.</summary>
    /// <remarks>Which side of a case came out better is then the throw of a coin. With repeats each case is one throw for the whole of its
    /// difference, which is McNemar's test where every difference is a whole case.</remarks>
    public double ChanceOfLoss => ChanceOf(losing: true);

    /// <summary>How probable it is to win at least this much when both sides are equally good.</summary>
    public double ChanceOfGain => ChanceOf(losing: false);

    /// <summary>How probable so large a difference in either direction is when both sides are equally good.</summary>
    public double ChanceOfDifference => Math.Min(1, 2 * Math.Min(ChanceOfLoss, ChanceOfGain));

    private double ChanceOf(bool losing)
    {
        if (Lost + Won == 0) return 1;
        if (Steps() is not { } steps) return Normal(losing);
        double[] distribution = [1];
        var observed = 0;
        foreach (var (size, (lost, won)) in steps)
        {
            distribution = Add(distribution, Probabilities.FairCoin(lost + won), size);
            observed += size * (losing ? lost : won);
        }
        var chance = 0.0;
        for (var sum = distribution.Length - 1; sum >= observed; sum--) chance += distribution[sum];
        return Math.Min(1, chance);
    }

    // The differences as whole steps of the same size, and how often each was lost and won; null where that takes too many.
    private SortedDictionary<int, (int Lost, int Won)>? Steps()
    {
        var scale = 1;
        foreach (var (candidate, baseline) in pairs)
        {
            scale = Multiple(Multiple(scale, candidate.Repeats), baseline.Repeats);
            if (scale > MostScale) return null;
        }
        var (steps, total) = (new SortedDictionary<int, (int Lost, int Won)>(), 0L);
        foreach (var (candidate, baseline) in pairs)
        {
            var step = candidate.Hits * (scale / candidate.Repeats) - baseline.Hits * (scale / baseline.Repeats);
            if (step == 0) continue;
            var (lost, won) = steps.GetValueOrDefault(Math.Abs(step));
            steps[Math.Abs(step)] = step < 0 ? (lost + 1, won) : (lost, won + 1);
            total += Math.Abs(step);
        }
        return total <= MostSteps ? steps : null;
    }

    private double Normal(bool losing) => Tail((losing ? -Mean : Mean) * Cases / Math.Sqrt(Squares));

    // How probable a standard normal variable is above z, by the error function of Abramowitz and Stegun (7.1.26), to 7 digits.
    private static double Tail(double z)
    {
        if (z < 0) return 1 - Tail(-z);
        var t = 1 / (1 + 0.3275911 * z / Math.Sqrt(2));
        return 0.5 * Math.Exp(-z * z / 2) * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    }

    private static double[] Add(double[] distribution, double[] throws, int size)
    {
        var sum = new double[distribution.Length + (throws.Length - 1) * size];
        for (var before = 0; before < distribution.Length; before++)
        {
            for (var heads = 0; heads < throws.Length; heads++) sum[before + heads * size] += distribution[before] * throws[heads];
        }
        return sum;
    }

    private static int Multiple(int left, int right) => left / (int)System.Numerics.BigInteger.GreatestCommonDivisor(left, right) * right;
}
