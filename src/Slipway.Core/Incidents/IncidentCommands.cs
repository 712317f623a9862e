using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Incidents;

/// <summary>Opens an incident by hand.</summary>
/// <param name="By">Any member who is a person.</param>
/// <param name="Version">What went wrong.</param>
/// <param name="Environment">Where.</param>
/// <param name="Reason">What went wrong, as far as is known; required.</param>
/// <param name="Since">From when on; null for when users first got the version.</param>
/// <param name="Until">Until when; null while it goes on, or until it was rolled back.</param>
public sealed record OpenIncident(MemberName By, VersionId Version, EnvironmentName Environment, string Reason, DateTimeOffset? Since = null, DateTimeOffset? Until = null) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"open an incident about {Version} in {Environment}", Version.Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (By == MemberName.System) return Verdict.Forbidden("A controller opens no incident by hand.");
        if (registry.Access.DenyApplication(By, $"open an incident about {Version}") is { } denied) return denied;
        if (registry.Prompts.Find(Version) is not { } version) return Verdict.Unknown(registry.Prompts.Missing(Version));
        if (IncidentCommand.ProblemOf("reason", Reason, "Say what went wrong") is { } wrong) return wrong;
        if (registry.Incidents.Open(Version, Environment) is { } open) return Verdict.Conflict($"{open.Id} about {Version} in {Environment} is open already; explain it with: slipway incident explain {open.Id} --cause TEXT");
        var release = registry.Releases.LastOf(Version, Environment);
        var since = JournalEntry.Milliseconds(Since ?? release?.StartedAt ?? version.SubmittedAt);
        if (since > now) return Verdict.Invalid($"since: {ReleasePlan.Time(since)} has not come yet.");
        if (Until is { } until && (until <= since || until > now)) return Verdict.Invalid($"until: {ReleasePlan.Time(until)} must be after {ReleasePlan.Time(since)}, and not in the future.");
        var live = registry.Releases.Live(Version.Prompt, Environment);
        return Verdict.Of(new IncidentOpened(
            registry.Incidents.NextId, IncidentOrigin.Person, Version, live?.Version == Version ? live.RollbackTo : live?.Version, Environment, release?.Id, since,
            Until is { } end ? JournalEntry.Milliseconds(end) : null, Reason.Trim()));
    }
}

/// <summary>What can be asked of an incident that exists.</summary>
/// <param name="By">Who asks.</param>
/// <param name="Incident">Which incident.</param>
public abstract record IncidentCommand(MemberName By, IncidentId Incident) : Command(By)
{
    private const int LongestText = 4_000;

    /// <summary>Says why it happened; what was said before stays on record.</summary>
    /// <param name="By">Whoever writes, reviews, releases or stops the prompt, or owns it.</param>
    /// <param name="Incident">Which incident; also one that is over.</param>
    /// <param name="Cause">The root cause; required.</param>
    public sealed record Explain(MemberName By, IncidentId Incident, string Cause) : IncidentCommand(By, Incident);

    /// <summary>Puts a test of its cases on the record, which closes it where the test proves that it would be found now.</summary>
    /// <param name="By">Who asked for the test.</param>
    /// <param name="Incident">Which incident.</param>
    /// <param name="Facts">What the run found.</param>
    /// <param name="Figures">What the incident came to; null where nobody counted.</param>
    /// <param name="Note">What is said of it; null for nothing.</param>
    public sealed record Prove(MemberName By, IncidentId Incident, IncidentTested Facts, IncidentFigures? Figures, string? Note) : IncidentCommand(By, Incident);

    /// <summary>Closes it without a case.</summary>
    /// <param name="By">The prompt's owner or backup owner who did not write the version.</param>
    /// <param name="Incident">Which incident.</param>
    /// <param name="Reason">Why; required.</param>
    /// <param name="Figures">What the incident came to; null where nobody counted.</param>
    public sealed record Waive(MemberName By, IncidentId Incident, string Reason, IncidentFigures? Figures) : IncidentCommand(By, Incident);

    /// <inheritdoc/>
    public sealed override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Incidents.Find(Incident) is { } incident
            ? Subject.Of($"{What} {Incident} ({incident.Version} in {incident.Environment})", incident.Version.Prompt, incident.Environment)
            : Subject.Nothing($"{What} {Incident}");
    }

    /// <inheritdoc/>
    public sealed override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Incidents.Find(Incident) is not { } incident) return Verdict.Unknown(IncidentRules.NoIncident(Incident, registry));
        return MayNot(registry, incident) ?? this switch
        {
            Explain explain => ProblemOf("cause", explain.Cause, "Say why it happened")
                ?? (incident.Causes is [.., { Text: var said }] && said == explain.Cause.Trim() ? Verdict.Of() : Verdict.Of(new IncidentExplained(Incident, explain.Cause.Trim()))),
            Waive waive => ProblemOf("reason", waive.Reason, "Say why no case is needed") ?? Over(incident) ?? Verdict.Of(new IncidentWaived(Incident, waive.Reason.Trim(), waive.Figures)),
            Prove prove => (prove.Note is { } note ? ProblemOf("note", note, "Say something") : null) ?? Over(incident) ?? registry.Objects.Deny(prove.Facts.Report, "The same report") ?? Proved(prove),
            _ => throw new InvalidOperationException($"No rule says what {GetType().Name} does."),
        };
    }

    /// <summary>Refuses to test an incident; asked before a run, which costs money. Null where it may be tested.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="incident">Which incident.</param>
    public static Verdict? DenyTest(Registry registry, MemberName by, Incident incident)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(incident);
        return IncidentRules.DenyWork(PromptRights.Of(registry, incident.Version.Prompt), by, $"close {incident.Id}") ?? Over(incident);
    }

    /// <summary>Refuses a text that says nothing or too much; null where it fits.</summary>
    internal static Verdict? ProblemOf(string name, string? text, string asks) =>
        string.IsNullOrWhiteSpace(text) ? Verdict.Invalid($"{asks}: the {name} is empty.")
        : text.Length > LongestText ? Verdict.Invalid($"The {name} is longer than {LongestText} characters.")
        : null;

    private string What => this switch { Explain => "explain", Waive => "waive", _ => "close" };

    private Verdict? MayNot(Registry registry, Incident incident) => this is Waive
        ? IncidentRules.DenyWaiver(registry, incident, By)
        : IncidentRules.DenyWork(PromptRights.Of(registry, incident.Version.Prompt), By, $"{What} {Incident}");

    private static Verdict? Over(Incident incident) => incident.State == IncidentState.Open ? null
        : Verdict.Conflict($"{incident.Id} is over: {incident.EndedBy} {(incident.State == IncidentState.Closed ? "closed" : "waived")} it on {incident.EndedAt:yyyy-MM-dd}. What went wrong since is another incident.");

    // A test that proves nothing is on record too: it says why the incident is still open.
    private static Verdict Proved(Prove prove) => prove.Facts.Lacks is null
        ? Verdict.Of(prove.Facts, new IncidentClosed(prove.Incident, prove.Facts.Run, prove.Facts.Set, prove.Facts.Proving, prove.Figures, prove.Note?.Trim()))
        : Verdict.Of(prove.Facts);
}
