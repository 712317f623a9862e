namespace Slipway.Core.Evaluations.Statistics;

/// <summary>Intervals for what no formula fits, such as a percentile or a ratio: the set is drawn anew from itself, many times (Efron 1979).</summary>
/// <remarks>Whole cases are drawn, with all their repeats and both sides: what belongs together stays together.</remarks>
public static class Bootstrap
{
    private const int Most = 1_000, Fewest = 200, MostDraws = 1_000_000;

    /// <summary>How often a set of that size is drawn: 1,000 times, and a large one less often, as its intervals are narrow anyway.</summary>
    public static int Resamples(int cases) => Math.Clamp(MostDraws / Math.Max(1, cases), Fewest, Most);

    /// <summary>Draws the set anew, and says each time how often each case came.</summary>
    /// <param name="cases">How many cases there are.</param>
    /// <param name="seed">The same seed draws the same.</param>
    /// <param name="each">Takes the number of the resample and the weights, which are overwritten afterwards.</param>
    public static void Draw(int cases, ulong seed, Action<int, int[]> each)
    {
        var (random, weights) = (new SeededRandom(seed), new int[cases]);
        for (var resample = 0; resample < Resamples(cases); resample++)
        {
            Array.Clear(weights);
            for (var draw = 0; draw < cases; draw++) weights[random.Next(cases)]++;
            each(resample, weights);
        }
    }

    /// <summary>The middle nine tenths of what the resamples gave; null where fewer than nine of ten gave a number at all.</summary>
    public static Interval? Interval(ReadOnlySpan<double> values)
    {
        var sorted = new double[values.Length];
        var count = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(value)) sorted[count++] = value;
        }
        if (count == 0 || count < values.Length * 9 / 10) return null;
        Array.Sort(sorted, 0, count);
        return new Interval(sorted[(int)(count * Confidence.Alpha)], sorted[count - 1 - (int)(count * Confidence.Alpha)]);
    }

    /// <summary>The standard deviation of what the resamples gave, numbers only.</summary>
    public static double Deviation(ReadOnlySpan<double> values)
    {
        var (count, mean, squares) = (0, 0.0, 0.0);
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) continue;
            var before = value - mean;
            mean += before / ++count;
            squares += before * (value - mean);
        }
        return count < 2 ? 0 : Math.Sqrt(squares / (count - 1));
    }
}
