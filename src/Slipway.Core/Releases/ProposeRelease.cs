using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>Proposes to move a version into an environment under a plan.</summary>
/// <param name="By">An author or release owner.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="Plan">What people say of the contract; what they leave out is as the prompt's policy says, and else as its risk asks.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
/// <param name="Facts">What is known at the edge of what the plan is made for; null for nothing.</param>
public sealed record ProposeRelease(
    MemberName By, VersionId Candidate, EnvironmentName Environment, ReleasePlanDocument Plan, string? Reason = null, PlanFacts? Facts = null) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"propose {Candidate} for {Environment}", Candidate.Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "propose releases", Role.Author, Role.ReleaseOwner) is { } denied) return denied;
        if (registry.Prompts.Find(Candidate) is not { } version) return Verdict.Unknown(registry.Prompts.Missing(Candidate));
        ReleasePlan? plan = null;
        ReleaseForecast? forecast = null;
        var baseline = registry.Releases.Live(Candidate.Prompt, Environment)?.Version;
        if (baseline is not null && baseline != Candidate && Planning.Make(registry, Candidate, Environment, baseline, Plan, Facts ?? PlanFacts.None, now, out plan, out forecast) is { } impossible) return impossible;
        if (ReleaseChecklist.Missing(ReleaseChecklist.Of(registry, version, Environment, By, plan, forecast)) is { } missing) return missing;
        var reason = string.IsNullOrWhiteSpace(Reason) ? null : Reason;
        var report = registry.Evaluations.Latest(Candidate, baseline)!.Facts.Report;
        return Verdict.Of(new ReleaseProposed(registry.Releases.NextId, Environment, Candidate, baseline, version.Author, version.Facts.Owner, plan!, report, ExpiresAt: null, reason, forecast));
    }
}
