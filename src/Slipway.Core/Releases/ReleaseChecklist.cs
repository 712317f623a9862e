using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Staging;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>What is looked at before a version is released.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ChecklistPoint>))]
public enum ChecklistPoint
{
    /// <summary>Owner and backup owner are named.</summary>
    Owners,
    /// <summary>The version is in one place: one frozen package under its name, still there.</summary>
    Version,
    /// <summary>There is something to compare it with, and no other release is active.</summary>
    Baseline,
    /// <summary>Nobody declined it.</summary>
    NotDeclined,
    /// <summary>The model is pinned.</summary>
    Model,
    /// <summary>Somebody may sign each part of the review, and somebody may start it.</summary>
    People,
    /// <summary>The golden set holds the kinds of cases that the prompt's policy asks for.</summary>
    GoldenSet,
    /// <summary>Its gates passed against what is live.</summary>
    Evaluation,
    /// <summary>It was tried in staging, and whatever differs there is explained; only where the plan asks for it.</summary>
    Staging,
    /// <summary>The version to go back to is ready.</summary>
    WayBack,
    /// <summary>The plan is as careful as the risk of now asks.</summary>
    Level,
    /// <summary>The traffic is enough to decide it in time, or it was accepted that it may not be.</summary>
    Forecast,
    /// <summary>Incidents of the prompt that are open; listed where there are any.</summary>
    Incidents,
}

/// <summary>One line of the list.</summary>
/// <param name="Point">What it is about.</param>
/// <param name="Done">Whether it is as it must be.</param>
/// <param name="Sentence">What was found; where it is not done, what to do too.</param>
public sealed record ChecklistItem(ChecklistPoint Point, bool Done, string Sentence);

/// <summary>What a release is made of, for the list.</summary>
/// <param name="Registry">All state.</param>
/// <param name="Version">What is to go live.</param>
/// <param name="Environment">Where.</param>
/// <param name="By">Who proposes it.</param>
/// <param name="Plan">The contract; null where there is none yet.</param>
/// <param name="Forecast">How long it will take; null where nobody can say.</param>
/// <param name="Release">The release, where there is one.</param>
internal sealed record ChecklistSubject(
    Registry Registry, PromptVersion Version, EnvironmentName Environment, MemberName By, ReleasePlan? Plan, ReleaseForecast? Forecast, Release? Release)
{
    public VersionId Id => Version.Id;
    public PromptRights Rights => PromptRights.Of(Registry, Id.Prompt);
    public VersionId? Live => Registry.Releases.Live(Id.Prompt, Environment)?.Version;
}

/// <summary>What must be so before a version goes live, and whether it is. Every refusal for want of it comes from here.</summary>
public static class ReleaseChecklist
{
    /// <summary>The list for a version that nobody proposed yet.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="version">What is to go live.</param>
    /// <param name="environment">Where.</param>
    /// <param name="by">Who would propose it.</param>
    /// <param name="plan">The contract it would be proposed under; null where there can be none.</param>
    /// <param name="forecast">How long it would take; null where nobody can say.</param>
    public static ImmutableArray<ChecklistItem> Of(
        Registry registry, PromptVersion version, EnvironmentName environment, MemberName by, ReleasePlan? plan, ReleaseForecast? forecast = null) =>
        Of(new ChecklistSubject(registry, version, environment, by, plan, forecast, Release: null));

    /// <summary>The list of a release.</summary>
    public static ImmutableArray<ChecklistItem> Of(Registry registry, Release release)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(release);
        return Of(Subject(registry, release));
    }

    /// <summary>Refuses while something of the list is missing; null where nothing is.</summary>
    /// <param name="items">The list.</param>
    public static Verdict? Missing(ImmutableArray<ChecklistItem> items) => items.Where(item => !item.Done).Select(item => item.Sentence).ToList() switch
    {
        [] => null,
        // Without something to compare with, or beside another release, the rest says nothing yet.
        _ when items.FirstOrDefault(item => item is { Point: ChecklistPoint.Baseline, Done: false }) is { } baseline => Verdict.Conflict(baseline.Sentence),
        [var one] => Verdict.Conflict(one),
        var several => Verdict.Conflict($"{several.Count} things are missing: {string.Join("; ", several.Select((one, index) => FormattableString.Invariant($"({index + 1}) {one}")))}"),
    };

    /// <summary>What a release must have while it is on its way; that it is approved is looked at elsewhere.</summary>
    internal static Verdict? Missing(Registry registry, Release release) => Missing(Of(registry, release));

    /// <summary>What a first version must have: there is nothing to compare it with.</summary>
    internal static ImmutableArray<ChecklistItem> OfFirst(Registry registry, PromptVersion version, EnvironmentName environment)
    {
        var subject = new ChecklistSubject(registry, version, environment, version.Author, null, null, null);
        return [Owners(subject), Version(subject), Model(subject)];
    }

    /// <summary>What even an emergency must have.</summary>
    internal static ImmutableArray<ChecklistItem> OfEmergency(Registry registry, PromptVersion version, EnvironmentName environment, MemberName by, ReleasePlan plan)
    {
        var subject = new ChecklistSubject(registry, version, environment, by, plan, null, null);
        return [Owners(subject), Version(subject), Baseline(subject), Model(subject), WayBack(subject)];
    }

    private static ChecklistSubject Subject(Registry registry, Release release) =>
        new(registry, registry.Prompts.Find(release.Candidate)!, release.Environment, release.ProposedBy, release.Plan, release.Forecast, release);

    private static ImmutableArray<ChecklistItem> Of(ChecklistSubject subject) => subject switch
    {
        { Release.Baseline: null } and { Release: not null } => OfFirst(subject.Registry, subject.Version, subject.Environment),
        _ when !Baseline(subject).Done => [Owners(subject), Version(subject), Baseline(subject), Model(subject)],
        _ => [Owners(subject), Version(subject), Baseline(subject), NotDeclined(subject), Model(subject), People(subject), GoldenSet(subject), Evaluation(subject), .. Staging(subject), WayBack(subject), Level(subject), .. Forecast(subject), .. Incidents(subject)],
    };

    // What mends an incident is a release: it is held up only where the prompt's policy says so.
    private static IEnumerable<ChecklistItem> Incidents(ChecklistSubject subject)
    {
        var blocks = subject.Registry.Prompts.Policy(subject.Id.Prompt).IncidentsBlock;
        return subject.Registry.Incidents.Open(subject.Id.Prompt, subject.Environment).Select(incident => new ChecklistItem(ChecklistPoint.Incidents, !blocks, blocks
            ? $"{incident.Id} about {incident.Version.Number} is open, and the policy of {subject.Id.Prompt} releases nothing before it is closed; see what it waits for with: slipway incident show {incident.Id}"
            : $"{incident.Id} about {incident.Version.Number} is still open, and the policy of {subject.Id.Prompt} lets releases go on beside it"));
    }

    private static ChecklistItem Owners(ChecklistSubject subject)
    {
        if (subject.Environment == EnvironmentName.Production && subject.Rights.Missing is { } missing) return new ChecklistItem(ChecklistPoint.Owners, false, missing);
        var owners = subject.Rights.Duties.Owners;
        return new ChecklistItem(ChecklistPoint.Owners, true, owners.IsEmpty ? $"nobody answers for {subject.Id.Prompt} yet, and {subject.Environment} needs nobody" : $"{string.Join(" and ", owners)} answer for {subject.Id.Prompt}");
    }

    private static ChecklistItem Version(ChecklistSubject subject) => ReleaseRules.Erased(subject.Registry, subject.Id) is Verdict.Refuse { Why.Reason: var gone }
        ? new ChecklistItem(ChecklistPoint.Version, false, gone)
        : new ChecklistItem(ChecklistPoint.Version, true, $"{subject.Id} is one frozen package ({subject.Version.Package.Abbreviated}), submitted by {subject.Version.Author}");

    private static ChecklistItem Baseline(ChecklistSubject subject)
    {
        var (id, place) = (subject.Id, subject.Environment);
        if (subject.Release is { } release)
            return release.Active && !release.CarriesTraffic && subject.Live != release.Baseline
                ? new ChecklistItem(ChecklistPoint.Baseline, false, $"What is live changed since {release.Id} was proposed; cancel it and propose again.")
                : new ChecklistItem(ChecklistPoint.Baseline, true, $"it is compared with {release.Baseline}");
        var missing = subject.Live switch
        {
            _ when ReleaseRules.Busy(subject.Registry, id.Prompt, place) is Verdict.Refuse { Why.Reason: var busy } => busy,
            null => $"Nothing of {id.Prompt} is live in {place}, so there is nothing to compare {id} with; its first version goes live with: {BootstrapRelease.CommandFor(id, place)}",
            var live when live == id => $"{id} is live in {place} already.",
            _ => null,
        };
        return new ChecklistItem(ChecklistPoint.Baseline, missing is null, missing ?? $"it is compared with {subject.Live}, and no other release is active");
    }

    private static ChecklistItem NotDeclined(ChecklistSubject subject) =>
        subject.Registry.Releases.DeclinedOf(subject.Id, subject.Environment) is { } declined && declined != subject.Release
            ? new ChecklistItem(ChecklistPoint.NotDeclined, false, $"{declined.ClosedBy} declined {subject.Id} on {declined.Since:yyyy-MM-dd} ({declined.Id}): {declined.Reason.TrimEnd('.')}. Answer that in a new version.")
            : new ChecklistItem(ChecklistPoint.NotDeclined, true, "nobody declined it");

    private static ChecklistItem Model(ChecklistSubject subject)
    {
        var model = subject.Version.Facts.Model;
        return subject.Environment == EnvironmentName.Production && model is not null && !subject.Registry.Models.IsPinned(model)
            ? new ChecklistItem(ChecklistPoint.Model, false, $"{subject.Id} runs on {model}, which its provider may change at any time; production needs a dated model. Where the name stands for one model for ever, say so with: slipway model add {model} --pinned")
            : new ChecklistItem(ChecklistPoint.Model, true, model is null ? "its model is frozen in its package" : $"it runs on {model}");
    }

    private static ChecklistItem People(ChecklistSubject subject)
    {
        var (rights, release) = (subject.Rights, subject.Release);
        if (release is { State: not ReleaseState.Proposed, ApprovedBy: { } approver }) return new ChecklistItem(ChecklistPoint.People, true, $"{approver} approved it");
        var forbidden = ReleaseRules.Forbidden(subject.Registry, subject.Id, subject.Environment, [subject.By, .. release?.PlannedBy ?? []]);
        var parts = subject.Plan is { } plan ? Reviews.Needed(plan, rights) : [SignOff.Meaning, SignOff.Numbers];
        foreach (var part in parts)
        {
            if (!Reviews.Signers(part, rights, forbidden).IsEmpty) continue;
            return new ChecklistItem(ChecklistPoint.People, false, part == SignOff.Security && rights.Duties.SecurityReviewers.IsEmpty
                ? $"Nobody is named to review the security of {subject.Id.Prompt}, and its releases need it; {PromptRights.Or(rights.Assigners)} can run: slipway owner set {subject.Id.Prompt} --security NAME"
                : $"Nobody may sign the {part.Word()} of {subject.Id}: {part.Signer()} is needed who neither wrote nor proposed it; {PromptRights.Or(subject.Registry.Access.Holders(Role.Admin))} can run: slipway member add NAME --role reviewer");
        }
        var editors = ReleaseRules.Forbidden(subject.Registry, subject.Id, subject.Environment, []);
        ImmutableArray<MemberName> starters = [.. rights.ReleaseOwners.Except(editors)];
        return starters.IsEmpty
            ? new ChecklistItem(ChecklistPoint.People, false, $"Nobody may start {subject.Id}: a release owner is needed who did not write it; {PromptRights.Or(subject.Registry.Access.Holders(Role.Admin))} can run: slipway member add NAME --role release_owner")
            : new ChecklistItem(ChecklistPoint.People, true, $"{string.Join(", ", parts.Select(part => $"{part.Word()}: {PromptRights.Or(Reviews.Signers(part, rights, forbidden))}"))}; the final yes: {PromptRights.Or(starters)}");
    }

    private static ChecklistItem GoldenSet(ChecklistSubject subject)
    {
        var policy = subject.Registry.Prompts.Policy(subject.Id.Prompt).Evaluation;
        var set = Evaluated(subject)?.Set ?? subject.Version.Facts.GoldenSet;
        if (set is null || subject.Registry.Evaluations.Find(set) is not { } pushed)
            return policy.RequiredKinds.IsEmpty
                ? new ChecklistItem(ChecklistPoint.GoldenSet, true, "the prompt's policy asks for no kinds of cases")
                : new ChecklistItem(ChecklistPoint.GoldenSet, false, $"{subject.Id} names no golden set, and the policy of {subject.Id.Prompt} asks for {policy.RequiredKinds.Count} kinds of cases; name one in its manifest.");
        if (!policy.RequiredKinds.IsEmpty && pushed.Counts.Kinds is null) return new ChecklistItem(ChecklistPoint.GoldenSet, false, $"The kinds of the cases in {set} were never counted; push the same file once more.");
        return policy.Missing(pushed.Counts) is { IsEmpty: false } missing
            ? new ChecklistItem(ChecklistPoint.GoldenSet, false, $"{set} holds too few cases for the policy of {subject.Id.Prompt}: {string.Join(", ", missing)}. Add them, push {set.Next()} and evaluate on it.")
            : new ChecklistItem(ChecklistPoint.GoldenSet, true, FormattableString.Invariant($"{set} holds {pushed.Counts.Cases} cases{(policy.RequiredKinds.IsEmpty ? "" : " of every kind the policy asks for")}"));
    }

    private static ChecklistItem Evaluation(ChecklistSubject subject)
    {
        var (id, baseline) = (subject.Id, subject.Release?.Baseline ?? subject.Live);
        var missing = Evaluated(subject) switch
        {
            null => $"{id} has not been evaluated against {baseline}, which is live; run: slipway eval MANIFEST",
            { Verdict: not GateVerdict.Pass } failed => $"{id} did not pass its gates against {baseline}: {string.Join("; ", failed.Gates)}.",
            var other when subject.Version.Facts.GoldenSet is { } set && other.Set != set => $"{id} was evaluated on {other.Set}, but its manifest names {set}.",
            _ => null,
        };
        return new ChecklistItem(ChecklistPoint.Evaluation, missing is null, missing ?? $"its gates passed against {baseline} on {Evaluated(subject)!.Set}");
    }

    private static IEnumerable<ChecklistItem> Staging(ChecklistSubject subject)
    {
        if (subject.Plan is not { Staging: true } || subject.Environment != EnvironmentName.Production) yield break;
        var (id, baseline, live) = (subject.Id, subject.Release?.Baseline ?? subject.Live, subject.Registry.Releases.Live(subject.Id.Prompt, EnvironmentName.Staging)?.Version);
        var again = live == id ? $"make {(subject.Registry.Staging.Find(id) is null ? "one" : "a new one")} with: slipway staging report {id}" : RecordStaging.HowToStage(id, live);
        var missing = subject.Registry.Staging.Find(id) switch
        {
            null => $"{id} was not tried in staging, which its release asks for: there is no staging report on it; {again}",
            var staged when Outdated(staged, subject.Version.Package, baseline) is { } why => $"{why}; {again}",
            { Unexplained: { IsEmpty: false } open } => $"Nobody explained why {id} may differ from production in {string.Join(" and in ", open.Select(one => $"{one.Part} ({one.Sentence})"))}; say why with: slipway staging explain {id} {(open[0].Part.Contains(' ', StringComparison.Ordinal) ? $"\"{open[0].Part}\"" : open[0].Part)} --reason TEXT",
            _ => null,
        };
        yield return new ChecklistItem(ChecklistPoint.Staging, missing is null, missing
            ?? FormattableString.Invariant($"it was tried in staging with {subject.Registry.Staging.Find(id)!.Facts.Requests} requests of production, and what differs is explained"));
    }

    /// <summary>Why a staging report says nothing of now, in a sentence without its end; null where it does.</summary>
    /// <param name="staged">The report.</param>
    /// <param name="package">The version's package.</param>
    /// <param name="baseline">What is live in production, or what the release is compared with.</param>
    public static string? Outdated(StagedVersion staged, ContentHash package, VersionId? baseline) =>
        staged is null ? throw new ArgumentNullException(nameof(staged))
        : staged.Facts.Package != package ? $"The staging report on {staged.Facts.Version} is of another package ({staged.Facts.Package.Abbreviated})"
        : staged.Facts.Production != baseline ? $"The staging report on {staged.Facts.Version} holds it against {staged.Facts.Production.Number}, and {baseline?.Number.ToString() ?? "nothing"} is live in production"
        : null;

    private static ChecklistItem WayBack(ChecklistSubject subject)
    {
        if (subject.Plan?.RollbackTo is not { } number) return new ChecklistItem(ChecklistPoint.WayBack, true, "its plan says where to");
        var (target, releases) = (new VersionId(subject.Id.Prompt, number), subject.Registry.Releases);
        var missing = number == subject.Id.Number ? $"The plan would roll back to {number}, which is what it releases."
            : !releases.WasLive(target, subject.Environment) ? $"The plan would roll back to {number}, which was never live in {subject.Environment}."
            : releases.Live(target.Prompt, subject.Environment)?.Version != target && releases.BroughtBy(target, subject.Environment) is { State: ReleaseState.RolledBack } back
                ? $"The plan would roll back to {number}, which was rolled back itself ({back.Id}): {back.Reason.TrimEnd('.')}."
            : ReleaseRules.Erased(subject.Registry, target) is Verdict.Refuse { Why.Reason: var gone } ? gone
            : null;
        return new ChecklistItem(ChecklistPoint.WayBack, missing is null, missing ?? $"{target} is ready to come back");
    }

    private static ChecklistItem Level(ChecklistSubject subject)
    {
        var risk = subject.Rights.Duties.Risk;
        if (subject.Plan is not { } plan || (subject.Release?.Baseline ?? subject.Live) is not { } baseline) return new ChecklistItem(ChecklistPoint.Level, true, $"the risk is {risk.Word()}");
        var needed = ReleaseLevels.Needed(risk, subject.Environment, subject.Id.Number, baseline.Number);
        return plan.Level < needed
            ? new ChecklistItem(ChecklistPoint.Level, false, $"The risk of {subject.Id.Prompt} is {risk.Word()} now, so its release is {needed.Word()} and not {plan.Level.Word()}; change the plan with: slipway release plan {subject.Release?.Id} --level {SnakeCase<ReleaseLevel>.Of(needed)}")
            : new ChecklistItem(ChecklistPoint.Level, true, $"the risk is {risk.Word()}, the release {plan.Level.Word()}");
    }

    // Where nobody is split, nothing is judged; and what has traffic is past being foretold.
    private static ImmutableArray<ChecklistItem> Forecast(ChecklistSubject subject) => subject switch
    {
        { Plan: null or { Steps.Length: 1 } } or { Release.CarriesTraffic: true } => [],
        { Forecast: null } => [new ChecklistItem(ChecklistPoint.Forecast, true, "nobody can say yet how long it takes: too little of the traffic of what is live was recorded")],
        { Forecast: { Decides: true } forecast } => [new ChecklistItem(ChecklistPoint.Forecast, true, forecast.Sentences[^1])],
        { Forecast: var forecast, Plan.AcceptUndecided: true } => [new ChecklistItem(ChecklistPoint.Forecast, true, $"{forecast.Sentences[^1]} That was accepted.")],
        _ => [new ChecklistItem(ChecklistPoint.Forecast, false, $"{subject.Forecast.Sentences[^1]} Where that is what you want, accept it with: --accept-undecided")],
    };

    private static EvaluationRecorded? Evaluated(ChecklistSubject subject) => subject.Registry.Evaluations.Latest(subject.Id, subject.Release?.Baseline ?? subject.Live)?.Facts;
}
