using System.Text;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Rollouts;

/// <summary>The bets on one guardrail in one slice of traffic.</summary>
internal sealed class GuardrailMonitor
{
    // An answer more in fifty may be missing before it looks like more than an accident.
    private const double MissingPoints = 0.02;

    private readonly JudgePlan plan;
    private readonly Scorer? scorer;
    private readonly BettingProcess? harm, safe, worse;
    private readonly BettingProcess missing;
    private readonly ArmPairing pairs, presence;
    private readonly LogHistogram? candidateAmounts, stableAmounts;
    private ArmTally candidate, stable;
    private Moments differences;
    private long scores;
    private int epoch;
    private DateTimeOffset? worseSince, missingSince;

    public GuardrailMonitor(JudgePlan plan, Guardrail guardrail, string? segment, MonitorState? state = null)
    {
        (this.plan, Guardrail, Segment, epoch) = (plan, guardrail, segment, plan.FirstEpoch);
        scorer = Scorer.Of(guardrail.Form, state?.Scorer);
        if (scorer is not null)
        {
            harm = Bet(scorer.HarmBound, plan.CanarySteps, state?.Harm);
            safe = Bet(scorer.SafeBound, 1, state?.Safe);
        }
        if (guardrail.Form is GuardrailForm.Relative) worse = Bet(1, plan.CanarySteps, state?.Worse);
        if (guardrail.Form is GuardrailForm.Quantile or GuardrailForm.QuantileLimit)
            (candidateAmounts, stableAmounts) = (Histogram(state?.CandidateAmounts), Histogram(state?.StableAmounts));
        missing = Bet(1 + MissingPoints, plan.CanarySteps, state?.Missing);
        (pairs, presence) = state is null ? (new ArmPairing(), new ArmPairing()) : (new ArmPairing(state.Pairs), new ArmPairing(state.Presence));
        if (state is null) return;
        (candidate, stable, differences, scores, epoch) = (state.Candidate, state.Stable, state.Differences, state.Scores, state.Epoch);
        (worseSince, missingSince) = (state.WorseSince, state.MissingSince);
    }

    public Guardrail Guardrail { get; }

    public string? Segment { get; }

    /// <summary>Whether it looks at every call, not at one reading of each unit.</summary>
    public bool TakesEveryCall => scorer is null;

    public MonitorState State => new(
        candidate, stable, differences, scores, epoch, scorer?.State, harm?.State, safe?.State, worse?.State, missing.State, pairs.State, presence.State,
        candidateAmounts?.ToJson(), stableAmounts?.ToJson(), worseSince, missingSince);

    /// <summary>Takes in what a unit showed.</summary>
    /// <param name="reading">Null where it showed nothing of the metric.</param>
    /// <param name="isCandidate">Its arm.</param>
    /// <param name="inEpoch">When it was assigned.</param>
    /// <param name="weight">The candidate's share then.</param>
    /// <param name="now">The time of the newest call so far.</param>
    public void Observe(Reading? reading, bool isCandidate, int inEpoch, Share weight, DateTimeOffset now)
    {
        for (; epoch < inEpoch; epoch++) BeginStep();
        WatchPresence(reading is not null, isCandidate, inEpoch, weight, now);
        Count(reading, isCandidate);
        if (reading is not { } shown) return;
        if (scorer is LimitScorer)
        {
            if (isCandidate) Score([shown], []);
        }
        else if (scorer is not null && pairs.Add(shown, isCandidate, inEpoch, weight)) ScorePairs(now);
    }

    /// <summary>Takes in what both versions showed of the very same request: they stand beside each other and beside nobody else.</summary>
    public void ObservePair(Reading? candidateShown, Reading? stableShown, DateTimeOffset now)
    {
        if (scorer is not null)
        {
            missing.Add((candidateShown is null ? 1 : 0) - (stableShown is null ? 1 : 0) - MissingPoints);
            if (missing.PeakLogWealth >= SoftLimit) missingSince ??= now;
        }
        Count(candidateShown, true);
        Count(stableShown, false);
        if (scorer is null || candidateShown is not { } of || scorer is not LimitScorer && stableShown is null) return;
        var score = Score([of], stableShown is { } beside ? [beside] : []);
        if (worse is null || Guardrail.Form is not GuardrailForm.Relative { Points: var points }) return;
        worse.Add(score + points);
        differences = differences.With(score + points);
    }

    /// <summary>What a journal holds of it.</summary>
    public GuardrailEvidence Evidence => new(
        Guardrail, candidate.Units, candidate.Bad, stable.Units, stable.Bad, scores,
        Coins(harm), plan.Bets / RolloutEvidence.RollbackLevel, Coins(safe), 1 / RolloutEvidence.SafeLevel, Segment);

    public GuardrailFinding Finding() => new(
        Guardrail, Segment, candidate.Units, candidate.Bad, stable.Units, stable.Bad, candidate.Missing, stable.Missing, scores,
        Value(candidate, candidateAmounts), Value(stable, stableAmounts),
        Interval(candidateAmounts), Interval(stableAmounts), worse is null ? null : AlwaysValid.Mean(differences),
        Coins(harm), plan.Bets / RolloutEvidence.RollbackLevel, Coins(safe), 1 / RolloutEvidence.SafeLevel,
        worse is null ? null : Coins(worse), Coins(missing), worseSince, missingSince);

    private void Count(Reading? reading, bool isCandidate)
    {
        ref var tally = ref Tally(isCandidate);
        tally = reading is { } shown ? tally.With(shown, scorer is null ? shown.Value > 0 : scorer.Bad(shown, isCandidate)) : tally with { Missing = tally.Missing + 1 };
        if (reading is { } amount) (isCandidate ? candidateAmounts : stableAmounts)?.Add(amount.Value);
    }

    private void BeginStep()
    {
        harm?.BeginPart();
        worse?.BeginPart();
        missing.BeginPart();
    }

    private void ScorePairs(DateTimeOffset now)
    {
        Span<Reading> candidates = stackalloc Reading[ArmPairing.MostPartners], stables = stackalloc Reading[ArmPairing.MostPartners];
        while (pairs.TryTake(candidates, stables, out var candidateCount, out var stableCount))
        {
            var score = Score(candidates[..candidateCount], stables[..stableCount]);
            if (worse is null || Guardrail.Form is not GuardrailForm.Relative { Points: var points }) continue;
            worse.Add(score + points);
            differences = differences.With(score + points);
            if (worse.PeakLogWealth >= SoftLimit) worseSince ??= now;
        }
    }

    private double Score(ReadOnlySpan<Reading> candidates, ReadOnlySpan<Reading> stables)
    {
        if (!scorer!.TryScore(candidates, stables, out var harmScore, out var safeScore)) return 0;
        harm!.Add(harmScore);
        safe!.Add(safeScore);
        scores++;
        return harmScore;
    }

    // A candidate that does not answer shows nothing bad: that more of its units show nothing than of stable's is a sign of its own.
    private void WatchPresence(bool there, bool isCandidate, int inEpoch, Share weight, DateTimeOffset now)
    {
        if (scorer is null || !presence.Add(new Reading(there ? 0 : 1), isCandidate, inEpoch, weight)) return;
        Span<Reading> candidates = stackalloc Reading[ArmPairing.MostPartners], stables = stackalloc Reading[ArmPairing.MostPartners];
        while (presence.TryTake(candidates, stables, out var candidateCount, out var stableCount))
            missing.Add(Scorer.Mean(candidates[..candidateCount]) - Scorer.Mean(stables[..stableCount]) - MissingPoints);
        if (missing.PeakLogWealth >= SoftLimit) missingSince ??= now;
    }

    private double SoftLimit => Math.Log(plan.Bets / RolloutEvidence.RollbackLevel);

    private ref ArmTally Tally(bool isCandidate) => ref isCandidate ? ref candidate : ref stable;

    private double? Value(in ArmTally tally, LogHistogram? amounts) => (Guardrail.Form, tally.Units) switch
    {
        (_, 0) => null,
        (GuardrailForm.Quantile quantile, _) => amounts!.Quantile(quantile.Share),
        (GuardrailForm.QuantileLimit quantile, _) => amounts!.Quantile(quantile.Share),
        (GuardrailForm.CostPerSuccess, _) => tally.Successes > 0 ? tally.Amount / tally.Successes : null,
        _ => tally.Amount / tally.Units,
    };

    private LiveInterval? Interval(LogHistogram? amounts) => Guardrail.Form switch
    {
        GuardrailForm.Quantile quantile => AlwaysValid.Quantile(amounts!, quantile.Share),
        GuardrailForm.QuantileLimit quantile => AlwaysValid.Quantile(amounts!, quantile.Share),
        _ => null,
    };

    private static BettingProcess Bet(double bound, int parts, BettingState? state) => state is null ? new(bound, parts) : new(bound, parts, state);

    private static LogHistogram Histogram(string? json)
    {
        var histogram = new LogHistogram();
        if (json is not null) histogram.AddJson(Encoding.UTF8.GetBytes(json));
        return histogram;
    }

    private static double Coins(BettingProcess? process) => process is null ? 1 : Math.Min(Math.Exp(process.PeakLogWealth), 1e300);
}

/// <summary>What the units of one arm come to.</summary>
/// <param name="Units">How many showed something of the metric.</param>
/// <param name="Bad">How many of them were bad.</param>
/// <param name="Missing">How many showed nothing.</param>
/// <param name="Amount">The sum of what they showed.</param>
/// <param name="Successes">The sum of their successes, where money is weighed against them.</param>
public readonly record struct ArmTally(long Units, long Bad, long Missing, double Amount, double Successes)
{
    internal ArmTally With(in Reading reading, bool? bad) =>
        new(Units + 1, Bad + (bad == true ? 1 : 0), Missing, Amount + reading.Value, Successes + reading.Success);
}

/// <summary>All that is known of one guardrail in one slice of traffic: what it takes to go on after a restart.</summary>
/// <param name="Candidate">What the candidate's units come to.</param>
/// <param name="Stable">What stable's units come to.</param>
/// <param name="Differences">The differences between units that stood beside each other.</param>
/// <param name="Scores">How many scores were bet on.</param>
/// <param name="Epoch">The newest epoch seen.</param>
/// <param name="Scorer">What was learned of stable; null where nothing is.</param>
/// <param name="Harm">The bet against "it is within the margin"; null for a zero tolerance.</param>
/// <param name="Safe">The bet against "it is at or beyond the margin"; null for a zero tolerance.</param>
/// <param name="Worse">The bet against "it is no worse than stable"; null where that is not asked.</param>
/// <param name="Missing">The bet against "no more of it is missing than of stable".</param>
/// <param name="Pairs">Who waits to be scored.</param>
/// <param name="Presence">Who waits to be asked whether it is there.</param>
/// <param name="CandidateAmounts">The candidate's amounts as a histogram's JSON; null for a rate.</param>
/// <param name="StableAmounts">Stable's amounts as a histogram's JSON; null for a rate.</param>
/// <param name="WorseSince">When it was first proved to be worse at all; null before.</param>
/// <param name="MissingSince">When it was first proved that too much is missing; null before.</param>
public sealed record MonitorState(
    ArmTally Candidate, ArmTally Stable, Moments Differences, long Scores, int Epoch, ScorerState? Scorer, BettingState? Harm, BettingState? Safe,
    BettingState? Worse, BettingState Missing, PairingState Pairs, PairingState Presence, string? CandidateAmounts, string? StableAmounts,
    DateTimeOffset? WorseSince, DateTimeOffset? MissingSince);
