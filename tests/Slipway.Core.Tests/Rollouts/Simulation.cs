using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>One guardrail of simulated rollouts whose truth is known, unit of the smaller arm by unit; each seed is one rollout.</summary>
internal sealed class Simulation
{
    /// <summary>What a unit of an arm shows.</summary>
    public delegate Reading Arm(SeededRandom random);

    private readonly Scorer scorer;
    private readonly SeededRandom random;
    private readonly BettingProcess harm, safe;

    public Simulation(GuardrailForm form, int seed, int parts = 1)
    {
        scorer = Scorer.Of(form)!;
        random = new SeededRandom((ulong)seed * 0xD1342543DE82EF95);
        (harm, safe) = (new BettingProcess(scorer.HarmBound, parts), new BettingProcess(scorer.SafeBound));
    }

    public SeededRandom Random => random;

    public double LogHarm => harm.PeakLogWealth;

    public double LogSafe => safe.PeakLogWealth;

    public double LogHarmNow => harm.LogWealth;

    public double LogSafeNow => safe.LogWealth;

    public void BeginStep() => harm.BeginPart();

    /// <summary>Bets on a unit of the candidate beside some of stable.</summary>
    public void Pair(Arm candidate, Arm stable, int partners)
    {
        Span<Reading> beside = stackalloc Reading[partners];
        var single = candidate(random);
        for (var i = 0; i < partners; i++) beside[i] = stable(random);
        Score(single, beside);
    }

    /// <summary>Bets on a rate, with one draw for all of stable's units.</summary>
    public void Pair(double candidateBad, Binomial stable) =>
        Score(new Reading(random.NextDouble() < candidateBad ? 1 : 0), [new Reading(stable.Draw(random))]);

    /// <summary>Bets on the mean of the candidate's unit and that of stable's beside it.</summary>
    public void Pair(double candidate, double stable) => Score(new Reading(candidate), [new Reading(stable)]);

    public static Arm LogNormal(double median, double sigma) => random => new Reading(median * Math.Exp(sigma * Normal(random)));

    public static double Normal(SeededRandom random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private void Score(Reading single, ReadOnlySpan<Reading> beside)
    {
        if (!scorer.TryScore([single], beside, out var harmScore, out var safeScore)) return;
        harm.Add(harmScore);
        safe.Add(safeScore);
    }

    /// <summary>The mean of so many units that are bad with a chance.</summary>
    internal sealed class Binomial
    {
        private readonly double[] atMost;

        public Binomial(int units, double bad)
        {
            atMost = new double[units + 1];
            var (chance, sum) = (Math.Pow(1 - bad, units), 0d);
            for (var hits = 0; hits <= units; hits++)
            {
                atMost[hits] = sum += chance;
                chance *= (units - hits) / (hits + 1d) * bad / (1 - bad);
            }
        }

        public double Draw(SeededRandom random)
        {
            var (drawn, hits) = (random.NextDouble(), 0);
            while (hits < atMost.Length - 1 && drawn > atMost[hits]) hits++;
            return hits / (atMost.Length - 1d);
        }
    }
}
