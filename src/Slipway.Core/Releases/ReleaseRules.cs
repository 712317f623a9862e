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
    public static Verdict? MayNot(ReleaseCommand command, Release release, AccessState access) => command switch
    {
        not (ReleaseCommand.Advance or ReleaseCommand.Freeze or ReleaseCommand.RollBack) when command.By == MemberName.System =>
            Verdict.Forbidden($"A controller decides by evidence alone: {release.Id} can {Verb(command)} only by a person."),
        ReleaseCommand.Approve => access.Deny(command.By, $"approve {release.Id}", Role.Reviewer) ?? Duty(command.By, release, "approve it"),
        ReleaseCommand.Decline => access.Deny(command.By, $"decline {release.Id}", Role.Reviewer),
        ReleaseCommand.Cancel when command.By == release.Author || command.By == release.Owner => null,
        ReleaseCommand.Cancel => access.Deny(command.By, $"cancel {release.Id}", Role.ReleaseOwner),
        ReleaseCommand.Start => access.Deny(command.By, $"start {release.Id}", Role.ReleaseOwner) ?? Duty(command.By, release, "start it"),
        ReleaseCommand.Advance => access.Deny(command.By, $"advance {release.Id}", Role.ReleaseOwner) ?? Duty(command.By, release, "advance it"),
        ReleaseCommand.Resume => access.Deny(command.By, $"resume {release.Id}", Role.ReleaseOwner) ?? Duty(command.By, release, "resume it"),
        ReleaseCommand.Freeze or ReleaseCommand.RollBack when command.By == release.Owner && access.Members.ContainsKey(command.By.Value) => null,
        ReleaseCommand.Freeze => access.Deny(command.By, $"freeze {release.Id}", Role.OnCall, Role.ReleaseOwner),
        ReleaseCommand.RollBack => access.Deny(command.By, $"roll back {release.Id}", Role.OnCall, Role.ReleaseOwner),
        _ => throw new InvalidOperationException($"No rule says who may {command.GetType().Name}."),
    };

    /// <summary>What the release's state answers; who asks has been looked at before.</summary>
    public static Verdict Decide(Release release, ReleaseCommand command, Registry registry) => (release.State, command) switch
    {
        (_, ReleaseCommand.IReasoned { Reason: var reason }) when string.IsNullOrWhiteSpace(reason) => Verdict.Invalid("Say why: the reason is empty."),

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

    private static Verdict? Duty(MemberName who, Release release, string what) =>
        who == release.Author ? Verdict.Forbidden($"{who} wrote {release.Candidate} and cannot {what}: somebody else must.")
        : what == "approve it" && who == release.ProposedBy ? Verdict.Forbidden($"{who} proposed {release.Id} and cannot approve it: somebody else must.")
        : null;

    private static Verdict Start(Release release, ReleaseCommand.Start start, Registry registry)
    {
        if (string.IsNullOrEmpty(start.Salt)) return Verdict.Invalid("A rollout needs a salt.");
        if (registry.Releases.Live(release.Candidate.Prompt, release.Environment)?.Version != release.Baseline)
            return Verdict.Conflict($"What is live changed since {release.Id} was proposed; cancel it and propose again.");
        var started = new ReleaseStarted(release.Id, release.Plan.Steps[0], start.Salt);
        return release.Plan.Steps[0] == Share.All
            ? Verdict.Of(started, new ReleaseCompleted(release.Id, release.Candidate, "it is the first version, there was nothing to compare it with", []))
            : Verdict.Of(started);
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
