using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Incidents;

/// <summary>Something that happened to an incident.</summary>
/// <param name="Incident">Which one.</param>
public abstract record IncidentEvent(IncidentId Incident) : JournalEvent;

/// <summary>Something went wrong for users: it stays open until a case of it is in a golden set, or its prompt's owner lets it go.</summary>
/// <param name="Incident">Which one.</param>
/// <param name="Origin">What opened it.</param>
/// <param name="Version">What went wrong.</param>
/// <param name="Stable">What did not, as far as anybody knew then; null where there was nothing before.</param>
/// <param name="Environment">Where.</param>
/// <param name="Release">The release that brought the version to users; null where none did.</param>
/// <param name="Since">From when on its calls may be of the incident.</param>
/// <param name="Until">Until when; null while nobody knows.</param>
/// <param name="Reason">Why, in the words of who rolled back or opened it.</param>
public sealed record IncidentOpened(
    IncidentId Incident, IncidentOrigin Origin, VersionId Version, VersionId? Stable, EnvironmentName Environment, ReleaseId? Release, DateTimeOffset Since, DateTimeOffset? Until, string Reason) : IncidentEvent(Incident)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => Origin == IncidentOrigin.Rollback
        ? $"opened {Incident} because {Release} was rolled back: what did {Version} answer in {Environment} since {ReleasePlan.Time(Since)}?"
        : $"opened {Incident} about {Version} in {Environment} since {ReleasePlan.Time(Since)}{(Until is { } until ? $" until {ReleasePlan.Time(until)}" : "")}: {Reason}";
}

/// <summary>Somebody said why it happened; what is said later stands.</summary>
/// <param name="Incident">Which one.</param>
/// <param name="Cause">The root cause.</param>
public sealed record IncidentExplained(IncidentId Incident, string Cause) : IncidentEvent(Incident)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"explained {Incident}: {Cause}";
}

/// <summary>The version that went wrong and the one that does not were asked the cases of an incident.</summary>
/// <param name="Incident">Which one.</param>
/// <param name="Run">The run that asked.</param>
/// <param name="Report">The hash of its report.</param>
/// <param name="Set">The golden set that holds the cases.</param>
/// <param name="Version">What went wrong.</param>
/// <param name="Stable">What it was held against.</param>
/// <param name="Cases">How each case came out; those that nobody was asked any more are not there.</param>
/// <param name="Stopped">Why the run ended before its last case, as the end of a sentence; null where it did not.</param>
public sealed record IncidentTested(
    IncidentId Incident, EvaluationRunId Run, ContentHash Report, GoldenSetId Set, VersionId Version, VersionId Stable, ImmutableArray<IncidentCase> Cases, string? Stopped) : IncidentEvent(Incident)
{
    /// <summary>The cases that prove that it would be found now.</summary>
    [JsonIgnore] public ImmutableArray<string> Proving => [.. Cases.Where(one => one.Proves).Select(one => one.Case)];

    /// <summary>What keeps it from being a proof, as the end of a sentence; null where it is one.</summary>
    [JsonIgnore]
    public string? Lacks
    {
        get
        {
            if (Stopped is not null) return $"the run ended early: {Stopped}";
            if (Cases.FirstOrDefault(one => one.Bad == CaseAnswer.Unanswered || one.Stable == CaseAnswer.Unanswered) is { } open)
                return $"{open.Case} got no answer from {(open.Bad == CaseAnswer.Unanswered ? Version : Stable)}";
            if (!Proving.IsEmpty) return null;
            return Cases.Length == 1 && Cases[0] is { } only
                ? $"{only.Case} {(only.Bad == CaseAnswer.Passed ? $"is passed by {Version} too" : $"is failed by {Stable} too")}"
                : string.Create(CultureInfo.InvariantCulture, $"{Cases.Count(one => one.Bad == CaseAnswer.Passed)} of {Cases.Length} cases are passed by {Version}, and {Cases.Count(one => one.Stable == CaseAnswer.Failed)} are failed by {Stable}");
        }
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence =>
        $"tested {Incident} on {ReportWords.Cases(Cases.Length)} of {Set} with {Run}: {(Lacks is { } missing ? $"no proof, because {missing}" : $"{Version} fails and {Stable.Number} passes {string.Join(", ", Proving)}")}";
}

/// <summary>An incident is over: a case of it was added that the version fails and the stable one passes, which was tried.</summary>
/// <param name="Incident">Which one.</param>
/// <param name="Run">The run that tried it.</param>
/// <param name="Set">The golden set that holds the cases.</param>
/// <param name="Cases">The cases that prove it.</param>
/// <param name="Figures">What it came to, as far as its calls were still there; null where nobody counted.</param>
/// <param name="Note">What whoever closed it says of it; null for nothing.</param>
public sealed record IncidentClosed(IncidentId Incident, EvaluationRunId Run, GoldenSetId Set, ImmutableArray<string> Cases, IncidentFigures? Figures, string? Note) : IncidentEvent(Incident)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"closed {Incident}: {string.Join(", ", Cases)} of {Set} would find it now{Figures.Told()}{(Note is null ? "" : $": {Note}")}";
}

/// <summary>An incident is over without a case: its prompt's owner answers for that.</summary>
/// <param name="Incident">Which one.</param>
/// <param name="Reason">Why.</param>
/// <param name="Figures">What it came to, as far as its calls were still there; null where nobody counted.</param>
public sealed record IncidentWaived(IncidentId Incident, string Reason, IncidentFigures? Figures) : IncidentEvent(Incident)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"closed {Incident} without a case{Figures.Told()}: {Reason}";
}
