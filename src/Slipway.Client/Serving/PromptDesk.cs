using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;

namespace Slipway.Client.Serving;

/// <summary>Resolves and renders from a table; the same for the client and for its double.</summary>
/// <param name="environment">Whose prompts.</param>
/// <param name="table">What is served.</param>
/// <param name="leaseExpired">Whether a candidate must not be served.</param>
/// <param name="clock">For the calls' records.</param>
internal sealed class PromptDesk(EnvironmentName environment, RoutingTable table, Func<bool> leaseExpired, TimeProvider clock)
{
    public Decision Resolve(string prompt, string? unit, CallContext? context)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Resolve(table.Current, prompt, unit, context);
    }

    public RenderAnswer Render(string prompt, object? variables, string? unit, IReadOnlyList<ChatMessage>? conversation, CallContext? context)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        while (true)
        {
            var snapshot = table.Current;
            if (Resolve(snapshot, prompt, unit, context) is not Decision.Serve serve) return Unknown(prompt, snapshot);
            if (!table.TryGet(serve.Served.Package, out var package)) continue;     // replaced and forgotten this moment: the new table has its own
            var values = Variables.Of(variables, out var problem);
            if (problem is not null) return new RenderAnswer.Refused(RenderRefusal.WrongVariables, problem, [new VariableProblem(null, problem)]);
            var route = snapshot.Routes[prompt];
            table.TryGet(route.Stable.Package, out var stable);
            return new RenderRequest(environment, route, stable, values, unit, conversation ?? [], context, clock.GetUtcNow()).Render(serve, package);
        }
    }

    // The clock is read only where it matters: for a candidate.
    private Decision Resolve(Snapshot snapshot, string prompt, string? unit, CallContext? context)
    {
        var request = new ResolveRequest(prompt, unit, context?.Tenant, context?.Model, context?.Attributes);
        var decision = Resolver.Resolve(snapshot, request);
        return decision is Decision.Serve { Arm: Arm.Candidate } && leaseExpired() ? Resolver.Resolve(snapshot, request with { LeaseExpired = true }) : decision;
    }

    private RenderAnswer.Refused Unknown(string prompt, Snapshot snapshot) => snapshot.Routes.Count == 0 && table.Told == 0
        ? new(RenderRefusal.NotReady, $"No version of {prompt} is here: nothing was heard from Slipway's server yet, and nothing was kept from before.", [])
        : new(RenderRefusal.UnknownPrompt, $"No version of a prompt {prompt} is live in {environment}.", []);
}
