using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>Proposes to move a version into an environment under a plan.</summary>
/// <param name="By">An author or release owner.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="Plan">The contract as people wrote it.</param>
/// <param name="Reason">Why it is to go live now; null where the version's own reason says it.</param>
public sealed record ProposeRelease(MemberName By, VersionId Candidate, EnvironmentName Environment, ReleasePlanDocument Plan, string? Reason = null) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"propose {Candidate} for {Environment}", Candidate.Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "propose releases", Role.Author, Role.ReleaseOwner) is { } denied) return denied;
        if (registry.Prompts.Find(Candidate) is not { } version) return Verdict.Unknown(registry.Prompts.Missing(Candidate));
        if (ReleaseRules.Busy(registry, Candidate.Prompt, Environment) is { } busy) return busy;
        if (registry.Releases.Live(Candidate.Prompt, Environment)?.Version is not { } baseline)
            return Verdict.Conflict($"Nothing of {Candidate.Prompt} is live in {Environment}, so there is nothing to compare {Candidate} with; its first version goes live with: {BootstrapRelease.CommandFor(Candidate, Environment)}");
        if (registry.Objects.Deny(version.Package, $"The package of {Candidate}") is { } erased) return erased;
        if (baseline == Candidate) return Verdict.Conflict($"{Candidate} is live in {Environment} already.");
        if (ReleaseRules.Unowned(registry, Candidate.Prompt, Environment) is { } unowned) return unowned;
        if (ReleasePlan.Make(Plan, baseline, out var plan) is { IsEmpty: false } problems) return Verdict.Invalid("The plan is impossible: " + string.Join(" ", problems));
        if (Unready(registry, version, baseline, plan!) is { } unready) return unready;
        var reason = string.IsNullOrWhiteSpace(Reason) ? null : Reason;
        return Verdict.Of(new ReleaseProposed(registry.Releases.NextId, Environment, Candidate, baseline, version.Author, version.Facts.Owner, plan!, reason));
    }

    private Verdict? Unready(Registry registry, PromptVersion version, VersionId baseline, ReleasePlan plan)
    {
        if (plan.Watcher is { } watcher && !registry.Access.Members.ContainsKey(watcher.Value)) return Verdict.Unknown($"The plan's watcher {watcher} is not a member.");
        if (plan.RollbackTo == Candidate.Number) return Verdict.Invalid($"The plan would roll back to {Candidate.Number}, which is what it releases.");
        if (plan.RollbackTo is { } number && !registry.Releases.WasLive(new VersionId(Candidate.Prompt, number), Environment))
            return Verdict.Conflict($"The plan would roll back to {number}, which was never live in {Environment}.");
        if (ReleaseRules.Unpinned(registry, version, Environment) is { } unpinned) return unpinned;
        if (plan.RollbackTo is { } back && ReleaseRules.Erased(registry, new VersionId(Candidate.Prompt, back)) is { } gone) return gone;

        var evaluation = registry.Evaluations.Latest(Candidate, baseline)?.Facts;
        return evaluation switch
        {
            null => Verdict.Conflict($"{Candidate} has not been evaluated against {baseline}, which is live; run: slipway eval MANIFEST"),
            { Verdict: not GateVerdict.Pass } => Verdict.Conflict($"{Candidate} did not pass its gates against {baseline}: {string.Join("; ", evaluation.Gates)}."),
            _ when version.Facts.GoldenSet is { } set && evaluation.Set != set => Verdict.Conflict($"{Candidate} was evaluated on {evaluation.Set}, but its manifest names {set}."),
            _ => TooFewCases(registry, evaluation.Set),
        };
    }

    private Verdict? TooFewCases(Registry registry, GoldenSetId set)
    {
        var policy = registry.Prompts.Policy(Candidate.Prompt).Evaluation;
        if (policy.RequiredKinds.IsEmpty || registry.Evaluations.Find(set) is not { } pushed) return null;
        if (pushed.Counts.Kinds is null) return Verdict.Conflict($"The kinds of the cases in {set} were never counted; push the same file once more.");
        return policy.Missing(pushed.Counts) is { IsEmpty: false } missing
            ? Verdict.Conflict($"{set} holds too few cases for the policy of {Candidate.Prompt}: {string.Join(", ", missing)}. Add them, push {set.Next()} and evaluate on it.")
            : null;
    }
}
