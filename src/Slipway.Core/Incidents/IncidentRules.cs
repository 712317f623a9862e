using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Incidents;

/// <summary>When a rollback is an incident, who may do what with one, and whom it waits for.</summary>
public static class IncidentRules
{
    /// <summary>What a rollback opens, in the same append: an incident cannot be lost between the two.</summary>
    /// <remarks>
    /// Nothing outside production, where no users are; nothing where both versions have one package, as in a drill, because nobody got anything else;
    /// and nothing where somebody has opened an incident about the version before.
    /// </remarks>
    /// <param name="registry">All state, before the rollback.</param>
    /// <param name="release">What is rolled back.</param>
    /// <param name="target">What everybody gets.</param>
    /// <param name="reason">Why.</param>
    internal static ImmutableArray<JournalEvent> OfRollback(Registry registry, Release release, VersionId target, string reason)
    {
        var isSame = registry.Prompts.Find(release.Candidate)?.Package == registry.Prompts.Find(target)?.Package;
        if (release.Environment != EnvironmentName.Production || isSame || registry.Incidents.Open(release.Candidate, release.Environment) is not null) return [];
        return [new IncidentOpened(
            registry.Incidents.NextId, IncidentOrigin.Rollback, release.Candidate, target, release.Environment, release.Id, release.StartedAt!.Value, Until: null, reason)];
    }

    /// <summary>The sentence that says that an incident does not exist, and which is the newest.</summary>
    public static string NoIncident(IncidentId id, Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return $"There is no incident {id}; {(registry.Incidents.All.IsEmpty ? "none has been opened yet" : $"the newest is {new IncidentId(registry.Incidents.All.Count)}")}.";
    }

    /// <summary>Refuses who may not explain, test and close: whoever writes, reviews, releases or stops the prompt may, and its owners.</summary>
    /// <returns>Null where they may.</returns>
    public static Verdict? DenyWork(PromptRights rights, MemberName who, string what)
    {
        ArgumentNullException.ThrowIfNull(rights);
        if (who == MemberName.System) return Verdict.Forbidden("A controller explains and closes no incident.");
        if (rights.Access.Has(who, Role.Author, Role.Reviewer, Role.ReleaseOwner, Role.OnCall)) return null;
        return rights.Stoppers.Contains(who) ? rights.Access.DenyInPerson(who, what) : Verdict.Forbidden(
            $"{who} may not {what}: it needs the role author, reviewer, release_owner or on_call, or to be owner, backup owner or on call of {rights.Prompt}; {PromptRights.May(rights.Stoppers)}.");
    }

    /// <summary>Who may close an incident without a case: the owner and the backup owner, but for whoever wrote the version or a part of it.</summary>
    public static ImmutableArray<MemberName> Waivers(Registry registry, Incident incident)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(incident);
        return [.. PromptRights.Of(registry, incident.Version.Prompt).Duties.Owners.Except(Editors.Of(registry, incident.Version, incident.Environment))];
    }

    /// <summary>Who closes an incident without a case, as the end of a sentence.</summary>
    public static string Waiving(Registry registry, Incident incident) => Waivers(registry, incident) is { IsEmpty: false } able
        ? $"{PromptRights.Or(able)} can close it without one: slipway incident waive {incident.Id} --reason TEXT"
        : $"an owner of {incident.Version.Prompt} who did not write {incident.Version.Number} can close it without one, and there is none yet";

    /// <summary>Whom an incident waits for, with the command.</summary>
    /// <returns>Null where it is over.</returns>
    public static string? Next(Registry registry, Incident incident)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(incident);
        if (incident.State != IncidentState.Open) return null;
        var rights = PromptRights.Of(registry, incident.Version.Prompt);
        var people = rights.Duties.Owners.IsEmpty ? rights.OnCall : rights.Duties.Owners;
        var right = incident.RightNow(registry.Releases);
        return $"waiting for {(people.IsEmpty ? "somebody who answers for it" : PromptRights.Or(people))}: "
            + (incident.Causes.IsEmpty ? $"say why it happened with: slipway incident explain {incident.Id} --cause TEXT; then " : "")
            + $"add a case that {incident.Version.Number} fails and {right?.Number.Text ?? "a better version"} passes, with: slipway incident cases {incident.Id}";
    }

    internal static Verdict? DenyWaiver(Registry registry, Incident incident, MemberName who)
    {
        var (owners, able) = (PromptRights.Of(registry, incident.Version.Prompt).Duties.Owners, Waivers(registry, incident));
        if (able.Contains(who)) return registry.Access.DenyInPerson(who, $"close {incident.Id} without a case");
        var must = able.IsEmpty ? owners.IsEmpty
                ? $"nobody owns it yet; {PromptRights.Or(PromptRights.Of(registry, incident.Version.Prompt).Assigners)} can run: slipway owner set {incident.Version.Prompt} --owner NAME --backup NAME"
                : "somebody else who owns it must, but nobody does yet"
            : $"{PromptRights.Or(able)} must";
        return Verdict.Forbidden(owners.Contains(who)
            ? $"{who} wrote {incident.Version} or a part of it and cannot close {incident.Id} without a case: {must}."
            : $"{who} may not close {incident.Id} without a case: it needs to be owner or backup owner of {incident.Version.Prompt}; {must}.");
    }
}
