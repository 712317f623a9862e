using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>A plan as people write it; what is left out has the default of <see cref="ReleasePlan"/>.</summary>
public sealed record ReleasePlanDocument
{
    /// <summary>The shares of traffic, rising strictly, the last one 100%.</summary>
    public ImmutableArray<Share>? Steps { get; init; }

    /// <summary>Live metrics with their thresholds, as in <c>"schema_pass_rate": "&gt;= baseline - 2pp"</c>.</summary>
    public ImmutableSortedDictionary<string, string>? Guardrails { get; init; }

    /// <summary>How many units the candidate must have answered within a step before the next.</summary>
    public int? MinimumUnits { get; init; }

    /// <summary>How long a step lasts at least.</summary>
    public Duration? MinimumTime { get; init; }

    /// <summary>How long a step may stay undecided before the release freezes.</summary>
    public Duration? DecideWithin { get; init; }

    /// <summary>How long a release may stay frozen before it is rolled back.</summary>
    public Duration? MaximumFreeze { get; init; }

    /// <summary>The version to go back to.</summary>
    public VersionNumber? RollbackTo { get; init; }

    /// <summary>Who watches.</summary>
    public MemberName? Watcher { get; init; }

    /// <summary>Conditions that a request must meet to be in the canary, all of them; everybody where left out.</summary>
    public ImmutableArray<ConditionDocument>? Eligibility { get; init; }
}

/// <summary>The contract of a release, agreed before anybody meets the candidate.</summary>
/// <param name="Steps">The shares of traffic, rising strictly, the last one all.</param>
/// <param name="Guardrails">What is judged continuously while units are split.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within a step; default 100.</param>
/// <param name="MinimumTime">How long a step lasts at least; default 1h.</param>
/// <param name="DecideWithin">How long a step may stay undecided before the release freezes; default 72h.</param>
/// <param name="MaximumFreeze">How long a release may stay frozen before it is rolled back; default 72h.</param>
/// <param name="RollbackTo">The version to go back to; null for the first version of a prompt.</param>
/// <param name="Watcher">Who watches; null where nobody was named.</param>
/// <param name="Eligibility">Conditions that a request must meet to be in the canary, all of them; none means everybody.</param>
public sealed record ReleasePlan(
    ImmutableArray<Share> Steps, ImmutableArray<Guardrail> Guardrails, int MinimumUnits, Duration MinimumTime,
    Duration DecideWithin, Duration MaximumFreeze, VersionNumber? RollbackTo, MemberName? Watcher, ImmutableArray<Condition> Eligibility)
{
    private const int MostConditions = 50;
    private static readonly ImmutableArray<Share> DefaultSteps = [Percent("1%"), Percent("10%"), Percent("50%"), Percent("100%")];

    /// <summary>The plan of the first version of a prompt: everybody at once, because there is nothing to compare it with or to go back to.</summary>
    public static ReleasePlan OfFirstVersion { get; } = new([Share.All], [], 100, Duration.Hours(1), Duration.Hours(72), Duration.Hours(72), null, null, []);

    /// <summary>The plan that a document asks for.</summary>
    /// <param name="document">What people wrote.</param>
    /// <param name="baseline">What is live now.</param>
    /// <param name="plan">The plan; null where it is impossible.</param>
    /// <returns>All that makes it impossible, a sentence each; empty where nothing does.</returns>
    public static ImmutableArray<string> Make(ReleasePlanDocument document, VersionId baseline, out ReleasePlan? plan)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(baseline);
        var problems = ImmutableArray.CreateBuilder<string>();
        var steps = document.Steps ?? DefaultSteps;
        problems.AddRange(ProblemsOf(steps));
        var guardrails = ImmutableArray.CreateBuilder<Guardrail>();
        foreach (var (metric, threshold) in document.Guardrails ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if (Guardrail.Parse(metric, threshold, out var problem) is { } guardrail) guardrails.Add(guardrail);
            else problems.Add(problem!);
        }
        if (document.Guardrails is not { Count: > 0 })
            problems.Add("A plan needs at least one guardrail, as in \"schema_pass_rate\": \">= baseline - 2pp\".");
        if (document.MinimumUnits is < 1) problems.Add("minimum_units must be at least 1.");
        var (time, within) = (document.MinimumTime ?? Duration.Hours(1), document.DecideWithin ?? Duration.Hours(72));
        if (within.Value <= time.Value) problems.Add($"decide_within ({within}) must be longer than minimum_time ({time}).");
        if (document.MaximumFreeze is { } freeze && freeze.Value == TimeSpan.Zero) problems.Add("maximum_freeze must be longer than nothing.");

        var eligibility = ImmutableArray.CreateBuilder<Condition>();
        foreach (var written in document.Eligibility ?? [])
        {
            if (Condition.Parse(written, out var problem) is { } condition) eligibility.Add(condition);
            else problems.Add($"eligibility: {problem}");
        }
        if (eligibility.Count > MostConditions) problems.Add($"eligibility: {eligibility.Count} conditions are too many; {MostConditions} are the most.");

        plan = problems.Count > 0 ? null : new ReleasePlan(
            steps, guardrails.ToImmutable(), document.MinimumUnits ?? 100, time, within, document.MaximumFreeze ?? Duration.Hours(72),
            document.RollbackTo ?? baseline.Number, document.Watcher, eligibility.ToImmutable());
        return problems.ToImmutable();
    }

    private static IEnumerable<string> ProblemsOf(ImmutableArray<Share> steps)
    {
        if (steps.IsEmpty || steps[^1] != Share.All) yield return "The last step must be 100%.";
        if (steps.Length > 0 && steps[0] == default) yield return "A step of 0% would never be judged.";
        for (var i = 1; i < steps.Length; i++)
            if (steps[i] <= steps[i - 1]) yield return $"Steps must rise: {steps[i]} does not follow {steps[i - 1]}.";
        if (steps.Length == 1) yield return "A plan needs a canary step before 100%, as in 10%.";
    }

    private static Share Percent(string text) => Share.TryParse(text, out var share) ? share : throw new ArgumentException($"{text} is no share.", nameof(text));
}

/// <summary>A plan as it was written before it could say who may be in the canary.</summary>
/// <param name="Steps">The shares of traffic, rising strictly, the last one all.</param>
/// <param name="Guardrails">What is judged continuously while units are split.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within a step.</param>
/// <param name="MinimumTime">How long a step lasts at least.</param>
/// <param name="DecideWithin">How long a step may stay undecided before the release freezes.</param>
/// <param name="MaximumFreeze">How long a release may stay frozen before it is rolled back.</param>
/// <param name="RollbackTo">The version to go back to; null for the first version of a prompt.</param>
/// <param name="Watcher">Who watches; null where nobody was named.</param>
public sealed record ReleasePlanV1(
    ImmutableArray<Share> Steps, ImmutableArray<Guardrail> Guardrails, int MinimumUnits, Duration MinimumTime,
    Duration DecideWithin, Duration MaximumFreeze, VersionNumber? RollbackTo, MemberName? Watcher)
{
    internal ReleasePlan Upcast() => new(Steps, Guardrails, MinimumUnits, MinimumTime, DecideWithin, MaximumFreeze, RollbackTo, Watcher, []);
}
