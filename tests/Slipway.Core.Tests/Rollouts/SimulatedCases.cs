using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Rollouts with known truth, and what their simulation should come to.</summary>
internal static class SimulatedCases
{
    /// <summary>A rate: stable's and the candidate's, the margin, how many of stable stand beside each, and the level of the test.</summary>
    public sealed record Rates(string Name, double Stable, double Candidate, double Margin, int Partners, double Level, int Median = 0);

    /// <summary>How many of so many simulated rollouts came to it, and after how many units of the candidate.</summary>
    public sealed record Outcome(int Runs, List<int> Units)
    {
        public double Share => Units.Count / (double)Runs;

        /// <summary>Among all runs, also those that never came to it.</summary>
        public double Quantile(double share) => (int)Math.Ceiling(share * Runs) is var place && place <= Units.Count ? Units[place - 1] : double.PositiveInfinity;
    }

    public static IEnumerable<Rates> FalseAlarms { get; } =
    [
        new("alike, 5 % bad, canary 5 %", 0.05, 0.05, 0, 19, 0.05),
        new("alike, 5 % bad, canary 50 %", 0.05, 0.05, 0, 1, 0.05),
        new("alike, 0.5 % bad, canary 5 %", 0.005, 0.005, 0, 19, 0.05),
        new("alike, 5 % bad, canary 5 %, at 1 %", 0.05, 0.05, 0, 19, 0.01),
        new("exactly on a margin of 1 pp", 0.05, 0.06, 0.01, 19, 0.05),
    ];

    public static IEnumerable<Rates> Harms { get; } =
    [
        new("5 -> 7 % bad, margin 1 pp", 0.05, 0.07, 0.01, 19, 0.01, 6_670),
        new("5 -> 10 % bad, margin 1 pp", 0.05, 0.10, 0.01, 19, 0.01, 520),
        new("5 -> 20 % bad, margin 1 pp", 0.05, 0.20, 0.01, 19, 0.01, 93),
        new("0.5 -> 2 % bad, margin 0.5 pp", 0.005, 0.02, 0.005, 19, 0.01, 1_673),
        new("0.5 -> 50 % bad, margin 0.5 pp", 0.005, 0.50, 0.005, 19, 0.01, 24),
    ];

    public static IEnumerable<Rates> Proofs { get; } =
    [
        new("equal at 5 %, margin 1 pp", 0.05, 0.05, 0.01, 19, 0.05, 4_130),
        new("equal at 5 %, margin 2 pp", 0.05, 0.05, 0.02, 19, 0.05, 1_171),
        new("equal at 1 %, margin 0.5 pp", 0.01, 0.01, 0.005, 19, 0.05, 4_367),
        new("equal at 20 %, margin 5 pp", 0.20, 0.20, 0.05, 19, 0.05, 596),
    ];

    /// <summary>The case of a name.</summary>
    public static Rates Named(string name) => FalseAlarms.Concat(Harms).Concat(Proofs).Single(rates => rates.Name == name);

    public static Outcome UntilHarm(Rates rates, int runs, int most)
    {
        var stable = new Simulation.Binomial(rates.Partners, rates.Stable);
        return Until(runs, most, new GuardrailForm.Relative(rates.Margin), run => run.Pair(rates.Candidate, stable), run => run.LogHarm >= -Math.Log(rates.Level));
    }

    public static Outcome UntilSafe(Rates rates, int runs, int most)
    {
        var stable = new Simulation.Binomial(rates.Partners, rates.Stable);
        return Until(runs, most, new GuardrailForm.Relative(rates.Margin), run => run.Pair(rates.Candidate, stable), run => run.LogSafe >= -Math.Log(rates.Level));
    }

    /// <summary>How many promote, roll back, or are still open after so many units of the candidate; harm at 1 %, safety at 5 %.</summary>
    public static (int Promoted, int RolledBack, int Open) Decisions(double candidate, int runs, int most)
    {
        var (stable, promoted, rolledBack) = (new Simulation.Binomial(19, 0.05), 0, 0);
        for (var seed = 1; seed <= runs; seed++)
        {
            var run = new Simulation(new GuardrailForm.Relative(0.01), seed);
            for (var unit = 0; unit < most; unit++)
            {
                run.Pair(candidate, stable);
                if (run.LogHarm >= Math.Log(100))
                {
                    rolledBack++;
                    break;
                }
                if (run.LogSafe < Math.Log(20)) continue;
                promoted++;
                break;
            }
        }
        return (promoted, rolledBack, runs - promoted - rolledBack);
    }

    public static Outcome Latency(Simulation.Arm candidate, bool safe, double level, int runs, int most)
    {
        var stable = Simulation.LogNormal(800, 0.7);
        return Until(runs, most, new GuardrailForm.Quantile(0.95, 1.1), run => run.Pair(candidate, stable, 19), run => (safe ? run.LogSafe : run.LogHarm) >= -Math.Log(level));
    }

    /// <summary>What a call costs and whether it succeeds: nine of ten do.</summary>
    public static Simulation.Arm Cost(double factor, double success = 0.9, double looping = 0) => random =>
        new Reading(0.01 * factor * Math.Exp(0.7 * Simulation.Normal(random)) * (random.NextDouble() < looping ? 20 : 1), random.NextDouble() < success ? 1 : 0);

    public static Outcome CostPerSuccess(Simulation.Arm candidate, int runs, int most) =>
        Until(runs, most, new GuardrailForm.CostPerSuccess(1.1), run => run.Pair(candidate, Cost(1), 19), run => run.LogHarm >= Math.Log(100));

    /// <summary>Two versions that are alike, assigned by user, whose requests are alike too: counted by the request, or one mean a user.</summary>
    public static Outcome Clusters(int requests, double correlation, bool means, int runs, int users)
    {
        const int Partners = 19;
        return Until(runs, users, new GuardrailForm.Relative(0), run =>
        {
            Span<double> candidate = stackalloc double[requests], stable = stackalloc double[requests * Partners];
            User(run.Random, candidate, correlation);
            for (var user = 0; user < Partners; user++) User(run.Random, stable[(user * requests)..][..requests], correlation);
            if (means)
            {
                run.Pair(Mean(candidate), Mean(stable));
                return;
            }
            for (var request = 0; request < requests; request++) run.Pair(candidate[request], Mean(stable[(request * Partners)..][..Partners]));
        }, run => run.LogHarm >= Math.Log(20));

        // A user is worse or better than others: a share of them always fails, so that two requests of one are correlated so much.
        static void User(SeededRandom random, Span<double> requests, double correlation)
        {
            var fate = random.NextDouble() < 0.05 ? 1 : 0;
            for (var i = 0; i < requests.Length; i++)
                requests[i] = random.NextDouble() < Math.Sqrt(correlation) ? fate : random.NextDouble() < 0.05 ? 1 : 0;
        }

        static double Mean(ReadOnlySpan<double> values)
        {
            var sum = 0d;
            foreach (var value in values) sum += value;
            return sum / values.Length;
        }
    }

    /// <summary>A harmless candidate is widened from 5 to 50 % while the background goes from 2 to 8 % bad.</summary>
    public static Outcome Widened(int runs, int perStep)
    {
        var (quiet, busy) = (new Simulation.Binomial(19, 0.02), new Simulation.Binomial(1, 0.08));
        return Found(runs, seed =>
        {
            var run = new Simulation(new GuardrailForm.Relative(0), seed, parts: 2);
            for (var unit = 1; unit <= 2 * perStep; unit++)
            {
                if (unit == perStep + 1) run.BeginStep();
                run.Pair(unit <= perStep ? 0.02 : 0.08, unit <= perStep ? quiet : busy);
                if (run.LogHarm >= Math.Log(20)) return unit;
            }
            return null;
        });
    }

    /// <summary>A candidate that is as good as stable through the first step, and then four times as bad; units of the second step.</summary>
    public static Outcome BrokenLater(int parts, int runs, int good, int most)
    {
        var stable = new Simulation.Binomial(19, 0.05);
        return Found(runs, seed =>
        {
            var run = new Simulation(new GuardrailForm.Relative(0.01), seed, parts);
            for (var unit = 0; unit < good; unit++) run.Pair(0.05, stable);
            run.BeginStep();
            for (var unit = 1; unit <= most; unit++)
            {
                run.Pair(0.20, stable);
                if (run.LogHarm >= Math.Log(100)) return unit;
            }
            return null;
        });
    }

    /// <summary>How many families of guardrails times segments that are all alike come to a false rollback.</summary>
    public static Outcome Family(int members, double levelOfEach, int runs, int most)
    {
        var stable = new Simulation.Binomial(19, 0.05);
        return Found(runs, seed =>
        {
            for (var member = 0; member < members; member++)
            {
                var run = new Simulation(new GuardrailForm.Relative(0), seed * members + member);
                for (var unit = 0; unit < most; unit++) run.Pair(0.05, stable);
                if (run.LogHarm >= -Math.Log(levelOfEach)) return most;
            }
            return null;
        });
    }

    /// <summary>Units until the split is held not to be the agreed one.</summary>
    public static Outcome Split(double agreed, double real, int runs, int most)
    {
        Assert.True(Core.Resolution.Share.TryOf((int)Math.Round(agreed * 1e6), out var share));
        return Found(runs, seed =>
        {
            var (random, ratio) = (new SeededRandom((ulong)seed * 0xD1342543DE82EF95), new SampleRatio());
            for (var unit = 1; unit <= most; unit++)
            {
                ratio.Add(random.NextDouble() < real, share);
                if (ratio.PeakLogWealth >= Math.Log(1 / RolloutEvidence.SampleRatioLevel)) return unit;
            }
            return null;
        });
    }

    private static Outcome Until(int runs, int most, GuardrailForm form, Action<Simulation> next, Func<Simulation, bool> so) => Found(runs, seed =>
    {
        var run = new Simulation(form, seed);
        for (var unit = 1; unit <= most; unit++)
        {
            next(run);
            if (so(run)) return unit;
        }
        return null;
    });

    private static Outcome Found(int runs, Func<int, int?> unitsOf) =>
        new(runs, [.. Enumerable.Range(1, runs).Select(unitsOf).OfType<int>().Order()]);
}
