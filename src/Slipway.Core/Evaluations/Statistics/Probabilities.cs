namespace Slipway.Core.Evaluations.Statistics;

/// <summary>The few distributions that exact intervals and tests need.</summary>
internal static class Probabilities
{
    private const double Tiny = 1e-300, Exact = 1e-15;
    private const int MostSteps = 20_000;

    // Lanczos' approximation with g = 7 and nine terms: 15 digits for every positive argument.
    private static ReadOnlySpan<double> Lanczos =>
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The logarithm of the gamma function of a positive number.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        var (sum, z) = (Lanczos[0], x - 1);
        for (var term = 1; term < Lanczos.Length; term++) sum += Lanczos[term] / (z + term);
        var t = z + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (z + 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    /// <summary>How probable each number of heads is in so many throws of a fair coin; the index is the number.</summary>
    public static double[] FairCoin(int throws)
    {
        var probabilities = new double[throws + 1];
        var whole = LogGamma(throws + 1) - throws * Math.Log(2);
        for (var heads = 0; heads <= throws; heads++) probabilities[heads] = Math.Exp(whole - LogGamma(heads + 1) - LogGamma(throws - heads + 1));
        return probabilities;
    }

    /// <summary>The regularised incomplete beta function: the probability that a beta variable is at most <paramref name="x"/>.</summary>
    public static double Beta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * ContinuedFraction(x, a, b) / a : 1 - front * ContinuedFraction(1 - x, b, a) / b;
    }

    /// <summary>The value a beta variable stays below with that probability.</summary>
    public static double BetaQuantile(double probability, double a, double b)
    {
        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < 100 && high - low > Exact; step++)
        {
            var middle = (low + high) / 2;
            if (Beta(middle, a, b) < probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    // Lentz' way to evaluate it.
    private static double ContinuedFraction(double x, double a, double b)
    {
        var (c, d) = (1.0, 1 / Away(1 - (a + b) * x / (a + 1)));
        var value = d;
        for (var m = 1; m <= MostSteps; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Away(1 + even * d);
            c = Away(1 + even / c);
            value *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + odd * d);
            c = Away(1 + odd / c);
            var change = d * c;
            value *= change;
            if (Math.Abs(change - 1) < Exact) break;
        }
        return value;
    }

    private static double Away(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
