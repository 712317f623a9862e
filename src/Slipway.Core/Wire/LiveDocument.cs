using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Wire;

/// <summary>What is live of one prompt, and all that whoever is called at night wants to know of it.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Environment">Where.</param>
/// <param name="Version">Which version.</param>
/// <param name="Since">Since when.</param>
/// <param name="Release">The release that made it live, by going forward or back.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="RollbackTo">Where a rollback of it would go; null where there is nothing before.</param>
/// <param name="Active">The release under way; null where there is none.</param>
/// <param name="Candidate">What that release brings.</param>
/// <param name="Weight">Its share now.</param>
/// <param name="Author">Who wrote the version.</param>
/// <param name="ChangeReason">Why it exists.</param>
/// <param name="ReleaseReason">Why it went live, or came back, in the words of who did it; null where nothing was said.</param>
/// <param name="ApprovedAt">When it was approved.</param>
/// <param name="ApprovalNote">What its approver said; may be empty.</param>
/// <param name="Rollback">What takes the newest change back, and where that leads; null where there is nothing to go back to.</param>
/// <param name="Duties">Whom the prompt names.</param>
/// <param name="OnCall">Who is called, member by member.</param>
/// <param name="ActiveState">Where the release under way stands; null where there is none.</param>
/// <param name="Next">Whom it waits for, with the command; null where it waits for nobody.</param>
public sealed record LiveDocument(
    PromptName Prompt, EnvironmentName Environment, VersionId Version, DateTimeOffset Since, ReleaseId Release, MemberName ApprovedBy, VersionId? RollbackTo,
    ReleaseId? Active, VersionId? Candidate, Share? Weight,
    MemberName Author, string ChangeReason, string? ReleaseReason, DateTimeOffset ApprovedAt, string ApprovalNote,
    WayBack? Rollback, PromptDuties Duties, ImmutableArray<MemberName> OnCall, ReleaseState? ActiveState, string? Next)
{
    /// <summary>The incidents of the prompt that are open here, oldest first.</summary>
    public ImmutableArray<IncidentId> Incidents { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The document of what is live.</summary>
    /// <param name="live">What is.</param>
    /// <param name="registry">All state of that moment.</param>
    public static LiveDocument Of(LiveVersion live, Registry registry)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(registry);
        var (prompt, place) = (live.Version.Prompt, live.Environment);
        var version = registry.Prompts.Find(live.Version)!;
        var approved = registry.Releases.BroughtBy(live.Version, place)!;
        var changed = registry.Releases.Find(live.Release)!;
        var active = registry.Releases.Active(prompt, place);
        var rights = PromptRights.Of(registry, prompt);
        return new LiveDocument(
            prompt, place, live.Version, live.Since, live.Release, live.ApprovedBy, live.RollbackTo, active?.Id, active?.Candidate, active?.Weight,
            version.Author, version.Facts.ChangeReason, changed.State == ReleaseState.RolledBack ? changed.Reason : approved.ProposedBecause,
            approved.ApprovedAt!.Value, approved.ApprovalNote, registry.Releases.WayBack(prompt, place), rights.Duties, rights.OnCall,
            active?.State, active is null ? null : NextStep.Of(active, registry))
        {
            Incidents = [.. registry.Incidents.Open(prompt, place).Select(incident => incident.Id)],
        };
    }
}
