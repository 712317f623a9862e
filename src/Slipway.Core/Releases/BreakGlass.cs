using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Starts a release without its gates and reviews, because waiting for them would cost more: an administrator asks, a second person says the same, and it starts.</summary>
/// <remarks>
/// Two people's word carries it for an hour at most. Until then it must get what every release gets, the evaluation and the reviews; else it is rolled back.
/// That it was an emergency stands in its plan and in the journal for ever.
/// </remarks>
/// <param name="By">Who asks is an administrator; who confirms may review, release, stop or administer. Neither wrote any of it.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="Reason">Why; required of both.</param>
/// <param name="Expires">How long two people's word carries it, from when it is asked for; at most 1h.</param>
/// <param name="Plan">What is said of its plan; null for everybody at once.</param>
/// <param name="Salt">Random text, drawn at the edge.</param>
/// <param name="HasContract">Whether the candidate's answers are held against an output schema or tools.</param>
public sealed record BreakGlass(
    MemberName By, VersionId Candidate, EnvironmentName Environment, string Reason, Duration Expires, ReleasePlanDocument? Plan, string Salt, bool HasContract = false) : Command(By)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"break the glass for {Candidate} in {Environment}", Candidate.Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Prompts.Find(Candidate) is not { } version) return Verdict.Unknown(registry.Prompts.Missing(Candidate));
        var waiting = registry.Releases.Active(Candidate.Prompt, Environment) is { State: ReleaseState.Proposed, Plan.Level: ReleaseLevel.Emergency } active && active.Candidate == Candidate ? active : null;
        if ((waiting is null ? MayNotAsk(registry) : MayNotConfirm(registry, waiting)) is { } denied) return denied;
        if (string.IsNullOrWhiteSpace(Reason)) return Verdict.Invalid("Say why: the reason is empty.");
        return waiting is null ? Ask(registry, version, now) : Confirm(waiting, now);
    }

    /// <summary>The command as it is typed.</summary>
    internal static string CommandFor(VersionId candidate, EnvironmentName environment) =>
        $"slipway release break-glass {candidate}{(environment == EnvironmentName.Production ? "" : $" --environment {environment}")} --reason TEXT";

    /// <summary>Who can be the second person.</summary>
    internal static ImmutableArray<MemberName> SecondsTo(Registry registry, Release waiting)
    {
        var rights = PromptRights.Of(registry, waiting.Candidate.Prompt);
        var all = PromptRights.Together(registry.Access.Holders(Role.Admin), rights.Reviewers, rights.ReleaseOwners, rights.Stoppers);
        return [.. all.Except(ReleaseRules.Forbidden(registry, waiting.Candidate, waiting.Environment, [waiting.ProposedBy]))];
    }

    private Verdict? MayNotAsk(Registry registry)
    {
        var what = $"break the glass for {Candidate}";
        if (By == MemberName.System) return Verdict.Forbidden("A controller never breaks the glass: two people do.");
        return registry.Access.Deny(By, what, Role.Admin) ?? (Editors.Of(registry, Candidate, Environment).Contains(By)
            ? Verdict.Forbidden($"{By} wrote {Candidate} or a part of it and cannot {what}: {Others(registry.Access.Holders(Role.Admin), Editors.Of(registry, Candidate, Environment))}.")
            : null);
    }

    private Verdict? MayNotConfirm(Registry registry, Release waiting)
    {
        var seconds = SecondsTo(registry, waiting);
        if (seconds.Contains(By)) return registry.Access.Has(By, Role.Admin, Role.Reviewer, Role.ReleaseOwner, Role.OnCall) ? null : registry.Access.DenyInPerson(By, $"confirm {waiting.Id}");
        var must = Others(seconds, []);
        return Verdict.Forbidden(By == waiting.ProposedBy ? $"{By} asked for {waiting.Id} and cannot confirm it too: {must}."
            : Editors.Of(registry, Candidate, Environment).Contains(By) ? $"{By} wrote {Candidate} or a part of it and cannot confirm it: {must}."
            : $"{By} may not confirm {waiting.Id}: it needs to be an administrator, or to review, release or stop {Candidate.Prompt}; {PromptRights.May(seconds)}.");
    }

    private static string Others(ImmutableArray<MemberName> able, ImmutableArray<MemberName> forbidden) =>
        able.Except(forbidden).ToImmutableArray() is { IsEmpty: false } others ? $"{PromptRights.Or(others)} must" : "somebody else must, but nobody else may yet";

    private Verdict Ask(Registry registry, PromptVersion version, DateTimeOffset now)
    {
        if (Expires.Value == TimeSpan.Zero || Expires.Value > Longest) return Verdict.Invalid($"Two people's word carries an emergency for an hour at most, and for some time: {Expires} is not between.");
        if (registry.Releases.Live(Candidate.Prompt, Environment)?.Version is not { } baseline)
            return Verdict.Conflict($"Nothing of {Candidate.Prompt} is live in {Environment}, so there is nothing to go back to; its first version goes live with: {BootstrapRelease.CommandFor(Candidate, Environment)}");
        var duties = registry.Prompts.DutiesOf(Candidate.Prompt);
        var basis = new PlanBasis(baseline, ReleaseLevel.Emergency, duties.Risk, duties.Owner, HasContract);
        if (ReleasePlan.Make(Plan ?? ReleasePlanDocument.Empty, basis, out var plan) is { IsEmpty: false } problems) return Verdict.Invalid("The plan is impossible: " + string.Join(" ", problems));
        if (plan!.StartAt is not null) return Verdict.Invalid("The plan is impossible: an emergency starts when the second person confirms it.");
        return ReleaseChecklist.Missing(ReleaseChecklist.OfEmergency(registry, version, Environment, By, plan)) ?? Verdict.Of(new ReleaseProposed(
            registry.Releases.NextId, Environment, Candidate, baseline, version.Author, version.Facts.Owner, plan, Report: null, JournalEntry.Milliseconds(now + Expires.Value), Reason));
    }

    private Verdict Confirm(Release waiting, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(Salt)) return Verdict.Invalid("A rollout needs a salt.");
        if (now >= waiting.ExpiresAt) return Verdict.Conflict($"{waiting.Id} was asked for until {ReleasePlan.Time(waiting.ExpiresAt!.Value)} and nobody confirmed it in time; ask again.");
        var share = waiting.Plan.Steps[0].Share;
        return Verdict.Of(new GlassBroken(waiting.Id, waiting.ProposedBy, waiting.ExpiresAt!.Value, Reason), new ReleaseStarted(waiting.Id, share, Salt));
    }
}
