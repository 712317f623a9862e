using System.Text.Json.Serialization;
using Slipway.Core.Calls;

namespace Slipway.Core.Rollouts.Statistics;

/// <summary>Where a value lies, however often one looks: all of its values together miss the truth at most once in twenty.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record LiveInterval(double Low, double High);

/// <summary>Spans that may be shown while data come in. They are for people to look at; decisions come from bets.</summary>
public static class AlwaysValid
{
    private const double Alpha = 0.05;

    // Narrowest at this many pairs, wider before and after; a choice of taste.
    private const double Optimum = 5_000;

    // Before, the asymptotic span promises more than it can keep.
    private const long LeastPairs = 200;

    /// <summary>The span of a mean, asymptotically (Waudby-Smith and others, arXiv 2103.06476).</summary>
    /// <param name="values">All values so far.</param>
    /// <returns>Null below 200 values.</returns>
    public static LiveInterval? Mean(in Moments values)
    {
        if (values.Count < LeastPairs) return null;
        var half = Math.Sqrt(values.Variance) * NormalMixture.Bound(values.Count, NormalMixture.BestRho(Optimum, Alpha), Alpha) / values.Count;
        return new LiveInterval(values.Mean - half, values.Mean + half);
    }

    /// <summary>The span of a quantile (Howard and Ramdas, <i>Sequential estimation of quantiles</i>, 2022), within the histogram's 1 %.</summary>
    /// <param name="values">All values so far.</param>
    /// <param name="share">0.95 for the 95th percentile.</param>
    /// <returns>Null while one of its ends lies beyond all values seen.</returns>
    public static LiveInterval? Quantile(LogHistogram values, double share)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) return null;
        var (down, up) = (Radius(values.Count, 1 - share), Radius(values.Count, share));
        return share - down > 0 && share + up < 1 && values.Quantile(share - down) is { } low && values.Quantile(share + up) is { } high ? new LiveInterval(low, high) : null;
    }

    /// <summary>How far the place of a quantile may be off among so many values, upwards; downwards it is that of what is left.</summary>
    /// <param name="count">How many values there are.</param>
    /// <param name="share">0.95 for the 95th percentile.</param>
    /// <returns>As a share of them.</returns>
    public static double Radius(long count, double share) =>
        new BetaBinomialMixture(Optimum * share * (1 - share), share, 1 - share).Bound(count * share * (1 - share), Alpha) / count;
}

/// <summary>Number, mean and variance of values that come one by one (Welford).</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean; 0 without any.</param>
/// <param name="Squares">The sum of their squared distances from it.</param>
public readonly record struct Moments(long Count, double Mean, double Squares)
{
    /// <summary>Their variance; 0 below two.</summary>
    [JsonIgnore] public double Variance => Count < 2 ? 0 : Squares / (Count - 1);

    /// <summary>With one more.</summary>
    public Moments With(double value)
    {
        var mean = Mean + (value - Mean) / (Count + 1);
        return new Moments(Count + 1, mean, Squares + (value - Mean) * (value - mean));
    }
}
