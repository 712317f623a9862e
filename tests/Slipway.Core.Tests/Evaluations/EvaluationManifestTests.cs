using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class EvaluationManifestTests
{
    [Fact]
    public void The_manifest_of_the_design_is_read()
    {
        var manifest = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse("""
            { "candidate_prompt": "support_router:v1.6.0", "baseline_prompt": "support_router:v1.5.2", "model": "production-default",
              "dataset": "support_router_golden:v4",
              "gates": { "schema_pass_rate": ">= 99.5%", "unsafe_tool_call_rate": "0%", "handoff_accuracy": ">= baseline - 1%", "p95_latency": "<= baseline + 10%" } }
            """)).Manifest;
        Assert.Equal(("support_router:v1.6.0", "support_router:v1.5.2", "production-default"), (manifest.CandidatePrompt, manifest.BaselinePrompt, manifest.Model));
        Assert.Equal(Some.SetId, manifest.Dataset);
        Assert.Equal(["schema_pass_rate >= 99.5%", "unsafe_tool_call_rate = 0%", "handoff_accuracy >= baseline - 1pp", "p95_latency <= baseline + 10%"],
            manifest.Gates.Select(gate => $"{gate.Metric} {gate.Threshold}"));
    }

    [Fact]
    public void Baseline_and_model_may_be_left_out()
    {
        var manifest = Assert.IsType<EvaluationManifestResult.Parsed>(
            EvaluationManifest.Parse("""{"candidate_prompt":"a:v1.0.0","baseline_prompt":null,"dataset":"a:v1","gates":{"accuracy":">= 90%"}}""")).Manifest;
        Assert.Null(manifest.BaselinePrompt);
        Assert.Null(manifest.Model);
    }

    [Fact]
    public void How_to_run_and_what_else_to_count_may_be_said_and_reads_back()
    {
        const string Text = """
            {"candidate_prompt":"a:v1.0.0","dataset":"a:v1","gates":{"handoff_accuracy":">= baseline - 1%"},
             "metrics":{"handoff_accuracy":{"check":"field_equals","field":"route","tags":{"handoff":"yes"}}},
             "repeats":3,"concurrency":50,"max_cost":2.5,"seed":42,"strict":true}
            """;
        var manifest = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(Text)).Manifest;
        Assert.Equal((3, 50, 2.5m, 42UL, true), (manifest.Repeats, manifest.Concurrency, manifest.MaxCost, manifest.Seed, manifest.Strict));
        Assert.Equal(("field_equals", "route", "yes"), (manifest.Metrics["handoff_accuracy"].Check, manifest.Metrics["handoff_accuracy"].Field, manifest.Metrics["handoff_accuracy"].Tags["handoff"]));
        var again = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(manifest.ToJson().GetRawText())).Manifest;
        Assert.Equal(manifest.ToJson().GetRawText(), again.ToJson().GetRawText());
        Assert.Equal(">= baseline - 1pp", manifest.ToJson().GetProperty("gates").GetProperty("handoff_accuracy").GetString());
    }

    [Fact]
    public void What_cannot_be_run_or_counted_is_refused_with_its_place() => Assert.Equal(
    [
        "line 2, column 12: \"metrics.handoff\" is a rate, so its name must end in _accuracy or _rate, as in handoff_accuracy.",
        "line 2, column 13: Unknown key \"checks\": a metric has check, field, tags.",
        "line 2, column 39: \"metrics.error_rate\": every evaluation has this metric; choose another name.",
        "line 3, column 12: \"repeats\" must be a whole number from 1 to 100.",
        "line 3, column 32: \"concurrency\" must be a whole number from 1 to 1000.",
        "line 3, column 49: \"max_cost\" must be a number above 0.",
        "line 3, column 60: \"seed\" must be a whole number from 0.",
        "line 3, column 74: \"strict\" must be true or false.",
    ], Refuse("""
        {"candidate_prompt":"a:v1.0.0","dataset":"a:v1","gates":{"accuracy":">= 1%"}, "metrics":{
        "handoff": {"checks": "x"},           "error_rate": {}},
        "repeats": 101, "concurrency": 0.5, "max_cost": 0, "seed": -1, "strict": "yes"}
        """));

    [Fact]
    public void All_errors_come_at_once_and_each_names_its_key()
    {
        var errors = Refuse("""
            { "baseline_prompt": 7, "model": " ", "dataset": "golden",
              "gates": { "p95_latency": "<= basline", "accuracy": 0.9, "tone_accuracy": ">= 95" },
              "owner": "me", "model": "x" }
            """);
        Assert.Equal(
        [
            "line 1, column 1: \"candidate_prompt\" is missing: an evaluation manifest needs a text there.",
            "line 1, column 22: \"baseline_prompt\" must be a text.",
            "line 1, column 50: \"dataset\" is \"golden\": it must be NAME:vN, as in support_router_golden:v4.",
            "line 2, column 29: \"gates.p95_latency\": \"<= basline\" is not a threshold: write an operator (>=, <=, >, <, =) and a value, as in \">= 99.5%\", \"<= baseline + 10%\" or \"<= 800ms\".",
            "line 2, column 55: \"gates.accuracy\" must be a text, as in \">= 99.5%\".",
            "line 2, column 77: \"gates.tone_accuracy\": \">= 95\" is beyond 1, and a rate cannot be; if 95% is meant, write the %.",
            "line 3, column 3: Unknown key \"owner\": an evaluation manifest has candidate_prompt, baseline_prompt, model, dataset, gates, metrics, judges, repeats, concurrency, max_cost, seed, strict.",
            "line 3, column 18: The key \"model\" stands twice in one object.",
        ], errors);
    }

    [Theory]
    [InlineData("", "line 1, column 1: Not JSON")]
    [InlineData("[]", "line 1, column 1: An evaluation manifest is an object")]
    [InlineData("{\n  \"é\": tru }", "line 2, column 11: Not JSON")]
    [InlineData("""{"candidate_prompt":"a:v1","dataset":"a:v1","gates":{}}""", "line 1, column 53: \"gates\" is empty")]
    [InlineData("""{"candidate_prompt":"a:v1","dataset":"a:v1","gates":[]}""", "line 1, column 53: \"gates\" must be an object")]
    [InlineData("""{"candidate_prompt":"a:v1","dataset":"a:v1"}""", "line 1, column 1: \"gates\" is missing")]
    public void What_is_no_manifest_is_refused_with_its_place(string text, string start) => Assert.StartsWith(start, Assert.Single(Refuse(text)), StringComparison.Ordinal);

    private static string[] Refuse(string json) =>
        [.. Assert.IsType<EvaluationManifestResult.Refused>(EvaluationManifest.Parse(json)).Errors.Select(error => error.ToString())];
}
