using System.Globalization;
using Slipway.Core.Releases;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>The call log over HTTP.</summary>
internal static class CallEndpoints
{
    private const int Most = 1_000, DefaultMost = 100;

    public static void MapCalls(this RouteGroupBuilder api) =>
        api.MapGet("/calls", (string? prompt, string? release, string? trace, string? limit, SqliteCallLog calls) =>
        {
            ReleaseId? id = null;
            if (release is not null && !ReleaseId.TryParse(release, out id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
            var most = DefaultMost;
            if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is >= 1 and <= Most)) return Refusals.Invalid([$"limit must be from 1 to {Most}."]);
            return (IResult)TypedResults.Ok(calls.Newest(prompt, id, trace, most));
        });
}
