using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>Who may read what. Core decides on commands; reads meet one rule here, and an endpoint that says nothing is closed to applications
/// and to keys that are limited to a part of the installation.</summary>
internal static class Reading
{
    /// <summary>Holds every read of a group to its rule.</summary>
    public static RouteGroupBuilder HoldReadsToTheirRule(this RouteGroupBuilder group) => group.AddEndpointFilter(static async (context, next) =>
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsGet(http.Request.Method)) return await next(context);
        var rule = http.GetEndpoint()?.Metadata.GetMetadata<Rule>() ?? new Rule($"read {http.Request.Path}", ByApplications: false, WithinReach: false);
        var caller = Caller.Of(http);
        var verdict = (rule.ByApplications ? null : caller.Access.DenyApplication(caller.Name, rule.What))
            ?? (rule.WithinReach ? null : caller.Access.DenyReach(Subject.Installation(rule.What)));
        return verdict is Verdict.Refuse denied ? Refusals.Of(denied.Why) : await next(context);
    });

    /// <summary>Says what reading this is, and who may.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="what">As in "may not …".</param>
    /// <param name="byApplications">Whether applications may; else people alone.</param>
    /// <param name="withinReach">Whether the endpoint itself holds what it shows to the prompts and environments of the caller's key.</param>
    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder route, string what, bool byApplications = false, bool withinReach = false) =>
        route.WithMetadata(new Rule(what, byApplications, withinReach));

    private sealed record Rule(string What, bool ByApplications, bool WithinReach);
}
