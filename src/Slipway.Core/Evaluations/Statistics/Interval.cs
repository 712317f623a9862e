namespace Slipway.Core.Evaluations.Statistics;

/// <summary>The level all intervals and verdicts of evaluations share.</summary>
public static class Confidence
{
    /// <summary>How often a bound may be wrong, for each side of an interval by itself.</summary>
    public const double Alpha = 0.05;

    /// <summary>The quantile of the standard normal distribution that leaves <see cref="Alpha"/> above it.</summary>
    public const double Z = 1.6448536269514722;
}

/// <summary>Where a value lies, going by what was seen.</summary>
/// <param name="Low">Its lower end; the truth is below it once in twenty.</param>
/// <param name="High">Its upper end; the truth is above it once in twenty.</param>
public sealed record Interval(double Low, double High);
