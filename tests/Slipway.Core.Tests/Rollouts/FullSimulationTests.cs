using System.Globalization;
using Slipway.Core.Rollouts;
using static Slipway.Core.Tests.Rollouts.SimulatedCases;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>The bounds that were agreed for false rollbacks and for detection, in full: about ten minutes of one core in a release build, so they
/// run with <c>./test.sh --long</c> alone.</summary>
public sealed class FullSimulationTests
{
    private const int Alike = 10_000, Unlike = 2_000, Most = 20_000;

    public static TheoryData<string> Alarms => [.. FalseAlarms.Select(rates => rates.Name)];

    public static TheoryData<string> AllHarms => [.. Harms.Select(rates => rates.Name)];

    public static TheoryData<string> AllProofs => [.. Proofs.Select(rates => rates.Name)];

    [Theory(Explicit = true)]
    [MemberData(nameof(Alarms))]
    public void False_rollbacks_are_as_rare_as_promised(string name) => IsRare($"false rollback: {name}", UntilHarm(Named(name), Alike, Most), Named(name).Level);

    [Theory(Explicit = true)]
    [MemberData(nameof(AllHarms))]
    public void Harm_is_found_within_fifteen_percent_of_the_published_number_of_units(string name) =>
        IsAbout($"harm: {name}", Named(name).Median, UntilHarm(Named(name), Unlike, Most));

    [Theory(Explicit = true)]
    [MemberData(nameof(AllProofs))]
    public void Proof_comes_within_fifteen_percent_of_the_published_number_of_units(string name) =>
        IsAbout($"proof: {name}", Named(name).Median, UntilSafe(Named(name), Unlike, 2 * Most));

    [Fact(Explicit = true)]
    public void Proof_on_the_margin_is_as_rare_as_promised() =>
        IsRare("false proof: on a margin of 1 pp", UntilSafe(new Rates("", 0.05, 0.06, 0.01, 19, 0.05), Alike, Most), 0.05);

    [Theory(Explicit = true)]
    [InlineData(0.045, 20_000, 100, 0, 0)]
    [InlineData(0.050, 20_000, 100, 0, 0)]
    [InlineData(0.055, 20_000, 59, 0.1, 41)]
    [InlineData(0.060, 20_000, 2.4, 0.5, 97)]
    [InlineData(0.070, 20_000, 0, 99, 1)]
    [InlineData(0.080, 20_000, 0.1, 99.9, 0)]
    [InlineData(0.100, 20_000, 0, 100, 0)]
    [InlineData(0.045, 5_000, 96, 0, 4)]
    [InlineData(0.050, 5_000, 62.5, 0, 37.5)]
    [InlineData(0.055, 5_000, 12, 0.1, 88)]
    [InlineData(0.060, 5_000, 1.6, 0.3, 98)]
    [InlineData(0.070, 5_000, 0, 32, 68)]
    [InlineData(0.080, 5_000, 0.1, 97.4, 2.5)]
    public void Decisions_fall_as_published(double candidate, int most, double promoted, double rolledBack, double open)
    {
        var (forward, back, neither) = Decisions(candidate, Unlike, most);
        Tell(string.Create(CultureInfo.InvariantCulture, $"decisions: {candidate:P1} bad within {most} units | {Percent(forward)} promoted, {Percent(back)} rolled back, {Percent(neither)} open"));
        foreach (var (share, published) in new[] { (forward, promoted), (back, rolledBack), (neither, open) })
        {
            // Both numbers are of 2,000 runs.
            var deviation = 100 * Math.Sqrt(2 * Math.Max(published / 100 * (1 - published / 100), 0.002) / Unlike);
            Assert.InRange(100d * share / Unlike, published - 4 * deviation - 0.5, published + 4 * deviation + 0.5);
        }

        static string Percent(int runs) => (100d * runs / Unlike).ToString("0.0#", CultureInfo.InvariantCulture) + " %";
    }

    [Theory(Explicit = true)]
    [InlineData(0.7)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public void A_latency_at_its_margin_is_hardly_ever_rolled_back_whatever_its_shape(double sigma) =>
        IsRare($"false rollback: p95 exactly 1.1 times, sigma {sigma}", Latency(AtTheMargin(sigma), safe: false, 0.05, 1_000, 10_000), 0.05);

    [Theory(Explicit = true)]
    [InlineData(1.2, 3_048)]
    [InlineData(1.3, 770)]
    [InlineData(1.5, 244)]
    [InlineData(2, 76)]
    public void A_slower_candidate_is_found_in_time(double slower, int median) =>
        IsAbout($"harm: p95 {slower} times, margin 10 %", median, Latency(Simulation.LogNormal(800 * slower, 0.7), safe: false, 0.01, 1_000, 10_000));

    [Fact(Explicit = true)]
    public void A_few_very_slow_calls_are_found_in_time() => IsAbout("harm: 8 % of calls 3 times slower, margin 10 %", 2_025, Latency(
        random => new(800 * Math.Exp(0.7 * Simulation.Normal(random)) * (random.NextDouble() < 0.08 ? 3 : 1)), safe: false, 0.01, 1_000, 10_000));

    [Fact(Explicit = true)]
    public void An_equal_latency_is_proved_in_time_and_one_at_the_margin_hardly_ever()
    {
        IsAbout("proof: p95 equal, margin 10 %", 2_225, Latency(Simulation.LogNormal(800, 0.7), safe: true, 0.05, 1_000, 10_000));
        IsRare("false proof: p95 at its margin", Latency(AtTheMargin(0.7), safe: true, 0.05, 1_000, 10_000), 0.05);
    }

    [Theory(Explicit = true)]
    [InlineData(1.1, 0.9)]
    [InlineData(1, 0.9 / 1.1)]
    public void A_cost_at_its_margin_is_hardly_ever_rolled_back(double cost, double success) =>
        IsRare(string.Create(CultureInfo.InvariantCulture, $"false rollback: cost for each success exactly 1.1 times, cost {cost:0.##} times, success {success:P0}"), CostPerSuccess(Cost(cost, success), 1_000, 10_000), 0.01);

    [Theory(Explicit = true)]
    [InlineData(1.2, 0, 2_040)]
    [InlineData(1.4, 0, 555)]
    [InlineData(2, 0, 175)]
    [InlineData(1, 0.03, 1_099)]
    public void A_dearer_candidate_is_found_in_time(double cost, double looping, int median)
    {
        // What calls cost in the published figures is not said, so being sooner than they are is no fault.
        var found = CostPerSuccess(Cost(cost, looping: looping), 1_000, 10_000);
        Told($"harm: cost {cost} times, {looping:P0} of calls loop at 20 times, margin 10 %", found);
        Assert.InRange(found.Quantile(0.5), median * 0.5, median * 1.15);
    }

    [Theory(Explicit = true)]
    [InlineData(8, 0.02)]
    [InlineData(8, 0.10)]
    [InlineData(8, 0.33)]
    [InlineData(30, 0.02)]
    [InlineData(30, 0.10)]
    [InlineData(30, 0.33)]
    public void One_mean_a_user_keeps_the_promise_that_counting_requests_breaks(int requests, double correlation)
    {
        var users = 10_000 / requests;
        var counted = Clusters(requests, correlation, means: false, 400, users);
        Told($"requests counted: {requests} a user, correlation {correlation}", counted);
        if (correlation > 0.3) Assert.InRange(counted.Share, 0.15, 1);
        IsRare($"one mean a user: {requests} a user, correlation {correlation}", Clusters(requests, correlation, means: true, 400, users), 0.05);
    }

    [Fact(Explicit = true)]
    public void Widening_while_the_background_worsens_is_no_harm() => IsRare("false rollback: 5 -> 50 %, background 2 -> 8 % bad", Widened(Alike, 5_000), 0.05);

    [Fact(Explicit = true)]
    public void What_breaks_in_a_later_step_is_found_as_soon_as_in_the_first()
    {
        var (parts, whole) = (BrokenLater(parts: 2, Unlike, good: 10_000, most: Most), BrokenLater(parts: 1, 200, good: 10_000, most: Most));
        Told("harm in the second step after 10,000 good units, a part of the coin for each step", parts);
        Told("harm in the second step after 10,000 good units, one coin for all", whole);
        Assert.InRange(parts.Quantile(0.5), 90, 140);
        Assert.InRange(whole.Quantile(0.5), 1_000, Most);
    }

    [Fact(Explicit = true)]
    public void Six_guardrails_in_four_segments_share_one_chance_of_a_false_rollback()
    {
        IsRare("family: 24 bets that share 1 %", Family(24, 0.01 / 24, Unlike, 5_000), 0.01);
        Told("family: 24 bets with 1 % each", Family(24, 0.01, Unlike, 5_000));
    }

    [Theory(Explicit = true)]
    [InlineData(0.05, 0.04, 7_500)]
    [InlineData(0.50, 0.48, 10_200)]
    public void A_wrong_split_is_found_in_time(double agreed, double real, int median) => IsAbout($"split: {real:P1} instead of {agreed:P1}", median, Split(agreed, real, Unlike, 100_000));

    [Theory(Explicit = true)]
    [InlineData(0.05)]
    [InlineData(0.50)]
    public void A_right_split_is_hardly_ever_held_to_be_wrong(double agreed) => IsRare($"split: {agreed:P1} as agreed", Split(agreed, agreed, Unlike, 100_000), RolloutEvidence.SampleRatioLevel);

    private static Simulation.Arm AtTheMargin(double sigma) => Simulation.LogNormal(800 * 1.1 * Math.Exp(1.6448536 * (0.7 - sigma)), sigma);

    private static void IsRare(string name, Outcome outcome, double level)
    {
        Told(name, outcome);
        Assert.InRange(outcome.Share, 0, level + 3 * Math.Sqrt(level * (1 - level) / outcome.Runs));
    }

    private static void IsAbout(string name, double median, Outcome outcome)
    {
        Told(name, outcome);
        Assert.InRange(outcome.Quantile(0.5), median * 0.85, median * 1.15);
    }

    private static void Told(string name, Outcome outcome) => Tell(string.Create(CultureInfo.InvariantCulture,
        $"{name} | {100 * outcome.Share:0.00} % of {outcome.Runs}, units: median {outcome.Quantile(0.5)}, p90 {outcome.Quantile(0.9)}, p95 {outcome.Quantile(0.95)}"));

    private static void Tell(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}
