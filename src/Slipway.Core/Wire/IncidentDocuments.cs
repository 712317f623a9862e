using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>An incident by its name.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Where it stands.</param>
public sealed record IncidentLink(IncidentId Id, IncidentState State);

/// <summary>Opens an incident by hand.</summary>
/// <param name="Version">What went wrong.</param>
/// <param name="Reason">What went wrong, as far as is known.</param>
/// <param name="Environment">Where; production where left out.</param>
/// <param name="Since">From when on, as a time or as how long ago; when users first got the version where left out.</param>
/// <param name="Until">Until when, as a time or as how long ago; left out while it goes on.</param>
public sealed record IncidentRequest(VersionId Version, string Reason, EnvironmentName? Environment = null, string? Since = null, string? Until = null);

/// <summary>Says why an incident happened.</summary>
/// <param name="Cause">The root cause.</param>
public sealed record CauseRequest(string Cause);

/// <summary>Asks that an incident's cases be tested, and that it be closed where they prove that it would be found now.</summary>
/// <param name="Note">What is said of it; null for nothing.</param>
/// <param name="Set">The golden set that holds the cases, by its name; null for whichever of the prompt's holds most.</param>
/// <param name="Repeats">How often each case is asked, 1 to 100; null for once.</param>
/// <param name="MaxCost">What the test may cost at most, in US dollars; null for no ceiling.</param>
public sealed record IncidentCloseRequest(string? Note = null, string? Set = null, int? Repeats = null, decimal? MaxCost = null);

/// <summary>An incident.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Origin">What opened it.</param>
/// <param name="Version">What went wrong.</param>
/// <param name="Stable">What a case of it must pass: what users get now, unless that is what went wrong; null where nothing is known.</param>
/// <param name="Environment">Where.</param>
/// <param name="Release">The release that brought the version to users; null where none did.</param>
/// <param name="Reason">Why it was opened.</param>
/// <param name="OpenedBy">Who opened it: of a rollback, who rolled back.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="Since">From when on its calls may be of the incident.</param>
/// <param name="Until">Until when; null while it goes on.</param>
/// <param name="Cause">The root cause; null where nobody explained it.</param>
/// <param name="Causes">Every root cause that was said, the one that stands last.</param>
/// <param name="Tests">Every test of its cases, the newest last.</param>
/// <param name="EndedBy">Who closed or waived it; null while it is open.</param>
/// <param name="EndedAt">When; null while it is open.</param>
/// <param name="EndedBecause">What was said then; null for nothing.</param>
/// <param name="Waivers">Who may close it without a case; empty where nobody may, and once it is over.</param>
/// <param name="Next">Whom it waits for, with the command; null where it is over.</param>
/// <param name="Details">What it came to; null in lists.</param>
public sealed record IncidentDocument(
    IncidentId Id, IncidentState State, IncidentOrigin Origin, VersionId Version, VersionId? Stable, EnvironmentName Environment, ReleaseId? Release, string Reason,
    MemberName OpenedBy, DateTimeOffset OpenedAt, DateTimeOffset Since, DateTimeOffset? Until, string? Cause, ImmutableArray<IncidentCause> Causes, ImmutableArray<IncidentTest> Tests,
    MemberName? EndedBy, DateTimeOffset? EndedAt, string? EndedBecause, ImmutableArray<MemberName> Waivers, string? Next, IncidentDetails? Details = null);

/// <summary>What an incident came to.</summary>
/// <param name="Clock">How fast it was stopped.</param>
/// <param name="Figures">How many it touched: as counted when it ended, else as the calls say now.</param>
/// <param name="Workflows">The same by workflow, the most requests first.</param>
/// <param name="Tenants">The same by customer of the application, the most requests first.</param>
/// <param name="Segments">The same by each attribute that callers gave, the most requests first; of these, users are not counted.</param>
/// <param name="FailingCalls">Calls that failed, the oldest first; the first hundred.</param>
/// <param name="Cases">Where cases of it stand.</param>
/// <param name="Timeline">What the journal says of it and of its release, in order.</param>
public sealed record IncidentDetails(
    IncidentClock Clock, IncidentFigures Figures, ImmutableArray<TouchedGroup> Workflows, ImmutableArray<TouchedGroup> Tenants, ImmutableArray<TouchedGroup> Segments,
    ImmutableArray<FailingCall> FailingCalls, ImmutableArray<IncidentSet> Cases, ImmutableArray<LogLine> Timeline);

/// <summary>How fast an incident was stopped.</summary>
/// <param name="ExposedAt">When users first got the version, or from when on the incident counts.</param>
/// <param name="FirstFailureAt">When the first failing call arrived; null where none is known.</param>
/// <param name="RolledBackAt">When it was rolled back; null where it was not.</param>
/// <param name="RolledBackBy">Who rolled it back; null where nobody did.</param>
/// <param name="SecondsExposed">From the first user to the rollback; null without one.</param>
/// <param name="SecondsFailing">From the first failing call to the rollback; null without one of them.</param>
public sealed record IncidentClock(
    DateTimeOffset ExposedAt, DateTimeOffset? FirstFailureAt, DateTimeOffset? RolledBackAt, MemberName? RolledBackBy, double? SecondsExposed, double? SecondsFailing);

/// <summary>A part of the requests that an incident touched.</summary>
/// <param name="Name">What the part goes by, e.g. <c>workflow</c> or the name of an attribute.</param>
/// <param name="Value">Which part it is; null for the requests whose caller did not say.</param>
/// <param name="Requests">How many calls.</param>
/// <param name="Failing">How many of them failed.</param>
/// <param name="Users">How many different users; null where that is not counted.</param>
public sealed record TouchedGroup(string Name, string? Value, long Requests, long Failing, long? Users);

/// <summary>A call that failed; its texts stand with its trace.</summary>
/// <param name="TraceId">Its trace.</param>
/// <param name="At">When it arrived.</param>
/// <param name="Workflow">The step of the application; null where the caller named none.</param>
/// <param name="Tenant">The application's customer; null where the caller named none.</param>
/// <param name="Failures">What failed; at least one.</param>
public sealed record FailingCall(string TraceId, DateTimeOffset At, string? Workflow, string? Tenant, ImmutableArray<CallFailure> Failures);

/// <summary>A golden set that holds cases of an incident.</summary>
/// <param name="Set">Its newest version.</param>
/// <param name="Cases">The cases that a test would ask.</param>
/// <param name="Unconfirmed">The cases that somebody must confirm first.</param>
public sealed record IncidentSet(GoldenSetId Set, ImmutableArray<string> Cases, ImmutableArray<string> Unconfirmed);

/// <summary>Cases that an incident's failing calls could become.</summary>
/// <param name="Incident">Which incident.</param>
/// <param name="Set">The golden set they would belong to, by its name; null where the version names none.</param>
/// <param name="Proposed">The cases; what each expects is to be confirmed or said better.</param>
/// <param name="LeftOut">The failing calls that make no case, a sentence each.</param>
/// <param name="There">Where cases of it stand already.</param>
public sealed record IncidentCasesDocument(IncidentId Incident, string? Set, ImmutableArray<ProposedCase> Proposed, ImmutableArray<string> LeftOut, ImmutableArray<IncidentSet> There);

/// <summary>A case that a failing call could become.</summary>
/// <param name="Id">The case's id.</param>
/// <param name="TraceId">The call's trace.</param>
/// <param name="Failures">What failed.</param>
/// <param name="IsCertain">Whether what it expects is what failed; else the call says only that its answer was wrong, and a person says what is right.</param>
/// <param name="Case">The case, as it stands in the lines of a golden set.</param>
public sealed record ProposedCase(string Id, string TraceId, ImmutableArray<CallFailure> Failures, bool IsCertain, JsonElement Case);
