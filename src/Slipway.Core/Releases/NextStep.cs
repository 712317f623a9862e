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
        ImmutableArray<MemberName> Owners() => Without(rights.ReleaseOwners, Editors.Of(registry, release.Candidate, release.Environment));
        return release switch
        {
            { State: ReleaseState.Proposed, Baseline: null } => Waits("a second person", BootstrapRelease.SecondsTo(rights, release.Author, release.ProposedBy),
                BootstrapRelease.CommandFor(release.Candidate, release.Environment)),
            { State: ReleaseState.Proposed, ExpiresAt: { } end } => Waits($"a second person until {ReleasePlan.Time(end)}", BreakGlass.SecondsTo(registry, release), BreakGlass.CommandFor(release.Candidate, release.Environment)),
            { State: ReleaseState.Proposed } => Reviewer(release, rights, registry),
            { CarriesTraffic: true, ExpiresAt: { } end } => $"{Reviewer(release, rights, registry)}; rolled back at {ReleasePlan.Time(end)} otherwise",
            { State: ReleaseState.Approved, Plan.StartAt: { } start } when ReleaseClock.Consent(release, registry) is not null => $"starts by itself at {ReleasePlan.Time(start)}",
            { State: ReleaseState.Approved } => Waits("a release owner", Owners(), $"slipway release start {release.Id}"),
            { State: ReleaseState.Frozen } => Waits("a release owner", Owners(), $"slipway release resume {release.Id} --reason TEXT"),
            { State: ReleaseState.Shadow, ShadowStoppedAt: { } stopped, NextStep: { } next } when stopped < release.EpochSince =>
                Waits($"a release owner's yes to {next.Share}, because its shadow learns nothing more", Owners(), $"slipway release advance {release.Id} --reason TEXT"),
            { State: ReleaseState.Shadow or ReleaseState.Canary, NextStep: { ByHand: true } next } => Waits($"proof and then for a release owner's yes to {next.Share}", Owners(), $"slipway release advance {release.Id} --reason TEXT"),
            _ => null,
        };
    }

    private static string Reviewer(Release release, PromptRights rights, Registry registry)
    {
        var open = Reviews.Open(release, rights);
        var forbidden = ReleaseRules.Forbidden(registry, release.Candidate, release.Environment, [release.ProposedBy, .. release.PlannedBy]);
        var part = open[0];
        var whom = part == SignOff.Numbers ? "a reviewer of its numbers" : part.Signer();
        return Waits(whom, Reviews.Signers(part, rights, forbidden), $"slipway release approve {release.Id}");
    }

    private static string Waits(string whom, ImmutableArray<MemberName> people, string command) =>
        $"waiting for {whom}{(people.IsEmpty ? ", but nobody can be it yet" : $": {string.Join(", ", people)}")}, with: {command}";

    private static ImmutableArray<MemberName> Without(ImmutableArray<MemberName> people, ImmutableArray<MemberName> forbidden) => [.. people.Except(forbidden)];
}
