using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;

namespace Slipway.Core.Releases;

/// <summary>What is live of one prompt in one environment.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Environment">Where.</param>
/// <param name="Since">Since when.</param>
/// <param name="Release">The release that made it live, by going forward or back.</param>
/// <param name="ApprovedBy">Who approved that version's own release.</param>
/// <param name="RollbackTo">Where a rollback would go; null where there is nothing before.</param>
public sealed record LiveVersion(VersionId Version, EnvironmentName Environment, DateTimeOffset Since, ReleaseId Release, MemberName ApprovedBy, VersionId? RollbackTo);

/// <summary>What takes the newest change of a prompt back.</summary>
/// <param name="To">What everybody gets then.</param>
/// <param name="Command">The command, as it is typed.</param>
public sealed record WayBack(VersionId To, string Command);

/// <summary>All releases and what is live, as the journal has them.</summary>
/// <param name="All">By number.</param>
/// <param name="LiveByPlace">By environment and prompt.</param>
public sealed record ReleasesState(
    ImmutableSortedDictionary<int, Release> All, ImmutableDictionary<(EnvironmentName Environment, PromptName Prompt), LiveVersion> LiveByPlace)
{
    /// <summary>None.</summary>
    public static ReleasesState Empty { get; } = new(ImmutableSortedDictionary<int, Release>.Empty, ImmutableDictionary<(EnvironmentName, PromptName), LiveVersion>.Empty);

    /// <summary>The name of the next release.</summary>
    internal ReleaseId NextId => new(All.Count + DrillCount + 1);

    // A drill takes a number too, so that no call ever names two things by one; of each prompt the newest drill is kept.
    private int DrillCount { get; init; }

    /// <summary>The newest drill of each prompt.</summary>
    public ImmutableDictionary<(EnvironmentName Environment, PromptName Prompt), Drill> Drills { get; private init; } = ImmutableDictionary<(EnvironmentName, PromptName), Drill>.Empty;

    /// <summary>The numbers of a prompt's releases in an environment, rising: nobody who asks for one prompt should look through all releases.</summary>
    private ImmutableDictionary<(EnvironmentName Environment, PromptName Prompt), ImmutableArray<int>> NumbersByPlace { get; init; } =
        ImmutableDictionary<(EnvironmentName, PromptName), ImmutableArray<int>>.Empty;

    /// <summary>The entry that changed how each prompt is routed.</summary>
    private ImmutableDictionary<(EnvironmentName Environment, PromptName Prompt), long> RoutingEntries { get; init; } =
        ImmutableDictionary<(EnvironmentName, PromptName), long>.Empty;

    /// <summary>The entry that last changed how a prompt is routed in an environment; 0 where nothing of it was ever live.</summary>
    public long RoutingRevision(PromptName prompt, EnvironmentName environment) => RoutingEntries.GetValueOrDefault((environment, prompt));

    /// <summary>A release; null where there is none of that name.</summary>
    public Release? Find(ReleaseId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return All.GetValueOrDefault(id.Number);
    }

    /// <summary>What is live of a prompt; null where nothing is.</summary>
    public LiveVersion? Live(PromptName prompt, EnvironmentName environment) => LiveByPlace.GetValueOrDefault((environment, prompt));

    /// <summary>Everything that is live in an environment, by prompt.</summary>
    public IEnumerable<LiveVersion> Live(EnvironmentName environment) =>
        LiveByPlace.Values.Where(live => live.Environment == environment).OrderBy(live => live.Version.Prompt.Value, StringComparer.Ordinal);

    /// <summary>The environments a version is live in.</summary>
    public ImmutableArray<EnvironmentName> PlacesOf(VersionId version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return [.. EnvironmentName.All.Where(place => Live(version.Prompt, place)?.Version == version)];
    }

    /// <summary>The release of a prompt that is neither over nor live; null where there is none.</summary>
    public Release? Active(PromptName prompt, EnvironmentName environment) =>
        NewestFirst(prompt, environment).FirstOrDefault(release => release.Active);

    /// <summary>The newest release of a prompt that ever carried traffic; null where there is none. One that was stopped in its shadow changed nothing, so there is nothing of it to take back.</summary>
    public Release? Newest(PromptName prompt, EnvironmentName environment) =>
        NewestFirst(prompt, environment).FirstOrDefault(release => release.Salt is not null && (release.CarriesTraffic || !release.MetNobody));

    /// <summary>The newest release by which anybody got a version; null where nobody did.</summary>
    public Release? LastOf(VersionId version, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(version);
        return NewestFirst(version.Prompt, environment).FirstOrDefault(release => release.Candidate == version && release.StartedAt is not null);
    }

    /// <summary>The newest drill of a prompt; null where there was none.</summary>
    public Drill? Drill(PromptName prompt, EnvironmentName environment) => Drills.GetValueOrDefault((environment, prompt));

    /// <summary>Whether a version was live in an environment once.</summary>
    public bool WasLive(VersionId version, EnvironmentName environment) => BroughtBy(version, environment) is not null;

    /// <summary>The newest release by which everybody got a version, even if it was rolled back later; null where it never was live.</summary>
    public Release? BroughtBy(VersionId version, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(version);
        return NewestFirst(version.Prompt, environment).FirstOrDefault(release => release.Candidate == version && release.WentLive);
    }

    /// <summary>The newest release by which everybody got a version and that was not rolled back; null where there is none.</summary>
    public Release? StandsBy(VersionId version, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(version);
        return NewestFirst(version.Prompt, environment).FirstOrDefault(release => release.Candidate == version && release.WentLive && release.State != ReleaseState.RolledBack);
    }

    /// <summary>The releases of a prompt that were rolled back, newest first: nothing of them is ever served again. A version may come back, by another release.</summary>
    public IEnumerable<Release> RolledBack(PromptName prompt, EnvironmentName environment) =>
        NewestFirst(prompt, environment).Where(release => release is { State: ReleaseState.RolledBack, Salt: not null });

    /// <summary>The newest release of a version that a reviewer declined; null where nobody did.</summary>
    public Release? DeclinedOf(VersionId version, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(version);
        return NewestFirst(version.Prompt, environment).FirstOrDefault(release => release.Candidate == version && release.State == ReleaseState.Declined);
    }

    /// <summary>What takes the newest change of a prompt back, and where that leads; null where there is nothing to go back to.</summary>
    public WayBack? WayBack(PromptName prompt, EnvironmentName environment)
    {
        if (Newest(prompt, environment) is not { } newest) return null;
        var place = environment == EnvironmentName.Production ? "" : $" --environment {environment}";
        if (newest.State != ReleaseState.RolledBack) return (newest.InShadow ? newest.Baseline : newest.RollbackTarget) is { } target ? new WayBack(target, $"slipway rollback {prompt}{place} --reason TEXT") : null;
        // What is live came back: to go further the release that once brought it is named, so that nobody does it by pressing twice.
        return BroughtBy(Live(prompt, environment)!.Version, environment) is { State: ReleaseState.Completed or ReleaseState.Full, RollbackTarget: { } further } brought
            ? new WayBack(further, $"slipway release rollback {brought.Id} --reason TEXT") : null;
    }

    internal ReleasesState Apply(ReleaseEvent happened, JournalEntry entry)
    {
        if (happened is ReleaseProposed proposed) return With(Proposed(proposed, entry));
        var release = All[happened.Release.Number];
        var changed = Changed(release, happened, entry);
        // Freezing and resuming move nobody; what is declined or cancelled never moved anybody.
        var next = this with
        {
            All = All.SetItem(release.Id.Number, changed),
            RoutingEntries = happened is ReleaseStarted or ReleaseAdvanced or ReleaseShadowStopped or ReleaseCompleted or ReleaseRolledBack
                ? RoutingEntries.SetItem((release.Environment, release.Candidate.Prompt), entry.Sequence)
                : RoutingEntries,
        };
        return happened switch
        {
            // Everybody has it from its last step on, without a key and outside its conditions too: what is observed is what will stay.
            ReleaseStarted or ReleaseAdvanced when changed.Weight == Share.All => next.WithLive(new LiveVersion(release.Candidate, release.Environment, entry.Time, release.Id, release.ApprovedBy!, release.RollbackTarget)),
            ReleaseRolledBack back when Live(back.To.Prompt, release.Environment)?.Version != back.To => next.WithLive(next.Restored(release, back, entry)),
            _ => next,
        };
    }

    internal ReleasesState Apply(DrillEvent happened, JournalEntry entry)
    {
        var place = (happened.Environment, happened.Prompt);
        var drill = happened is DrillStarted started ? Releases.Drill.Of(started, entry) : Drills[place].Apply(happened, entry);
        return this with
        {
            DrillCount = happened is DrillStarted ? DrillCount + 1 : DrillCount,
            Drills = Drills.SetItem(place, drill),
            RoutingEntries = happened is DrillStarted or DrillReturned ? RoutingEntries.SetItem(place, entry.Sequence) : RoutingEntries,
        };
    }

    private ReleasesState With(Release proposed)
    {
        var place = (proposed.Environment, proposed.Candidate.Prompt);
        return this with
        {
            All = All.SetItem(proposed.Id.Number, proposed),
            NumbersByPlace = NumbersByPlace.SetItem(place, NumbersByPlace.GetValueOrDefault(place, []).Add(proposed.Id.Number)),
        };
    }

    private IEnumerable<Release> NewestFirst(PromptName prompt, EnvironmentName environment)
    {
        var numbers = NumbersByPlace.GetValueOrDefault((environment, prompt), []);
        for (var i = numbers.Length - 1; i >= 0; i--) yield return All[numbers[i]];
    }

    private static Release Proposed(ReleaseProposed proposed, JournalEntry entry) => new()
    {
        Id = proposed.Release,
        Environment = proposed.Environment,
        Candidate = proposed.Candidate,
        Baseline = proposed.Baseline,
        Author = proposed.Author,
        Owner = proposed.Owner,
        ProposedBy = entry.Actor,
        ProposedBecause = proposed.Reason,
        Plan = proposed.Plan,
        Forecast = proposed.Forecast,
        Report = proposed.Report,
        ExpiresAt = proposed.ExpiresAt,
        State = ReleaseState.Proposed,
        Since = entry.Time,
        Reason = proposed.Reason ?? "",
    };

    private static Release Changed(Release release, ReleaseEvent happened, JournalEntry entry) => happened switch
    {
        ReleasePlanChanged changed => release with
        {
            Plan = changed.Plan,
            Forecast = changed.Forecast,
            State = ReleaseState.Proposed,
            Since = entry.Time,
            Reason = changed.Reason,
            Reviews = [],
            ApprovedBy = null,
            ApprovedAt = null,
            ApprovalNote = "",
            ScheduledBy = null,
            PlannedBy = release.PlannedBy.Contains(entry.Actor) ? release.PlannedBy : release.PlannedBy.Add(entry.Actor),
        },
        ReleaseReviewed reviewed => release with { Reviews = release.Reviews.AddRange(reviewed.Parts.Select(part => new SignedReview(part, entry.Actor, entry.Time, reviewed.Note))) },
        ReleaseScheduled => release with { ScheduledBy = entry.Actor },
        GlassBroken broken => release with { ApprovedBy = entry.Actor, ApprovedAt = entry.Time, ApprovalNote = broken.Reason },
        ReleaseApproved approved => Approved(release, approved, entry),
        ReleaseDeclined declined => release with { State = ReleaseState.Declined, Since = entry.Time, ClosedBy = entry.Actor, Reason = declined.Reason },
        ReleaseCancelled cancelled => release with { State = ReleaseState.Cancelled, Since = entry.Time, ClosedBy = entry.Actor, Reason = cancelled.Reason },
        ReleaseStarted started => release with
        {
            State = With(started.Weight),
            Since = entry.Time,
            EpochSince = entry.Time,
            StartedAt = started.Weight == default ? null : entry.Time,
            Salt = started.Salt,
            Weights = [started.Weight],
            WentLive = started.Weight == Share.All,
            Reason = "",
        },
        ReleaseAdvanced advanced => release with
        {
            StartedAt = release.StartedAt ?? entry.Time,
            State = With(advanced.Weight),
            Since = advanced.Weight == Share.All ? entry.Time : release.Since,
            EpochSince = entry.Time,
            Weights = release.Weights.Add(advanced.Weight),
            WentLive = advanced.Weight == Share.All,
            Reason = advanced.Reason,
        },
        ReleaseShadowStopped => release with { ShadowStoppedAt = entry.Time },
        ReleaseFrozen frozen => release with { State = ReleaseState.Frozen, Since = entry.Time, Reason = frozen.Reason },
        ReleaseResumed resumed => release with { State = With(release.Weights[^1]), Since = entry.Time, EpochSince = entry.Time, Reason = resumed.Reason },
        ReleaseCompleted completed => release with { State = ReleaseState.Completed, Since = entry.Time, Reason = completed.Reason },
        ReleaseRolledBack back => release with { State = ReleaseState.RolledBack, Since = entry.Time, Reason = back.Reason, RollbackRevision = entry.Sequence },
        RollbackReached reached => release with { Rollback = reached.Proof },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Releases does not fold {happened.GetType().Name}."),
    };

    // An emergency is approved while it has traffic: from then on it is a release like others, and only its mark stays.
    private static Release Approved(Release release, ReleaseApproved approved, JournalEntry entry)
    {
        var note = approved.Note.Length > 0 ? approved.Note : string.Join(" ", release.Reviews.Select(review => review.Note).Where(said => said.Length > 0).Distinct());
        var signed = release with { ApprovedBy = entry.Actor, ApprovedAt = entry.Time, ApprovalNote = note, ExpiresAt = null };
        return release.CarriesTraffic ? signed : signed with { State = ReleaseState.Approved, Since = entry.Time, Reason = note };
    }

    private static ReleaseState With(Share weight) => weight == Share.All ? ReleaseState.Full : weight == default ? ReleaseState.Shadow : ReleaseState.Canary;

    // A version that comes back was approved when it first went live; the way back from it is the one agreed then.
    private LiveVersion Restored(Release release, ReleaseRolledBack back, JournalEntry entry)
    {
        var first = BroughtBy(back.To, release.Environment)!;
        return new LiveVersion(back.To, release.Environment, entry.Time, release.Id, first.ApprovedBy!, first.RollbackTarget);
    }

    private ReleasesState WithLive(LiveVersion live) => this with { LiveByPlace = LiveByPlace.SetItem((live.Environment, live.Version.Prompt), live) };
}
