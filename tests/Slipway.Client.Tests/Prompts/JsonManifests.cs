using System.Collections.Immutable;
using Slipway.Cli.Prompts;
using Slipway.Core.Prompts;

namespace Slipway.Client.Tests.Prompts;

public sealed class JsonManifests : IDisposable
{
    private const string Least = """
        {
          "prompt_id": "support_router",
          "version": "2026-03-15.3",
          "model": "production-default",
          "template": "Route {{ticket_body}} of a {{customer_tier}} customer.",
          "variables": ["customer_tier", "ticket_body"],
          "rollback_to": "2026-03-15.2",
          "change_reason": "Billing tickets went astray."
        }
        """;

    private readonly TemporaryFolder folder = new();

    public JsonManifests()
    {
        folder.Write("schema.json", """{"type":"object"}""");
        folder.Write("tools.json", """[{"type":"function","function":{"name":"look_up"}}]""");
        folder.Write("set_v1.jsonl", """{"id":"a","variables":{},"expect":[{"check":"schema"}]}""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_document_holds_its_template_and_names_its_variables()
    {
        var manifest = Parse(Least);
        var submission = manifest.Submission;
        Assert.Equal(("support_router", "2026-03-15.3", "2026-03-15.2"), (submission.Prompt.Value, submission.Version?.Text, submission.RollbackTo?.Text));
        Assert.Equal(("production-default", "Route {{ticket_body}} of a {{customer_tier}} customer."), (submission.Model, submission.Template));
        Assert.Equal("""{"customer_tier":{"type":"string"},"ticket_body":{"type":"string"}}""", submission.Variables?.GetRawText());
        Assert.Equal((null, null, null, null), (submission.Owner, submission.GoldenSet, manifest.Golden, submission.BasedOn));
    }

    [Fact]
    public void All_that_YAML_can_say_a_document_can_say()
    {
        var submission = Parse(Least.Replace("\"version\": \"2026-03-15.3\"", """
            "owner": "ai-platform", "schema": "schema.json", "golden_set": "set_v1.jsonl", "expected_effect": "More", "check_after_release": "All",
            "change_kind": ["meaning", "format"], "linked": "INC-12", "based_on": "2026-03-15.4", "parameters": {"temperature": 0.5}, "tools": "tools.json",
            "retrieval": {"index": "kb", "top_k": 5}, "memory": {"turns": 10}, "safety": ["global/privacy"], "post_processing": ["trim_white_space"], "serving": {"retries": 1, "timeout": "5s"}
            """, StringComparison.Ordinal)).Submission;
        Assert.Equal((null, "2026-03-15.4", "ai-platform", "set:v1"), (submission.Version, submission.BasedOn?.Text, submission.Owner?.Value, submission.GoldenSet?.ToString()));
        Assert.Equal(("More", "All", "INC-12", new ChangeKinds(ChangeKind.Format, ChangeKind.Meaning)), (submission.ExpectedEffect, submission.CheckAfterRelease, submission.Linked, submission.ChangeKind));
        Assert.Equal(("""{"type":"object"}""", """{"temperature":0.5}"""), (submission.Schema?.GetRawText(), submission.Parameters?.GetRawText()));
        Assert.Equal("""[{"type":"function","function":{"name":"look_up"}}]""", submission.Tools?.GetRawText());
        Assert.Equal((new RetrievalPolicy("kb", 5), new MemoryPolicy(10)), (submission.Retrieval, submission.Memory));
        Assert.Equal(new ServingSettings(Core.Wire.Duration.Seconds(5), Retries: 1), submission.Serving);
        Assert.Equal(("global/privacy", PostProcessingStep.TrimWhiteSpace), (submission.Safety!.Value.Single(), submission.PostProcessing!.Value.Single()));
    }

    [Fact]
    public void What_is_null_is_left_out_and_the_server_numbers_what_has_no_number()
    {
        var submission = Parse(Least.Replace("\"2026-03-15.3\"", "null", StringComparison.Ordinal).Replace("\"2026-03-15.2\"", "null, \"owner\": null, \"schema\": null, \"tools\": null", StringComparison.Ordinal)).Submission;
        Assert.Equal((null, null, null, null, null), (submission.Version, submission.RollbackTo, submission.Owner, submission.Schema, submission.Tools));
        Assert.Null(Parse(Least.Replace("2026-03-15.3", "next", StringComparison.Ordinal)).Submission.Version);
    }

    [Fact]
    public void Schema_tools_and_schemas_of_variables_may_stand_in_the_document()
    {
        var submission = Parse(Least.Replace("[\"customer_tier\", \"ticket_body\"]", """{"customer_tier": {"enum": ["a"]}, "ticket_body": true}""", StringComparison.Ordinal)
            .Replace("\"model\"", """ "schema": {"type": "object"}, "tools": [{"type": "function", "function": {"name": "f"}}], "model" """, StringComparison.Ordinal)).Submission;
        Assert.Equal("""{"customer_tier":{"enum":["a"]},"ticket_body":true}""", submission.Variables?.GetRawText());
        Assert.Equal(("""{"type":"object"}""", """[{"type":"function","function":{"name":"f"}}]"""), (submission.Schema?.GetRawText(), submission.Tools?.GetRawText()));
    }

    [Theory]
    [InlineData("\"prompt_id\": \"support_router\",", "", 1, 1, "prompt_id is missing.")]
    [InlineData("\"model\": \"production-default\",", "", 1, 1, "model is missing.")]
    [InlineData("\"support_router\"", "7", 2, 16, "prompt_id must be a text, not a number.")]
    [InlineData("\"support_router\"", "\"Support\"", 2, 16, "prompt_id \"Support\" does not fit")]
    [InlineData("\"2026-03-15.3\"", "1.6", 3, 14, "version must be a text, not a number.")]
    [InlineData("\"2026-03-15.3\"", "\"2026-03-15\"", 3, 14, "version \"2026-03-15\" does not fit")]
    [InlineData("\"production-default\"", "\" \"", 4, 12, "model is blank.")]
    [InlineData("\"production-default\"", "{}", 4, 12, "model must be a text, not an object.")]
    [InlineData("\"production-default\"", "true", 4, 12, "model must be a text, not a truth value.")]
    [InlineData("{{ticket_body}}", "{{ticket_body", 5, 15, "template: {{ticket_body of a ")]
    [InlineData("{{ticket_body}}", "\\n{{ticket_body}} {{name}}", 5, 15, "template: The template uses {{name}}, which variables does not declare.")]
    [InlineData("\"ticket_body\"]", "7]", 6, 34, "variables[1] must be a text, not a number.")]
    [InlineData("\"ticket_body\"]", "\"ticket_body\", \"ticket_body\"]", 6, 49, "variables names ticket_body twice.")]
    [InlineData("\"ticket_body\"]", "\"ticket_body\", \"name\"]", 6, 16, "variables declares name, which the template does not use.")]
    [InlineData("[\"customer_tier\", \"ticket_body\"]", "\"customer_tier\"", 6, 16, "variables must be an object, not a text.")]
    [InlineData("[\"customer_tier\", \"ticket_body\"]", "{\"customer_tier\": \"string\", \"ticket_body\": {}}", 6, 34, "The variable customer_tier needs a JSON Schema, as in {\"type\": \"string\"}.")]
    [InlineData("\"rollback_to\"", "\"rolback_to\"", 7, 3, "Unknown key \"rolback_to\": a manifest needs prompt_id, model, template (or messages), and may have version, rollback_to,")]
    [InlineData("\"rollback_to\"", "\"model\": \"x\", \"rollback_to\"", 7, 3, "The key \"model\" stands twice in one object.")]
    [InlineData("\"rollback_to\"", "\"status\": \"candidate\", \"rollback_to\"", 7, 3, "Unknown key \"status\"")]
    [InlineData("\"rollback_to\"", "\"linked\": \"\\ud800\", \"rollback_to\"", 7, 13, "A \\u escape here is half of a surrogate pair.")]
    [InlineData("\"rollback_to\"", "\"parameters\": {\"seed\": 9007199254740993}, \"rollback_to\"", 7, 26, "9007199254740993 is an integer beyond 9007199254740991")]
    [InlineData("\"rollback_to\"", "\"retrieval\": {\"index\": \"kb\", \"top_k\": \"5\"}, \"rollback_to\"", 7, 41, "retrieval.top_k must be a whole number, as in 5.")]
    [InlineData("\"rollback_to\"", "\"schema\": {\"properties\": {\"é😀\": {\"type\": 7}}}, \"rollback_to\"", 7, 45, "The output schema is wrong: \"type\" must")]
    [InlineData("\"rollback_to\"", "\"schema\": \"nowhere.json\", \"rollback_to\"", 7, 13, "schema names nowhere.json: There is no such file.")]
    [InlineData("\"rollback_to\"", "\"schema\": 7, \"rollback_to\"", 7, 13, "schema must be a text, not a number.")]
    [InlineData("\"Billing tickets went astray.\"", "null", 1, 1, "change_reason is missing; add it, or push with --reason TEXT")]
    [InlineData("\"Billing tickets went astray.\"\n}", "\"Billing\"\n", 9, 1, "Not JSON: ")]
    public void What_is_wrong_is_refused_with_its_place(string right, string wrong, int line, int column, string message)
    {
        Assert.Contains(right, Least, StringComparison.Ordinal);
        var problem = Assert.Single(Refuse(Least.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((folder.PathOf("manifest.json"), line, column), (problem.File, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"support_router\"")]
    public void What_is_no_object_is_no_manifest(string text) => Assert.StartsWith("A manifest is keys and values", Assert.Single(Refuse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_problems_come_at_once_by_line()
    {
        folder.Write("schema.json", "{\n\"type\": 7}");
        var problems = Refuse("""
            {
              "prompt_id": "Support",
              "template": "{{#a}}",
              "schema": "schema.json",
              "tools": [{"type": "function"}],
              "memory": {"turns": 0, "minutes": 5},
              "flavour": "mint"
            }
            """);
        Assert.Equal(
            ["manifest.json:1:1", "manifest.json:1:1", "manifest.json:2:16", "manifest.json:3:15", "manifest.json:5:13", "manifest.json:6:13", "manifest.json:6:26", "manifest.json:7:3", "schema.json:2:9"],
            problems.Select(problem => $"{Path.GetFileName(problem.File)}:{problem.Line}:{problem.Column}"));
    }

    private Manifest Parse(string text)
    {
        var result = ManifestReader.Read(folder.Write("manifest.json", text));
        if (result is not ManifestResult.Parsed { Manifest: var manifest }) throw new InvalidOperationException(string.Join(' ', ((ManifestResult.Refused)result).Problems));
        EditorSchema.Takes(manifest.Path);
        return manifest;
    }

    private ImmutableArray<ManifestProblem> Refuse(string text) => Assert.IsType<ManifestResult.Refused>(ManifestReader.Read(folder.Write("manifest.json", text))).Problems;
}
