using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Wire;

/// <summary>A member, as the API shows and takes one.</summary>
/// <param name="Member">Who.</param>
/// <param name="Roles">What they may do.</param>
public sealed record MemberDocument(MemberName Member, ImmutableArray<Role> Roles);

/// <summary>What an alias stands for.</summary>
/// <param name="Model">A dated model of a provider.</param>
public sealed record ModelAliasRequest(ModelReference Model);

/// <summary>A version and its record.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Sequence">1 for the first version of its prompt, then without gaps.</param>
/// <param name="Package">The hash of everything that decides its behaviour.</param>
/// <param name="Author">Who submitted it.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="Record">What its manifest said beside behaviour.</param>
/// <param name="Content">The package itself.</param>
/// <param name="LiveIn">The environments it is live in now.</param>
/// <param name="Created">Whether this request made it; false where it was there before.</param>
public sealed record VersionDocument(
    VersionId Version, int Sequence, ContentHash Package, MemberName Author, DateTimeOffset SubmittedAt, VersionSubmitted Record, JsonElement Content,
    ImmutableArray<EnvironmentName> LiveIn, bool Created);

/// <summary>An evaluation that was run.</summary>
/// <param name="ReportHash">The report's object.</param>
/// <param name="Report">What came out.</param>
public sealed record EvaluationDocument(ContentHash ReportHash, EvaluationReport Report)
{
    /// <summary>What people's reviews of it came to; empty where there is none.</summary>
    public ImmutableArray<ReviewOutcome> Reviews { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Asks for a release.</summary>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Environment">Where; production where left out.</param>
/// <param name="Reason">Why it is to go live now; may be left out.</param>
public sealed record ProposalDocument(VersionId Candidate, ReleasePlanDocument? Plan = null, EnvironmentName? Environment = null, string? Reason = null);

/// <summary>Why somebody does something.</summary>
/// <param name="Reason">A sentence; an approval may leave it out.</param>
/// <param name="ExpectedEpoch">For advancing by hand: the epoch that was looked at.</param>
/// <param name="Part">For a review: which part is signed.</param>
public sealed record ReasonDocument(string? Reason = null, int? ExpectedEpoch = null, SignOff? Part = null);

/// <summary>Changes a plan before its release starts, which voids what was signed.</summary>
/// <param name="Plan">What is to be otherwise; what it leaves out stays.</param>
/// <param name="Reason">Why.</param>
public sealed record PlanChangeRequest(ReleasePlanDocument Plan, string Reason);

/// <summary>Asks to break the glass for a version, or confirms it as the second person.</summary>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Reason">Why.</param>
/// <param name="Environment">Where; production where left out.</param>
/// <param name="Expires">How long two people's word carries it; 1h, the longest, where left out.</param>
/// <param name="Plan">What is said of its plan; everybody at once where left out.</param>
public sealed record BreakGlassRequest(VersionId Candidate, string Reason, EnvironmentName? Environment = null, Duration? Expires = null, ReleasePlanDocument? Plan = null);

/// <summary>What proposing a version would come to.</summary>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="Baseline">What is live; null where nothing is.</param>
/// <param name="Ready">Whether nothing is missing.</param>
/// <param name="Plan">The contract it would be proposed under; null where there can be none.</param>
/// <param name="Problem">Why there can be none; null where there can, or where nothing is live to plan against.</param>
/// <param name="Forecast">How long it would take; null where nobody can say.</param>
/// <param name="Checklist">What must be so before, and whether it is.</param>
public sealed record ReleaseCheckDocument(
    VersionId Candidate, EnvironmentName Environment, VersionId? Baseline, bool Ready, ReleasePlan? Plan, string? Problem, ReleaseForecast? Forecast, ImmutableArray<ChecklistItem> Checklist);

/// <summary>The on-call's one action.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Reason">Why.</param>
/// <param name="Environment">Where; production where left out.</param>
public sealed record RollbackRequest(PromptName Prompt, string Reason, EnvironmentName? Environment = null);

/// <summary>A release as it stands.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Environment">Where.</param>
/// <param name="Candidate">What is to go live.</param>
/// <param name="Baseline">What was live before; null for the first version.</param>
/// <param name="RollbackTo">Where a rollback goes; null for the first version.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Weight">The candidate's share now.</param>
/// <param name="Epoch">Rises with every change of the weight.</param>
/// <param name="Author">Who wrote the candidate.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="Plan">The contract.</param>
/// <param name="Evidence">What is known of each guardrail.</param>
/// <param name="Verdict">What the judge says now, in a sentence; null where it carries no traffic.</param>
/// <param name="Arms">What its calls come to.</param>
/// <param name="Next">Whom it waits for, with the command; null where it waits for nobody.</param>
/// <param name="Reviews">The parts of its review that were signed.</param>
/// <param name="OpenReviews">The parts that nobody signed yet, in their order; empty once it is over.</param>
/// <param name="Checklist">What must be so, and whether it is; empty once it is over.</param>
/// <param name="ObservedUntil">When its observation at 100% ends; null where it is not observed.</param>
/// <param name="ExpiresAt">Until when two people's word carries an emergency; null for every other release.</param>
/// <param name="ScheduledBy">The release owner who said yes to its start at the time of its plan; null where nobody did.</param>
/// <param name="Forecast">How long it will take, as it was foretold with its plan; null where nobody could.</param>
/// <param name="Rollback">How soon its rollback was everywhere; null where that is not on record, or it was not rolled back.</param>
public sealed record ReleaseDocument(
    ReleaseId Id, EnvironmentName Environment, VersionId Candidate, VersionId? Baseline, VersionId? RollbackTo, ReleaseState State, DateTimeOffset Since,
    string Reason, Share Weight, int Epoch, MemberName Author, MemberName ProposedBy, MemberName? ApprovedBy, ReleasePlan Plan,
    ImmutableArray<GuardrailEvidence> Evidence, string? Verdict, ImmutableArray<ArmTotals> Arms, string? Next,
    ImmutableArray<SignedReview> Reviews, ImmutableArray<SignOff> OpenReviews, ImmutableArray<ChecklistItem> Checklist,
    DateTimeOffset? ObservedUntil, DateTimeOffset? ExpiresAt, MemberName? ScheduledBy, ReleaseForecast? Forecast = null, RollbackProgress? Rollback = null)
{
    /// <summary>What its shadow showed; null where it has none, and before it starts.</summary>
    public ShadowDocument? Shadow { get; init; }

    /// <summary>The newest incident about what it brought; null where there is none.</summary>
    public IncidentLink? Incident { get; init; }

    /// <summary>The document of a release.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="registry">All state.</param>
    /// <param name="evidence">What is known of each guardrail.</param>
    /// <param name="verdict">What the judge says now; null where it carries no traffic.</param>
    /// <param name="arms">What its calls come to.</param>
    public static ReleaseDocument From(Release release, Registry registry, ImmutableArray<GuardrailEvidence> evidence, string? verdict, ImmutableArray<ArmTotals> arms)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(registry);
        return new ReleaseDocument(
            release.Id, release.Environment, release.Candidate, release.Baseline, release.RollbackTarget, release.State, release.Since, release.Reason,
            release.Weight, release.Epoch, release.Author, release.ProposedBy, release.ApprovedBy, release.Plan, evidence, verdict, arms, NextStep.Of(release, registry),
            release.Reviews, release.OpenReviews(registry), release.Active ? ReleaseChecklist.Of(registry, release) : [], release.ObservedUntil, release.ExpiresAt, release.ScheduledBy,
            release.Forecast, RollbackProgress.OnRecord(release))
        {
            Incident = registry.Incidents.Of(release.Id) is { } incident ? new IncidentLink(incident.Id, incident.State) : null,
        };
    }
}

/// <summary>One line of the log.</summary>
/// <param name="Sequence">The entry.</param>
/// <param name="Time">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Sentence">What happened, after the actor's name.</param>
public sealed record LogLine(long Sequence, DateTimeOffset Time, MemberName Actor, string Sentence);

/// <summary>Asks which version a unit gets.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Key">The sticky unit; null for none.</param>
/// <param name="Environment">Where; production where left out.</param>
/// <param name="Tenant">The application's customer; null for none.</param>
/// <param name="Model">The model the caller asks for; null for any.</param>
/// <param name="Attributes">What else is known of the request, by name; null for nothing.</param>
public sealed record ResolveQuery(
    string Prompt, string? Key = null, EnvironmentName? Environment = null, string? Tenant = null, string? Model = null, ImmutableSortedDictionary<string, string>? Attributes = null);

/// <summary>Which version a unit gets, and why.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Package">Its package.</param>
/// <param name="Arm">On which side.</param>
/// <param name="Release">The active release.</param>
/// <param name="Revision">The revision of the prompt's routing record.</param>
/// <param name="Reason">Why, in a word.</param>
/// <param name="Explanation">Why, in a sentence.</param>
public sealed record ResolveDocument(VersionId Version, ContentHash Package, Arm Arm, ReleaseId? Release, long Revision, ResolveReason Reason, string Explanation);

/// <summary>Asks for the messages a version sends.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Variables">By name.</param>
public sealed record RenderQuery(VersionId Version, JsonElement? Variables = null);

/// <summary>The messages a version sends, before the caller's own.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Messages">In order.</param>
public sealed record RenderDocument(VersionId Version, ImmutableArray<Rendering.ChatMessage> Messages);

/// <summary>What went wrong, after RFC 9457.</summary>
/// <param name="Title">The kind of problem.</param>
/// <param name="Status">The status code.</param>
/// <param name="Detail">One sentence for a person.</param>
/// <param name="Errors">All of them, where there are several.</param>
/// <param name="Changes">What somebody else changed meanwhile, where that is the problem.</param>
public sealed record ProblemDocument(string? Title = null, int? Status = null, string? Detail = null, ImmutableArray<string>? Errors = null, VersionDiffDocument? Changes = null);
