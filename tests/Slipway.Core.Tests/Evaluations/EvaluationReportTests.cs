using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class EvaluationReportTests
{
    private static readonly EvaluationRun Baseline = Run("support_router:v1.5.2", "refund", "refund", "billing");
    private static readonly EvaluationRun Candidate = Run("support_router:v1.6.0", "refund", "fraud", "refund");
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("accuracy", ">= baseline"), Some.Gate("unsafe_tool_call_rate", "0%"));

    [Fact]
    public void A_report_counts_judges_and_compares()
    {
        var report = EvaluationReport.Compose(Manifest, Candidate, Baseline);
        Assert.Equal(("support_router:v1.6.0", "support_router:v1.5.2", "support_router_golden:v4", "production-default"),
            (report.Candidate, report.Baseline, report.Dataset, report.Model));
        Assert.Equal(new EvaluationCounts(3, 2, 0, 2, 0, Broken: 1, Fixed: 1, BothWrongDifferent: 0, BothRightDifferent: 0), report.Counts);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Inconclusive], report.Gates.Select(gate => gate.Verdict));
        Assert.Equal(GateVerdict.Inconclusive, report.Verdict);
        Assert.Equal(["c1", "c2"], report.Differences.Select(row => row.CaseId));
        Assert.Equal(new MetricComparison("accuracy", MetricKind.Rate, new Metric(2 / 3.0, 3), new Metric(2 / 3.0, 3)), report.Metrics[0]);
    }

    [Fact]
    public void Without_a_baseline_a_report_has_one_side()
    {
        var report = EvaluationReport.Compose(Manifest, Candidate, null);
        Assert.Null(report.Baseline);
        Assert.Null(report.Counts.BaselinePassed);
        Assert.Empty(report.Differences);
        Assert.All(report.Metrics, metric => Assert.Null(metric.Baseline));
    }

    [Fact]
    public void A_report_is_a_document_in_snake_case_that_reads_back()
    {
        var json = EvaluationReport.Compose(Manifest, Candidate, Baseline).ToJson();
        var root = JsonElement.Parse(json);
        Assert.Equal("inconclusive", root.GetProperty("verdict").GetString());
        Assert.Equal("rate", root.GetProperty("metrics")[0].GetProperty("kind").GetString());
        Assert.Equal(0, root.GetProperty("counts").GetProperty("both_wrong_different").GetInt32());
        Assert.Equal("""{"route":"fraud"}""", root.GetProperty("differences")[0].GetProperty("candidate_answer").GetString());
        Assert.Equal("a_Tag", root.GetProperty("differences")[0].GetProperty("tags").EnumerateObject().Single().Name);
        Assert.Equal(json, EvaluationReport.FromJson(json).ToJson());
        Assert.Equal(EvaluationReport.Compose(Manifest, Candidate, null).ToJson(), EvaluationReport.FromJson(EvaluationReport.Compose(Manifest, Candidate, null).ToJson()).ToJson());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_is_no_report_is_not_read_as_an_empty_one(string json) => Assert.Throws<JsonException>(() => EvaluationReport.FromJson(json));

    private static EvaluationRun Run(string prompt, params string[] routes) =>
        new(prompt, [.. routes.Select((route, index) => Some.Outcome(Some.Case($"c{index}", tags: """{"a_Tag":"x"}"""), Some.Route(route)))]);
}
