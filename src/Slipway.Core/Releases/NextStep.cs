using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>What a release waits for.</summary>
public static class NextStep
{
    /// <summary>Who must do what next, with the command.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="registry">All state.</param>
    /// <returns>Null where it waits for nobody: it is over, or its controller decides.</returns>
    public static string? Of(Release release, Registry registry)
    {
        ArgumentNullException.ThrowIfNull(release);
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        return release switch
        {
            { State: ReleaseState.Proposed, Baseline: null } => Waits("a second person", BootstrapRelease.SecondsTo(rights, release.Author, release.ProposedBy),
                BootstrapRelease.CommandFor(release.Candidate, release.Environment)),
            { State: ReleaseState.Proposed } => Waits("a reviewer", Without(rights.Approvers, release.Author, release.ProposedBy), $"slipway release approve {release.Id}"),
            { State: ReleaseState.Approved } => Waits("a release owner", Without(rights.ReleaseOwners, release.Author), $"slipway release start {release.Id}"),
            { State: ReleaseState.Frozen } => Waits("a release owner", Without(rights.ReleaseOwners, release.Author), $"slipway release resume {release.Id} --reason TEXT"),
            _ => null,
        };
    }

    private static string Waits(string whom, ImmutableArray<MemberName> people, string command) =>
        $"waiting for {whom}{(people.IsEmpty ? ", but nobody can be it yet" : $": {string.Join(", ", people)}")}, with: {command}";

    private static ImmutableArray<MemberName> Without(ImmutableArray<MemberName> people, params MemberName[] forbidden) => [.. people.Except(forbidden)];
}
