using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What the statistics promise, tried out on releases with known rates of bad answers. The seeds are fixed: each run is the same.</summary>
public sealed class SimulationTests
{
    private const string Margin = "schema_pass_rate >= baseline - 1pp";
    private static readonly string[] UnitNames = [.. Enumerable.Range(0, 100_000).Select(number => $"unit-{number}")];

    [Theory]
    [InlineData("5%", 200, 1_500)]
    [InlineData("50%", 200, 5_000)]
    public void A_candidate_as_good_as_stable_is_hardly_ever_rolled_back(string weight, int runs, int outcomes)
    {
        var rolledBack = Runs(runs).Count(seed => new Rollout(seed, weight, stableBad: 0.05, candidateBad: 0.05).Until(outcomes, evidence => evidence.Harmful) is not null);
        Assert.InRange(rolledBack, 0, Bound(runs, RolloutEvidence.RollbackLevel));
    }

    [Fact]
    public void A_candidate_exactly_on_the_margin_is_hardly_ever_rolled_back()
    {
        const int Count = 200;
        var rolledBack = Runs(Count).Count(seed => new Rollout(seed, "50%", stableBad: 0.05, candidateBad: 0.06).Until(3_000, evidence => evidence.Harmful) is not null);
        Assert.InRange(rolledBack, 0, Bound(Count, RolloutEvidence.RollbackLevel));
    }

    [Theory]
    [InlineData("5%", 1_000)]
    [InlineData("50%", 3_000)]
    public void A_candidate_on_the_margin_is_hardly_ever_held_to_be_safe(string weight, int outcomes)
    {
        const int Count = 200;
        var safe = Runs(Count).Count(seed => new Rollout(seed, weight, stableBad: 0.05, candidateBad: 0.06).Until(outcomes, evidence => evidence.Safe) is not null);
        Assert.InRange(safe, 0, Bound(Count, RolloutEvidence.SafeLevel));
    }

    [Fact]
    public void A_harmful_candidate_never_advances_more_often_than_promised()
    {
        const int Count = 200;
        var advanced = Runs(Count).Count(seed =>
            new Rollout(seed, "5%", stableBad: 0.05, candidateBad: 0.07).Until(1_000, evidence => evidence.Safe || evidence.Harmful) is { Safe: true, Harmful: false });
        Assert.InRange(advanced, 0, Bound(Count, RolloutEvidence.SafeLevel));
    }

    [Fact]
    public void A_candidate_four_times_as_bad_is_found_within_about_ninety_three_outcomes()
    {
        var found = Runs(300).Select(seed => new Rollout(seed, "5%", stableBad: 0.05, candidateBad: 0.20).Until(2_000, evidence => evidence.Harmful)!.CandidateUnits).Order().ToList();
        Assert.InRange(found[found.Count / 2], 93 * 0.75, 93 * 1.25);
    }

    [Fact]
    public void A_candidate_that_breaks_half_its_answers_is_found_within_a_few_dozen_outcomes()
    {
        var found = Runs(200).Select(seed => new Rollout(seed, "5%", stableBad: 0.005, candidateBad: 0.50, "schema_pass_rate >= baseline - 0.5pp").Until(500, evidence => evidence.Harmful)!.CandidateUnits).Order().ToList();
        Assert.InRange(found[found.Count / 2], 24 * 0.75, 24 * 1.25);
    }

    [Fact]
    public void A_candidate_as_good_as_stable_is_proved_safe_about_when_the_planner_says()
    {
        // p = 5 %, 2 points: half of the releases by 1,171 outcomes as simulated, by 1,086 as planned.
        var proved = Runs(100).Select(seed => new Rollout(seed, "5%", stableBad: 0.05, candidateBad: 0.05, "schema_pass_rate >= baseline - 2pp").Until(3_000, evidence => evidence.Safe)?.CandidateUnits ?? long.MaxValue).Order().ToList();
        Assert.InRange(proved[proved.Count / 2], 1_171 * 0.75, 1_171 * 1.25);
    }

    private static IEnumerable<int> Runs(int count) => Enumerable.Range(1, count);

    // The level and three standard errors.
    private static int Bound(int runs, double level) => (int)Math.Floor(runs * level + 3 * Math.Sqrt(runs * level * (1 - level)));

    private sealed class Rollout
    {
        private readonly RolloutEvidence evidence;
        private readonly Random random;
        private readonly Share weight;
        private readonly double stableBad, candidateBad;
        private int units;

        public Rollout(int seed, string weight, double stableBad, double candidateBad, string guardrail = Margin)
        {
            (random, this.weight, this.stableBad, this.candidateBad) = (new Random(seed), Some.Share(weight), stableBad, candidateBad);
            ReleasePlan.Make(Some.Plan(steps: ["5%", "100%"], guardrails: [guardrail]), Some.Version("1.0.0"), out var plan);
            evidence = new RolloutEvidence(plan!);
        }

        /// <summary>The evidence when it first was so, looked at after every outcome of the candidate; null where it never was.</summary>
        public GuardrailEvidence? Until(int outcomes, Func<GuardrailEvidence, bool> so)
        {
            while (evidence.CandidateUnitsIn(1) < outcomes)
            {
                var candidate = random.NextDouble() < weight.Fraction;
                var bad = random.NextDouble() < (candidate ? candidateBad : stableBad);
                evidence.Observe(new CallOutcome(UnitNames[units++], candidate, 1, Failed: false, SchemaValid: !bad, Refused: false, Truncated: false), weight);
                if (candidate && evidence.Current()[0] is var current && so(current)) return current;
            }
            return null;
        }
    }
}
