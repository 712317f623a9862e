using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

/// <summary>The reader and the schema that editors use say the same of every key.</summary>
public sealed class SchemasAndReaders : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Everything beside template and messages, which exclude each other.
    private const string Common = """
        "version": "1.6.0", "owner": "ana", "model": "production-default", "schema": {"type": "object"}, "golden_set": "set_v1.jsonl", "rollback_to": "1.5.2",
        "change_reason": "Because.", "expected_effect": "More", "check_after_release": "All", "change_kind": ["meaning", "tone"], "linked": "INC-12", "based_on": "1.5.3",
        "variables": {"name": {"type": "string"}}, "parameters": {"temperature": 0}, "tools": [{"type": "function", "function": {"name": "look_up"}}],
        "retrieval": {"index": "kb", "top_k": 5}, "memory": {"turns": 10}, "safety": ["global/privacy@3", "global/tone"], "post_processing": ["trim_markdown_fence"],
        "serving": {"timeout": "30s", "total_timeout": "1m", "retries": 2, "fallback_models": ["openai/gpt-4.1-mini-2025-04-14"]}
        """;

    private const string Messages = """
        [
          {"role": "system", "template": "template.md"}, {"role": "user", "content": "I am {{name}}."},
          {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://example.com/{{name}}.png", "detail": "low"}}]},
          {"role": "assistant", "content": "I look.", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}]},
          {"role": "tool", "tool_call_id": "c1", "content": "found"}, {"placeholder": "history"}
        ]
        """;

    private readonly TemporaryFolder folder = new();

    public SchemasAndReaders()
    {
        folder.Write("template.md", "Hello {{name}}.\n");
        folder.Write("set_v1.jsonl", """{"id":"a","variables":{},"expect":[{"check":"schema"}]}""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_key_left_out_misspelt_or_of_another_type_is_to_both_the_same()
    {
        List<KeyByKey.Document> documents =
        [
            new("manifest.yaml", ManifestKeys.Prompt, $$"""{"id": "support_router", "status": "candidate", "template": "template.md", {{Common}}}"""),
            new("manifest.yaml", ManifestKeys.Prompt, $$"""{"id": "support_router", "status": "candidate", "messages": {{Messages}}, {{Common}}}"""),
            new("manifest.json", ManifestKeys.Prompt, $$$"""{"prompt_id": "support_router", "template": "Hello {{name}}.", {{{Common}}}}"""),
            new("manifest.json", ManifestKeys.Prompt, $$"""{"prompt_id": "support_router", "messages": {{Messages}}, {{Common}}}"""),
            new("partial.yaml", ManifestKeys.Partial, """{"partial": "global/privacy", "template": "template.md", "change_reason": "Because."}"""),
        ];
        var seen = documents.SelectMany(document => KeyByKey.Try(folder, document)).ToHashSet();
        foreach (var (shape, json) in new[] { (ManifestKeys.Prompt, false), (ManifestKeys.Prompt, true), (ManifestKeys.Partial, false) })
            Assert.All(shape.Within.Prepend(shape).SelectMany(each => each.In(json).Select(key => (json, each, key.Name))), each => Assert.True(seen.Contains(each), $"No document here has the key {each.Name} of {each.each.Name}."));
    }

    [Theory]
    [InlineData("id", "support_router", "Support", "1a", "a b", "", "ä")]
    [InlineData("version", "1.6.0", "1.6", "next", "Next", "v1.6.0", "01.6.0", "2026-03-15.3", "2026-03-15.0", "2026-03-15", "1.6.0.0", "1000000.0.0")]
    [InlineData("owner", "ana", "ana@example.com", "Ana", "a/b")]
    [InlineData("based_on", "1.5.3", "next", "1.5")]
    [InlineData("golden_set", "set_v1.jsonl", "a/b/set_v12.jsonl", "set_v01.jsonl", "set.jsonl", "set_v1.json", "Set_v1.jsonl", "a_v1_v2.jsonl")]
    [InlineData("safety", "global/privacy@3", "global/privacy", "global/privacy@0", "@3", "Global")]
    [InlineData("timeout", "30s", "0s", "1d", "30", "s", "123456s", "30 s")]
    [InlineData("fallback_models", "openai/gpt-4.1", "gpt-4.1", "OpenAI/gpt", "openai/")]
    public void The_pattern_of_a_name_takes_what_Core_takes_and_nothing_else(string key, params string[] texts)
    {
        Func<string, bool> fits = key switch
        {
            "id" => text => Core.Prompts.PromptName.TryParse(text, out _),
            "version" => text => text == "next" || Core.Prompts.VersionNumber.TryParse(text, out _),
            "owner" => text => Core.Access.MemberName.TryParse(text, out _),
            "based_on" => text => Core.Prompts.VersionNumber.TryParse(text, out _),
            "golden_set" => text => GoldenSetFile.IdOf(text) is not null,
            "safety" => text => TemplateTexts.StandIns([text]).Count > 0,
            "timeout" => text => Core.Wire.Duration.TryParse(text, out _),
            _ => text => Core.Models.ModelReference.TryParse(text, out _),
        };
        var definition = ManifestKeys.Prompt.Keys.Concat(ManifestKeys.Serving.Keys).Single(known => known.Name == key);
        var isList = key is "safety" or "fallback_models";
        var schema = EditorSchema.Compiled(JsonElement.Parse(definition.Form.Schema(json: true).ToJsonString()));
        var random = new Random(20260316);      // the same texts in every run
        var all = texts.Concat(Enumerable.Range(0, 2_000).Select(_ => Bent(random, texts[random.Next(texts.Length)])));
        foreach (var text in all)
        {
            var json = JsonSerializer.Serialize(isList ? (object)new[] { text } : text);
            var takes = schema.Validate(JsonElement.Parse(json)).IsEmpty;
            // Which days a month has no pattern says, nor how large a version's number may be.
            if (takes && !fits(text) && System.Text.RegularExpressions.Regex.IsMatch(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}|[@v][0-9]{10}")) continue;
            Assert.True(takes == fits(text), $"{key} \"{text}\": the schema {(takes ? "takes" : "refuses")} it, the reader does not.");
        }
    }

    [Fact]
    public void A_parameter_that_Slipway_sets_is_refused_by_both()
    {
        foreach (var name in Core.Prompts.Submission.ReservedParameters)
        {
            var document = new KeyByKey.Document("manifest.json", ManifestKeys.Prompt, $$$"""{"prompt_id": "a", "model": "m", "template": "t", "change_reason": "b", "parameters": {"{{{name}}}": 1}}""");
            Assert.False(KeyByKey.Agree(folder, document, document.Root, name, mustRefuse: true));
        }
    }

    [Theory]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b"}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "messages": [{"role": "user", "content": "t"}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": null, "messages": null}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "messages": []}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "messages": [{"role": "user", "content": "t", "template": "t"}, {"role": "user", "content": "t"}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "messages": [{"role": "user"}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "messages": [{"role": "user", "content": []}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "messages": [{"role": "king", "content": "t"}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "change_kind": []}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "change_kind": ["tone", "tone"]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "tools": []}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "serving": {"retries": 6}}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "memory": {"turns": 1001}}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "retrieval": {"index": " ", "top_k": 1}}""")]
    public void What_excludes_each_other_is_missing_or_is_too_much_is_refused_by_both(string manifest)
    {
        var document = new KeyByKey.Document("manifest.json", ManifestKeys.Prompt, manifest);
        Assert.False(KeyByKey.Agree(folder, document, document.Root, manifest, mustRefuse: true));
    }

    [Theory]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": null, "messages": [{"role": "user", "content": "t"}]}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "t", "messages": null, "serving": {"timeout": null}, "change_kind": null}""")]
    [InlineData("""{"prompt_id": "a", "model": "m", "change_reason": "b", "template": "{{x}}", "variables": ["x"]}""")]
    public void What_is_null_in_JSON_is_left_out_to_both(string manifest)
    {
        var document = new KeyByKey.Document("manifest.json", ManifestKeys.Prompt, manifest);
        Assert.True(KeyByKey.Agree(folder, document, document.Root, manifest, mustRefuse: false));
    }

    [Theory]
    [InlineData("linked: 12")]
    [InlineData("linked: true")]
    [InlineData("linked: 1.5")]
    [InlineData("rollback_to: ~")]
    [InlineData("retrieval: {index: 7, top_k: 5}")]
    public void What_YAML_takes_for_a_number_or_a_truth_value_is_a_text_to_both(string line)
    {
        var rest = """
            id: a
            version: next
            owner: ana
            status: candidate
            model: m
            template: template.md
            schema: {}
            golden_set: set_v1.jsonl
            change_reason: Because.

            """;
        var path = folder.Write("manifest.yaml", rest + line + (line.StartsWith("rollback_to", StringComparison.Ordinal) ? "" : "\nrollback_to: null"));
        Assert.IsType<ManifestResult.Parsed>(ManifestReader.Read(path));
        EditorSchema.Takes(path);
    }

    [Theory]
    [InlineData("manifest.yaml", "flavour: mint", "a manifest needs id, version, owner, status, model, template (or messages), schema, golden_set, rollback_to, change_reason, and may have expected_effect, check_after_release, change_kind, linked, based_on, variables, parameters, tools, retrieval, memory, safety, post_processing, serving.")]
    [InlineData("manifest.json", "{\"flavour\": \"mint\"}", "a manifest needs prompt_id, model, template (or messages), and may have version, rollback_to, owner, schema, golden_set, change_reason, expected_effect, check_after_release, change_kind, linked, based_on, variables, parameters, tools, retrieval, memory, safety, post_processing, serving.")]
    [InlineData("partial.yaml", "partial: a\nflavour: mint", "a partial's manifest has partial, template, change_reason.")]
    public void Who_writes_a_key_that_is_not_there_is_told_those_that_are(string file, string text, string keys)
    {
        var problems = Assert.IsType<ManifestResult.Refused>(ManifestReader.Read(folder.Write(file, text))).Problems;
        Assert.Contains($"Unknown key \"flavour\": {keys}", problems.Select(problem => problem.Message));
    }

    [Fact]
    public void Every_manifest_of_the_samples_fits_its_schema()
    {
        var manifests = Directory.GetFiles(Path.Combine(Slipway.Tests.Repository.Root, "samples"), "*.yaml", SearchOption.AllDirectories);
        Assert.True(manifests.Length >= 4);
        Assert.All(manifests, path => EditorSchema.Takes(path));
    }

    [Fact]
    public void The_schemas_are_schemas_and_describe_every_key()
    {
        var metaschema = EditorSchema.Compiled(JsonElement.Parse("""{"$ref": "https://json-schema.org/draft/2020-12/schema"}"""));
        foreach (var (shape, json) in new[] { (ManifestKeys.Prompt, false), (ManifestKeys.Prompt, true), (ManifestKeys.Partial, false) })
        {
            var schema = JsonElement.Parse(ManifestSchema.Document(shape, json).ToJsonString());
            Assert.Empty(metaschema.Validate(schema));
            Assert.Equal(shape.In(json).Select(key => key.In(json)), schema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
            Assert.All(schema.GetProperty("properties").EnumerateObject(), property => Assert.NotEqual("", property.Value.GetProperty("description").GetString()));
        }
    }

    [Fact]
    public void A_schema_beside_the_manifests_is_no_manifest_and_a_manifest_may_name_it()
    {
        var manifest = JsonNode.Parse($$"""{"id": "support_router", "status": "candidate", "template": "template.md", {{Common}}}""")!.ToJsonString(Plain);
        folder.Write("manifest.yaml", "# yaml-language-server: $schema=manifest.schema.json\n" + manifest);
        foreach (var (shape, json) in new[] { (ManifestKeys.Prompt, false), (ManifestKeys.Prompt, true), (ManifestKeys.Partial, false) })
            folder.Write($"{shape.Name}.{json}.schema.json", ManifestSchema.Document(shape, json).ToJsonString(Plain));
        Assert.Equal([folder.PathOf("manifest.yaml")], Assert.IsType<ManifestFolder.Parsed>(ManifestReader.ReadFolder(folder.Root)).Manifests.Select(read => read.Path));
    }

    private static string Bent(Random random, string text)
    {
        const string Marks = "aZ09_-./@v:sä \n";
        var at = random.Next(text.Length + 1);
        return random.Next(3) switch
        {
            0 => text.Insert(at, Marks[random.Next(Marks.Length)].ToString()),
            1 when text.Length > 0 => text.Remove(Math.Min(at, text.Length - 1), 1),
            _ => string.Concat(text.AsSpan(0, at), Marks[random.Next(Marks.Length)].ToString(), text.AsSpan(Math.Min(at + 1, text.Length))),
        };
    }
}
