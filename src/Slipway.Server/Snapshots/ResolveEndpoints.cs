using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Snapshots;

/// <summary>Explains which version a unit gets.</summary>
internal static class ResolveEndpoints
{
    public static void MapResolve(this RouteGroupBuilder api) => api.MapPost("/resolve", (Body<ResolveQuery> query, SnapshotPublisher snapshots) =>
    {
        var body = query.Value;
        var snapshot = snapshots.Current(body.Environment ?? EnvironmentName.Production);
        return Resolver.Resolve(snapshot, new ResolveRequest(body.Prompt, body.Key)) switch
        {
            Decision.Serve serve => TypedResults.Ok(new ResolveDocument(serve.Served.Version, serve.Served.Package, serve.Arm, serve.Release, snapshot.Revision, serve.Reason)),
            Decision.Refuse refuse => Refusals.Unknown(refuse.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    });
}
