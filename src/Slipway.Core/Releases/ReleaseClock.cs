using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>What time alone asks of a release: the controller does it, and whoever was faster was right.</summary>
public static class ReleaseClock
{
    /// <summary>The command that is due.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="registry">All state.</param>
    /// <param name="now">The time.</param>
    /// <param name="drawSalt">Draws random text for a rollout that starts.</param>
    /// <returns>Null where nothing is due.</returns>
    public static ReleaseCommand? Due(Release release, Registry registry, DateTimeOffset now, Func<string> drawSalt)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(drawSalt);
        return release switch
        {
            { State: ReleaseState.Approved, Plan.StartAt: { } start } when now >= start && Consent(release, registry) is not null => new ReleaseCommand.Start(MemberName.System, release.Id, drawSalt()),
            { State: ReleaseState.Proposed, ExpiresAt: { } end } when now >= end => new ReleaseCommand.Cancel(MemberName.System, release.Id, $"nobody confirmed it until {ReleasePlan.Time(end)}"),
            { CarriesTraffic: true, ExpiresAt: { } end } when now >= end =>
                new ReleaseCommand.RollBack(MemberName.System, release.Id, $"two people's word carried the emergency until {ReleasePlan.Time(end)}, and nobody approved it by then", []),
            _ => null,
        };
    }

    /// <summary>What the observation at 100% asks for.</summary>
    /// <param name="release">A release that is observed.</param>
    /// <param name="guardrails">What is known of each guardrail.</param>
    /// <param name="now">The time.</param>
    /// <returns>To advance means to complete.</returns>
    public static RolloutVerdict Observe(Release release, IEnumerable<GuardrailEvidence> guardrails, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(release);
        if (guardrails.FirstOrDefault(guardrail => guardrail.Harmful) is { } broken) return new RolloutVerdict.RollBack(broken.Sentence);
        return release.ObservedUntil is { } end && now < end
            ? new RolloutVerdict.Hold($"observed at 100% until {ReleasePlan.Time(end)}, clean so far")
            : new RolloutVerdict.Advance($"it was observed at 100% for {release.Plan.Observe} and no guardrail broke");
    }

    /// <summary>The release owner whose yes a scheduled start rests on: who scheduled it, or who proposed it; null where neither may start it now.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="registry">All state.</param>
    public static MemberName? Consent(Release release, Registry registry)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(registry);
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        var forbidden = ReleaseRules.Forbidden(registry, release.Candidate, release.Environment, []);
        return ((MemberName?[])[release.ScheduledBy, release.ProposedBy]).FirstOrDefault(who => who is not null && rights.ReleaseOwners.Contains(who) && !forbidden.Contains(who));
    }
}
