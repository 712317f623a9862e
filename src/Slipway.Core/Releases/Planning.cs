using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>Makes plans out of what people say, the prompt's policy and its risk.</summary>
internal static class Planning
{
    /// <summary>Makes one.</summary>
    /// <returns>Why it cannot be; null where it is made.</returns>
    public static Verdict? Make(
        Registry registry, VersionId candidate, EnvironmentName environment, VersionId baseline, ReleasePlanDocument document, bool hasContract, DateTimeOffset now, out ReleasePlan? plan)
    {
        var duties = registry.Prompts.DutiesOf(candidate.Prompt);
        var needed = ReleaseLevels.Needed(duties.Risk, environment, candidate.Number, baseline.Number);
        var basis = new PlanBasis(baseline, needed, duties.Risk, duties.Owner, hasContract);
        // A policy speaks of users; where none is, only what is said for this release counts.
        var said = environment == EnvironmentName.Production ? document.Over(registry.Prompts.Policy(candidate.Prompt).Releases) : document;
        if (ReleasePlan.Make(said, basis, out plan) is { IsEmpty: false } problems) return Verdict.Invalid("The plan is impossible: " + string.Join(" ", problems));
        if (plan!.Watcher is { } watcher && !registry.Access.Members.ContainsKey(watcher.Value)) return Verdict.Unknown($"The plan's watcher {watcher} is not a member.");
        if (plan.Shadow is { Budget: { Cost: not null, Calls: null } } && registry.Prompts.Find(candidate)?.Facts.Model is { } model && registry.Models.Find(model)?.Prices is null)
            return Verdict.Invalid($"The plan is impossible: shadow.budget.cost needs prices, and the catalog has none for {model}: a cost that is unknown is not zero. Say them with: slipway model add {model} --input PRICE --output PRICE, or say shadow.budget.calls.");
        return plan.StartAt <= now ? Verdict.Invalid($"The plan is impossible: start_at ({ReleasePlan.Time(plan.StartAt.Value)}) has passed.") : null;
    }

    /// <summary>Changes the plan of a release that has not started.</summary>
    public static Verdict Change(Release release, ReleaseCommand.ChangePlan change, Registry registry, DateTimeOffset now)
    {
        if (release.Baseline is null || release.Plan.Level == ReleaseLevel.Emergency) return Verdict.Conflict($"{release.Id} waits for a second person and has no plan that could be changed; cancel it and ask again.");
        var document = change.Plan.Over(ReleasePlanDocument.Of(release.Plan));
        if (Make(registry, release.Candidate, release.Environment, release.Baseline, document, hasContract: false, now, out var plan) is { } impossible) return impossible;
        var wayBack = ReleaseChecklist.Of(registry, release with { Plan = plan! }).Where(item => item.Point == ChecklistPoint.WayBack);
        return ReleaseChecklist.Missing([.. wayBack])
            ?? (plan!.SaysTheSameAs(release.Plan) ? Verdict.Of() : Verdict.Of(new ReleasePlanChanged(release.Id, plan, change.Reason)));
    }
}
