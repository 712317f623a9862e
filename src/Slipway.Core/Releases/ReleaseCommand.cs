using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>What can be asked of a release that exists.</summary>
/// <param name="By">Who asks.</param>
/// <param name="Release">Which release.</param>
public abstract record ReleaseCommand(MemberName By, ReleaseId Release) : Command(By)
{
    /// <summary>A command that nobody may give without saying why.</summary>
    public interface IReasoned
    {
        /// <summary>Why, as a sentence.</summary>
        string Reason { get; }
    }

    /// <summary>Signs one part of the review of somebody else's change.</summary>
    /// <param name="By">A reviewer of that part; neither the author or another editor nor who proposed or planned it.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Part">Which part; the meaning comes before the numbers.</param>
    /// <param name="Note">What they want to say; may be empty.</param>
    public sealed record Review(MemberName By, ReleaseId Release, SignOff Part, string Note) : ReleaseCommand(By, Release);

    /// <summary>Signs every part of the review that is open and that the reviewer may sign, in their order.</summary>
    /// <param name="By">A reviewer; neither the author or another editor nor who proposed or planned it.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Note">What they want to say; may be empty.</param>
    public sealed record Approve(MemberName By, ReleaseId Release, string Note) : ReleaseCommand(By, Release);

    /// <summary>Changes the plan before it starts; what was signed is void, because it was signed for another contract.</summary>
    /// <param name="By">An author or release owner; from then on they sign nothing of it.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Plan">What is to be otherwise; what it leaves out stays.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Traffic">What was measured of the traffic of what is live; null where too little was.</param>
    public sealed record ChangePlan(MemberName By, ReleaseId Release, ReleasePlanDocument Plan, string Reason, TrafficSample? Traffic = null) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Says no.</summary>
    /// <param name="By">A reviewer.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why; required.</param>
    public sealed record Decline(MemberName By, ReleaseId Release, string Reason) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Gives it up before it carries traffic.</summary>
    /// <param name="By">The author, the prompt's owner or backup owner, or a release owner.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why; required.</param>
    public sealed record Cancel(MemberName By, ReleaseId Release, string Reason) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Begins the shadow where the plan has one, else gives the candidate its first share of traffic; now or at the time of the plan.</summary>
    /// <param name="By">A release owner who did not write it; a controller where one said yes to the time of the plan.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Salt">Random text for this rollout's buckets, drawn at the edge.</param>
    public sealed record Start(MemberName By, ReleaseId Release, string Salt) : ReleaseCommand(By, Release);

    /// <summary>Ends the shadow's calls because its budget is spent; what was learned stays.</summary>
    /// <param name="By">A controller; people freeze a release or roll it back.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Calls">Calls it made.</param>
    /// <param name="Cost">What is known of their cost, in US dollars; null where nothing is.</param>
    /// <param name="Reason">Why; required.</param>
    public sealed record StopShadow(MemberName By, ReleaseId Release, long Calls, decimal? Cost, string Reason) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Gives the candidate its next share of traffic; after the last step it is observed.</summary>
    /// <param name="By">A controller with evidence, or a release owner who is not the author.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="ExpectedEpoch">The epoch the decision was made for; another one drops it.</param>
    /// <param name="Reason">The evidence in a sentence, or why a person does it; required.</param>
    /// <param name="Evidence">The numbers; a controller must prove every guardrail with them.</param>
    public sealed record Advance(MemberName By, ReleaseId Release, int ExpectedEpoch, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Ends the observation at 100%: the candidate is what the next release is compared with.</summary>
    /// <param name="By">A controller, or a release owner who is not the author; not before the observation is over.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Evidence">The numbers, where a controller decided.</param>
    public sealed record Complete(MemberName By, ReleaseId Release, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Keeps the share where it is. Needs no approval and no epoch.</summary>
    /// <param name="By">On-call, a release owner, the prompt's owner or backup owner, or a controller.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Evidence">The numbers, where a controller decided.</param>
    public sealed record Freeze(MemberName By, ReleaseId Release, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Lets a frozen release go on.</summary>
    /// <param name="By">A release owner who is not the author.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why it may; required.</param>
    public sealed record Resume(MemberName By, ReleaseId Release, string Reason) : ReleaseCommand(By, Release), IReasoned;

    /// <summary>Gives everybody the rollback target. Needs no approval and no epoch, and wins over everything else.</summary>
    /// <param name="By">On-call, a release owner, the prompt's owner or backup owner, or a controller.</param>
    /// <param name="Release">Which release.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Evidence">The numbers, where a controller decided.</param>
    public sealed record RollBack(MemberName By, ReleaseId Release, string Reason, ImmutableArray<GuardrailEvidence> Evidence) : ReleaseCommand(By, Release), IReasoned;

    /// <inheritdoc/>
    public sealed override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var what = $"{ReleaseRules.Infinitive(this)} {Release}";
        return registry.Releases.Find(Release) is { } release
            ? Subject.Of($"{what} ({release.Candidate} in {release.Environment})", release.Candidate.Prompt, release.Environment)
            : Subject.Nothing(what);
    }

    /// <inheritdoc/>
    public sealed override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Releases.Find(Release) is not { } release)
            return Verdict.Unknown(ReleaseRules.NoRelease(Release, registry));
        return ReleaseRules.MayNot(this, release, registry, now) ?? ReleaseRules.Decide(release, this, registry, now);
    }
}

/// <summary>The on-call's one action: gives everybody the version before, whatever is going on.</summary>
/// <param name="By">On-call, a release owner, the prompt's owner or backup owner.</param>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Environment">Where.</param>
/// <param name="Reason">Why; required.</param>
public sealed record RollBackPrompt(MemberName By, PromptName Prompt, EnvironmentName Environment, string Reason) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"roll back {Prompt} in {Environment}", Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Prompts.Find(Prompt) is null) return Verdict.Unknown(registry.Prompts.Missing(Prompt));
        // The newest that users met, not what is live: of two people who act at once the slower must not take back the version before as well.
        var release = registry.Releases.Newest(Prompt, Environment);
        return release switch
        {
            null => Verdict.Conflict($"Nothing of {Prompt} is live in {Environment}."),
            { State: ReleaseState.RolledBack } => Verdict.Conflict(BackAlready(registry.Releases, release)),
            _ => new ReleaseCommand.RollBack(By, release.Id, Reason, []).Decide(registry, now),
        };
    }

    private string BackAlready(ReleasesState releases, Release release)
    {
        var live = releases.Live(Prompt, Environment)!;
        return $"{Prompt} is back on {live.Version.Number} already, since {release.Since:yyyy-MM-dd HH:mm:ss} UTC ({release.Id}); " +
            (releases.WayBack(Prompt, Environment) is { } further ? $"to go back further: {further.Command}" : "there is nothing to go back to from there.");
    }
}
