namespace Slipway.Core.Evaluations.Statistics;

/// <summary>How often something held in one case: in so many of its repeats.</summary>
public readonly record struct Share(int Hits, int Repeats)
{
    /// <summary>From 0 to 1.</summary>
    public double Value => (double)Hits / Repeats;

    /// <summary>Whether the repeats did not agree.</summary>
    public bool Varies => Hits > 0 && Hits < Repeats;

    /// <summary>The variance of <see cref="Value"/> that the repeats show, without bias; 0 for one repeat, which shows none.</summary>
    public double Variance => Repeats < 2 ? 0 : Value * (1 - Value) / (Repeats - 1);
}

/// <summary>A rate on a set of cases. The case is the unit: its repeats are averaged inside it.</summary>
public static class RateSample
{
    /// <summary>The mean of the cases' shares.</summary>
    public static double Mean(ReadOnlySpan<Share> cases)
    {
        var sum = 0.0;
        foreach (var share in cases) sum += share.Value;
        return sum / cases.Length;
    }

    /// <summary>What the rate would be on all the traffic such cases are drawn from: the exact interval of Clopper and Pearson (1934).</summary>
    /// <remarks>With repeats it is taken at the number of independent cases that would vary as much (Korn and Graubard 1998).</remarks>
    public static Interval Interval(ReadOnlySpan<Share> cases)
    {
        var (mean, squares, repeats) = (Mean(cases), 0.0, 0L);
        foreach (var share in cases)
        {
            squares += (share.Value - mean) * (share.Value - mean);
            repeats += share.Repeats;
        }
        // Where nothing ever failed, or all did, repeats that agree are no further evidence.
        var size = mean is 0 or 1 ? cases.Length : Math.Min(repeats, mean * (1 - mean) * cases.Length * cases.Length / squares);
        return ClopperPearson(mean * size, size);
    }

    /// <summary>Clopper and Pearson's exact interval of a rate.</summary>
    /// <param name="hits">How often it held; need not be whole.</param>
    /// <param name="size">Of how many.</param>
    /// <param name="alpha">How often each bound may be wrong.</param>
    public static Interval ClopperPearson(double hits, double size, double alpha = Confidence.Alpha) => new(
        hits <= 0 ? 0 : Probabilities.BetaQuantile(alpha, hits, size - hits + 1),
        hits >= size ? 1 : Probabilities.BetaQuantile(1 - alpha, hits + 1, size - hits));

    /// <summary>How far another run on the same cases may move the rate (one standard deviation), as the repeats show it; 0 where they all agree.</summary>
    public static double RunNoise(ReadOnlySpan<Share> cases)
    {
        var sum = 0.0;
        foreach (var share in cases) sum += share.Variance;
        return Math.Sqrt(sum) / cases.Length;
    }
}
