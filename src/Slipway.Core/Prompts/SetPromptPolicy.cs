using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Prompts;

/// <summary>Says what the versions of a prompt must follow.</summary>
/// <param name="By">An administrator or release owner.</param>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
public sealed record SetPromptPolicy(MemberName By, PromptName Prompt, bool SeveralKindsOfChange) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"set the policy of {Prompt}", Prompt);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, $"set the policy of {Prompt}", Role.Admin, Role.ReleaseOwner) is { } denied) return denied;
        var policy = new PromptPolicySet(Prompt, SeveralKindsOfChange);
        return registry.Prompts.Policy(Prompt) == policy ? Verdict.Of() : Verdict.Of(policy);
    }
}
