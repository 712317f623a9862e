using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>What proposing a version would come to.</summary>
/// <param name="Baseline">What is live; null where nothing is.</param>
/// <param name="Plan">The contract it would be proposed under; null where there can be none.</param>
/// <param name="Problem">Why there can be none, in a sentence; null where there can, or where nothing is live to plan against.</param>
/// <param name="Forecast">How long it would take; null where nobody can say.</param>
/// <param name="Checklist">What must be so before, and whether it is.</param>
public sealed record ReleasePreview(VersionId? Baseline, ReleasePlan? Plan, string? Problem, ReleaseForecast? Forecast, ImmutableArray<ChecklistItem> Checklist)
{
    /// <summary>Whether nothing is missing.</summary>
    public bool Ready => Problem is null && Checklist.All(item => item.Done);

    /// <summary>Looks ahead; nothing changes.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="version">What is to go live.</param>
    /// <param name="environment">Where.</param>
    /// <param name="by">Who asks; where they may not propose, the list is that of a proposal by the version's author.</param>
    /// <param name="document">What people say of the plan.</param>
    /// <param name="facts">What is known at the edge of what the plan is made for.</param>
    /// <param name="now">The time.</param>
    public static ReleasePreview Of(
        Registry registry, PromptVersion version, EnvironmentName environment, MemberName by, ReleasePlanDocument document, PlanFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(version);
        var baseline = registry.Releases.Live(version.Id.Prompt, environment)?.Version;
        ReleasePlan? plan = null;
        ReleaseForecast? forecast = null;
        var problem = baseline is null || baseline == version.Id ? null : Planning.Make(registry, version.Id, environment, baseline, document, facts, now, out plan, out forecast);
        var proposer = registry.Access.Has(by, Role.Author, Role.ReleaseOwner) ? by : version.Author;
        return new ReleasePreview(baseline, plan, (problem as Verdict.Refuse)?.Why.Reason, forecast, ReleaseChecklist.Of(registry, version, environment, proposer, plan, forecast));
    }
}
