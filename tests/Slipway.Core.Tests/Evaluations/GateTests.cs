using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class GateTests
{
    [Theory]
    [InlineData(">= 99%", GateVerdict.Pass, "schema_pass_rate is 99%, required >= 99%")]
    [InlineData(">= 99.5%", GateVerdict.Fail, "schema_pass_rate is 99%, required >= 99.5%")]
    [InlineData(">= baseline - 1%", GateVerdict.Pass, "schema_pass_rate is 99%, required >= baseline - 1pp, that is 99% (baseline 100%)")]
    [InlineData("< baseline", GateVerdict.Pass, "schema_pass_rate is 99%, required < baseline (100%)")]
    public void A_gate_says_what_is_and_what_was_required(string threshold, GateVerdict verdict, string sentence)
    {
        var result = Judge("schema_pass_rate", threshold, Some.Metrics(("schema_pass_rate", 0.99)), Some.Metrics(("schema_pass_rate", 1)));
        Assert.Equal((verdict, sentence), (result.Verdict, result.Sentence));
        Assert.Equal((0.99, 1), (result.Candidate, result.Baseline));
    }

    [Fact]
    public void A_latency_gate_speaks_in_milliseconds() => Assert.Equal(
        "p95_latency is 1240.5ms, required <= baseline + 10%, that is 1210ms (baseline 1100ms)",
        Judge("p95_latency", "<= baseline + 10%", Some.Metrics(("p95_latency", 1240.5)), Some.Metrics(("p95_latency", 1100))).Sentence);

    [Theory]
    [InlineData(">= 0%")]
    [InlineData(">= baseline - 100pp")]
    public void A_metric_without_data_is_inconclusive_and_never_passes(string threshold)
    {
        var result = Judge("handoff_accuracy", threshold, Some.Metrics(), Some.Metrics(("handoff_accuracy", 0.5)));
        Assert.Equal((GateVerdict.Inconclusive, "no data for handoff_accuracy"), (result.Verdict, result.Sentence));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_relative_gate_without_a_baseline_is_inconclusive(bool baselineRan)
    {
        var result = Judge("accuracy", ">= baseline", Some.Metrics(("accuracy", 1)), baselineRan ? Some.Metrics() : null);
        Assert.Equal((GateVerdict.Inconclusive, "no data for accuracy in the baseline, required >= baseline"), (result.Verdict, result.Sentence));
    }

    [Theory]
    [InlineData("0%", 0, GateVerdict.Pass)]
    [InlineData("= 0%", 0.001, GateVerdict.Fail)]
    public void Zero_tolerance_is_a_gate_like_any_other(string threshold, double value, GateVerdict verdict) =>
        Assert.Equal(verdict, Judge("error_rate", threshold, Some.Metrics(("error_rate", value)), null).Verdict);

    [Fact]
    public void The_worst_gate_decides()
    {
        var (pass, fail, open) = (Some.Gate("accuracy", ">= 50%"), Some.Gate("accuracy", ">= 95%"), Some.Gate("tone_accuracy", ">= 50%"));
        var metrics = Some.Metrics(("accuracy", 0.9));
        Assert.Equal(GateVerdict.Fail, GateJudge.Overall(GateJudge.Judge([open, fail, pass], metrics, null)));
        Assert.Equal(GateVerdict.Inconclusive, GateJudge.Overall(GateJudge.Judge([pass, open], metrics, null)));
        Assert.Equal(GateVerdict.Pass, GateJudge.Overall(GateJudge.Judge([pass, pass], metrics, null)));
        Assert.Equal(GateVerdict.Inconclusive, GateJudge.Overall([]));
    }

    private static GateResult Judge(string metric, string threshold, MetricTable candidate, MetricTable? baseline) =>
        Assert.Single(GateJudge.Judge([Some.Gate(metric, threshold)], candidate, baseline));
}
