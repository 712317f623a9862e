using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>A prompt in a list.</summary>
/// <param name="Prompt">Its name.</param>
/// <param name="Owner">Who answers for it; null where nobody was named.</param>
/// <param name="BackupOwner">Who answers when the owner cannot; null where nobody was named.</param>
/// <param name="Risk">How much a mistake would cost.</param>
/// <param name="Versions">How many versions it has.</param>
/// <param name="Newest">The newest of them.</param>
/// <param name="Live">What is live in production; null where nothing is.</param>
public sealed record PromptDocument(PromptName Prompt, MemberName? Owner, MemberName? BackupOwner, RiskLevel Risk, int Versions, VersionId Newest, VersionId? Live)
{
    /// <summary>The document of a prompt as things stand.</summary>
    public static PromptDocument Of(Registry registry, Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(prompt);
        var duties = registry.Prompts.DutiesOf(prompt.Name);
        return new PromptDocument(
            prompt.Name, duties.Owner, duties.BackupOwner, duties.Risk, prompt.Versions.Length, prompt.Versions[^1].Id, registry.Releases.Live(prompt.Name, EnvironmentName.Production)?.Version);
    }
}

/// <summary>A version in a list.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Sequence">1 for the first version of its prompt, then without gaps.</param>
/// <param name="Package">The hash of everything that decides its behaviour.</param>
/// <param name="Author">Who submitted it.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="ChangeReason">Why.</param>
/// <param name="LiveIn">The environments it is live in now.</param>
public sealed record VersionSummary(
    VersionId Version, int Sequence, ContentHash Package, MemberName Author, DateTimeOffset SubmittedAt, string ChangeReason, ImmutableArray<EnvironmentName> LiveIn)
{
    /// <summary>The summary of a version as things stand.</summary>
    public static VersionSummary Of(Registry registry, PromptVersion version)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(version);
        return new VersionSummary(version.Id, version.Sequence, version.Package, version.Author, version.SubmittedAt, version.Facts.ChangeReason, registry.Releases.PlacesOf(version.Id));
    }
}
