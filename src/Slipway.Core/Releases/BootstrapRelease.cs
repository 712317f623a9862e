using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>Makes the first version of a prompt live where nothing of it is: its owner asks, a second person says the same and it is live.</summary>
/// <param name="By">Who asks is the prompt's owner or backup owner; who confirms is the other one, a reviewer or a release owner, and not the version's author.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="Reason">Why; required of both.</param>
/// <param name="Salt">Random text, drawn at the edge; a rollout needs one, even when its only step is everybody.</param>
public sealed record BootstrapRelease(MemberName By, VersionId Candidate, EnvironmentName Environment, string Reason, string Salt) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"bootstrap {Candidate} in {Environment}", Candidate.Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Prompts.Find(Candidate) is not { } version) return Verdict.Unknown(registry.Prompts.Missing(Candidate));
        var rights = PromptRights.Of(registry, Candidate.Prompt);
        var waiting = registry.Releases.Active(Candidate.Prompt, Environment) is { State: ReleaseState.Proposed, Baseline: null } active && active.Candidate == Candidate ? active : null;
        if ((waiting is null ? MayNotAsk(rights) : MayNotConfirm(rights, waiting)) is { } denied) return denied;
        if (registry.Releases.Live(Candidate.Prompt, Environment) is { } live)
            return Verdict.Conflict(live.Version == Candidate
                ? $"{Candidate} is live in {Environment} already."
                : $"{live.Version} is live in {Environment}, so {Candidate} is not the first; it follows with: slipway release propose {Candidate}");
        if (string.IsNullOrWhiteSpace(Reason)) return Verdict.Invalid("Say why: the reason is empty.");
        if (ReleaseChecklist.Missing(ReleaseChecklist.OfFirst(registry, version, Environment)) is { } missing) return missing;
        return waiting is null ? Ask(registry, version) : Confirm(waiting);
    }

    /// <summary>The command as it is typed.</summary>
    internal static string CommandFor(VersionId candidate, EnvironmentName environment) =>
        $"slipway release bootstrap {candidate}{(environment == EnvironmentName.Production ? "" : $" --environment {environment}")} --reason TEXT";

    /// <summary>Who can be the second person.</summary>
    internal static ImmutableArray<MemberName> SecondsTo(PromptRights rights, MemberName author, MemberName askedBy) =>
        [.. PromptRights.Together(rights.Duties.Owners, rights.Approvers, rights.ReleaseOwners).Where(who => who != author && who != askedBy)];

    private Verdict? MayNotAsk(PromptRights rights)
    {
        var owners = rights.Duties.Owners;
        if (owners.Contains(By)) return rights.Access.DenyInPerson(By, $"bootstrap {Candidate}");
        var need = $"{By} may not bootstrap {Candidate}: it needs to be owner or backup owner of {Candidate.Prompt}";
        return Verdict.Forbidden(owners.IsEmpty
            ? $"{need}, which nobody is yet; {PromptRights.Or(rights.Assigners)} can run: slipway owner set {Candidate.Prompt} --owner NAME --backup NAME"
            : $"{need}; {PromptRights.May(owners)}.");
    }

    private Verdict? MayNotConfirm(PromptRights rights, Release waiting)
    {
        var seconds = SecondsTo(rights, waiting.Author, waiting.ProposedBy);
        if (seconds.Contains(By)) return rights.Access.Has(By, Role.Reviewer, Role.ReleaseOwner) ? null : rights.Access.DenyInPerson(By, $"confirm {waiting.Id}");
        var must = seconds.IsEmpty ? "somebody else must, but nobody else may yet" : $"{PromptRights.Or(seconds)} must";
        return Verdict.Forbidden(By == waiting.ProposedBy ? $"{By} asked for {waiting.Id} and cannot confirm it too: {must}."
            : By == waiting.Author ? $"{By} wrote {Candidate} and cannot confirm it: {must}."
            : $"{By} may not confirm {waiting.Id}: it needs to be owner, backup owner, a reviewer or a release owner of {Candidate.Prompt}; {PromptRights.May(seconds)}.");
    }

    private Verdict Ask(Registry registry, PromptVersion version) =>
        ReleaseRules.Busy(registry, Candidate.Prompt, Environment) ?? Verdict.Of(new ReleaseProposed(
            registry.Releases.NextId, Environment, Candidate, Baseline: null, version.Author, version.Facts.Owner, ReleasePlan.OfFirstVersion, Report: null, ExpiresAt: null, Reason));

    private Verdict Confirm(Release waiting) => string.IsNullOrEmpty(Salt)
        ? Verdict.Invalid("A rollout needs a salt.")
        : new Verdict.Accept([new ReleaseApproved(waiting.Id, Reason), .. ReleaseRules.GoesLiveAtOnce(waiting, Salt)]);
}
