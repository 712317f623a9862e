using Slipway.Core.Resolution;

namespace Slipway.Core.Rollouts;

/// <summary>Pairs the outcomes of the two arms for one guardrail and bets on the scores.</summary>
internal sealed class GuardrailMonitor
{
    private const int MostPartners = 20;
    private readonly Guardrail guardrail;
    private readonly double harmLimit, safeLimit;
    private readonly BettingProcess? harm, safe;
    private readonly Queue<bool> candidates = [], stables = [];
    private long candidateUnits, candidateBad, stableUnits, stableBad, scores;
    private int epoch;

    public GuardrailMonitor(Guardrail guardrail, double harmLimit, double safeLimit)
    {
        (this.guardrail, this.harmLimit, this.safeLimit) = (guardrail, harmLimit, safeLimit);
        (harm, safe) = guardrail.Form switch
        {
            // A score is c − b̄ − d; it lies between −1 − d and 1 − d.
            GuardrailForm.Relative relative => (new BettingProcess(1 + relative.Points), new BettingProcess(1 - relative.Points)),
            GuardrailForm.Absolute absolute => (new BettingProcess(absolute.Limit), new BettingProcess(1 - absolute.Limit)),
            _ => ((BettingProcess?)null, (BettingProcess?)null),
        };
    }

    public void Observe(in CallOutcome outcome, Share weight)
    {
        if (guardrail.Bad(outcome) is not { } bad) return;
        Count(outcome.Candidate, bad);
        if (guardrail.Form is GuardrailForm.Absolute absolute && outcome.Candidate) Bet((bad ? 1 : 0) - absolute.Limit);
        if (guardrail.Form is GuardrailForm.Relative relative) Pair(outcome, bad, weight.Fraction, relative.Points);
    }

    public GuardrailEvidence Current() => new(
        guardrail, candidateUnits, candidateBad, stableUnits, stableBad, scores,
        Coins(harm), harmLimit, Coins(safe), safeLimit);

    private void Count(bool candidate, bool bad)
    {
        if (candidate) (candidateUnits, candidateBad) = (candidateUnits + 1, candidateBad + (bad ? 1 : 0));
        else (stableUnits, stableBad) = (stableUnits + 1, stableBad + (bad ? 1 : 0));
    }

    // One outcome of the smaller arm against the mean of k of the larger, k fixed by the weight before any outcome is seen, and no
    // outcome used twice: only then has the score a mean of at most zero whatever came before. Outcomes of different epochs are never
    // paired: the background may have moved between them.
    private void Pair(in CallOutcome outcome, bool bad, double weight, double points)
    {
        if (outcome.Epoch < epoch) return;
        if (outcome.Epoch > epoch) (epoch, _, _) = (outcome.Epoch, Clear(candidates), Clear(stables));
        var candidateIsSmaller = weight <= 0.5;
        var smallerShare = candidateIsSmaller ? weight : 1 - weight;
        if (smallerShare <= 0) return;
        var partners = Math.Clamp((int)Math.Floor((1 - smallerShare) / smallerShare + 1e-9), 1, MostPartners);
        var (smaller, larger) = candidateIsSmaller ? (candidates, stables) : (stables, candidates);
        (outcome.Candidate ? candidates : stables).Enqueue(bad);
        // The larger arm brings more than it is asked for; only the newest are kept beside the next outcome of the smaller one.
        while (smaller.Count == 0 && larger.Count > partners) larger.Dequeue();
        while (smaller.Count > 0 && larger.Count >= partners)
        {
            var single = smaller.Dequeue() ? 1d : 0d;
            var mean = 0d;
            for (var i = 0; i < partners; i++) mean += larger.Dequeue() ? 1d / partners : 0;
            Bet((candidateIsSmaller ? single - mean : mean - single) - points);
        }
    }

    private void Bet(double score)
    {
        harm!.Add(score);
        safe!.Add(-score);
        scores++;
    }

    private static int Clear(Queue<bool> queue)
    {
        queue.Clear();
        return 0;
    }

    private static double Coins(BettingProcess? process) => process is null ? 1 : Math.Min(Math.Exp(process.PeakLogWealth), 1e300);
}
