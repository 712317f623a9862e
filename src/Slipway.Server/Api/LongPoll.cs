using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Server.Api;

/// <summary>Answers that wait until something is so, at the latest after the time that the query's <c>wait</c> names.</summary>
internal static class LongPoll
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60), BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads how long the caller waits at most; not at all where nothing is said.</summary>
    /// <param name="wait">As it stands in the query.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="refused">The answer where it cannot be read.</param>
    public static bool TryRead(string? wait, out TimeSpan atMost, [NotNullWhen(false)] out IResult? refused)
    {
        var length = Duration.Zero;
        refused = wait is not null && !Duration.TryParse(wait, out length) ? Refusals.Invalid([$"wait is \"{wait}\": it must be {Duration.Form}."])
            : length.Value > Longest ? Refusals.Invalid([string.Create(CultureInfo.InvariantCulture, $"wait is at most {Longest.TotalSeconds:0}s.")])
            : null;
        atMost = length?.Value ?? TimeSpan.Zero;
        return refused is null;
    }

    /// <summary>Looks until what is seen is final, or the time is over.</summary>
    /// <remarks>It looks every 50 ms: a thousand instances that answer within a moment are one look, and what another server heard is in none of this one's signals.</remarks>
    public static async Task<T> UntilAsync<T>(Func<T> look, Func<T, bool> isFinal, TimeSpan atMost, TimeProvider clock, CancellationToken cancellation)
    {
        using var looks = new PeriodicTimer(BetweenLooks, clock);
        var started = clock.GetTimestamp();
        while (true)
        {
            var seen = look();
            if (isFinal(seen) || clock.GetElapsedTime(started) >= atMost) return seen;
            await looks.WaitForNextTickAsync(cancellation);
        }
    }
}
