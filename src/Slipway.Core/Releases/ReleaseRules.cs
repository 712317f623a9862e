using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>Who may ask what of a release, and what each state answers.</summary>
internal static class ReleaseRules
{
    /// <summary>Refuses who lacks the right or whom a duty forbids it; null where they may.</summary>
    public static Verdict? MayNot(ReleaseCommand command, Release release, Registry registry, DateTimeOffset now)
    {
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        if (command.By == MemberName.System) return MayNotByItself(command, release, registry, now);
        return command switch
        {
            ReleaseCommand.Review review => rights.DenySigning(command.By, review.Part, $"sign the {review.Part.Word()} of {release.Id}") ?? OwnReview(command.By, release, $"sign the {review.Part.Word()} of", rights.SignersOf(review.Part), registry),
            ReleaseCommand.Approve => DenyApproval(command.By, release, rights) ?? OwnReview(command.By, release, "approve", Able(release, rights), registry),
            ReleaseCommand.ChangePlan => registry.Access.Deny(command.By, $"change the plan of {release.Id}", Role.Author, Role.ReleaseOwner),
            ReleaseCommand.Decline => rights.DenyReview(command.By, $"decline {release.Id}"),
            ReleaseCommand.Cancel => rights.DenyCancel(command.By, $"cancel {release.Id}", release.Author),
            ReleaseCommand.Start or ReleaseCommand.Advance or ReleaseCommand.Complete or ReleaseCommand.Resume =>
                rights.DenyRelease(command.By, $"{Infinitive(command)} {release.Id}") ?? OwnWork(command.By, release, Infinitive(command), rights.ReleaseOwners, [], registry),
            ReleaseCommand.StopShadow => Verdict.Forbidden($"A shadow ends when its budget is spent; to end it before, freeze {release.Id} or roll it back."),
            ReleaseCommand.Freeze or ReleaseCommand.RollBack => rights.DenyStop(command.By, $"{Infinitive(command)} {release.Id}"),
            _ => throw new InvalidOperationException($"No rule says who may {command.GetType().Name}."),
        };
    }

    /// <summary>Everybody who must not judge or start a version: whose work it holds, and some more.</summary>
    public static ImmutableArray<MemberName> Forbidden(Registry registry, VersionId candidate, EnvironmentName environment, ImmutableArray<MemberName> more) =>
        PromptRights.Together(Editors.Of(registry, candidate, environment), more);

    /// <summary>The sentence that says that a release does not exist, and which is the newest.</summary>
    public static string NoRelease(ReleaseId id, Registry registry) =>
        $"There is no release {id}; {(registry.Releases.All.IsEmpty ? "none has been proposed yet" : $"the newest is rel-{registry.Releases.All.Keys.Max()}")}.";

    /// <summary>Refuses a second release beside one that is active; null where none is.</summary>
    public static Verdict? Busy(Registry registry, PromptName prompt, EnvironmentName environment) => registry.Releases.Active(prompt, environment) is { } active
        ? Verdict.Conflict($"{active.Id} ({active.Candidate}, {Word(active.State)}) is active in {environment}; it must be completed, rolled back, declined or cancelled first.")
        : null;

    /// <summary>What happens when a first version goes live: its only step is everybody.</summary>
    public static ImmutableArray<JournalEvent> GoesLiveAtOnce(Release release, string salt) =>
    [
        new ReleaseStarted(release.Id, Share.All, salt),
        new ReleaseCompleted(release.Id, release.Candidate, $"it is the first version{(release.Environment == EnvironmentName.Production ? "" : $" in {release.Environment}")}, there was nothing to compare it with", []),
    ];

    /// <summary>What the release's state answers; who asks has been looked at before.</summary>
    public static Verdict Decide(Release release, ReleaseCommand command, Registry registry, DateTimeOffset now) => (release.State, command) switch
    {
        (_, ReleaseCommand.IReasoned { Reason: var reason }) when string.IsNullOrWhiteSpace(reason) => Verdict.Invalid("Say why: the reason is empty."),

        (ReleaseState.Proposed, ReleaseCommand.Approve or ReleaseCommand.Review) when release.Baseline is null =>
            Verdict.Conflict($"{release.Id} would be the first version of {release.Candidate.Prompt} in {release.Environment}; a second person confirms it with: {BootstrapRelease.CommandFor(release.Candidate, release.Environment)}"),
        (ReleaseState.Proposed, ReleaseCommand.Approve or ReleaseCommand.Review) when release.Plan.Level == ReleaseLevel.Emergency =>
            Verdict.Conflict($"{release.Id} is an emergency: a second person confirms it with: {BreakGlass.CommandFor(release.Candidate, release.Environment)}"),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.Review review) => Sign(release, [review.Part], review.Note, registry),
        (ReleaseState.Proposed, ReleaseCommand.Approve approve) => Sign(release, PartsFor(approve.By, release, registry), approve.Note, registry),
        (ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full, ReleaseCommand.Review review) when release.ExpiresAt is not null => Sign(release, [review.Part], review.Note, registry),
        (ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full, ReleaseCommand.Approve approve) when release.ExpiresAt is not null => Sign(release, PartsFor(approve.By, release, registry), approve.Note, registry),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.ChangePlan change) => Planning.Change(release, change, registry, now),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.Decline decline) => Verdict.Of(new ReleaseDeclined(release.Id, decline.Reason)),
        (ReleaseState.Proposed or ReleaseState.Approved, ReleaseCommand.Cancel cancel) => Verdict.Of(new ReleaseCancelled(release.Id, cancel.Reason)),
        (ReleaseState.Approved, ReleaseCommand.Start start) => Start(release, start, registry, now),

        (ReleaseState.Shadow or ReleaseState.Frozen, ReleaseCommand.StopShadow stop) when release.InShadow =>
            release.ShadowStoppedAt is null ? Verdict.Of(new ReleaseShadowStopped(release.Id, stop.Calls, stop.Cost, stop.Reason)) : Verdict.Of(),
        (ReleaseState.Shadow or ReleaseState.Canary, ReleaseCommand.Advance advance) => Advance(release, advance, now),
        (ReleaseState.Full, ReleaseCommand.Complete complete) => Complete(release, complete, now),
        (ReleaseState.Shadow or ReleaseState.Canary or ReleaseState.Full, ReleaseCommand.Freeze freeze) => Verdict.Of(new ReleaseFrozen(release.Id, freeze.Reason, freeze.Evidence)),
        (ReleaseState.Frozen, ReleaseCommand.Freeze) => Verdict.Of(),
        (ReleaseState.Frozen, ReleaseCommand.Resume resume) => Verdict.Of(new ReleaseResumed(release.Id, resume.Reason)),

        (ReleaseState.Shadow or ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full, ReleaseCommand.RollBack back) => RollBack(release, back, registry),
        (ReleaseState.RolledBack, ReleaseCommand.RollBack) => Verdict.Of(),
        (ReleaseState.Completed, ReleaseCommand.RollBack back) => RollBackCompleted(release, back, registry),
        _ => Verdict.Conflict($"{release.Id} is {Word(release.State)} and cannot {Verb(command)}."),
    };

    // A controller decides by evidence and by the clock; what takes a judgement takes a person.
    private static Verdict? MayNotByItself(ReleaseCommand command, Release release, Registry registry, DateTimeOffset now) => command switch
    {
        ReleaseCommand.StopShadow or ReleaseCommand.Advance or ReleaseCommand.Complete or ReleaseCommand.Freeze or ReleaseCommand.RollBack => null,
        ReleaseCommand.Start when release.Plan.StartAt <= now && ReleaseClock.Consent(release, registry) is not null => null,
        ReleaseCommand.Cancel when release is { State: ReleaseState.Proposed, ExpiresAt: { } end } && end <= now => null,
        _ => Verdict.Forbidden($"A controller decides by evidence alone: {release.Id} can {Verb(command)} only by a person."),
    };

    private static ImmutableArray<MemberName> Able(Release release, PromptRights rights)
    {
        var open = Reviews.Open(release, rights);
        return PromptRights.Together([.. (open.IsEmpty ? Reviews.Needed(release.Plan, rights) : open).Select(rights.SignersOf)]);
    }

    private static Verdict? DenyApproval(MemberName who, Release release, PromptRights rights)
    {
        var open = Reviews.Open(release, rights);
        var denied = (open.IsEmpty ? [SignOff.Meaning] : open).Select(part => rights.DenySigning(who, part, $"approve {release.Id}")).ToList();
        return denied.Contains(null) ? null : denied[0];
    }

    private static ImmutableArray<SignOff> PartsFor(MemberName who, Release release, Registry registry)
    {
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        return [.. Reviews.Open(release, rights).Where(part => rights.DenySigning(who, part, "") is null)];
    }

    // What broke the glass must earn its place before two people's word runs out, numbers and all.
    private static Verdict Sign(Release release, ImmutableArray<SignOff> parts, string note, Registry registry) =>
        (release.ExpiresAt is null ? null : ReleaseChecklist.Missing([.. ReleaseChecklist.Of(registry, release).Where(item => item.Point is ChecklistPoint.Evaluation or ChecklistPoint.GoldenSet)]))
        ?? Reviews.Sign(release, parts, note, registry);

    private static Verdict? OwnReview(MemberName who, Release release, string what, ImmutableArray<MemberName> able, Registry registry) =>
        OwnWork(who, release, what, able, [release.ProposedBy, .. release.PlannedBy], registry);

    private static Verdict? OwnWork(MemberName who, Release release, string what, ImmutableArray<MemberName> able, ImmutableArray<MemberName> more, Registry registry)
    {
        var forbidden = Forbidden(registry, release.Candidate, release.Environment, more);
        if (!forbidden.Contains(who)) return null;
        ImmutableArray<MemberName> others = [.. able.Except(forbidden)];
        var deed = who == release.Author ? $"wrote {release.Candidate}"
            : Editors.Of(registry, release.Candidate, release.Environment).Contains(who) ? $"wrote a part of {release.Candidate}"
            : who == release.ProposedBy ? $"proposed {release.Id}" : $"changed the plan of {release.Id}";
        return Verdict.Forbidden($"{who} {deed} and cannot {what} it: {(others.IsEmpty ? "somebody else must, but nobody else may yet" : $"{PromptRights.Or(others)} must")}.");
    }

    private static Verdict Start(Release release, ReleaseCommand.Start start, Registry registry, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(start.Salt)) return Verdict.Invalid("A rollout needs a salt.");
        // The list is of now: duties, risk and what is live may have changed since it was proposed.
        if (ReleaseChecklist.Missing(registry, release) is { } missing) return missing;
        if (release.Baseline is null) return new Verdict.Accept(GoesLiveAtOnce(release, start.Salt));
        if (release.Plan.StartAt is { } at && now < at) return release.ScheduledBy is null ? Verdict.Of(new ReleaseScheduled(release.Id, at)) : Verdict.Of();
        if (release.Plan.Shadow is not null) return Verdict.Of(new ReleaseStarted(release.Id, default, start.Salt));
        var share = release.Plan.Steps[0].Share;
        return Goes(release, share, new ReleaseStarted(release.Id, share, start.Salt), []);
    }

    private static Verdict Advance(Release release, ReleaseCommand.Advance advance, DateTimeOffset now)
    {
        if (advance.ExpectedEpoch != release.Epoch)
            return Verdict.Conflict($"{release.Id} is at epoch {release.Epoch} ({(release.InShadow ? "its shadow" : release.Weight)}), the decision was made for epoch {advance.ExpectedEpoch}; look again.");
        if (release.NextStep is not { } next) return Verdict.Conflict($"{release.Id} is at {release.Weight} already.");
        if (advance.By == MemberName.System && NotYet(release, next, advance, now) is { } waits) return waits;
        return Goes(release, next.Share, new ReleaseAdvanced(release.Id, next.Share, release.Epoch + 1, advance.Reason, advance.Evidence), advance.Evidence);
    }

    // At most one step, however long nobody looked, and never past one that waits for a person.
    private static Verdict? NotYet(Release release, PlanStep next, ReleaseCommand.Advance advance, DateTimeOffset now) =>
        !Proved(release, advance.Evidence) ? Verdict.Conflict($"{release.Id} advances by itself only when every guardrail is proved.")
        : next.ByHand ? Verdict.Conflict($"{release.Id} goes to {next.Share} by hand; a release owner says yes with: slipway release advance {release.Id} --reason TEXT")
        : now - release.EpochSince < release.MinimumTime.Value ? Verdict.Conflict($"{release.Id} is {release.Stage} for less than {release.MinimumTime}.")
        : null;

    // Where the plan observes nothing, everybody having it is the end.
    private static Verdict Goes(Release release, Share share, ReleaseEvent step, ImmutableArray<GuardrailEvidence> evidence) => share == Share.All && release.Plan.Observe.Value == TimeSpan.Zero && release.ExpiresAt is null
        ? Verdict.Of(step, new ReleaseCompleted(release.Id, release.Candidate, "every step of the plan is done", evidence))
        : Verdict.Of(step);

    private static Verdict Complete(Release release, ReleaseCommand.Complete complete, DateTimeOffset now) =>
        release.ObservedUntil is { } end && now < end ? Verdict.Conflict($"{release.Id} is observed for {release.Plan.Observe} at 100%, until {ReleasePlan.Time(end)}; nobody can shorten that.")
        : release.ExpiresAt is not null ? Verdict.Conflict($"{release.Id} is an emergency that nobody approved yet; it needs its evaluation and its reviews.")
        : complete.Evidence.Any(proof => proof.Harmful) ? Verdict.Conflict($"{release.Id} broke a guardrail and cannot be completed.")
        : Verdict.Of(new ReleaseCompleted(release.Id, release.Candidate, complete.Reason, complete.Evidence));

    private static bool Proved(Release release, ImmutableArray<GuardrailEvidence> evidence)
    {
        // A shadow is compared for everybody together: whoever it asks has been answered.
        var (guardrails, segments) = release.InShadow ? (release.Plan.ShadowGuardrails, []) : (release.Plan.Guardrails, release.Plan.Judging?.Segments ?? []);
        return evidence.Select(proof => (proof.Guardrail, proof.Segment)).SequenceEqual(segments.Prepend(null).SelectMany(segment => guardrails.Select(guardrail => (guardrail, segment))))
            && evidence.All(proof => proof is { Safe: true, Harmful: false });
    }

    // Nobody met the candidate of a shadow: nobody is moved, what is live stays, and there is no incident.
    private static Verdict RollBack(Release release, ReleaseCommand.RollBack back, Registry registry) => (release.InShadow ? release.Baseline : release.RollbackTarget) is { } target
        ? Erased(registry, target) ?? new Verdict.Accept([
            new ReleaseRolledBack(release.Id, release.Candidate, target, back.Reason, back.Evidence), .. release.InShadow ? [] : IncidentRules.OfRollback(registry, release, target, back.Reason)])
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
        ReleaseState.Shadow => "in its shadow",
        ReleaseState.Canary => "in its canary",
        ReleaseState.Full => "observed at 100%",
        ReleaseState.RolledBack => "rolled back",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>A command as in "may not …".</summary>
    internal static string Infinitive(ReleaseCommand command) => command switch
    {
        ReleaseCommand.RollBack => "roll back",
        ReleaseCommand.ChangePlan => "change the plan of",
        ReleaseCommand.StopShadow => "stop the shadow of",
        _ => command.GetType().Name.ToLowerInvariant(),
    };

    private static string Verb(ReleaseCommand command) => command switch
    {
        ReleaseCommand.ChangePlan => "get another plan",
        ReleaseCommand.Review => "be reviewed",
        ReleaseCommand.Approve => "be approved",
        ReleaseCommand.Decline => "be declined",
        ReleaseCommand.Cancel => "be cancelled (roll it back)",
        ReleaseCommand.Start => "be started",
        ReleaseCommand.StopShadow => "end its shadow",
        ReleaseCommand.Advance => "be advanced",
        ReleaseCommand.Complete => "be completed",
        ReleaseCommand.Freeze => "be frozen",
        ReleaseCommand.Resume => "be resumed",
        _ => "be rolled back",
    };
}
