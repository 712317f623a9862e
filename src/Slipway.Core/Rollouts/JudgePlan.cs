using System.Collections.Immutable;
using Slipway.Core.Releases;

namespace Slipway.Core.Rollouts;

/// <summary>What of a release's contract the judge needs.</summary>
/// <param name="Guardrails">What must hold.</param>
/// <param name="CanarySteps">How many steps split the units, at least 1: the coin bet on harm is cut into so many parts.</param>
public sealed record JudgePlan(ImmutableArray<Guardrail> Guardrails, int CanarySteps = 1)
{
    /// <summary>Slices of traffic in which every guardrail is judged too, beside everybody; none by default.</summary>
    public ImmutableArray<string> Segments { get; init; } = [];

    /// <summary>What of a unit counts; its first call by default.</summary>
    public UnitRule Unit { get; init; } = UnitRule.FirstCall;

    /// <summary>The first epoch that splits units; a shadow before it is judged by itself. 1 by default.</summary>
    public int FirstEpoch { get; init; } = 1;

    /// <summary>Whether it freezes when the candidate is proved to be worse than stable at all, within the margin or not; false by default.</summary>
    public bool FreezesWhenWorse { get; init; }

    /// <summary>How many bets share the chance of a false rollback; one for each guardrail in each slice by default.</summary>
    public int Bets
    {
        get => field > 0 ? field : Guardrails.Length * (1 + Segments.Length);
        init;
    }

    /// <summary>The plan of a release.</summary>
    public static JudgePlan Of(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var judging = plan.Judging ?? JudgingPlan.Default;
        return new JudgePlan(plan.Guardrails, Math.Max(1, plan.Steps.Length - 1))
        {
            Segments = judging.Segments,
            Unit = judging.UnitCalls == 1 ? UnitRule.FirstCall : new UnitRule(judging.UnitCalls, judging.UnitTime.Value),
            FreezesWhenWorse = judging.FreezeWhenWorse,
            FirstEpoch = plan.Shadow is null ? 1 : 2,
        };
    }

    /// <summary>The same for some of its guardrails, which share the chance of a false rollback with the others.</summary>
    internal JudgePlan For(Func<Guardrail, bool> which) => this with { Guardrails = [.. Guardrails.Where(which)], Bets = Bets };
}

/// <summary>What of a unit's calls counts as its one reading.</summary>
/// <remarks>
/// Calls of one unit are alike. Counted as if they were not, they turn a 5 % test into a 30 % one; so a unit is one reading whatever it does.
/// Of amounts that are judged by a quantile its first call speaks for it, of everything else the mean. A zero tolerance looks at every call.
/// </remarks>
/// <param name="Calls">At most so many calls are taken; at least 1.</param>
/// <param name="Within">For so long after the first; what comes later counts no more.</param>
public sealed record UnitRule(int Calls, TimeSpan Within)
{
    /// <summary>The first call alone, at once: for requests and short conversations.</summary>
    public static UnitRule FirstCall { get; } = new(1, TimeSpan.Zero);
}
