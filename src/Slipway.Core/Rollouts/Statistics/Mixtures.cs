using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Rollouts.Statistics;

/// <summary>The two-sided normal mixture: how far a sum may stray at any time, by its variance so far.</summary>
/// <remarks>Howard, Ramdas, McAuliffe and Sekhon, <i>Time-uniform, nonparametric, nonasymptotic confidence sequences</i> (2021).</remarks>
public static class NormalMixture
{
    /// <summary>The parameter that makes the bound narrowest at a variance.</summary>
    /// <param name="variance">More than 0.</param>
    /// <param name="alpha">The chance of a miss at any time; above 0, below 1.</param>
    public static double BestRho(double variance, double alpha) => variance / (2 * Math.Log(1 / alpha) + Math.Log(1 + 2 * Math.Log(1 / alpha)));

    /// <summary>What the sum exceeds, up or down, at any time with probability at most <paramref name="alpha"/>.</summary>
    /// <param name="variance">The sum's so far; at least 0.</param>
    /// <param name="rho">As <see cref="BestRho"/> says.</param>
    /// <param name="alpha">The chance of a miss at any time; above 0, below 1.</param>
    public static double Bound(double variance, double rho, double alpha) => Math.Sqrt((variance + rho) * (Math.Log(1 + variance / rho) + 2 * Math.Log(1 / alpha)));
}

/// <summary>The two-sided beta-binomial mixture: how far a count of hits may stray from what is expected, at any time.</summary>
/// <remarks>The same authors; it is exact for bounded steps of +<paramref name="h"/> and −<paramref name="g"/>.</remarks>
/// <param name="optimum">The variance at which it is narrowest.</param>
/// <param name="g">The largest step down; more than 0.</param>
/// <param name="h">The largest step up; more than 0.</param>
public sealed class BetaBinomialMixture(double optimum, double g, double h)
{
    private const double Alpha = 0.05;
    private readonly double r = Math.Max(NormalMixture.BestRho(optimum, Alpha) - g * h, 1e-3 * g * h);

    /// <summary>The natural logarithm of the mixture's wealth.</summary>
    /// <param name="sum">Hits less those expected.</param>
    /// <param name="variance">The sum's variance so far.</param>
    public double LogWealth(double sum, double variance)
    {
        var whole = g + h;
        return variance / (g * h) * Math.Log(whole) - (variance + h * sum) / (h * whole) * Math.Log(g) - (variance - g * sum) / (g * whole) * Math.Log(h)
            + LogBeta((r + variance - g * sum) / (g * whole), (r + variance + h * sum) / (h * whole)) - LogBeta(r / (g * whole), r / (h * whole));
    }

    /// <summary>The sum at which the wealth reaches 1/<paramref name="alpha"/>; at most the largest sum there can be.</summary>
    /// <param name="variance">The sum's so far.</param>
    /// <param name="alpha">The chance of a miss at any time; above 0, below 1.</param>
    public double Bound(double variance, double alpha)
    {
        var (low, high) = (0d, variance / g);
        if (LogWealth(high, variance) < Math.Log(1 / alpha)) return high;
        for (var step = 0; step < 50; step++)
        {
            var middle = (low + high) / 2;
            if (LogWealth(middle, variance) < Math.Log(1 / alpha)) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private static double LogBeta(double a, double b) => Probabilities.LogGamma(a) + Probabilities.LogGamma(b) - Probabilities.LogGamma(a + b);
}
