using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Snapshots;

/// <summary>Routing for who resolves by themselves: the whole table, and the stream of its changes.</summary>
internal static class SnapshotEndpoints
{
    public static void MapSnapshots(this RouteGroupBuilder api)
    {
        api.MapGet("/snapshots/{environment}", WriteAsync).Reads("read routing", byApplications: true, withinReach: true).TagsItself()
            .Gives<SnapshotDocument>("Give the routing table of an environment, whole");
        api.MapGet("/snapshots/{environment}/stream", FollowAsync).Reads("follow routing", byApplications: true, withinReach: true).TagsItself()
            .Does("Follow the routing of an environment as server-sent events: snapshot, route, heartbeat", StatusCodes.Status200OK);
    }

    private static async Task WriteAsync(string environment, HttpContext context, Caller caller, Ledger ledger, SnapshotPublisher publisher)
    {
        if (await PlaceAsync(context, caller, environment) is not { } place) return;
        var (edition, reach, response) = (publisher.EditionOf(place), Reach.Of(caller.Key), context.Response);
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Age = ((int)ledger.Age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (EntityTags.Has(context, reach.Tag(edition.RevisionOf(reach)))) return;
        response.ContentType = "application/json";
        var writer = response.BodyWriter;
        if (await SnapshotBody.WriteAsync(writer, edition, reach, FlushAsync)) await FlushAsync();

        async ValueTask<bool> FlushAsync() => !(await writer.FlushAsync(context.RequestAborted)).IsCompleted;
    }

    private static async Task FollowAsync(
        string environment, string? instance, HttpContext context, Caller caller, Ledger ledger, SnapshotPublisher publisher, StreamAdmission admission, StreamHub hub, InstanceBook book,
        IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        if (await PlaceAsync(context, caller, environment) is not { } place) return;
        if (instance is not null && InstanceEndpoints.WrongName(instance) is { } wrong)
        {
            await Refusals.Invalid([wrong]).ExecuteAsync(context);
            return;
        }
        var after = Revision(context.Request.Headers["Last-Event-ID"].ToString());
        // Somebody who knows more than this server was at another one a moment ago, and must not be led back in time.
        if (after > publisher.EditionOf(place).Revision) ledger.CatchUp();
        if (admission.Enter() is { } wait)
        {
            await Refusals.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"This server takes no more event streams at the moment; come back in {wait.TotalSeconds:0} s.", wait);
            return;
        }
        try
        {
            var known = instance is null ? null : book.Of(place, caller.Key, instance);
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";       // nginx would hold events back
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            StreamSockets.Ready(context);
            known?.Connected(clock.GetUtcNow());
            await hub.RunAsync(new RouteStream(() => publisher.EditionOf(place), caller.Key, response.BodyWriter, known, clock, end), caller.Access, after);
        }
        finally
        {
            admission.Leave();
        }
    }

    private static long? Revision(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    // Refuses where it names none, or one beyond the key.
    private static async Task<EnvironmentName?> PlaceAsync(HttpContext context, Caller caller, string environment)
    {
        var refusal = !EnvironmentName.TryParse(environment, out var place) ? Refusals.Unknown($"\"{environment}\" is no environment: it must be {EnvironmentName.Form}.")
            : caller.Access.DenyReach(new Subject($"read the routing of {place}", [], place, IsInstallation: false)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;
        if (refusal is null) return place;
        await refusal.ExecuteAsync(context);
        return null;
    }
}
