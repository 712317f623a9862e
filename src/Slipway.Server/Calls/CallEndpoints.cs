using Slipway.Core.Releases;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>The call log over HTTP.</summary>
internal static class CallEndpoints
{
    private const int Most = 1_000;

    public static void MapCalls(this RouteGroupBuilder api) =>
        api.MapGet("/calls", (string? prompt, string? release, string? trace, int? limit, SqliteCallLog calls) =>
        {
            ReleaseId? id = null;
            if (release is not null && !ReleaseId.TryParse(release, out id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
            if (limit is < 1 or > Most) return Refusals.Invalid([$"limit must be from 1 to {Most}."]);
            return (IResult)TypedResults.Ok(calls.Newest(prompt, id, trace, limit ?? 100));
        });
}
