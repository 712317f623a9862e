namespace Slipway.Server;

/// <summary>Spreads by chance when things are tried again, so that what failed together does not come back together.</summary>
/// <param name="draw">Draws a number from 0 to below 1, each as likely as the other; may be asked by many at once.</param>
internal sealed class Jitter(Func<double> draw)
{
    /// <summary>By the process's own random numbers.</summary>
    public static Jitter System { get; } = new(Random.Shared.NextDouble);

    /// <summary>How long to wait after a failure: twice as long after each, half of it by chance.</summary>
    /// <param name="failures">How many came before it, one after the other; at least 0.</param>
    /// <param name="first">The most after the first.</param>
    /// <param name="longest">The most after any.</param>
    public TimeSpan After(int failures, TimeSpan first, TimeSpan longest) =>
        TimeSpan.FromTicks((long)Math.Min(Math.ScaleB(first.Ticks, failures), longest.Ticks)) * (0.5 + draw() / 2);

    /// <summary>A time from zero to below the most.</summary>
    public TimeSpan Within(TimeSpan most) => most * draw();
}
