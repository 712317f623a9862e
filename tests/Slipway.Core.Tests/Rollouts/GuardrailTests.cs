using System.Text.Json;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Rollouts;

public sealed class GuardrailTests
{
    private static readonly CallOutcome Good = new("u", Candidate: true, 1, Failed: false, SchemaValid: true, Refused: false, Truncated: false);
    private static readonly CallOutcome NoAnswer = new("u", Candidate: true, 1, Failed: true, null, null, null);

    [Theory]
    [InlineData("schema_pass_rate >= baseline - 2pp", "schema_pass_rate >= baseline - 2pp", 0.02)]
    [InlineData("schema_pass_rate >= baseline - 2%", "schema_pass_rate >= baseline - 2pp", 0.02)]
    [InlineData("schema_pass_rate > baseline - 0.5pp", "schema_pass_rate > baseline - 0.5pp", 0.005)]
    [InlineData("error_rate <= baseline + 1%", "error_rate <= baseline + 1pp", 0.01)]
    [InlineData("refusal_rate < baseline + 10pp", "refusal_rate < baseline + 10pp", 0.1)]
    public void A_margin_to_stable_is_taken_in_points(string text, string normal, double points)
    {
        var guardrail = Some.Guardrail(text);
        Assert.Equal((normal, points), (guardrail.ToString(), Assert.IsType<GuardrailForm.Relative>(guardrail.Form).Points));
    }

    [Theory]
    [InlineData("schema_pass_rate >= 99%", 0.01)]
    [InlineData("schema_pass_rate >= 0.95", 0.05)]
    [InlineData("truncation_rate <= 3%", 0.03)]
    [InlineData("error_rate < 0.5%", 0.005)]
    public void A_fixed_limit_is_turned_to_the_rate_of_bad_calls(string text, double limit) =>
        Assert.Equal(limit, Assert.IsType<GuardrailForm.Absolute>(Some.Guardrail(text).Form).Limit, 1e-12);

    [Theory]
    [InlineData("error_rate 0%")]
    [InlineData("error_rate = 0%")]
    [InlineData("error_rate <= 0%")]
    [InlineData("schema_pass_rate >= 100%")]
    [InlineData("schema_pass_rate 100%")]
    public void Nothing_allowed_is_a_zero_tolerance(string text) => Assert.IsType<GuardrailForm.ZeroTolerance>(Some.Guardrail(text).Form);

    [Theory]
    [InlineData("satisfaction", ">= 5%", "satisfaction cannot be a guardrail; these can: schema_pass_rate, error_rate, refusal_rate, truncation_rate, p50_latency, p95_latency, p99_latency, cost_per_success, task_success_rate, escalation_rate, correction_rate, thumbs_down_rate, complaint_rate.")]
    [InlineData("error_rate", "low", "error_rate: \"low\" is not a threshold: write an operator (>=, <=, >, <, =) and a value, as in \">= 99.5%\", \"<= baseline + 10%\" or \"<= 800ms\".")]
    [InlineData("error_rate", "<= 800ms", "error_rate: \"<= 800ms\" has the unit ms, but the metric is a rate: write 99.5% or 0.995.")]
    [InlineData("schema_pass_rate", "<= baseline + 2pp", "schema_pass_rate is better when it is higher, so its guardrail needs >=.")]
    [InlineData("error_rate", ">= 1%", "error_rate is better when it is lower, so its guardrail needs <=.")]
    [InlineData("schema_pass_rate", ">= baseline", "schema_pass_rate >= baseline: without a margin it could never be proved; allow some points, as in >= baseline - 2pp.")]
    [InlineData("schema_pass_rate", ">= baseline + 1pp", "schema_pass_rate >= baseline + 1pp: without a margin it could never be proved; allow some points, as in >= baseline - 2pp.")]
    [InlineData("error_rate", "<= baseline - 1pp", "error_rate <= baseline - 1pp: without a margin it could never be proved; allow some points, as in <= baseline + 2pp.")]
    [InlineData("schema_pass_rate", "= baseline", "schema_pass_rate: two live rates are never exactly equal; write >= baseline - 2pp.")]
    [InlineData("error_rate", "baseline + 1pp", "error_rate: two live rates are never exactly equal; write <= baseline + 2pp.")]
    [InlineData("error_rate", "= 1%", "error_rate: a live rate is never exactly 1%; write <= 1%.")]
    [InlineData("schema_pass_rate", "99%", "schema_pass_rate: a live rate is never exactly 99%; write >= 99%.")]
    [InlineData("schema_pass_rate", ">= 0%", "schema_pass_rate >= 0% allows everything, so it guards nothing.")]
    [InlineData("error_rate", "<= 100%", "error_rate <= 100% allows everything, so it guards nothing.")]
    [InlineData("error_rate", "<= baseline + 100pp", "error_rate <= baseline + 100pp allows everything, so it guards nothing.")]
    [InlineData("error_rate", "< 0%", "error_rate < 0% allows nothing at all; write 0%.")]
    [InlineData("p95_latency", "= baseline", "p95_latency: two live amounts are never exactly equal; write <= baseline + 10%.")]
    [InlineData("p95_latency", "<= baseline", "p95_latency <= baseline: without a margin it could never be proved; allow some percent, as in <= baseline + 10%.")]
    [InlineData("p95_latency", "= 800ms", "p95_latency: a live amount is never exactly 800ms; write <= 800ms.")]
    [InlineData("p95_latency", "<= 0ms", "p95_latency <= 0ms allows nothing at all; write how much is allowed, as in <= 800ms.")]
    [InlineData("p95_latency", ">= 1ms", "p95_latency is better when it is lower, so its guardrail needs <=.")]
    [InlineData("cost_per_success", "<= 0.01", "cost_per_success is held against stable's; write <= baseline + 10%.")]
    [InlineData("schema_pass_rate", "> 100%", "schema_pass_rate > 100% allows nothing at all; write 100%.")]
    public void What_could_never_be_decided_is_refused_with_what_to_write(string metric, string text, string problem)
    {
        Assert.Null(Guardrail.Parse(metric, text, out var said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Amounts_are_held_against_stables_by_a_factor_or_against_a_limit()
    {
        Assert.Equal(new GuardrailForm.Quantile(0.95, 1.1), Some.Guardrail("p95_latency <= baseline + 10%").Form);
        Assert.Equal(new GuardrailForm.Quantile(0.5, 1.25), Some.Guardrail("p50_latency < baseline + 25%").Form);
        Assert.Equal(new GuardrailForm.QuantileLimit(0.99, 1200), Some.Guardrail("p99_latency <= 1.2s").Form);
        Assert.Equal(new GuardrailForm.CostPerSuccess(1.2), Some.Guardrail("cost_per_success <= baseline + 20%").Form);
    }

    [Fact]
    public void A_success_is_an_answer_that_fits_was_not_refused_and_not_cut_off()
    {
        Assert.True(Good.Succeeded && (Good with { SchemaValid = null }).Succeeded);
        Assert.False(NoAnswer.Succeeded || (Good with { SchemaValid = false }).Succeeded || (Good with { Refused = true }).Succeeded || (Good with { Truncated = true }).Succeeded);
        Assert.Equal((0.25, 1), (Some.Guardrail("cost_per_success <= baseline + 20%").Read(Good with { Cost = 0.25 })!.Value.Value, Some.Guardrail("cost_per_success <= baseline + 20%").Read(Good with { Cost = 0.25 })!.Value.Success));
    }

    [Fact]
    public void A_guardrail_reads_back_from_a_stored_plan()
    {
        var guardrail = Some.Guardrail("schema_pass_rate >= baseline - 2%");
        var json = JsonSerializer.Serialize(guardrail);
        Assert.Equal("""{"Metric":"schema_pass_rate","Threshold":"\u003E= baseline - 2pp"}""", json);
        Assert.Equal(guardrail, JsonSerializer.Deserialize<Guardrail>(json));
        Assert.NotEqual(guardrail, Some.Guardrail("schema_pass_rate >= baseline - 3pp"));
        Assert.Equal(guardrail.GetHashCode(), Some.Guardrail("schema_pass_rate >= baseline - 2pp").GetHashCode());
    }

    [Fact]
    public void Each_metric_looks_at_one_respect_of_a_call()
    {
        Assert.Equal((false, true), (Bad("schema_pass_rate", Good), Bad("schema_pass_rate", Good with { SchemaValid = false })));
        Assert.Equal((false, true), (Bad("refusal_rate", Good), Bad("refusal_rate", Good with { Refused = true })));
        Assert.Equal((false, true), (Bad("truncation_rate", Good), Bad("truncation_rate", Good with { Truncated = true })));
        Assert.Equal((false, true), (Bad("error_rate", Good), Bad("error_rate", NoAnswer)));
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData(null, false, true)]
    [InlineData(null, null, null)]
    public void An_answer_that_calls_tools_counts_like_one_that_is_held_against_a_schema(bool? schemaValid, bool? callsValid, bool? bad) =>
        Assert.Equal(bad, Bad("schema_pass_rate", Good with { SchemaValid = schemaValid, ToolCallsValid = callsValid }));

    [Fact]
    public void A_call_without_an_answer_says_nothing_of_the_answer() =>
        Assert.All(LiveMetric.All.Where(metric => metric.Name != "error_rate"), metric => Assert.Null(metric.Read(NoAnswer)));

    private static bool? Bad(string metric, CallOutcome outcome) => LiveMetric.All.Single(known => known.Name == metric).Read(outcome) is { Value: var value } ? value == 1 : null;
}
