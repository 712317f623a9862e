using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Access;

/// <summary>What somebody wants to do and to what: a key that is limited to prompts or environments is held against it.</summary>
/// <param name="What">As in "may not …".</param>
/// <param name="Prompts">Which prompts it touches; each must be within the key's reach.</param>
/// <param name="Environment">Which environment it touches; null where it touches none.</param>
/// <param name="IsInstallation">Whether it concerns the whole installation, which no key that is limited to a part may touch.</param>
public sealed record Subject(string What, ImmutableArray<PromptName> Prompts, EnvironmentName? Environment, bool IsInstallation)
{
    /// <summary>Something about one prompt, in one environment or in none.</summary>
    public static Subject Of(string what, PromptName prompt, EnvironmentName? environment = null) => new(what, [prompt], environment, IsInstallation: false);

    /// <summary>Something about one prompt by a name that may be none.</summary>
    public static Subject Of(string what, string prompt, EnvironmentName environment) =>
        new(what, PromptName.TryParse(prompt, out var name) ? [name] : [], environment, IsInstallation: false);

    /// <summary>Something about the whole installation.</summary>
    public static Subject Installation(string what) => new(what, [], null, IsInstallation: true);

    /// <summary>Something that touches neither a prompt nor an environment nor anybody else.</summary>
    public static Subject Nothing(string what) => new(what, [], null, IsInstallation: false);
}
