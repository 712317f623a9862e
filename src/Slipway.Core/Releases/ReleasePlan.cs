using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>What a release's buckets are drawn for: whatever the application's keys stand for gets the same version from its first request to its last.</summary>
[JsonConverter(typeof(SnakeCaseConverter<StickyUnit>))]
public enum StickyUnit
{
    /// <summary>A conversation.</summary>
    Conversation,
    /// <summary>A single request.</summary>
    Request,
    /// <summary>A user; costs statistical power, because a user is one observation however much they write.</summary>
    User,
    /// <summary>A customer of the application.</summary>
    Tenant,
}

/// <summary>What a plan is made for: what it may not fall short of, and what stands for what nobody says.</summary>
/// <param name="Baseline">What is live now.</param>
/// <param name="Level">The least careful level allowed.</param>
/// <param name="Risk">How much a mistake would cost.</param>
/// <param name="Watcher">Who watches where nobody is named.</param>
/// <param name="HasContract">Whether the candidate's answers are held against an output schema or tools, so that they can break it.</param>
public sealed record PlanBasis(VersionId Baseline, ReleaseLevel Level, RiskLevel Risk, MemberName? Watcher, bool HasContract);

/// <summary>The contract of a release, agreed before anybody meets the candidate.</summary>
/// <param name="Level">How carefully it goes.</param>
/// <param name="Steps">The shares of traffic, rising strictly, the last one all.</param>
/// <param name="Guardrails">What is judged continuously while the candidate has traffic.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within a step that says nothing of its own.</param>
/// <param name="MinimumTime">How long a step lasts at least that says nothing of its own.</param>
/// <param name="DecideWithin">How long a step may stay undecided before the release freezes.</param>
/// <param name="MaximumFreeze">How long a release may stay frozen before it is rolled back.</param>
/// <param name="Observe">How long it is watched at 100% before it is completed; nothing completes it at once.</param>
/// <param name="RollbackTo">The version to go back to; null for the first version of a prompt.</param>
/// <param name="Watcher">Who watches; null where nobody was named.</param>
/// <param name="Unit">What the keys stand for that buckets are drawn for.</param>
/// <param name="StartAt">Not before then does it start, and then by itself; null for when a release owner starts it.</param>
/// <param name="Eligibility">Conditions that a request must meet to be in the canary, all of them; none means everybody.</param>
/// <param name="Shadow">Live requests that also go to the candidate before its first step; null for none.</param>
/// <param name="Judging">How the numbers are read; null for <see cref="JudgingPlan.Default"/>.</param>
/// <param name="AcceptUndecided">Whether it was accepted beforehand that the traffic may be too little to decide it.</param>
/// <param name="Staging">Whether the candidate must have been tried in staging first, and whatever differs there be explained.</param>
public sealed record ReleasePlan(
    ReleaseLevel Level, ImmutableArray<PlanStep> Steps, ImmutableArray<Guardrail> Guardrails, int MinimumUnits, Duration MinimumTime,
    Duration DecideWithin, Duration MaximumFreeze, Duration Observe, VersionNumber? RollbackTo, MemberName? Watcher, StickyUnit Unit,
    DateTimeOffset? StartAt, ImmutableArray<Condition> Eligibility, ShadowPlan? Shadow, JudgingPlan? Judging = null, bool AcceptUndecided = false, bool Staging = false)
{
    private const int MostConditions = 50;
    private static readonly TimeSpan LongestObservation = TimeSpan.FromHours(72), ShortestGated = TimeSpan.FromHours(24);

    /// <summary>The plan of the first version of a prompt: everybody at once, because there is nothing to compare it with or to go back to.</summary>
    public static ReleasePlan OfFirstVersion { get; } = new(
        ReleaseLevel.Direct, [Share.All], [], 100, Duration.Hours(1), Duration.Hours(72), Duration.Hours(72), Duration.Zero, null, null, StickyUnit.Conversation, null, [], null, Staging: false);

    /// <summary>The plan that a document asks for; what it leaves out has the default of <see cref="ReleasePlanDocument.DefaultFor"/>.</summary>
    /// <param name="document">What people wrote.</param>
    /// <param name="basis">What it is made for.</param>
    /// <param name="plan">The plan; null where it is impossible.</param>
    /// <returns>All that makes it impossible, a sentence each; empty where nothing does.</returns>
    public static ImmutableArray<string> Make(ReleasePlanDocument document, PlanBasis basis, out ReleasePlan? plan)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(basis);
        var full = document.Over(ReleasePlanDocument.DefaultFor(basis with { Level = document.Level ?? basis.Level }));
        var problems = ImmutableArray.CreateBuilder<string>();
        var level = full.Level!.Value;
        if (ProblemOf(level, basis.Level) is { } careless) problems.Add(careless);
        problems.AddRange(ProblemsOf(full.Steps!.Value, level));
        var guardrails = Read(full.Guardrails!, problems);
        if (guardrails.IsEmpty && full.Guardrails!.Count == 0 && full.Steps!.Value.Length > 1)
            problems.Add("A plan needs at least one guardrail, as in \"schema_pass_rate\": \">= baseline - 2pp\".");
        problems.AddRange(ProblemsOfTimes(full, level));
        var judging = full.Judging?.ToPlan();
        problems.AddRange((judging ?? JudgingPlan.Default).Problems(guardrails.Any(guardrail => guardrail.IsToldLater)));
        if (ProblemOfStaging(full.Staging!.Value, level) is { } unstaged) problems.Add(unstaged);
        var eligibility = Read(full.Eligibility!.Value, problems);
        if (full.Shadow is { } shadow) problems.AddRange(shadow.Problems(level, full).Concat(shadow.Unprovable(guardrails)));

        plan = problems.Count > 0 ? null : new ReleasePlan(
            level, Gated(full.Steps!.Value, level, full.Shadow is not null), guardrails, full.MinimumUnits!.Value, full.MinimumTime!, full.DecideWithin!, full.MaximumFreeze!, full.Observe!,
            full.RollbackTo, full.Watcher, full.Unit!.Value, full.StartAt, eligibility, full.Shadow, judging, full.AcceptUndecided ?? false, full.Staging!.Value);
        return problems.ToImmutable();
    }

    /// <summary>The plan that a document asks for where the risk is the usual and nothing else is known.</summary>
    /// <param name="document">What people wrote.</param>
    /// <param name="baseline">What is live now.</param>
    /// <param name="plan">The plan; null where it is impossible.</param>
    /// <returns>All that makes it impossible, a sentence each; empty where nothing does.</returns>
    public static ImmutableArray<string> Make(ReleasePlanDocument document, VersionId baseline, out ReleasePlan? plan) =>
        Make(document, new PlanBasis(baseline, ReleaseLevel.Limited, RiskLevel.Standard, Watcher: null, HasContract: false), out plan);

    /// <summary>What a shadow is compared by: what an answer itself shows. Nobody tells of answers that nobody saw.</summary>
    [JsonIgnore] public ImmutableArray<Guardrail> ShadowGuardrails => [.. Guardrails.Where(guardrail => !guardrail.IsToldLater)];

    /// <summary>Whether two plans say the same.</summary>
    public bool SaysTheSameAs(ReleasePlan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with { Steps = [], Guardrails = [], Eligibility = [] } == other with { Steps = [], Guardrails = [], Eligibility = [] }
            && Steps.SequenceEqual(other.Steps) && Guardrails.SequenceEqual(other.Guardrails) && Eligibility.SequenceEqual(other.Eligibility);
    }

    /// <summary>The contract in a sentence's words, from its steps to its way back.</summary>
    internal string Told() =>
        $"{Level.Word()}, {(Staging ? "tried in staging first, " : "")}{(Shadow is null ? "" : $"after a shadow of {Shadow} ")}by {string.Join(", ", Steps)}{(Guardrails.IsEmpty ? "" : $", while {string.Join(" and ", Guardrails)}")}{(Observe.Value == TimeSpan.Zero ? "" : $", observed for {Observe}")}, back to {RollbackTo}" +
        (Watcher is null ? "" : $", watched by {Watcher}") + (StartAt is { } start ? $", not before {Time(start)}" : "") +
        (Eligibility.IsEmpty ? "" : $", only where {string.Join(" and ", Eligibility)}") +
        Judging?.Told() + (AcceptUndecided ? ", accepted though it may stay undecided" : "");

    /// <summary>A time as sentences about plans write it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string? ProblemOf(ReleaseLevel level, ReleaseLevel needed) => (level, needed) switch
    {
        _ when level == needed => null,
        (ReleaseLevel.Emergency, _) => "A plan cannot make a release an emergency; two people break the glass with: slipway release break-glass VERSION --reason TEXT",
        (ReleaseLevel.Staging, _) => "The level staging is for environments where no user is.",
        (_, ReleaseLevel.Staging or ReleaseLevel.Emergency) => $"The release is {needed.Word()}; a plan cannot make it {level.Word()}.",
        _ when level < needed => $"The release is {needed.Word()} at least, because of the risk of its prompt and of what it changes; {level.Word()} would be less careful.",
        _ => null,
    };

    // A gated release is watched over step by step: the proof is needed, and it is not enough. Its start is the yes to its first step, unless that was a shadow's.
    private static ImmutableArray<PlanStep> Gated(ImmutableArray<PlanStep> steps, ReleaseLevel level, bool isShadowed) =>
        level == ReleaseLevel.ApprovalGated ? [.. steps.Select((step, index) => index == 0 && !isShadowed ? step : step with { ByHand = true })] : steps;

    private static string? ProblemOfStaging(bool staging, ReleaseLevel level) => (staging, level) switch
    {
        (false, ReleaseLevel.ApprovalGated) => "staging: a release that is approval-gated is tried in staging first.",
        (true, ReleaseLevel.Emergency) => "staging: an emergency waits for nothing; leave it out.",
        (true, ReleaseLevel.Staging) => "staging: only what goes to production is tried in staging first.",
        _ => null,
    };

    private static IEnumerable<string> ProblemsOf(ImmutableArray<PlanStep> steps, ReleaseLevel level)
    {
        if (steps.IsEmpty || steps[^1].Share != Share.All) yield return "The last step must be 100%.";
        if (steps.Length > 0 && steps[0].Share == default) yield return "A step of 0% would never be judged.";
        for (var i = 1; i < steps.Length; i++)
            if (steps[i].Share <= steps[i - 1].Share) yield return $"Steps must rise: {steps[i].Share} does not follow {steps[i - 1].Share}.";
        if (steps.Length == 1 && !level.MayGoAtOnce()) yield return "A plan needs a canary step before 100%, as in 10%.";
        foreach (var step in steps)
            if (step.MinimumUnits is < 1) yield return $"minimum_units of the step {step.Share} must be at least 1.";
    }

    private static IEnumerable<string> ProblemsOfTimes(ReleasePlanDocument full, ReleaseLevel level)
    {
        if (full.MinimumUnits < 1) yield return "minimum_units must be at least 1.";
        if (full.DecideWithin!.Value <= full.MinimumTime!.Value) yield return $"decide_within ({full.DecideWithin}) must be longer than minimum_time ({full.MinimumTime}).";
        foreach (var step in full.Steps!.Value)
            if (step.MinimumTime is { } time && time.Value >= full.DecideWithin.Value) yield return $"decide_within ({full.DecideWithin}) must be longer than minimum_time of the step {step.Share} ({time}).";
        if (full.MaximumFreeze!.Value == TimeSpan.Zero) yield return "maximum_freeze must be longer than nothing.";
        if (full.Observe!.Value > LongestObservation) yield return $"observe ({full.Observe}) must be at most 72h: no other release of the prompt can start before it ends.";
        if (level == ReleaseLevel.ApprovalGated && full.Observe.Value < ShortestGated) yield return $"observe ({full.Observe}) must be at least 24h where a release is approval-gated.";
    }

    private static ImmutableArray<Guardrail> Read(ImmutableSortedDictionary<string, string> written, ImmutableArray<string>.Builder problems)
    {
        var guardrails = ImmutableArray.CreateBuilder<Guardrail>();
        foreach (var (metric, threshold) in written)
        {
            if (Guardrail.Parse(metric, threshold, out var problem) is { } guardrail) guardrails.Add(guardrail);
            else problems.Add(problem!);
        }
        return guardrails.ToImmutable();
    }

    private static ImmutableArray<Condition> Read(ImmutableArray<ConditionDocument> written, ImmutableArray<string>.Builder problems)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        foreach (var one in written)
        {
            if (Condition.Parse(one, out var problem) is { } condition) conditions.Add(condition);
            else problems.Add($"eligibility: {problem}");
        }
        if (conditions.Count > MostConditions) problems.Add($"eligibility: {conditions.Count} conditions are too many; {MostConditions} are the most.");
        return conditions.ToImmutable();
    }
}
