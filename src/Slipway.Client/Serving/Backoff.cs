namespace Slipway.Client.Serving;

/// <summary>How long to wait before the next attempt: full jitter, so that thousands of instances do not come back together.</summary>
/// <param name="random">0 to 1, drawn anew each time.</param>
internal sealed class Backoff(Func<double> random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30), LongestAsked = TimeSpan.FromMinutes(5);
    private int failures;

    /// <summary>What the server asks for as the first wait, by <c>retry:</c>; 1 s where it asks for nothing.</summary>
    public TimeSpan First { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>It works.</summary>
    public void Reset() => failures = 0;

    /// <summary>An attempt came to an end.</summary>
    /// <param name="reply">What the server answered; null where it did not refuse.</param>
    /// <returns>0 to min(30 s, 2ⁿ), on top of what the server asked for, or of 30 s where it refused the key: that does not mend itself.</returns>
    public TimeSpan Next(Reply? reply = null)
    {
        var most = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(failures++, 20)));
        var asked = reply?.RetryAfter is { } after ? after < LongestAsked ? after : LongestAsked : TimeSpan.Zero;
        var least = reply is { Forbidden: true } && asked < Longest ? Longest : asked;
        return least + TimeSpan.FromSeconds(random() * most);
    }
}
