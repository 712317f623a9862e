using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Prompts;

public sealed partial class ManifestReading : IDisposable
{
    private const string Exact = """
        id: support_router
        version: 1.6.0
        owner: ai-platform
        status: candidate
        model: production-default
        template: prompts/support_router/v1.6.0.md
        schema: schemas/support_route.json
        golden_set: evals/support_router_golden_v4.jsonl
        rollback_to: 1.5.2
        change_reason: "Improve account recovery routing without increasing billing misroutes."
        """;

    private const string Optional = """

        # optional
        expected_effect: "Account recovery accuracy up, billing unchanged"
        check_after_release: "200 dialogs in the first 48 h; escalation rate"
        change_kind: meaning            # meaning | tone | format; more than one is refused unless the prompt's policy allows it
        linked: INC-12                  # task, incident or experiment
        variables: { customer_tier: {type: string}, ticket_body: {type: string, maxLength: 20000} }   # JSON Schema properties
        parameters: { temperature: 0, max_tokens: 300 }
        tools: tools/support.json
        retrieval: { index: kb-2026-03, top_k: 5 }
        memory: { turns: 10 }
        safety: [ global/privacy@3 ]
        post_processing: [ trim_markdown_fence ]
        serving: { timeout: 30s, total_timeout: 1m, retries: 2, fallback_models: [ openai/gpt-4.1-mini-2025-04-14 ] }
        """;

    private const string UsesVariables = "Route {{ticket_body}} of a {{customer_tier}} customer.\n";
    private const string Case = """{"id":"a","messages":[{"role":"user","content":"Where is my card?"}],"expect":[{"check":"schema"}]}""";
    private const string Template = "prompts/support_router/v1.6.0.md", Schema = "schemas/support_route.json", Golden = "evals/support_router_golden_v4.jsonl", Tools = "tools/support.json";

    private readonly TemporaryFolder folder = new();

    public ManifestReading()
    {
        folder.Write(Template, "Route this.\n");
        folder.Write(Schema, """{"type":"object"}""");
        folder.Write(Golden, Case + "\n");
        folder.Write(Tools, """[{"type":"function","function":{"name":"look_up"}}]""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_ten_keys_of_the_format_are_a_manifest()
    {
        var manifest = Parse(Exact);
        var submission = manifest.Submission;
        Assert.Equal(("support_router", "1.6.0", "ai-platform"), (submission.Prompt.Value, submission.Version?.Text, submission.Owner?.Value));
        Assert.Equal(("production-default", "Route this.\n"), (submission.Model, submission.Template));
        Assert.Equal("""{"type":"object"}""", submission.Schema?.GetRawText());
        Assert.Equal(("support_router_golden:v4", "1.5.2"), (submission.GoldenSet?.ToString(), submission.RollbackTo?.Text));
        Assert.Equal("Improve account recovery routing without increasing billing misroutes.", submission.ChangeReason);
        Assert.Equal((null, null, null, null), (submission.ExpectedEffect, submission.CheckAfterRelease, submission.ChangeKind, submission.Linked));
        Assert.Equal((false, false, false, false), (submission.Variables.HasValue, submission.Parameters.HasValue, submission.Tools.HasValue, submission.Messages.HasValue));
        Assert.Equal((null, null, null, null, null), (submission.BasedOn, submission.Retrieval, submission.Memory, submission.Safety, submission.PostProcessing));
        Assert.Equal(folder.PathOf("manifest.yaml"), manifest.Path);
        Assert.Equal(new GoldenSetFile(submission.GoldenSet!, folder.PathOf(Golden), Case + "\n"), manifest.Golden);
    }

    [Fact]
    public void The_optional_keys_are_read_where_they_stand()
    {
        folder.Write(Template, UsesVariables);
        var submission = Parse(Exact + Optional).Submission;
        Assert.Equal("Account recovery accuracy up, billing unchanged", submission.ExpectedEffect);
        Assert.Equal("200 dialogs in the first 48 h; escalation rate", submission.CheckAfterRelease);
        Assert.Equal((new ChangeKinds(ChangeKind.Meaning), "INC-12"), (submission.ChangeKind, submission.Linked));
        Assert.Equal("""{"customer_tier":{"type":"string"},"ticket_body":{"type":"string","maxLength":20000}}""", submission.Variables?.GetRawText());
        Assert.Equal("""{"temperature":0,"max_tokens":300}""", submission.Parameters?.GetRawText());
        Assert.Equal("""[{"type":"function","function":{"name":"look_up"}}]""", submission.Tools?.GetRawText());
        Assert.Equal((new RetrievalPolicy("kb-2026-03", 5), new MemoryPolicy(10)), (submission.Retrieval, submission.Memory));
        Assert.Equal(["global/privacy@3"], submission.Safety!.Value);
        Assert.Equal([PostProcessingStep.TrimMarkdownFence], submission.PostProcessing!.Value);
        Assert.Equal(("30s", "1m", 2, "openai/gpt-4.1-mini-2025-04-14"), (submission.Serving!.Timeout!.Text, submission.Serving.TotalTimeout!.Text, submission.Serving.Retries, submission.Serving.Fallbacks.Single().ToString()));
    }

    [Fact]
    public void What_is_read_travels_to_the_server_whole()
    {
        folder.Write(Template, UsesVariables);
        var submission = Parse(Exact + Optional).Submission;
        var json = JsonSerializer.Serialize(submission, ApiJson.Default.Submission);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ApiJson.Default.Submission), ApiJson.Default.Submission));
    }

    [Fact]
    public void A_version_is_numbered_by_the_server_where_the_manifest_says_so()
    {
        var submission = Parse(Exact.Replace("1.6.0\n", "next\n", StringComparison.Ordinal) + "\nbased_on: v1.5.3\n").Submission;
        Assert.Equal((null, "1.5.3", "1.5.2"), (submission.Version?.Text, submission.BasedOn?.Text, submission.RollbackTo?.Text));
    }

    [Theory]
    [InlineData("change_kind: [meaning, tone]", ChangeKind.Meaning, ChangeKind.Tone)]
    [InlineData("change_kind: [format]", ChangeKind.Format)]
    [InlineData("change_kind: tone", ChangeKind.Tone)]
    public void A_change_is_of_one_kind_or_of_several(string written, params ChangeKind[] kinds) =>
        Assert.Equal(new ChangeKinds([.. kinds]), Parse($"{Exact}\n{written}\n").Submission.ChangeKind);

    [Fact]
    public void Schema_and_tools_may_stand_in_the_manifest_itself()
    {
        var submission = Parse(Exact.Replace(Schema, "{type: object}", StringComparison.Ordinal) + "\ntools: [{type: function, function: {name: look_up}}]\nsafety: []\n").Submission;
        Assert.Equal("""{"type":"object"}""", submission.Schema?.GetRawText());
        Assert.Equal("""[{"type":"function","function":{"name":"look_up"}}]""", submission.Tools?.GetRawText());
        Assert.Null(submission.Safety);
    }

    [Fact]
    public void A_reason_may_come_with_the_command_but_there_is_only_one()
    {
        var without = folder.Write("manifest.yaml", Exact[..Exact.IndexOf("change_reason", StringComparison.Ordinal)]);
        Assert.Equal("Billing tickets went astray.", Assert.IsType<ManifestResult.Parsed>(ManifestReader.Read(without, "Billing tickets went astray.")).Manifest.Submission.ChangeReason);
        Assert.EndsWith("manifest.yaml:1:1: change_reason is missing.", Assert.Single(Refused(ManifestReader.Read(without))).ToString(), StringComparison.Ordinal);
        Assert.EndsWith("manifest.yaml:10:16: change_reason stands here already: leave --reason out, or the key.",
            Assert.Single(Refused(ManifestReader.Read(folder.Write("manifest.yaml", Exact), "Another."))).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("~")]
    public void A_first_version_says_that_it_rolls_back_to_nothing(string nothing) =>
        Assert.Null(Parse(Exact.Replace("1.5.2", nothing, StringComparison.Ordinal)).Submission.RollbackTo);

    [Theory]
    [InlineData("2026-03-15.3", "2026-03-15.3")]
    [InlineData("v1.6.0", "1.6.0")]
    [InlineData("'1.6.0'", "1.6.0")]
    public void A_version_is_semantic_or_calendar_quoted_or_not(string written, string read) =>
        Assert.Equal(read, Parse(Exact.Replace("1.6.0\n", written + "\n", StringComparison.Ordinal)).Submission.Version?.Text);

    [Theory]
    [InlineData("true", "true")]
    [InlineData("False", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("null", "null")]
    [InlineData("", "null")]
    [InlineData("''", "\"\"")]
    [InlineData("\"\\u00e9\\n\"", "\"é\\n\"")]
    [InlineData("007", "7")]
    [InlineData("+12", "12")]
    [InlineData("-0", "0")]
    [InlineData("0o17", "15")]
    [InlineData("0xfF", "255")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("0b1", "\"0b1\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("1.6", "1.6")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1e3", "1000")]
    [InlineData("1.5E-9", "1.5e-9")]
    [InlineData("1.6.0", "\"1.6.0\"")]
    [InlineData("-9007199254740991", "-9007199254740991")]
    [InlineData("[1, a, [true], {}]", "[1,\"a\",[true],{}]")]
    public void Values_have_the_types_of_YAML_1_2(string yaml, string json)
    {
        var value = Parse($"{Exact}\nparameters:\n  x: {yaml}\n").Submission.Parameters!.Value.GetProperty("x");
        Assert.Equal(JsonElement.Parse(json).GetRawText(), value.ValueKind == JsonValueKind.String ? JsonSerializer.Serialize(value.GetString(), Readable) : value.GetRawText());
    }

    [Fact]
    public void The_same_text_has_the_same_hash_on_every_machine()
    {
        folder.Write(Template, "\uFEFFRoute \rthis.\r\n\r\nNow.\r\n");
        Assert.Equal("Route \rthis.\n\nNow.\n", Parse("\uFEFF" + Exact.Replace("\n", "\r\n", StringComparison.Ordinal)).Submission.Template);
    }

    [Fact]
    public void A_link_that_leads_out_of_the_folder_is_not_followed()
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("key.md", "secret");
        Assert.SkipUnless(TryLink(folder.PathOf("link.md"), elsewhere.PathOf("key.md")), "Links cannot be made here.");
        Directory.CreateSymbolicLink(folder.PathOf("linked"), elsewhere.Root);
        File.CreateSymbolicLink(folder.PathOf("circle.md"), "circle.md");
        foreach (var name in (string[])["link.md", "linked/key.md", "circle.md"])
            Assert.Contains("lies outside the manifest's folder", Assert.Single(Refuse(Exact.Replace(Template, name, StringComparison.Ordinal))).Message);
    }

    [Fact]
    public void A_link_within_the_folder_is_followed_and_the_folder_may_be_reached_by_one()
    {
        using var elsewhere = new TemporaryFolder();
        Assert.SkipUnless(TryLink(folder.PathOf("link.md"), Template), "Links cannot be made here.");
        folder.Write("manifest.yaml", Exact.Replace(Template, "link.md", StringComparison.Ordinal));
        Directory.CreateSymbolicLink(elsewhere.PathOf("prompts"), folder.Root);
        var result = ManifestReader.Read(elsewhere.PathOf("prompts/manifest.yaml"));
        Assert.Equal("Route this.\n", Assert.IsType<ManifestResult.Parsed>(result).Manifest.Submission.Template);
    }

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Manifest Parse(string text)
    {
        var manifest = Assert.IsType<ManifestResult.Parsed>(ManifestReader.Read(folder.Write("manifest.yaml", text))).Manifest;
        EditorSchema.Takes(manifest.Path);
        return manifest;
    }

    private ImmutableArray<ManifestProblem> Refuse(string text) => Refused(ManifestReader.Read(folder.Write("manifest.yaml", text)));

    private static ImmutableArray<ManifestProblem> Refused(ManifestResult result) => Assert.IsType<ManifestResult.Refused>(result).Problems;

    private static bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)     // Windows asks for a privilege
        {
            return false;
        }
    }
}
