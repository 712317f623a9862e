using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class MetricTests
{
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("accuracy", ">= 0%"));

    [Theory]
    [InlineData("schema_pass_rate", MetricKind.Rate)]
    [InlineData("handoff_accuracy", MetricKind.Rate)]
    [InlineData("accuracy", MetricKind.Rate)]
    [InlineData("p95_latency", MetricKind.Quantity)]
    [InlineData("mean_cost", MetricKind.Quantity)]
    public void The_name_of_a_metric_tells_its_kind(string name, MetricKind kind) => Assert.Equal(kind, MetricName.KindOf(name));

    [Fact]
    public void Without_outcomes_there_is_no_metric() => Assert.Empty(Some.Report(Manifest).Metrics);

    [Fact]
    public void A_metric_nobody_checks_has_no_data()
    {
        var report = Of(Alone(Some.Case(expect: """[{"check":"schema"}]"""), Some.Answer()));
        Assert.Null(report.Find("accuracy"));
        Assert.Equal((1, 1), Value(report, "schema_pass_rate"));
    }

    [Fact]
    public void Rates_count_the_cases_that_check_them()
    {
        const string Both = """[{"check":"field_equals","field":"route","value":"refund"},{"check":"field_equals","field":"tier","value":1}]""";
        var report = Of(
            Alone(Some.Case("a", expect: Both), Some.Answer("""{"route":"refund","tier":1}""")),
            Alone(Some.Case("b", expect: Both), Some.Answer("""{"route":"refund","tier":2}""")),
            Alone(Some.Case("c"), Some.Answer(violations: "broken")),
            Alone(Some.Case("d"), Some.Answer(error: "timeout")));
        Assert.Equal((0.75, 4), Value(report, "route_accuracy"));
        Assert.Equal((0.5, 2), Value(report, "tier_accuracy"));
        Assert.Equal((0.5, 4), Value(report, "accuracy"));
        Assert.Equal((0.5, 4), Value(report, "field_equals_pass_rate"));
        Assert.Equal((0, 2), Value(report, "schema_pass_rate"));
        Assert.Equal((0.25, 4), Value(report, "pass_rate"));
        Assert.Equal((0.25, 4), Value(report, "error_rate"));
    }

    [Fact]
    public void A_case_that_checks_one_field_twice_counts_once()
    {
        const string Twice = """[{"check":"field_equals","field":"route","value":"refund"},{"check":"field_equals","field":"route","value":"billing"}]""";
        Assert.Equal((0, 1), Value(Of(Alone(Some.Case(expect: Twice), Some.Answer())), "route_accuracy"));
    }

    [Fact]
    public void Repeats_are_averaged_inside_their_case()
    {
        var report = Of(Some.Run("a", [], [true, true, true, false]), Some.Run("b", [], [false]));
        Assert.Equal((0.375, 2), Value(report, "route_accuracy"));
    }

    [Fact]
    public void Percentiles_are_times_that_were_measured()
    {
        var report = Of([.. Enumerable.Range(1, 200).Reverse().Select(index => Alone(Some.Case($"c{index}"), Some.Answer(milliseconds: index)))]);
        Assert.Equal((100.5, 100, 190, 198), (Value(report, "mean_latency").Value, Value(report, "p50_latency").Value, Value(report, "p95_latency").Value, Value(report, "p99_latency").Value));
        var interval = report.Find("mean_latency")!.Candidate!.Interval!;
        Assert.InRange(interval.Low, 92, 95.5);
        Assert.InRange(interval.High, 105.5, 109);
        Assert.Equal((7, 1), Value(Of(Alone(Some.Case(), Some.Answer(milliseconds: 7))), "p99_latency"));
    }

    [Fact]
    public void A_failed_call_has_no_latency() => Assert.Equal((10, 1), Value(
        Of(Alone(Some.Case("a"), Some.Answer(milliseconds: 10)), Alone(Some.Case("b"), Some.Answer(milliseconds: 60_000, error: "timeout"))), "p95_latency"));

    [Fact]
    public void Tokens_money_and_retries_stand_beside_quality()
    {
        var report = Of(
            Alone(Some.Case("a"), Some.Answer() with { InputTokens = 100, OutputTokens = 10, Cost = 0.01m, Retries = 1 }),
            Alone(Some.Case("b"), Some.Route("billing") with { InputTokens = 300, OutputTokens = 30, Cost = 0.03m }));
        Assert.Equal((200, 2), Value(report, "mean_input_tokens"));
        Assert.Equal((30, 2), Value(report, "p99_output_tokens"));
        Assert.Equal((0.02, 2), Value(report, "mean_cost"));
        Assert.Equal((0.04, 1), Value(report, "cost_per_success"));
        Assert.Equal((0.5, 2), Value(report, "retries"));
    }

    [Fact]
    public void Without_a_success_or_a_price_nobody_knows_what_a_success_costs()
    {
        Assert.Null(Of(Alone(Some.Case(), Some.Route("billing") with { Cost = 1 })).Find("cost_per_success")?.Candidate);
        Assert.Null(Of(Alone(Some.Case(), Some.Answer())).Find("cost_per_success"));
    }

    [Fact]
    public void Refusals_and_answers_that_were_cut_off_are_counted_among_the_answers()
    {
        var report = Of(
            Alone(Some.Case("a"), new Answer { Refusal = "I cannot help with that.", FinishReason = "stop" }),
            Alone(Some.Case("b"), Some.Answer() with { FinishReason = "length" }),
            Alone(Some.Case("c"), Some.Answer() with { FinishReason = "content_filter" }),
            Alone(Some.Case("d"), Some.Answer()),
            Alone(Some.Case("e"), Some.Answer(error: "timeout")));
        Assert.Equal((0.5, 4), Value(report, "refusal_rate"));
        Assert.Equal((1 / 3.0, 3), Value(report, "truncation_rate"));
    }

    [Fact]
    public void An_unsafe_tool_is_one_the_policy_lists_and_without_a_list_nobody_knows()
    {
        var calls = Some.Answer("") with { ToolCalls = JsonElement.Parse("""[{"id":"1","type":"function","function":{"name":"delete_account","arguments":"{}"}}]"""), ToolViolations = ["arguments: id is missing"] };
        CaseRun[] runs = [Alone(Some.Case("a"), calls), Alone(Some.Case("b"), Some.Answer())];
        Assert.Null(Of(runs).Find("unsafe_tool_call_rate"));
        Assert.Equal((0, 1), Value(Of(runs), "tool_call_valid_rate"));
        Assert.Equal((0.5, 2), Value(Some.Report(Manifest, EvaluationPolicy.Default with { UnsafeTools = ["delete_account"] }, runs), "unsafe_tool_call_rate"));
    }

    [Fact]
    public void A_metric_of_the_manifest_counts_the_checks_and_the_cases_it_names()
    {
        var manifest = Parse("""{"route_accuracy": ">= 0%"}""", """{"handoff_accuracy": {"check": "field_equals", "field": "route", "tags": {"handoff": "yes"}}}""");
        var report = Some.Report(manifest,
            Alone(Some.Case("a", tags: """{"handoff":"yes"}"""), Some.Answer(violations: "broken")),
            Alone(Some.Case("b", tags: """{"handoff":"yes"}"""), Some.Route("billing")),
            Alone(Some.Case("c", tags: """{"handoff":"no"}"""), Some.Route("billing")));
        Assert.Equal((0.5, 2), Value(report, "handoff_accuracy"));
    }

    [Theory]
    [InlineData("""{"handoff":"yes"}""", """{"topic":"handoff"}""", """{"handoff":"no"}""")]
    public void An_accuracy_nobody_defined_is_every_check_of_the_cases_tagged_so(string tagged, string valued, string not)
    {
        var report = Some.Report(Parse("""{"handoff_accuracy": ">= baseline - 1%"}"""),
            Alone(Some.Case("a", tags: tagged), Some.Answer()), Alone(Some.Case("b", tags: valued), Some.Answer(violations: "broken")), Alone(Some.Case("c", tags: not), Some.Route("billing")));
        Assert.Equal((0.5, 2), Value(report, "handoff_accuracy"));
    }

    [Fact]
    public void A_field_that_cases_compare_goes_before_a_tag_of_its_name()
    {
        var report = Some.Report(Parse("""{"route_accuracy": ">= 0%"}"""), Alone(Some.Case("a", tags: """{"route":"refund"}"""), Some.Answer(violations: "broken")), Alone(Some.Case("b"), Some.Answer()));
        Assert.Equal((1, 2), Value(report, "route_accuracy"));
    }

    [Fact]
    public void Sides_are_compared_case_by_case_with_an_interval()
    {
        var difference = Some.Report(Manifest, bothRight: 80, lost: 1, won: 15, bothWrong: 4).Find("accuracy")!.Difference!;
        Assert.Equal(0.14, difference.Value, 9);
        Assert.True(difference is { IsClear: true, Interval.Low: > 0.07 });
    }

    private static EvaluationReport Of(params CaseRun[] runs) => Some.Report(Manifest, runs);

    private static CaseRun Alone(GoldenCase goldenCase, Answer answer) => Some.Run(goldenCase, [], [answer]);

    private static (double Value, int Count) Value(EvaluationReport report, string name) => (report.Find(name)!.Candidate!.Value, report.Find(name)!.Candidate!.Count);

    private static EvaluationManifest Parse(string gates, string metrics = "{}") => Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(
        $$"""{"candidate_prompt": "a:v1.0.0", "dataset": "a:v1", "gates": {{gates}}, "metrics": {{metrics}}}""")).Manifest;
}
