using Slipway.Core.Rollouts;
using Slipway.Core.Rollouts.Statistics;

namespace Slipway.Core.Tests.Rollouts;

public sealed class ScorerTests
{
    [Fact]
    public void Nothing_is_bet_on_a_latency_before_twenty_units_of_stable_are_known()
    {
        var scorer = Scorer.Of(new GuardrailForm.Quantile(0.95, 1.1))!;
        for (var i = 0; i < 20; i++) Assert.False(scorer.TryScore([new Reading(100)], [new Reading(100)], out _, out _));
        Assert.True(scorer.TryScore([new Reading(100)], [new Reading(100)], out _, out _));
    }

    [Theory]
    [InlineData(105, 90, 0)]
    [InlineData(120, 90, 1)]
    [InlineData(120, 120, 0.5)]
    [InlineData(105, 120, -0.5)]
    public void A_latency_counts_what_is_above_stables_quantile_and_the_margin(double candidate, double oneOfTwo, double score)
    {
        var scorer = Known(new GuardrailForm.Quantile(0.95, 1.1), new Reading(100));
        Assert.True(scorer.TryScore([new Reading(candidate)], [new Reading(90), new Reading(oneOfTwo)], out var harm, out var safe));
        Assert.Equal((score, -score), (harm, safe));
    }

    [Fact]
    public void What_stands_beside_a_unit_is_learned_after_it_was_scored()
    {
        var (scorer, other) = (Known(new GuardrailForm.Quantile(0.5, 1.1), new Reading(100)), Known(new GuardrailForm.Quantile(0.5, 1.1), new Reading(100)));
        scorer.TryScore([new Reading(150)], [new Reading(1_000_000)], out var harm, out _);
        other.TryScore([new Reading(150)], [new Reading(50)], out var otherHarm, out _);
        Assert.Equal((0, 1), (harm, otherHarm));
    }

    [Theory]
    [InlineData("p95_latency <= 800ms", 801, 0.95)]
    [InlineData("p95_latency <= 800ms", 800, -0.05)]
    [InlineData("p50_latency <= 800ms", 801, 0.5)]
    [InlineData("error_rate <= 2%", 1, 0.98)]
    [InlineData("error_rate <= 2%", 0.25, 0.23)]
    public void A_fixed_limit_scores_the_candidate_alone(string guardrail, double value, double score)
    {
        Assert.True(Scorer.Of(Some.Guardrail(guardrail).Form)!.TryScore([new Reading(value)], [], out var harm, out var safe));
        Assert.Equal(score, harm, 1e-12);
        Assert.Equal(-score, safe, 1e-12);
    }

    [Theory]
    [InlineData(1.2, 1, 0)]
    [InlineData(1.0, 1, -1)]
    [InlineData(1.5, 1, 1)]
    [InlineData(1.0, 0, 1)]
    public void A_cost_is_weighed_against_the_success_it_bought(double candidate, double success, int sign)
    {
        // Stable pays a dollar for each success, so the candidate may pay 1.20.
        var scorer = Known(new GuardrailForm.CostPerSuccess(1.2), new Reading(1, 1));
        Assert.True(scorer.TryScore([new Reading(candidate, success)], [new Reading(1, 1)], out var harm, out _));
        Assert.Equal(sign, Math.Abs(harm) < 1e-9 ? 0 : Math.Sign(harm));
    }

    [Fact]
    public void A_scorer_goes_on_from_what_it_had_learned()
    {
        foreach (var form in (GuardrailForm[])[new GuardrailForm.Quantile(0.95, 1.1), new GuardrailForm.CostPerSuccess(1.2)])
        {
            var scorer = Known(form, new Reading(3, 1));
            var again = Scorer.Of(form, scorer.State)!;
            Assert.True(scorer.TryScore([new Reading(7, 1)], [new Reading(2, 0)], out var one, out _) && again.TryScore([new Reading(7, 1)], [new Reading(2, 0)], out var other, out _) && one == other);
        }
    }

    [Fact]
    public void A_zero_tolerance_has_none() => Assert.Null(Scorer.Of(new GuardrailForm.ZeroTolerance()));

    /// <summary>A fair game on the margin: on average nobody wins, whichever side the coin is on.</summary>
    [Theory]
    [InlineData("points", 1)]
    [InlineData("points", 19)]
    [InlineData("limit", 1)]
    [InlineData("quantile", 19)]
    public void On_the_margin_a_coin_is_worth_one_coin_on_average(string form, int partners)
    {
        const int Units = 60;
        var runs = form == "quantile" ? 600 : 4_000;
        var (harm, safe) = (new Moments(), new Moments());
        for (var seed = 1; seed <= runs; seed++)
        {
            var run = form switch
            {
                "points" => Played(new GuardrailForm.Relative(0.05), seed, partners, Flip(0.15), Flip(0.10)),
                "limit" => Played(new GuardrailForm.Absolute(0.15), seed, partners, Flip(0.15), Flip(0.10)),
                _ => Played(new GuardrailForm.Quantile(0.5, 1.1), seed, partners, Simulation.LogNormal(110, 0.7), Simulation.LogNormal(100, 0.7)),
            };
            (harm, safe) = (harm.With(Math.Exp(run.LogHarmNow)), safe.With(Math.Exp(run.LogSafeNow)));
        }
        foreach (var coins in new[] { harm, safe })
        {
            var error = Math.Sqrt(coins.Variance / runs);
            // Of the side with rare large wins the mean is seen only so well; it must never be seen above one.
            Assert.InRange(coins.Mean, 1 - 5 * error - 0.05, 1 + 5 * error);
        }

        static Simulation.Arm Flip(double bad) => random => new Reading(random.NextDouble() < bad ? 1 : 0);

        static Simulation Played(GuardrailForm form, int seed, int partners, Simulation.Arm candidate, Simulation.Arm stable)
        {
            var run = new Simulation(form, seed);
            for (var unit = 0; unit < Units; unit++) run.Pair(candidate, stable, partners);
            return run;
        }
    }

    private static Scorer Known(GuardrailForm form, Reading usual)
    {
        var scorer = Scorer.Of(form)!;
        for (var i = 0; i < 100; i++) scorer.TryScore([usual], [usual], out _, out _);
        return scorer;
    }
}
