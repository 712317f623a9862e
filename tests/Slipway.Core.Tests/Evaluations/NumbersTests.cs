using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations;

/// <summary>Values as people read them: few digits, and more only where a value would look like its limit.</summary>
public sealed class NumbersTests
{
    [Theory]
    [InlineData("accuracy", ">= baseline - 1pp", 0.826220, 0.707317, "82.6%", "70.7%")]
    [InlineData("accuracy", ">= 99.5%", 0.9949, null, "99.49%", "no data")]
    [InlineData("accuracy", ">= 99.5%", 0.99496, null, "99.496%", "no data")]
    [InlineData("accuracy", ">= 99.5%", 0.9951, 1.0, "99.51%", "100.0%")]
    [InlineData("accuracy", ">= 99.5%", 0.995, 1.0, "99.5%", "100.0%")]
    [InlineData("accuracy", ">= 49.9138%", 0.499138, null, "49.9138%", "no data")]
    [InlineData("accuracy", "< baseline", 0.82621, 0.82622, "82.621%", "82.622%")]
    [InlineData("error_rate", "0%", 0.0004, 0.0, "0.04%", "0.0%")]
    [InlineData("p95_latency", "<= 800ms", 800.04, 12.345, "800.04 ms", "12.35 ms")]
    [InlineData("p95_latency", "<= baseline + 10%", 1234.6, 1000.0, "1235 ms", "1000 ms")]
    [InlineData("mean_cost", "<= baseline", 0.0001237, 0.0001234, "$0.000124", "$0.000123")]
    [InlineData("mean_output_tokens", "<= 40", 40.3841, 38.0, "40.38", "38")]
    public void A_gates_values_are_as_short_as_they_can_be_beside_its_limit(string metric, string threshold, double candidate, double? baseline, string shown, string shownBaseline)
    {
        var gate = new GateResult(metric, threshold, candidate, baseline, GateVerdict.Fail, "");
        Assert.Equal((shown, shownBaseline), (Numbers.Candidate(gate), Numbers.Baseline(gate)));
    }

    [Fact]
    public void A_rate_is_shown_on_the_side_of_its_limit_on_which_it_is() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).SelectMany(limit => Gen.Frequency((1, Gen.Choose(0, 1_000_000)), (3, Gen.Choose(-60, 60).Select(by => Math.Clamp(limit + by, 0, 1_000_000)))).Select(value => (limit, value))).ToArbitrary(),
        one =>
        {
            var limit = one.limit / 10_000m;
            var shown = Numbers.Candidate(new GateResult("accuracy", $">= {limit.ToString(CultureInfo.InvariantCulture)}%", one.value / 1_000_000d, null, GateVerdict.Pass, ""));
            var read = decimal.Parse(shown.TrimEnd('%'), CultureInfo.InvariantCulture);
            Assert.Equal(one.value.CompareTo(one.limit), read.CompareTo(limit));
            Assert.True(Math.Abs(read - one.value / 10_000m) <= 0.05m);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_sentence_tells_a_value_from_the_limit_and_the_limit_from_the_baseline()
    {
        var result = GateJudge.JudgeRate(Some.Gate("accuracy", ">= baseline - 0.02pp"), [.. Enumerable.Range(0, 5_000).Select(index => (new Share(index < 4_131 ? 1 : 0, 1), new Share(index < 4_132 ? 1 : 0, 1)))]);
        Assert.Equal("accuracy is 82.62%, required >= baseline - 0.02pp, that is 82.62% (baseline 82.64%)", result.Sentence);
    }
}
