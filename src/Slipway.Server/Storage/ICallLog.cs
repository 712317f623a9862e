using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>The record of every model call on one engine: many rows, written in batches, with what they come to per minute beside them.</summary>
internal interface ICallLog : IEvidenceLog, IDisposable
{
    /// <summary>What people call it: a file, or a database and its server; never a password.</summary>
    string Name { get; }

    /// <summary>Appends a batch and counts it, all or none. Whoever reads by rising sequence passes over nothing, however many write.</summary>
    /// <param name="calls">Each with a span of its own, or with none.</param>
    /// <param name="mayRepeat">Whether some of them may be stored already: those are passed over, by trace and span.</param>
    /// <returns>How many were new.</returns>
    /// <exception cref="StorageUnavailableException">The engine is away; the same batch may be tried again with <paramref name="mayRepeat"/>.</exception>
    /// <exception cref="StorageException">The engine does not take one of them, and so none.</exception>
    int Append(IReadOnlyCollection<CallRecord> calls, bool mayRepeat = false);

    /// <summary>Adds what became known of calls, stored already or not yet, and counts it; saying it again changes nothing.</summary>
    /// <param name="outcomes">Of a trace that is told of twice, what is said later is added.</param>
    /// <param name="now">When it was said.</param>
    /// <exception cref="StorageUnavailableException">The engine is away; nothing was added.</exception>
    void Append(IReadOnlyCollection<CallOutcomeDocument> outcomes, DateTimeOffset now);

    /// <summary>What the calls of a release showed, in the order in which they were stored; left out are calls without a unit, abandoned ones, those of a shadow, and those whose version was not drawn for their unit.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="after">Only rows after this one.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="since">None of its calls arrived before; null where that is not known.</param>
    /// <param name="reading">What is read beside the call itself; null for nothing.</param>
    ImmutableArray<(long Sequence, CallOutcome Outcome)> Outcomes(ReleaseId release, long after, int most, DateTimeOffset? since = null, OutcomeReading? reading = null);

    /// <summary>What the shadow of a release showed beside stable, in the order in which it was stored.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="after">Only rows after this one.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="since">None of its calls arrived before; null where that is not known.</param>
    ImmutableArray<(long Sequence, ShadowPair Pair)> Shadows(ReleaseId release, long after, int most, DateTimeOffset? since = null);

    /// <summary>What a release's calls come to, per arm.</summary>
    ImmutableArray<ArmTotals> Totals(ReleaseId release);

    /// <summary>The newest calls, by when they arrived, newest first; without their texts.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only older ones than the one there; null for all.</param>
    /// <param name="most">At most so many.</param>
    ImmutableArray<StoredCall> Newest(CallFilter filter, CallPlace? before, int most);

    /// <summary>The calls of a trace, oldest first, with their texts.</summary>
    ImmutableArray<CallRecord> Trace(string trace);

    /// <summary>What became known of a trace; null for nothing.</summary>
    CallOutcomeDocument? Outcome(string trace);

    /// <summary>What became known of traces, by trace; one of which nothing did is not there.</summary>
    /// <param name="traces">Which; some thousand at most.</param>
    IReadOnlyDictionary<string, CallOutcomeDocument> Outcomes(IReadOnlyCollection<string> traces);

    /// <summary>What the calls of a prompt come to, one group a version, arm and release.</summary>
    /// <param name="prompt">Which prompt; empty for unmanaged calls.</param>
    /// <param name="environment">Where.</param>
    /// <param name="from">From this whole minute on.</param>
    /// <param name="to">Up to this one, not in it.</param>
    ImmutableArray<(RollupKey Group, CallTotals Totals)> Metrics(string prompt, EnvironmentName environment, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The fingerprints of the system prompts of unmanaged calls, those that called most first.</summary>
    /// <param name="most">At most so many.</param>
    ImmutableArray<UnmanagedDocument> Unmanaged(int most);

    /// <summary>Who was answered by a version, by name; nobody was by a shadow.</summary>
    /// <param name="prompt">Which prompt.</param>
    /// <param name="version">Which version.</param>
    /// <param name="environment">Where; null for everywhere.</param>
    /// <param name="after">Only users after this one; null for all.</param>
    /// <param name="most">At most so many.</param>
    ImmutableArray<CallUserDocument> Users(string prompt, string version, EnvironmentName? environment, string? after, int most);

    /// <summary>What a version's calls came to in a stretch of time, and whom they touched; calls that no user saw are left out.</summary>
    /// <param name="stretch">Which calls.</param>
    /// <param name="mostGroups">How many workflows, tenants and values of attributes at most, those with the most calls.</param>
    TouchedCalls Touched(CallStretch stretch, int mostGroups);

    /// <summary>The calls of a stretch that failed, by themselves or by what became known of them, oldest first, with their texts.</summary>
    /// <param name="stretch">Which calls.</param>
    /// <param name="most">At most so many.</param>
    ImmutableArray<CallRecord> Failing(CallStretch stretch, int most);

    /// <summary>Removes old calls of an environment.</summary>
    /// <param name="environment">Where.</param>
    /// <param name="before">What arrived earlier goes; an engine that keeps days apart removes whole days.</param>
    /// <returns>False where there may be more to remove: a little at a time keeps nobody waiting.</returns>
    bool RemoveCalls(EnvironmentName environment, DateTimeOffset before);

    /// <summary>Removes what was told of calls before a moment, where the calls are gone.</summary>
    /// <returns>False where there may be more to remove.</returns>
    bool RemoveOutcomes(DateTimeOffset before);

    /// <summary>Removes what calls came to in minutes long ago, and the fingerprints that were last seen then.</summary>
    /// <returns>False where there may be more to remove.</returns>
    bool RemoveCounts(DateTimeOffset before);
}

/// <summary>What is read beside a call itself for the judge.</summary>
/// <param name="SegmentBy">The attribute that says which slice of traffic it belongs to, or <c>tenant</c> or <c>workflow</c>; null where nothing does.</param>
/// <param name="Within">What was told of it so long after it arrived is read too; null for nothing.</param>
internal sealed record OutcomeReading(string? SegmentBy = null, TimeSpan? Within = null);

/// <summary>Which calls are looked for; null asks for no matter which.</summary>
internal sealed record CallFilter
{
    public string? Prompt { get; init; }
    public string? Version { get; init; }
    public ReleaseId? Release { get; init; }
    public string? Tenant { get; init; }

    /// <summary>The user as the caller names one; where it named none, the sticky unit.</summary>
    public string? User { get; init; }
    public EnvironmentName? Environment { get; init; }

    /// <summary>Arrived then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Arrived before.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Where a call stands among all, by when it arrived.</summary>
internal readonly record struct CallPlace(DateTimeOffset StartedAt, long Sequence);

/// <summary>A call and its place.</summary>
internal sealed record StoredCall(CallPlace Place, CallRecord Call);

/// <summary>A version's calls in a stretch of time.</summary>
/// <param name="Version">Which version.</param>
/// <param name="Environment">Where.</param>
/// <param name="Since">Arrived then or later.</param>
/// <param name="Until">Arrived before; null for no end.</param>
internal sealed record CallStretch(VersionId Version, EnvironmentName Environment, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>What the calls of a stretch came to.</summary>
/// <param name="Figures">All together.</param>
/// <param name="Workflows">By workflow.</param>
/// <param name="Tenants">By the application's customer.</param>
/// <param name="Segments">By each attribute and its value; users are not counted.</param>
internal sealed record TouchedCalls(IncidentFigures Figures, ImmutableArray<TouchedGroup> Workflows, ImmutableArray<TouchedGroup> Tenants, ImmutableArray<TouchedGroup> Segments);
