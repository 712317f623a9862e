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
    public static void MapResolve(this RouteGroupBuilder api) => api.MapPost("/resolve", (Body<ResolveQuery> query, Caller caller, Ledger ledger, SnapshotPublisher snapshots) =>
    {
        var body = query.Value;
        var environment = body.Environment ?? EnvironmentName.Production;
        if (caller.Access.DenyReach(Subject.Of($"resolve {body.Prompt} in {environment}", body.Prompt, environment)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var snapshot = snapshots.Current(environment);
        var request = new ResolveRequest(body.Prompt, body.Key, body.Tenant, body.Model, body.Attributes, ledger.Age >= InstanceList.Lease);
        return Resolver.Resolve(snapshot, request) is Decision.Serve serve
            ? TypedResults.Ok(new ResolveDocument(serve.Served.Version, serve.Served.Package, serve.Arm, serve.Release, serve.Revision, serve.Reason, Resolver.Explain(snapshot, request)))
            : Refusals.Unknown($"No version of a prompt {body.Prompt} is live in {environment}.");
    }).Gives<ResolveDocument>("Say which version a unit gets, and why");
}
