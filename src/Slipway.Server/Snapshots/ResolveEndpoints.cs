using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Snapshots;

/// <summary>Explains which version a unit gets.</summary>
internal static class ResolveEndpoints
{
    public static void MapResolve(this RouteGroupBuilder api) => api.MapPost("/resolve", (Body<ResolveQuery> query, Caller caller, SnapshotPublisher snapshots) =>
    {
        var body = query.Value;
        var environment = body.Environment ?? EnvironmentName.Production;
        if (caller.Access.DenyReach(Subject.Of($"resolve {body.Prompt} in {environment}", body.Prompt, environment)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var snapshot = snapshots.Current(environment);
        return Resolver.Resolve(snapshot, new ResolveRequest(body.Prompt, body.Key)) switch
        {
            Decision.Serve serve => TypedResults.Ok(new ResolveDocument(serve.Served.Version, serve.Served.Package, serve.Arm, serve.Release, snapshot.Revision, serve.Reason)),
            Decision.Refuse refuse => Refusals.Unknown(refuse.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }).Gives<ResolveDocument>("Say which version a unit gets, and why");
}
