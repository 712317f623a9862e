using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using static Slipway.Core.Tests.Rollouts.SimulatedCases;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What the statistics promise, tried out on releases whose truth is known; the whole of it is in <see cref="FullSimulationTests"/>.</summary>
/// <remarks>The seeds are fixed: each run is the same. The bounds are so wide that with other seeds they would fail less than once in a million.</remarks>
public sealed class SimulationTests
{
    public static TheoryData<string> Alarms => [.. FalseAlarms.Select(rates => rates.Name)];

    public static TheoryData<string> QuickHarms => [.. Harms.Where(harm => harm.Median < 1_000).Select(rates => rates.Name)];

    public static TheoryData<string> QuickProofs => [.. Proofs.Where(proof => proof.Median < 2_000).Select(rates => rates.Name)];

    [Theory]
    [MemberData(nameof(Alarms))]
    public void A_candidate_within_the_margin_is_hardly_ever_rolled_back(string name) => IsRare(UntilHarm(Named(name), 300, 1_500), Named(name).Level);

    [Theory]
    [MemberData(nameof(QuickHarms))]
    public void Harm_is_found_within_the_published_number_of_units(string name) => IsAbout(Named(name).Median, UntilHarm(Named(name), 200, 5_000));

    [Theory]
    [MemberData(nameof(QuickProofs))]
    public void An_equal_candidate_is_proved_safe_within_the_published_number_of_units(string name) => IsAbout(Named(name).Median, UntilSafe(Named(name), 150, 10_000));

    [Fact]
    public void A_candidate_on_the_margin_is_hardly_ever_held_to_be_safe() =>
        IsRare(UntilSafe(new Rates("", 0.05, 0.06, 0.01, 19, RolloutEvidence.SafeLevel), 300, 1_500), RolloutEvidence.SafeLevel);

    [Fact]
    public void A_latency_within_its_margin_is_no_harm_whatever_its_shape()
    {
        foreach (var sigma in (double[])[0.5, 0.7, 1.0]) IsRare(Latency(AtTheMargin(sigma), safe: false, 0.05, 100, 300), 0.05);
    }

    [Theory]
    [InlineData(1.5, 244)]
    [InlineData(2, 76)]
    public void A_slower_candidate_is_found_within_the_published_number_of_units(double slower, int median) =>
        IsAbout(median, Latency(Simulation.LogNormal(800 * slower, 0.7), safe: false, 0.01, 100, 5_000));

    [Fact]
    public void A_dearer_success_is_found_and_one_within_the_margin_is_no_harm()
    {
        Assert.InRange(CostPerSuccess(Cost(2), 40, 2_000).Quantile(0.5), 100, 300);
        IsRare(CostPerSuccess(Cost(1.1), 50, 300), 0.01);
        IsRare(CostPerSuccess(Cost(1, success: 0.9 / 1.1), 50, 300), 0.01);
    }

    [Fact]
    public void Users_that_are_counted_by_the_request_roll_back_what_is_harmless_and_one_mean_a_user_does_not()
    {
        Assert.InRange(Clusters(requests: 8, correlation: 0.33, means: false, runs: 150, users: 300).Share, 0.12, 1);
        IsRare(Clusters(requests: 8, correlation: 0.33, means: true, runs: 150, users: 300), 0.05);
    }

    [Fact]
    public void Widening_while_the_background_worsens_is_no_harm() => IsRare(Widened(300, 1_000), 0.05);

    [Fact]
    public void What_breaks_in_a_later_step_is_found_as_soon_as_in_the_first()
    {
        Assert.InRange(BrokenLater(parts: 2, runs: 60, good: 5_000, most: 5_000).Quantile(0.5), 60, 170);
        Assert.InRange(BrokenLater(parts: 1, runs: 20, good: 5_000, most: 20_000).Quantile(0.5), 600, 20_000);
    }

    [Fact]
    public void Six_guardrails_in_four_segments_share_one_chance_of_a_false_rollback() => IsRare(Family(24, 0.01 / 24, 60, 300), 0.01);

    [Fact]
    public void A_wrong_split_is_found_and_a_right_one_is_not()
    {
        IsRare(Split(0.05, 0.05, 200, 3_000), RolloutEvidence.SampleRatioLevel);
        IsAbout(7_500, Split(0.05, 0.04, 100, 60_000));
    }

    // The same through everything a call passes on its way to a decision.
    [Fact]
    public void From_calls_to_decisions_it_is_the_same()
    {
        var rates = Harms.Single(harm => harm.Median == 93);
        var found = Enumerable.Range(1, 60).Select(seed => UnitsUntil(seed, "5%", rates.Stable, rates.Candidate, 2_000, evidence => evidence.Harmful)).OfType<long>().Order().ToList();
        Assert.InRange(found[29], rates.Median * 0.5, rates.Median * 1.5);
        Assert.InRange(Enumerable.Range(1, 60).Count(seed => UnitsUntil(seed, "50%", 0.05, 0.06, 500, evidence => evidence.Harmful) is not null), 0, MostByChance(60, 0.01));
    }

    private static Simulation.Arm AtTheMargin(double sigma) => Simulation.LogNormal(800 * 1.1 * Math.Exp(1.6448536 * (0.7 - sigma)), sigma);

    private static void IsRare(Outcome outcome, double level) => Assert.InRange(outcome.Units.Count, 0, MostByChance(outcome.Runs, level));

    // Within the 15 % that are asked, and five times what the median of so few runs may stray.
    private static void IsAbout(double median, Outcome outcome)
    {
        var width = 0.15 + 5 * 1.25 * 0.6 / Math.Sqrt(outcome.Runs);
        Assert.InRange(outcome.Quantile(0.5), median * (1 - width), median * (1 + width));
    }

    /// <summary>What a number of events with a chance each exceeds less than once in a million.</summary>
    private static int MostByChance(int runs, double chance)
    {
        var (probability, sum, most) = (Math.Pow(1 - chance, runs), 0d, 0);
        for (; (sum += probability) < 1 - 1e-6; most++) probability *= (runs - most) / (most + 1d) * chance / (1 - chance);
        return most;
    }

    private static long? UnitsUntil(int seed, string weight, double stableBad, double candidateBad, int most, Func<GuardrailEvidence, bool> so)
    {
        ReleasePlan.Make(Some.Plan(steps: [weight, "100%"], guardrails: ["schema_pass_rate >= baseline - 1pp"]), Some.Version("1.0.0"), out var plan);
        var (evidence, random, share) = (new RolloutEvidence(plan!), new Random(seed), Some.Share(weight));
        for (var unit = 0; evidence.CandidateUnitsIn(1) < most; unit++)
        {
            var candidate = random.NextDouble() < share.Fraction;
            evidence.Observe(new CallOutcome($"u-{unit}", candidate, 1, false, random.NextDouble() >= (candidate ? candidateBad : stableBad), false, false), share);
            if (candidate && evidence.Current()[0] is var current && so(current)) return current.CandidateUnits;
        }
        return null;
    }
}
