using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>Who may ask what of a release, and what each state answers.</summary>
internal static class ReleaseRules
{
    /// <summary>Refuses who lacks the right or whom a duty forbids it; null where they may.</summary>
    public static Verdict? MayNot(ReleaseCommand command, Release release, Registry registry)
    {
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        return command switch
        {
            not (ReleaseCommand.Advance or ReleaseCommand.Freeze or ReleaseCommand.RollBack) when command.By == MemberName.System =>
                Verdict.Forbidden($"A controller decides by evidence alone: {release.Id} can {Verb(command)} only by a person."),
            ReleaseCommand.Approve => rights.DenyApproval(command.By, $"approve {release.Id}") ?? OwnWork(command.By, release, "approve", rights.Approvers, release.ProposedBy),
            ReleaseCommand.Decline => rights.DenyReview(command.By, $"decline {release.Id}"),
            ReleaseCommand.Cancel => rights.DenyCancel(command.By, $"cancel {release.Id}", release.Author),
            ReleaseCommand.Start => rights.DenyRelease(command.By, $"start {release.Id}") ?? OwnWork(command.By, release, "start", rights.ReleaseOwners),
            ReleaseCommand.Advance => rights.DenyRelease(command.By, $"advance {release.Id}") ?? OwnWork(command.By, release, "advance", rights.ReleaseOwners),
            ReleaseCommand.Resume => rights.DenyRelease(command.By, $"resume {release.Id}") ?? OwnWork(command.By, release, "resume", rights.ReleaseOwners),
            ReleaseCommand.Freeze => rights.DenyStop(command.By, $"freeze {release.Id}"),
            ReleaseCommand.RollBack => rights.DenyStop(command.By, $"roll back {release.Id}"),
            _ => throw new InvalidOperationException($"No rule says who may {command.GetType().Name}."),
        };
    }

    /// <summary>Refuses to bring a version into production while its prompt lacks an owner or a backup owner; null where both are named.</summary>
    public static Verdict? Unowned(Registry registry, PromptName prompt, EnvironmentName environment) =>
        environment == EnvironmentName.Production && PromptRights.Of(registry, prompt).Missing is { } missing ? Verdict.Conflict(missing) : null;

    /// <summary>Refuses to bring a version into production whose model its provider may change under its name; null where it is pinned.</summary>
    public static Verdict? Unpinned(Registry registry, PromptVersion version, EnvironmentName environment) =>
        environment == EnvironmentName.Production && version.Facts.Model is { } model && !registry.Models.IsPinned(model)
            ? Verdict.Conflict($"{version.Id} runs on {model}, which its provider may change at any time; production needs a dated model. Where the name stands for one model for ever, say so with: slipway model add {model} --pinned")
            : null;

    /// <summary>Refuses a second release beside one that is active; null where none is.</summary>
    public static Verdict? Busy(Registry registry, PromptName prompt, EnvironmentName environment) => registry.Releases.Active(prompt, environment) is { } active
        ? Verdict.Conflict($"{active.Id} ({active.Candidate}, {Word(active.State)}) is active in {environment}; it must be completed, rolled back, declined or cancelled first.")
        : null;

    /// <summary>What happens when a first version goes live: its only step is everybody.</summary>
    public static ImmutableArray<JournalEvent> GoesLiveAtOnce(Release release, string salt) =>
    [
        new ReleaseStarted(release.Id, Share.All, salt),
        new ReleaseCompleted(release.Id, release.Candidate, "it is the first version, there was nothing to compare it with", []),
    ];

    /// <summary>What the release's state answers; who asks has been looked at before.</summary>
    public static Verdict Decide(Release release, ReleaseCommand command, Registry registry) => (release.State, command) switch
    {
        (_, ReleaseCommand.IReasoned { Reason: var reason }) when string.IsNullOrWhiteSpace(reason) => Verdict.Invalid("Say why: the reason is empty."),

        (ReleaseState.Proposed, ReleaseCommand.Approve) when release.Baseline is null =>
            Verdict.Conflict($"{release.Id} would be the first version of {release.Candidate.Prompt} in {release.Environment}; a second person confirms it with: {BootstrapRelease.CommandFor(release.Candidate, release.Environment)}"),
        (ReleaseState.Proposed, ReleaseCommand.Approve approve) => Verdict.Of(new ReleaseApproved(release.Id, approve.Note)),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.Decline decline) => Verdict.Of(new ReleaseDeclined(release.Id, decline.Reason)),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.Cancel cancel) => Verdict.Of(new ReleaseCancelled(release.Id, cancel.Reason)),
        (ReleaseState.Approved, ReleaseCommand.Start start) => Start(release, start, registry),

        (ReleaseState.Canary, ReleaseCommand.Advance advance) => Advance(release, advance),
        (ReleaseState.Canary, ReleaseCommand.Freeze freeze) => Verdict.Of(new ReleaseFrozen(release.Id, freeze.Reason, freeze.Evidence)),
        (ReleaseState.Frozen, ReleaseCommand.Freeze) => Verdict.Of(),
        (ReleaseState.Frozen, ReleaseCommand.Resume resume) => Verdict.Of(new ReleaseResumed(release.Id, resume.Reason)),

        (ReleaseState.Canary or ReleaseState.Frozen, ReleaseCommand.RollBack back) => RollBack(release, back, registry),
        (ReleaseState.RolledBack, ReleaseCommand.RollBack) => Verdict.Of(),
        (ReleaseState.Completed, ReleaseCommand.RollBack back) => RollBackCompleted(release, back, registry),
        _ => Verdict.Conflict($"{release.Id} is {Word(release.State)} and cannot {Verb(command)}."),
    };

    private static Verdict? OwnWork(MemberName who, Release release, string what, ImmutableArray<MemberName> able, MemberName? proposer = null)
    {
        if (who != release.Author && who != proposer) return null;
        ImmutableArray<MemberName> others = [.. able.Where(other => other != release.Author && other != proposer)];
        var deed = who == release.Author ? $"wrote {release.Candidate}" : $"proposed {release.Id}";
        return Verdict.Forbidden($"{who} {deed} and cannot {what} it: {(others.IsEmpty ? "somebody else must, but nobody else may yet" : $"{PromptRights.Or(others)} must")}.");
    }

    private static Verdict Start(Release release, ReleaseCommand.Start start, Registry registry)
    {
        if (string.IsNullOrEmpty(start.Salt)) return Verdict.Invalid("A rollout needs a salt.");
        if (registry.Releases.Live(release.Candidate.Prompt, release.Environment)?.Version != release.Baseline)
            return Verdict.Conflict($"What is live changed since {release.Id} was proposed; cancel it and propose again.");
        // Duties are those of now: an older build let releases be proposed without them.
        if (Unowned(registry, release.Candidate.Prompt, release.Environment) is { } unowned) return unowned;
        return release.Baseline is null ? new Verdict.Accept(GoesLiveAtOnce(release, start.Salt)) : Verdict.Of(new ReleaseStarted(release.Id, release.Plan.Steps[0], start.Salt));
    }

    private static Verdict Advance(Release release, ReleaseCommand.Advance advance)
    {
        if (advance.ExpectedEpoch != release.Epoch)
            return Verdict.Conflict($"{release.Id} is at epoch {release.Epoch} ({release.Weight}), the decision was made for epoch {advance.ExpectedEpoch}; look again.");
        if (advance.By == MemberName.System && !Proved(release.Plan, advance.Evidence))
            return Verdict.Conflict($"{release.Id} advances by itself only when every guardrail is proved.");
        var next = release.NextWeight;
        return next == Share.All
            ? Verdict.Of(new ReleaseAdvanced(release.Id, next, release.Epoch + 1, advance.Reason, advance.Evidence), new ReleaseCompleted(release.Id, release.Candidate, "every step of the plan is done", advance.Evidence))
            : Verdict.Of(new ReleaseAdvanced(release.Id, next, release.Epoch + 1, advance.Reason, advance.Evidence));
    }

    private static bool Proved(ReleasePlan plan, ImmutableArray<GuardrailEvidence> evidence) =>
        evidence.Select(proof => proof.Guardrail).SequenceEqual(plan.Guardrails) && evidence.All(proof => proof is { Safe: true, Harmful: false });

    private static Verdict RollBack(Release release, ReleaseCommand.RollBack back, Registry registry) => release.RollbackTarget is { } target
        ? Erased(registry, target) ?? Verdict.Of(new ReleaseRolledBack(release.Id, release.Candidate, target, back.Reason, back.Evidence))
        : Verdict.Conflict($"{release.Candidate} is the first version; there is nothing to roll back to.");

    private static Verdict RollBackCompleted(Release release, ReleaseCommand.RollBack back, Registry registry)
    {
        var live = registry.Releases.Live(release.Candidate.Prompt, release.Environment);
        if (live?.Version != release.Candidate) return Verdict.Conflict($"{release.Candidate} is not live any more; {live?.Version} is.");
        return registry.Releases.Active(release.Candidate.Prompt, release.Environment) is { CarriesTraffic: true } active
            ? Verdict.Conflict($"{active.Id} is being rolled out on top of {release.Candidate}; roll that one back first.")
            : RollBack(release, back, registry);
    }

    /// <summary>Refuses a version that cannot be served any more because its package was erased; null where it can.</summary>
    internal static Verdict? Erased(Registry registry, VersionId version) =>
        registry.Prompts.Find(version) is { } known ? registry.Objects.Deny(known.Package, $"The package of {version}") : null;

    /// <summary>A state as the end of a sentence that begins "It is".</summary>
    internal static string Word(ReleaseState state) => state switch
    {
        ReleaseState.Canary => "in its canary",
        ReleaseState.RolledBack => "rolled back",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static string Verb(ReleaseCommand command) => command switch
    {
        ReleaseCommand.Approve => "be approved",
        ReleaseCommand.Decline => "be declined",
        ReleaseCommand.Cancel => "be cancelled (roll it back)",
        ReleaseCommand.Start => "be started",
        ReleaseCommand.Advance => "be advanced",
        ReleaseCommand.Freeze => "be frozen",
        ReleaseCommand.Resume => "be resumed",
        _ => "be rolled back",
    };
}
