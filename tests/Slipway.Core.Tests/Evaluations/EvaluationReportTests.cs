using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Evaluations;

public sealed class EvaluationReportTests
{
    private static readonly string[] Baseline = ["refund", "refund", "billing"], Candidate = ["refund", "fraud", "refund"];
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("accuracy", ">= baseline"), Some.Gate("unsafe_tool_call_rate", "0%"));

    [Fact]
    public void A_report_counts_judges_and_compares()
    {
        var report = Report(Candidate, Baseline);
        Assert.Equal(("support_router:v1.6.0", "support_router:v1.5.2", "support_router_golden:v4", "production-default"),
            (report.Candidate, report.Baseline, report.Dataset, report.Model));
        Assert.Equal(new EvaluationCounts(3, 2, 0, 2, 0, Broken: 1, Fixed: 1, BothWrongDifferent: 0, BothRightDifferent: 0), report.Counts);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Inconclusive], report.Gates.Select(gate => gate.Verdict));
        Assert.Equal(GateVerdict.Inconclusive, report.Verdict);
        Assert.Equal(["c1", "c2"], report.Differences.Select(row => row.CaseId));
        Assert.Equal((2 / 3.0, 3, 2 / 3.0, 0.0), (report.Metrics[0].Candidate!.Value, report.Metrics[0].Candidate!.Count, report.Metrics[0].Baseline!.Value, report.Metrics[0].Difference!.Value));
    }

    [Fact]
    public void Without_a_baseline_a_report_has_one_side()
    {
        var report = Report(Candidate, null);
        Assert.Null(report.Baseline);
        Assert.Null(report.Counts.BaselinePassed);
        Assert.Empty(report.Differences);
        Assert.All(report.Metrics, metric => Assert.Null(metric.Baseline));
    }

    [Fact]
    public void A_report_is_a_document_in_snake_case_that_reads_back()
    {
        var json = Report(Candidate, Baseline).ToJson();
        var root = JsonElement.Parse(json);
        Assert.Equal("inconclusive", root.GetProperty("verdict").GetString());
        Assert.Equal("rate", root.GetProperty("metrics")[0].GetProperty("kind").GetString());
        Assert.Equal(0, root.GetProperty("counts").GetProperty("both_wrong_different").GetInt32());
        Assert.Equal("""{"route":"fraud"}""", root.GetProperty("differences")[0].GetProperty("candidate_answer").GetString());
        Assert.Equal("a_Tag", root.GetProperty("differences")[0].GetProperty("tags").EnumerateObject().Single().Name);
        Assert.Equal(json, EvaluationReport.FromJson(json).ToJson());
        Assert.Equal(Report(Candidate, null).ToJson(), EvaluationReport.FromJson(Report(Candidate, null).ToJson()).ToJson());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_is_no_report_is_not_read_as_an_empty_one(string json) => Assert.Throws<JsonException>(() => EvaluationReport.FromJson(json));

    [Fact]
    public void A_report_of_the_first_shape_is_still_read()
    {
        var report = EvaluationReport.FromJson(First);
        Assert.Equal((GateVerdict.Pass, 0.99, "lost"), (report.Verdict, report.Gates[0].Candidate, report.Differences[0].CaseId));
        Assert.Equal((100.5, 200), (report.Find("p95_latency")!.Candidate!.Value, report.Find("p95_latency")!.Candidate!.Count));
        Assert.Empty(report.Clusters);
        Assert.Null(report.LeftOut);
        Assert.Equal(EvaluationReport.FromJson(report.ToJson()).ToJson(), report.ToJson());
    }

    [Fact]
    public void A_report_names_the_versions_of_everything_and_the_hash_of_every_answer()
    {
        var report = Report(Candidate, Baseline);
        Assert.Equal(">= baseline", report.Manifest!.Value.GetProperty("gates").GetProperty("accuracy").GetString());
        Assert.Equal(["c0", "c1", "c2"], report.Outputs.Select(output => output.CaseId));
        Assert.Equal(ContentHash.Of("""{"route":"fraud"}"""u8), report.Outputs[1].Candidate.Single());
        Assert.Equal(report.Outputs[0].Candidate, report.Outputs[0].Baseline);
    }

    [Fact]
    public void A_report_says_which_kinds_are_missing_and_how_much_is_synthetic()
    {
        var policy = EvaluationPolicy.Default with { RequiredKinds = EvaluationPolicy.Default.RequiredKinds.Add(CaseKind.Bypass, 3).Add(CaseKind.Normal, 1) };
        var synthetic = Some.Case("b") with { Source = "synthetic" };
        var report = Some.Report(Manifest, policy, Some.Run("a", [true], [true]), Some.Run("b", [true], [true], synthetic));
        Assert.Equal([new MissingKind(CaseKind.Bypass, 3, 0)], report.MissingKinds);
        Assert.Equal(0.5, report.SyntheticShare);
    }

    [Fact]
    public void The_questions_of_a_review_are_answered_as_far_as_a_machine_can()
    {
        var questions = Some.Report(Manifest, bothRight: 80, lost: 1, won: 15, bothWrong: 4).Review.ToDictionary(one => one.Question, one => one.Answer, StringComparer.Ordinal);
        Assert.Equal("Locked out customers go to account recovery.", questions["Which problem does it solve?"]);
        Assert.StartsWith("15 cases pass that failed before. By more than chance: accuracy +14.0 pp", questions["What got better?"], StringComparison.Ordinal);
        Assert.StartsWith("1 case fails that passed before: \"route\" is \"billing\", expected \"refund\" (1 case).", questions["What got worse?"], StringComparison.Ordinal);
        Assert.StartsWith("Not known here", questions["Can it be rolled back without a deploy?"], StringComparison.Ordinal);
        Assert.Equal(9, questions.Count);
    }

    // As the first release of evaluations stored it.
    internal const string First = """
        {"candidate":"support_router:v1.6.0","baseline":"support_router:v1.5.2","dataset":"support_router_golden:v4","model":"production-default","verdict":"pass",
         "counts":{"cases":200,"candidate_passed":172,"candidate_errors":0,"baseline_passed":144,"baseline_errors":0,"broken":1,"fixed":28,"both_wrong_different":3,"both_right_different":0},
         "gates":[{"metric":"schema_pass_rate","threshold":">= 99.5%","candidate":0.99,"baseline":1,"verdict":"pass","sentence":"schema_pass_rate is 99%, required >= 98%"}],
         "metrics":[{"name":"p95_latency","kind":"quantity","candidate":{"value":100.5,"count":200},"baseline":null}],
         "differences":[{"case_id":"lost","kind":"normal","tags":{"route":"refund"},"category":"broken","group":"g","input":"i","baseline_answer":"b","candidate_answer":"c","baseline_failures":[],"candidate_failures":["g"]}]}
        """;

    private static EvaluationReport Report(string[] candidate, string[]? baseline)
    {
        var builder = new ReportBuilder(Manifest, EvaluationPolicy.Default, ServingPolicy.Default with { Capture = CapturePolicy.Full });
        foreach (var (index, route) in candidate.Index())
            builder.Add(Some.Run(Some.Case($"c{index}", tags: """{"a_Tag":"x"}"""), baseline is null ? [] : [Some.Route(baseline[index])], [Some.Route(route)]));
        return builder.Build(baseline is null ? Some.Facts with { Baseline = null } : Some.Facts);
    }
}
