using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class MetricTests
{
    [Theory]
    [InlineData("schema_pass_rate", MetricKind.Rate)]
    [InlineData("handoff_accuracy", MetricKind.Rate)]
    [InlineData("accuracy", MetricKind.Rate)]
    [InlineData("p95_latency", MetricKind.Quantity)]
    [InlineData("mean_cost", MetricKind.Quantity)]
    public void The_name_of_a_metric_tells_its_kind(string name, MetricKind kind) => Assert.Equal(kind, MetricName.KindOf(name));

    [Fact]
    public void Without_outcomes_there_is_no_metric() => Assert.Empty(MetricTable.Of([]).Rows);

    [Fact]
    public void A_metric_nobody_checks_has_no_data()
    {
        var table = MetricTable.Of([Some.Outcome(Some.Case(expect: """[{"check":"schema"}]"""))]);
        Assert.Null(table["accuracy"]);
        Assert.Equal(new Metric(1, 1), table["schema_pass_rate"]);
    }

    [Fact]
    public void Rates_count_the_cases_that_check_them()
    {
        const string Both = """[{"check":"field_equals","field":"route","value":"refund"},{"check":"field_equals","field":"tier","value":1}]""";
        var table = MetricTable.Of(
        [
            Some.Outcome(Some.Case("a", expect: Both), Some.Answer("""{"route":"refund","tier":1}""")),
            Some.Outcome(Some.Case("b", expect: Both), Some.Answer("""{"route":"refund","tier":2}""")),
            Some.Outcome(Some.Case("c"), Some.Answer(violations: "broken")),
            Some.Outcome(Some.Case("d"), Some.Answer(error: "timeout")),
        ]);
        Assert.Equal(new Metric(0.75, 4), table["route_accuracy"]);
        Assert.Equal(new Metric(0.5, 2), table["tier_accuracy"]);
        Assert.Equal(new Metric(0.5, 4), table["accuracy"]);
        Assert.Equal(new Metric(0, 2), table["schema_pass_rate"]);
        Assert.Equal(new Metric(0.25, 4), table["error_rate"]);
    }

    [Fact]
    public void A_case_that_checks_one_field_twice_counts_once()
    {
        const string Twice = """[{"check":"field_equals","field":"route","value":"refund"},{"check":"field_equals","field":"route","value":"billing"}]""";
        Assert.Equal(new Metric(0, 1), MetricTable.Of([Some.Outcome(Some.Case(expect: Twice))])["route_accuracy"]);
    }

    [Fact]
    public void Percentiles_are_times_that_were_measured()
    {
        var table = MetricTable.Of([.. Enumerable.Range(1, 200).Reverse().Select(index => Some.Outcome(answer: Some.Answer(milliseconds: index)))]);
        Assert.Equal((100.5, 100, 190, 198), (table["mean_latency"]!.Value, table["p50_latency"]!.Value, table["p95_latency"]!.Value, table["p99_latency"]!.Value));
        Assert.Equal(7, MetricTable.Of([Some.Outcome(answer: Some.Answer(milliseconds: 7))])["p99_latency"]!.Value);
    }

    [Fact]
    public void A_failed_call_has_no_latency()
    {
        var table = MetricTable.Of([Some.Outcome(answer: Some.Answer(milliseconds: 10)), Some.Outcome(answer: Some.Answer(milliseconds: 60_000, error: "timeout"))]);
        Assert.Equal(new Metric(10, 1), table["p95_latency"]);
    }
}
