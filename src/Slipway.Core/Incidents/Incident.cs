using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Incidents;

/// <summary>What opened an incident.</summary>
[JsonConverter(typeof(SnakeCaseConverter<IncidentOrigin>))]
public enum IncidentOrigin
{
    /// <summary>A release was rolled back, by a person or by the judge.</summary>
    Rollback,
    /// <summary>A person opened it.</summary>
    Person,
}

/// <summary>Where an incident stands.</summary>
[JsonConverter(typeof(SnakeCaseConverter<IncidentState>))]
public enum IncidentState
{
    /// <summary>It waits for its cause and its case.</summary>
    Open,
    /// <summary>A case would find it now; final.</summary>
    Closed,
    /// <summary>The prompt's owner closed it without a case; final.</summary>
    Waived,
}

/// <summary>How a version answered a case.</summary>
[JsonConverter(typeof(SnakeCaseConverter<CaseAnswer>))]
public enum CaseAnswer
{
    /// <summary>Every check passed, every time.</summary>
    Passed,
    /// <summary>It answered, and a check failed at least once.</summary>
    Failed,
    /// <summary>No answer came at least once, and no check failed: that says nothing of the version.</summary>
    Unanswered,
}

/// <summary>How both versions answered a case of an incident.</summary>
/// <param name="Case">The case.</param>
/// <param name="Bad">How the version that went wrong did.</param>
/// <param name="Stable">How the one that did not did.</param>
public sealed record IncidentCase(string Case, CaseAnswer Bad, CaseAnswer Stable)
{
    /// <summary>Whether the case would have found it.</summary>
    [JsonIgnore] public bool Proves => (Bad, Stable) == (CaseAnswer.Failed, CaseAnswer.Passed);

    /// <summary>What an evaluation of the version against the stable one found.</summary>
    public static IncidentCase Of(CaseRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new IncidentCase(run.Case.Id, Of(run.Candidate), Of(run.Baseline));
    }

    private static CaseAnswer Of(ImmutableArray<CaseOutcome> outcomes) =>
        outcomes.Any(outcome => outcome.Answer.Error is null && !outcome.Passed) ? CaseAnswer.Failed
        : outcomes.IsEmpty || outcomes.Any(outcome => outcome.Answer.Error is not null) ? CaseAnswer.Unanswered : CaseAnswer.Passed;
}

/// <summary>What an incident came to, in numbers that name nobody and outlive the calls.</summary>
/// <param name="Requests">How many calls the version answered in its time.</param>
/// <param name="Failing">How many of them failed, by themselves or by what became known of them.</param>
/// <param name="Users">How many different users those calls were of; where a caller named no user, its sticky unit counts.</param>
/// <param name="FirstFailureAt">When the first failing call arrived; null where none failed.</param>
public sealed record IncidentFigures(long Requests, long Failing, long Users, DateTimeOffset? FirstFailureAt);

/// <summary>Why it happened, as somebody said.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Text">The root cause.</param>
public sealed record IncidentCause(MemberName By, DateTimeOffset At, string Text);

/// <summary>A test of an incident's cases.</summary>
/// <param name="By">Who asked for it.</param>
/// <param name="At">When.</param>
/// <param name="Facts">What came out.</param>
public sealed record IncidentTest(MemberName By, DateTimeOffset At, IncidentTested Facts);

/// <summary>What went wrong, whom it touched, what was done, and which case would find it now.</summary>
public sealed record Incident
{
    /// <summary>How long after a rollback calls of the version may still be of the incident: answers that were under way, clients that were cut off.</summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(10);

    /// <summary>Its name.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>What opened it.</summary>
    public required IncidentOrigin Origin { get; init; }

    /// <summary>What went wrong.</summary>
    public required VersionId Version { get; init; }

    /// <summary>What did not, as far as was known when it was opened; null where there was nothing before.</summary>
    public required VersionId? Stable { get; init; }

    /// <summary>Where.</summary>
    public required EnvironmentName Environment { get; init; }

    /// <summary>The release that brought the version to users; null where none did.</summary>
    public required ReleaseId? Release { get; init; }

    /// <summary>From when on its calls may be of the incident.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when, where somebody said so.</summary>
    public required DateTimeOffset? Until { get; init; }

    /// <summary>Why it was opened, in the words of who rolled back or opened it.</summary>
    public required string Reason { get; init; }

    /// <summary>Who opened it: of a rollback, who rolled back.</summary>
    public required MemberName OpenedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Where it stands.</summary>
    public IncidentState State { get; init; }

    /// <summary>Every root cause that was said, the one that stands last; empty where nobody explained it.</summary>
    public ImmutableArray<IncidentCause> Causes { get; init; } = [];

    /// <summary>Every test of its cases, the newest last.</summary>
    public ImmutableArray<IncidentTest> Tests { get; init; } = [];

    /// <summary>Who closed or waived it; null while it is open.</summary>
    public MemberName? EndedBy { get; init; }

    /// <summary>When; null while it is open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was said then; null for nothing.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>What it came to when it ended; null before, and where nobody counted.</summary>
    public IncidentFigures? Figures { get; init; }

    /// <summary>Until when calls of the version are of the incident.</summary>
    /// <param name="releases">All releases.</param>
    /// <returns>Null where it goes on.</returns>
    public DateTimeOffset? End(ReleasesState releases)
    {
        ArgumentNullException.ThrowIfNull(releases);
        return Until ?? (Release is { } id && releases.Find(id) is { State: ReleaseState.RolledBack, Since: var back } ? back + Aftermath : EndedAt);
    }

    /// <summary>The version that a case of it must pass: what users get now, unless that is still the one that went wrong.</summary>
    /// <param name="releases">All releases.</param>
    /// <returns>Null where no other version is known.</returns>
    public VersionId? RightNow(ReleasesState releases)
    {
        ArgumentNullException.ThrowIfNull(releases);
        return releases.Live(Version.Prompt, Environment)?.Version is { } live && live != Version ? live : Stable;
    }
}

/// <summary>Figures as people read them.</summary>
internal static class IncidentFiguresText
{
    /// <summary>As the middle of a sentence; empty where nobody counted.</summary>
    public static string Told(this IncidentFigures? figures) => figures is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $", after {Count(figures.Requests, "request")} of {Count(figures.Users, "user")}, {figures.Failing} of them failing");

    private static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
