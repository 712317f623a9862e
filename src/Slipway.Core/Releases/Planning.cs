using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>Makes plans out of what people say, the prompt's policy and its risk.</summary>
internal static class Planning
{
    /// <summary>Makes one.</summary>
    /// <returns>Why it cannot be; null where it is made.</returns>
    public static Verdict? Make(
        Registry registry, VersionId candidate, EnvironmentName environment, VersionId baseline, ReleasePlanDocument document, PlanFacts facts, DateTimeOffset now,
        out ReleasePlan? plan, out ReleaseForecast? forecast)
    {
        forecast = null;
        var duties = registry.Prompts.DutiesOf(candidate.Prompt);
        var needed = ReleaseLevels.Needed(duties.Risk, environment, candidate.Number, baseline.Number);
        var basis = new PlanBasis(baseline, needed, duties.Risk, duties.Owner, facts.HasContract);
        // A policy speaks of users; where none is, only what is said for this release counts.
        var said = environment == EnvironmentName.Production ? document.Over(registry.Prompts.Policy(candidate.Prompt).Releases) : document;
        if (ReleasePlan.Make(said, basis, out plan) is { IsEmpty: false } problems) return Verdict.Invalid("The plan is impossible: " + string.Join(" ", problems));
        if (plan!.Watcher is { } watcher && !registry.Access.Members.ContainsKey(watcher.Value)) return Verdict.Unknown($"The plan's watcher {watcher} is not a member.");
        if (plan.Shadow is { Budget: { Cost: not null, Calls: null } } && registry.Prompts.Find(candidate)?.Facts.Model is { } model && registry.Models.Find(model)?.Prices is null)
            return Verdict.Invalid($"The plan is impossible: shadow.budget.cost needs prices, and the catalog has none for {model}: a cost that is unknown is not zero. Say them with: slipway model add {model} --input PRICE --output PRICE, or say shadow.budget.calls.");
        if (plan.StartAt <= now) return Verdict.Invalid($"The plan is impossible: start_at ({ReleasePlan.Time(plan.StartAt.Value)}) has passed.");
        forecast = ReleaseForecast.Of(plan, facts.Traffic);
        if (said.Steps is not null || forecast?.SmallestShare is not { } percent) return null;
        // Nobody said how it grows, so it begins where the traffic there is can decide it.
        Share.TryOf(percent * 10_000, out var first);
        plan = plan with { Steps = [plan.Steps[0] with { Share = first }, .. plan.Steps.Skip(1).Where(step => step.Share > first)] };
        forecast = ReleaseForecast.Of(plan, facts.Traffic);
        return null;
    }

    /// <summary>Changes the plan of a release that has not started.</summary>
    public static Verdict Change(Release release, ReleaseCommand.ChangePlan change, Registry registry, DateTimeOffset now)
    {
        if (release.Baseline is null || release.Plan.Level == ReleaseLevel.Emergency) return Verdict.Conflict($"{release.Id} waits for a second person and has no plan that could be changed; cancel it and ask again.");
        var document = change.Plan.Over(ReleasePlanDocument.Of(release.Plan));
        if (Make(registry, release.Candidate, release.Environment, release.Baseline, document, new PlanFacts(HasContract: false, change.Traffic), now, out var plan, out var forecast) is { } impossible) return impossible;
        var items = ReleaseChecklist.Of(registry, release with { Plan = plan!, Forecast = forecast }).Where(item => item.Point is ChecklistPoint.WayBack or ChecklistPoint.Forecast);
        return ReleaseChecklist.Missing([.. items])
            ?? (plan!.SaysTheSameAs(release.Plan) ? Verdict.Of() : Verdict.Of(new ReleasePlanChanged(release.Id, plan, change.Reason, forecast)));
    }
}

/// <summary>What is known at the edge of what a plan is made for.</summary>
/// <param name="HasContract">Whether the candidate's answers are held against an output schema or tools.</param>
/// <param name="Traffic">What was measured of the traffic of what is live; null where too little was.</param>
public sealed record PlanFacts(bool HasContract, TrafficSample? Traffic)
{
    /// <summary>Nothing is known.</summary>
    public static PlanFacts None { get; } = new(HasContract: false, Traffic: null);
}
