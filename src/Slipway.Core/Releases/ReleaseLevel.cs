using System.Text.Json.Serialization;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>How carefully a version goes live; the risk of its prompt, the environment and the size of the change say how carefully at least.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ReleaseLevel>))]
public enum ReleaseLevel
{
    /// <summary>Everybody at once: the risk is low and only the wording changed.</summary>
    Direct,
    /// <summary>Outside production, where no user is: everybody at once.</summary>
    Staging,
    /// <summary>A growing share of traffic, judged continuously.</summary>
    Limited,
    /// <summary>As limited; a security reviewer signs too, and every further share is a release owner's yes.</summary>
    ApprovalGated,
    /// <summary>Two people broke the glass: no gates, no review before it, an hour at most.</summary>
    Emergency,
}

/// <summary>What levels mean.</summary>
public static class ReleaseLevels
{
    /// <summary>The level a release has at least.</summary>
    /// <param name="risk">How much a mistake of the prompt would cost.</param>
    /// <param name="environment">Where it goes.</param>
    /// <param name="candidate">What goes live.</param>
    /// <param name="baseline">What is live.</param>
    public static ReleaseLevel Needed(RiskLevel risk, EnvironmentName environment, VersionNumber candidate, VersionNumber baseline)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (environment != EnvironmentName.Production) return ReleaseLevel.Staging;
        if (risk is RiskLevel.Regulated or RiskLevel.ActionTaking) return ReleaseLevel.ApprovalGated;
        return risk == RiskLevel.Low && OnlyWording(candidate, baseline) ? ReleaseLevel.Direct : ReleaseLevel.Limited;
    }

    /// <summary>A level as a word of a sentence, as in <c>approval-gated</c>.</summary>
    public static string Word(this ReleaseLevel level) => SnakeCase<ReleaseLevel>.Of(level).Replace('_', '-');

    /// <summary>Whether a level asks for no share of traffic before all of it.</summary>
    public static bool MayGoAtOnce(this ReleaseLevel level) => level is ReleaseLevel.Direct or ReleaseLevel.Staging or ReleaseLevel.Emergency;

    // A number never promises less than what changed, so a patch of what is live differs from it by white space, comments and slips of the pen.
    // Calendar versions promise nothing.
    private static bool OnlyWording(VersionNumber candidate, VersionNumber baseline) =>
        candidate.Scheme == VersionScheme.Semantic && baseline.Scheme == VersionScheme.Semantic && candidate > baseline && candidate.StepFrom(baseline) == VersionStep.Patch;
}
