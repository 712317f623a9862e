namespace Slipway.Core.Evaluations.Statistics;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): numbers that look random and are the same for the same seed, on every machine and for ever.</summary>
/// <remarks>An interval in a report can be computed again by anybody who knows the seed that stands beside it.</remarks>
public sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to below <paramref name="bound"/>.</summary>
    /// <remarks>By multiplication, not by remainder: with a bound below a million the shares differ by less than one in 10^13.</remarks>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
