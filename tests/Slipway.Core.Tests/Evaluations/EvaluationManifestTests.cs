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
            "line 3, column 3: Unknown key \"owner\": an evaluation manifest has candidate_prompt, baseline_prompt, model, dataset, gates.",
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
