using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>A group, as the API shows and takes one.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Members">Everybody in it.</param>
public sealed record GroupDocument(MemberName Group, ImmutableArray<MemberName> Members);

/// <summary>Who answers for a prompt.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Duties">Whom it names, members and groups.</param>
/// <param name="May">Who may do what with its releases, as that and everybody's roles have it now.</param>
/// <param name="Missing">Why no version of it may go to production, and what mends it; null where nothing is missing.</param>
/// <param name="Versions">How many versions it has; duties can be assigned before the first.</param>
public sealed record DutiesDocument(PromptName Prompt, PromptDuties Duties, RightsDocument May, string? Missing, int Versions)
{
    /// <summary>The document of a prompt's duties.</summary>
    public static DutiesDocument Of(Registry registry, PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var rights = PromptRights.Of(registry, prompt);
        return new DutiesDocument(
            prompt, rights.Duties, new RightsDocument(rights.Assigners, rights.Approvers, rights.Reviewers, rights.ReleaseOwners, rights.Stoppers), rights.Missing,
            registry.Prompts.Find(prompt)?.Versions.Length ?? 0);
    }
}

/// <summary>Who may do what, member by member. Whoever wrote a version can neither approve nor start its release, wherever they are named.</summary>
/// <param name="Assign">Name who answers for the prompt.</param>
/// <param name="Approve">Approve a release.</param>
/// <param name="Decline">Decline a release.</param>
/// <param name="Release">Start, advance, resume and cancel a release.</param>
/// <param name="Stop">Freeze and roll back.</param>
public sealed record RightsDocument(
    ImmutableArray<MemberName> Assign, ImmutableArray<MemberName> Approve, ImmutableArray<MemberName> Decline, ImmutableArray<MemberName> Release, ImmutableArray<MemberName> Stop);

/// <summary>Makes the first version of a prompt live; asked by its owner, confirmed by a second person with the same request.</summary>
/// <param name="Candidate">Which version.</param>
/// <param name="Reason">Why.</param>
/// <param name="Environment">Where; production where left out.</param>
public sealed record BootstrapRequest(VersionId Candidate, string Reason, EnvironmentName? Environment = null);
