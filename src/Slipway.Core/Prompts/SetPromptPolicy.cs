using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Resolution;

namespace Slipway.Core.Prompts;

/// <summary>Says what a prompt's versions must follow, and what is done with its answers and calls.</summary>
/// <param name="By">An administrator or release owner.</param>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
/// <param name="Serving">What is done with its answers and calls.</param>
/// <param name="Evaluation">What it asks of its evaluations; null leaves that as it is.</param>
public sealed record SetPromptPolicy(MemberName By, PromptName Prompt, bool SeveralKindsOfChange, ServingPolicy Serving, EvaluationPolicy? Evaluation = null) : Command(By)
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
        var policy = new PromptPolicySet(Prompt, SeveralKindsOfChange, Serving, evaluation);
        return registry.Prompts.Policy(Prompt) == policy ? Verdict.Of() : Verdict.Of(policy);
    }
}
