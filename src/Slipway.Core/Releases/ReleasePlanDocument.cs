using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>A plan as people write it, whole or in parts; what is left out is as the prompt's policy says, and else as its risk asks (<see cref="DefaultFor"/>).</summary>
public sealed record ReleasePlanDocument
{
    private static readonly ImmutableArray<PlanStep> Growing = [Percent("1%"), Percent("10%"), Percent("50%"), Percent("100%")];

    /// <summary>Nothing said.</summary>
    public static ReleasePlanDocument Empty { get; } = new();

    /// <summary>How carefully it goes; never less than the prompt's risk asks.</summary>
    public ReleaseLevel? Level { get; init; }

    /// <summary>The shares of traffic, rising strictly, the last one 100%.</summary>
    public ImmutableArray<PlanStep>? Steps { get; init; }

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

    /// <summary>How long it is watched at 100% before it is completed, at most 72h; 0s completes it at once.</summary>
    public Duration? Observe { get; init; }

    /// <summary>The version to go back to.</summary>
    public VersionNumber? RollbackTo { get; init; }

    /// <summary>Who watches.</summary>
    public MemberName? Watcher { get; init; }

    /// <summary>What the application's keys stand for.</summary>
    public StickyUnit? Unit { get; init; }

    /// <summary>When it is to start by itself, once it is approved and a release owner said yes.</summary>
    public DateTimeOffset? StartAt { get; init => field = value is { } time ? JournalEntry.Milliseconds(time) : null; }

    /// <summary>Conditions that a request must meet to be in the canary, all of them; everybody where left out.</summary>
    public ImmutableArray<ConditionDocument>? Eligibility { get; init; }

    /// <summary>Live requests that also go to the candidate.</summary>
    public ShadowPlan? Shadow { get; init; }

    /// <summary>How the numbers are read.</summary>
    public JudgingDocument? Judging { get; init; }

    /// <summary>Whether it is accepted that the traffic may be too little to decide it.</summary>
    public bool? AcceptUndecided { get; init; }

    /// <summary>Whether the version must have been tried in staging first; always so where a release is approval-gated.</summary>
    public bool? Staging { get; init; }

    /// <summary>The same with what it leaves out taken from another one.</summary>
    public ReleasePlanDocument Over(ReleasePlanDocument other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ReleasePlanDocument
        {
            Level = Level ?? other.Level,
            Steps = Steps ?? other.Steps,
            Guardrails = Guardrails ?? other.Guardrails,
            MinimumUnits = MinimumUnits ?? other.MinimumUnits,
            MinimumTime = MinimumTime ?? other.MinimumTime,
            DecideWithin = DecideWithin ?? other.DecideWithin,
            MaximumFreeze = MaximumFreeze ?? other.MaximumFreeze,
            Observe = Observe ?? other.Observe,
            RollbackTo = RollbackTo ?? other.RollbackTo,
            Watcher = Watcher ?? other.Watcher,
            Unit = Unit ?? other.Unit,
            StartAt = StartAt ?? other.StartAt,
            Eligibility = Eligibility ?? other.Eligibility,
            Shadow = Shadow ?? other.Shadow,
            Judging = Judging?.Over(other.Judging) ?? other.Judging,
            AcceptUndecided = AcceptUndecided ?? other.AcceptUndecided,
            Staging = Staging ?? other.Staging,
        };
    }

    /// <summary>The whole plan where nobody says anything.</summary>
    /// <param name="basis">What it is made for.</param>
    public static ReleasePlanDocument DefaultFor(PlanBasis basis)
    {
        ArgumentNullException.ThrowIfNull(basis);
        var guardrails = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("error_rate", "<= baseline + 2pp").Add("refusal_rate", "<= baseline + 2pp");
        return new ReleasePlanDocument
        {
            Level = basis.Level,
            Steps = basis.Level.MayGoAtOnce() ? [Share.All] : Growing,
            // A guardrail without data is never proved, so a metric that can have none would freeze every release.
            Guardrails = basis.HasContract ? guardrails.Add("schema_pass_rate", ">= baseline - 2pp") : guardrails,
            MinimumUnits = 100,
            MinimumTime = Duration.Hours(1),
            DecideWithin = Duration.Hours(72),
            MaximumFreeze = Duration.Hours(72),
            Observe = basis switch
            {
                { Level: ReleaseLevel.Staging } => Duration.Zero,
                { Risk: RiskLevel.Regulated or RiskLevel.ActionTaking } => Duration.Hours(72),
                { Risk: RiskLevel.UserFacing } => Duration.Hours(48),
                _ => Duration.Hours(24),
            },
            RollbackTo = basis.Baseline.Number,
            Watcher = basis.Watcher,
            Unit = StickyUnit.Conversation,
            Eligibility = [],
            Staging = basis.Level == ReleaseLevel.ApprovalGated,
        };
    }

    /// <summary>The document of a plan: all of it said.</summary>
    public static ReleasePlanDocument Of(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new ReleasePlanDocument
        {
            Level = plan.Level,
            Steps = plan.Steps,
            Guardrails = plan.Guardrails.ToImmutableSortedDictionary(guardrail => guardrail.Metric, guardrail => guardrail.Threshold, StringComparer.Ordinal),
            MinimumUnits = plan.MinimumUnits,
            MinimumTime = plan.MinimumTime,
            DecideWithin = plan.DecideWithin,
            MaximumFreeze = plan.MaximumFreeze,
            Observe = plan.Observe,
            RollbackTo = plan.RollbackTo,
            Watcher = plan.Watcher,
            Unit = plan.Unit,
            StartAt = plan.StartAt,
            Eligibility = [.. plan.Eligibility.Select(ConditionDocument.Of)],
            Shadow = plan.Shadow,
            Judging = plan.Judging is { } judging ? JudgingDocument.Of(judging) : null,
            AcceptUndecided = plan.AcceptUndecided ? true : null,
            // Where the level alone asks for it, another level asks anew.
            Staging = plan.Staging ? true : null,
        };
    }

    /// <summary>What it says of all releases of a prompt, as the end of a sentence.</summary>
    public string Told()
    {
        var parts = string.Join(", ", new[]
        {
            Level is { } level ? $"{level.Word()} at least" : null,
            Steps is { } steps ? $"by {string.Join(", ", steps)}" : null,
            Guardrails is { } guardrails ? $"while {string.Join(" and ", guardrails.Select(guardrail => $"{guardrail.Key} {guardrail.Value}"))}" : null,
            MinimumUnits is { } units ? FormattableString.Invariant($"at least {units} units a step") : null,
            MinimumTime is { } time ? $"at least {time} a step" : null,
            DecideWithin is { } within ? $"a step decided within {within}" : null,
            MaximumFreeze is { } freeze ? $"frozen for {freeze} at most" : null,
            Observe is { } observe ? $"observed for {observe}" : null,
            Watcher is { } watcher ? $"watched by {watcher}" : null,
            Unit is { } unit ? $"the same version for a {unit.ToString().ToLowerInvariant()}" : null,
            Staging switch { true => "tried in staging first", false => "not tried in staging", null => null },
            Shadow is { } shadow ? $"after a shadow of {shadow}" : null,
            Eligibility is { IsEmpty: false } conditions ? FormattableString.Invariant($"under {conditions.Length} conditions") : null,
            Judging is null ? null : "with its own way of judging",
        }.Where(part => part is not null));
        return parts.Length == 0 ? "releases go as their risk asks" : $"releases go {parts}";
    }

    /// <summary>Documents that say the same are the same.</summary>
    public bool Equals(ReleasePlanDocument? other) => other is not null
        && (Level, MinimumUnits, MinimumTime, DecideWithin, MaximumFreeze, Observe, RollbackTo) == (other.Level, other.MinimumUnits, other.MinimumTime, other.DecideWithin, other.MaximumFreeze, other.Observe, other.RollbackTo)
        && (Watcher, Unit, StartAt, Shadow, Judging, AcceptUndecided, Staging) == (other.Watcher, other.Unit, other.StartAt, other.Shadow, other.Judging, other.AcceptUndecided, other.Staging)
        && Same<PlanStep>(Steps, other.Steps) && Same(Guardrails, other.Guardrails) && Same<ConditionDocument>(Eligibility, other.Eligibility);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Level, MinimumUnits, MinimumTime, Observe, RollbackTo, Watcher, Unit);

    private static bool Same<T>(IEnumerable<T>? one, IEnumerable<T>? other) => one is null || other is null ? one is null == other is null : one.SequenceEqual(other);

    private static PlanStep Percent(string text) => Share.TryParse(text, out var share) ? share : throw new ArgumentException($"{text} is no share.", nameof(text));
}
