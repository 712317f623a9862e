namespace Slipway.Core.Tests.Rollouts;

/// <summary>Published formulas of others, written down once more to hold ours against.</summary>
internal static class PublishedFormulas
{
    /// <summary>The half-width of the two-sided asymptotic confidence sequence for a standard deviation of 1 (arXiv 2103.06476v7, equation 9).</summary>
    public static double AsymptoticHalfWidth(double n, double alpha, double optimum)
    {
        var rho2 = (-2 * Math.Log(alpha) + Math.Log(1 - 2 * Math.Log(alpha))) / optimum;
        return Math.Sqrt(2 * (n * rho2 + 1) / (n * n * rho2) * Math.Log(Math.Sqrt(n * rho2 + 1) / alpha));
    }

    /// <summary>The z at which a one-sided mixture sequential probability ratio test rejects, as Statsig publishes it, for a variance of 1 in both arms.</summary>
    public static double MsprtCriticalZ(double share, double alpha, double z)
    {
        var (v, tau) = (1 / share + 1 / (1 - share), z * z * 2);
        return Math.Sqrt((v + tau) / tau * (-2 * Math.Log(alpha) - Math.Log(v / (v + tau))));
    }

    /// <summary>The one-sided normal mixture's bound, by bisection.</summary>
    public static double OneSidedNormalBound(double v, double rho, double alpha)
    {
        var (low, high) = (0d, 1000d);
        for (var step = 0; step < 100; step++)
        {
            var s = (low + high) / 2;
            var wealth = 0.5 * Math.Log(4 * rho / (v + rho)) + s * s / (2 * (v + rho)) + Math.Log(Normal(s / Math.Sqrt(v + rho)));
            if (wealth < Math.Log(1 / alpha)) low = s;
            else high = s;
        }
        return low;
    }

    /// <summary>The standard normal distribution, by Simpson's rule.</summary>
    public static double Normal(double z)
    {
        const int Steps = 2_000;
        var (h, sum) = (z / Steps, 0d);
        for (var i = 0; i <= Steps; i++) sum += (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-(i * h) * (i * h) / 2);
        return 0.5 + h / 3 * sum / Math.Sqrt(2 * Math.PI);
    }
}
