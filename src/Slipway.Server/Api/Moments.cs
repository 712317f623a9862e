using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Server.Api;

/// <summary>Moments as people write them: a time, or how long ago.</summary>
internal static class Moments
{
    /// <summary>Reads one.</summary>
    /// <param name="text">As <c>2026-05-14T12:00Z</c>, or as <c>24h</c> for how long ago; null for none.</param>
    /// <param name="clock">Says what time it is.</param>
    /// <param name="moment">Null where nothing was written, or where it is no moment.</param>
    /// <returns>False where it is no moment.</returns>
    public static bool TryRead(string? text, TimeProvider clock, out DateTimeOffset? moment)
    {
        moment = Duration.TryParse(text, out var ago) ? clock.GetUtcNow() - ago.Value
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;
        return text is null || moment is not null;
    }

    /// <summary>The sentence that says that a text is no moment.</summary>
    public static string Misread(string? text) => $"\"{text}\" is no time; write it as 2026-05-14T12:00Z, or how long ago as in 24h.";
}
