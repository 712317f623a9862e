using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Prompts;

/// <summary>Says what a prompt's versions must follow, and what is done with its answers and calls.</summary>
/// <param name="By">An administrator or release owner.</param>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
/// <param name="Serving">What is done with its answers and calls.</param>
/// <param name="Evaluation">What it asks of its evaluations; null leaves that as it is.</param>
/// <param name="Releases">What the plans of its releases to production begin with; null leaves that as it is.</param>
public sealed record SetPromptPolicy(
    MemberName By, PromptName Prompt, bool SeveralKindsOfChange, ServingPolicy Serving, EvaluationPolicy? Evaluation = null, ReleasePlanDocument? Releases = null) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"set the policy of {Prompt}", Prompt);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, $"set the policy of {Prompt}", Role.Admin, Role.ReleaseOwner) is { } denied) return denied;
        var evaluation = Evaluation ?? registry.Prompts.Policy(Prompt).Evaluation;
        if (Serving.Problems().AddRange(evaluation.Problems()) is { IsEmpty: false } problems) return Verdict.Invalid(string.Join(" ", problems));
        var releases = Releases ?? registry.Prompts.Policy(Prompt).Releases;
        if (Releases is not null && ProblemsOf(releases, registry) is { Count: > 0 } wrong) return Verdict.Invalid(string.Join(" ", wrong));
        var policy = new PromptPolicySet(Prompt, SeveralKindsOfChange, Serving, evaluation, releases);
        return registry.Prompts.Policy(Prompt) == policy ? Verdict.Of() : Verdict.Of(policy);
    }

    // A plan is made of it with every release; here it is made once to see that it can be.
    private List<string> ProblemsOf(ReleasePlanDocument releases, Registry registry)
    {
        var problems = new List<string>();
        if (releases.RollbackTo is not null) problems.Add("A policy is for all releases, so it cannot say rollback_to.");
        if (releases.AcceptUndecided is not null) problems.Add("A policy is for all releases, so it cannot say accept_undecided: whoever proposes one says it.");
        if (releases.StartAt is not null) problems.Add("A policy is for all releases, so it cannot say start_at.");
        if (releases.Watcher is { } watcher && !registry.Access.Members.ContainsKey(watcher.Value)) problems.Add($"The watcher {watcher} is not a member.");
        var basis = new PlanBasis(new VersionId(Prompt, VersionNumber.First), ReleaseLevel.Limited, registry.Prompts.DutiesOf(Prompt).Risk, Watcher: null, HasContract: false);
        problems.AddRange(ReleasePlan.Make(releases, basis, out _));
        return problems;
    }
}
