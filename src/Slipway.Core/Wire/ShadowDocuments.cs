using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Wire;

/// <summary>What a release's shadow showed.</summary>
/// <param name="Share">The share of units that also go to the candidate now; 0% once it is over.</param>
/// <param name="Budget">What it may spend.</param>
/// <param name="Calls">Calls of the candidate so far.</param>
/// <param name="Cost">What is known of their cost, in US dollars; null where nothing is.</param>
/// <param name="Units">Different units that both versions were asked for.</param>
/// <param name="StoppedAt">When its budget was spent; null where it was not.</param>
/// <param name="Stable">What stable showed, whose answers the users saw.</param>
/// <param name="Candidate">What the candidate showed of the same requests.</param>
/// <param name="Guardrails">Each guardrail, in the plan's order, request by request.</param>
public sealed record ShadowDocument(
    Share Share, ShadowBudget Budget, long Calls, decimal? Cost, long Units, DateTimeOffset? StoppedAt, ShadowSide Stable, ShadowSide Candidate, ImmutableArray<GuardrailFinding> Guardrails)
{
    /// <summary>The document of a release's shadow.</summary>
    public static ShadowDocument Of(Release release, ShadowEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(evidence);
        return new ShadowDocument(
            release.Shadowed, release.Plan.Shadow!.Budget!, evidence.Calls, evidence.Priced == 0 ? null : evidence.Cost, evidence.Units, release.ShadowStoppedAt, evidence.Stable, evidence.Candidate, evidence.Findings());
    }
}

/// <summary>Requests that a server's shadows did not ask, since its start: a shadow gives way, requests never do.</summary>
/// <param name="Waiting">Requests that wait to be asked.</param>
/// <param name="Dropped">Dropped because too many waited, or because the server stopped.</param>
/// <param name="Limited">Left out because the provider wanted to be left alone.</param>
public sealed record ShadowLossDocument(long Waiting, long Dropped, long Limited);
