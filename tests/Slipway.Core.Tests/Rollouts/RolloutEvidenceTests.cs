using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RolloutEvidenceTests
{
    private const double Margin = 0.02;

    [Theory]
    [InlineData("50%", 1)]
    [InlineData("40%", 1)]
    [InlineData("33%", 2)]
    [InlineData("25%", 3)]
    [InlineData("20%", 4)]
    [InlineData("10%", 9)]
    [InlineData("5%", 19)]
    [InlineData("4.7619%", 20)]
    [InlineData("1%", 20)]
    [InlineData("0.1%", 20)]
    [InlineData("60%", 1)]
    [InlineData("75%", 3)]
    [InlineData("90%", 9)]
    [InlineData("99%", 20)]
    public void The_weight_alone_says_how_many_of_the_larger_arm_stand_beside_one_of_the_smaller(string weight, int partners)
    {
        var smallerIsCandidate = Some.Share(weight) <= Some.Share("50%");
        var watch = new Watch(weight);
        watch.See(candidate: smallerIsCandidate);
        for (var seen = 1; seen < partners; seen++) watch.See(candidate: !smallerIsCandidate);
        Assert.Equal(0, watch.Scores);
        watch.See(candidate: !smallerIsCandidate);
        Assert.Equal(1, watch.Scores);
    }

    [Fact]
    public void A_score_is_the_candidates_outcome_less_the_mean_beside_it_less_the_margin()
    {
        var watch = new Watch("25%");
        watch.See(candidate: false, bad: true);
        watch.See(candidate: false);
        watch.See(candidate: false);
        watch.See(candidate: true, bad: true);
        watch.ExpectBets(1 - 1d / 3 - Margin);
    }

    [Fact]
    public void Above_half_the_roles_are_swapped()
    {
        var watch = new Watch("75%");
        watch.See(candidate: true, bad: true);
        watch.See(candidate: true);
        watch.See(candidate: true);
        watch.See(candidate: false);
        watch.ExpectBets(1d / 3 - Margin);
        watch.See(candidate: true);
        watch.See(candidate: true);
        watch.See(candidate: true);
        watch.See(candidate: false, bad: true);
        watch.ExpectBets(1d / 3 - Margin, 0 - 1 - Margin);
    }

    [Fact]
    public void No_outcome_is_used_twice()
    {
        var watch = new Watch("50%");
        watch.See(candidate: false, bad: true);
        watch.See(candidate: true);
        watch.See(candidate: true);
        watch.ExpectBets(0 - 1 - Margin);
        watch.See(candidate: false);
        watch.ExpectBets(0 - 1 - Margin, 0 - Margin);
    }

    [Fact]
    public void Only_the_newest_of_the_larger_arm_stand_beside_the_next_outcome()
    {
        var watch = new Watch("25%");
        for (var i = 0; i < 50; i++) watch.See(candidate: false, bad: true);
        for (var i = 0; i < 3; i++) watch.See(candidate: false);
        watch.See(candidate: true);
        watch.ExpectBets(0 - Margin);
    }

    [Fact]
    public void Who_waits_for_partners_is_never_from_long_ago()
    {
        var watch = new Watch("50%");
        for (var i = 0; i < 1_000; i++) watch.See(candidate: true, bad: true);
        for (var i = 0; i < 5; i++) watch.See(candidate: true);
        for (var i = 0; i < 1_000; i++) watch.See(candidate: false);
        watch.ExpectBets([.. Enumerable.Repeat(1 - Margin, 5), .. Enumerable.Repeat(0 - Margin, 5)]);
    }

    [Fact]
    public void Outcomes_of_different_epochs_are_never_paired()
    {
        var watch = new Watch("50%");
        watch.See(candidate: false, epoch: 1);
        watch.See(candidate: true, epoch: 2);
        Assert.Equal(0, watch.Scores);
        watch.See(candidate: false, epoch: 1);
        watch.See(candidate: true, epoch: 1);
        Assert.Equal(0, watch.Scores);
        watch.See(candidate: false, epoch: 2);
        Assert.Equal(1, watch.Scores);
        Assert.Equal((2, 3), (watch.Current.CandidateUnits, watch.Current.StableUnits));
    }

    [Fact]
    public void A_new_epoch_keeps_the_bet_and_forgets_who_waited()
    {
        var watch = new Watch("50%");
        watch.See(candidate: true, bad: true, epoch: 1);
        watch.See(candidate: false, epoch: 1);
        watch.See(candidate: true, epoch: 1);
        watch.See(candidate: false, bad: true, epoch: 2);
        watch.See(candidate: true, epoch: 2);
        watch.ExpectBets(1 - Margin, 0 - 1 - Margin);
    }

    [Fact]
    public void A_unit_counts_once_in_each_arm()
    {
        var watch = new Watch("50%");
        for (var i = 0; i < 5; i++)
        {
            watch.See(candidate: true, bad: i > 0, unit: "u-1");
            watch.See(candidate: false, unit: "u-2");
        }
        Assert.Equal((1, 0, 1, 1), (watch.Current.CandidateUnits, watch.Current.CandidateBad, watch.Current.StableUnits, watch.Scores));
        watch.See(candidate: true, unit: "u-2", epoch: 2);
        Assert.Equal((2, 1), (watch.Current.CandidateUnits, watch.Current.StableUnits));
        Assert.Equal((1, 1, 0), (watch.Evidence.CandidateUnitsIn(1), watch.Evidence.CandidateUnitsIn(2), watch.Evidence.CandidateUnitsIn(3)));
    }

    [Fact]
    public void A_fixed_limit_looks_at_the_candidate_alone()
    {
        var watch = new Watch("5%", "schema_pass_rate >= 98%");
        for (var i = 0; i < 100; i++) watch.See(candidate: false, bad: true);
        watch.See(candidate: true, bad: true);
        watch.ExpectBets(new BettingProcess(0.02), new BettingProcess(0.98), 1 - 0.02);
    }

    [Fact]
    public void The_first_bad_call_breaks_a_zero_tolerance()
    {
        var watch = new Watch("5%", "schema_pass_rate = 100%");
        Assert.False(watch.Current.Safe || watch.Current.Harmful);
        watch.See(candidate: false, bad: true);
        Assert.False(watch.Current.Harmful);
        watch.See(candidate: true);
        Assert.True(watch.Current is { Safe: true, Harmful: false });
        watch.See(candidate: true, bad: true);
        Assert.True(watch.Current is { Safe: false, Harmful: true });
        Assert.Equal("schema_pass_rate = 100% is broken: 1 of 2 were bad with the candidate (50%), 1 of 1 with stable (100%); not one is allowed", watch.Current.Sentence);
    }

    [Fact]
    public void A_call_that_says_nothing_of_a_metric_is_not_counted_for_it()
    {
        var watch = new Watch("50%");
        watch.Evidence.Observe(new CallOutcome("u-1", true, 1, Failed: true, null, null, null), Some.Share("50%"));
        Assert.Equal((0, 1), (watch.Current.CandidateUnits, watch.Evidence.CandidateUnitsIn(1)));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(4, 400)]
    public void The_chance_of_a_false_rollback_is_split_over_the_guardrails(int guardrails, double limit)
    {
        var texts = ((string[])["schema_pass_rate >= baseline - 2pp", "error_rate <= 2%", "refusal_rate <= 3%", "truncation_rate 0%"])[..guardrails];
        ReleasePlan.Make(Some.Plan(guardrails: texts), Some.Version("1.0.0"), out var plan);
        Assert.All(new RolloutEvidence(plan!).Current(), evidence => Assert.Equal((limit, 20), (evidence.HarmLimit, evidence.SafeLimit)));
        Assert.Equal(plan!.Guardrails, new RolloutEvidence(plan).Current().Select(evidence => evidence.Guardrail));
    }

    [Fact]
    public void The_evidence_speaks_in_numbers_a_person_can_check()
    {
        Assert.Equal("schema_pass_rate >= baseline - 2pp is open: 0 of 0 were bad with the candidate (no data), 0 of 0 with stable (no data); one coin bet on safety grew to 1, 20 are proof",
            Some.Evidence(candidates: 0, candidatesBad: 0).Sentence);
        Assert.Equal("schema_pass_rate >= baseline - 2pp holds: 5 of 500 were bad with the candidate (1%), 100 of 10000 with stable (1%); one coin bet on safety grew to 25, 20 are proof", Some.Evidence(safe: 25).Sentence);
        Assert.Equal("schema_pass_rate >= baseline - 2pp is broken: 99 of 500 were bad with the candidate (19.8%), 1980 of 10000 with stable (19.8%); one coin bet on harm grew to over a million, 100 are proof",
            Some.Evidence(candidatesBad: 99, harm: 1e300).Sentence);
    }

    [Fact]
    public void The_same_outcomes_give_the_same_evidence()
    {
        var (one, other) = (new Watch("10%"), new Watch("10%"));
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var (candidate, bad, unit) = (random.NextDouble() < 0.1, random.NextDouble() < 0.05, $"u-{random.Next(4_000)}");
            one.See(candidate, bad, unit: unit);
            other.See(candidate, bad, unit: unit);
        }
        Assert.Equal(one.Current, other.Current);
    }

    /// <summary>One guardrail of one release, watched at one weight.</summary>
    private sealed class Watch
    {
        private readonly string weight;
        private int units;

        public Watch(string weight, string guardrail = "schema_pass_rate >= baseline - 2pp")
        {
            this.weight = weight;
            ReleasePlan.Make(Some.Plan(steps: ["5%", "100%"], guardrails: [guardrail]), Some.Version("1.0.0"), out var plan);
            Evidence = new RolloutEvidence(plan!);
        }

        public RolloutEvidence Evidence { get; }

        public GuardrailEvidence Current => Assert.Single(Evidence.Current());

        public long Scores => Current.Scores;

        public void See(bool candidate, bool bad = false, int epoch = 1, string? unit = null) => Evidence.Observe(
            new CallOutcome(unit ?? $"unit-{++units}", candidate, epoch, Failed: false, SchemaValid: !bad, Refused: false, Truncated: false), Some.Share(weight));

        public void ExpectBets(params double[] scores) => ExpectBets(new BettingProcess(1 + Margin), new BettingProcess(1 - Margin), scores);

        public void ExpectBets(BettingProcess harm, BettingProcess safe, params double[] scores)
        {
            foreach (var score in scores)
            {
                harm.Add(score);
                safe.Add(-score);
            }
            Assert.Equal(scores.Length, Scores);
            Assert.Equal(Math.Exp(harm.PeakLogWealth), Current.HarmCoins, 1e-9);
            Assert.Equal(Math.Exp(safe.PeakLogWealth), Current.SafeCoins, 1e-9);
        }
    }
}
