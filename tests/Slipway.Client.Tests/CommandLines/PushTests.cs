using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Manifests as people keep them, pushed to a real server.</summary>
public sealed class PushTests : IAsyncLifetime
{
    // As the design writes it, to the letter.
    private const string Manifest = """
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
        """;

    private readonly Installation installation = new();
    private readonly TemporaryFolder folder = new();

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return installation.DisposeAsync();
    }

    [Fact]
    public async Task The_manifest_of_the_design_is_pushed_as_it_stands_and_a_second_time_changes_nothing()
    {
        await PushDesignAsync();
        using var shown = JsonDocument.Parse((await installation.AsAsync("ana", "show", "support_router:v1.6.0", "--json")).Output);
        var (record, content) = (shown.RootElement.GetProperty("record"), shown.RootElement.GetProperty("content"));
        Assert.Equal(("ai-platform", "INC-12", "meaning"), (record.GetProperty("owner").GetString(), record.GetProperty("linked").GetString(), record.GetProperty("change_kind").GetString()));
        Assert.Equal(("""["global/privacy@3"]""", """["trim_markdown_fence"]""", """{"turns":10}"""), (Raw(content, "safety"), Raw(content, "post_processing"), Raw(content, "memory")));
        Assert.Equal(("""{"index":"kb-2026-03","top_k":5}""", """{"max_tokens":300,"temperature":0}"""), (Raw(content, "retrieval"), Raw(content, "parameters")));
        Assert.Equal("look_up", content.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());

        var head = await HeadAsync();
        var second = await installation.AsAsync("ana", "push", folder.Root);
        Assert.Equal(["support_router:v1.5.2 is there already", "support_router:v1.6.0 is there already"], Lines(second.Output));
        Assert.Equal(head, await HeadAsync());

        var text = (await installation.AsAsync("ana", "show", "support_router:v1.6.0")).Output;
        foreach (var part in (string[])["look_up", "5 passages of kb-2026-03", "10 turns", "global/privacy@3", "trim_markdown_fence", "INC-12", "Route {{ticket_body}}"]) Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_pushed_is_told_with_its_hash_and_what_it_changes_and_other_files_are_named()
    {
        folder.Write("compose.yml", "services: {}\n");
        var pushed = await PushDesignAsync();
        var lines = Lines(pushed.Output);
        Assert.Equal("support_router_golden:v4  1 case", lines[0]);
        Assert.Matches("^support_router:v1.5.2  sha256:[0-9a-f]{64}$", lines[1]);
        Assert.Equal("  the first version of support_router", lines[2]);
        Assert.Matches("^support_router:v1.6.0  sha256:", lines[3]);
        Assert.Equal("  a minor change of 1.5.2: the messages changed", lines[4]);
        Assert.Equal($"Left alone, as no manifest: {folder.PathOf("compose.yml")}", pushed.Errors.Trim());
    }

    [Fact]
    public async Task A_version_without_a_number_is_numbered_by_what_it_changes()
    {
        await PushDesignAsync();
        folder.Write("tools/support.json", """[{"type":"function","function":{"name":"look_up"}},{"type":"function","function":{"name":"hand_over"}}]""");
        var next = folder.Write("next.yaml", Manifest.Replace("1.6.0\n", "next\n", StringComparison.Ordinal).Replace("rollback_to: 1.5.2", "rollback_to: 1.6.0", StringComparison.Ordinal)
            .Replace("Improve account recovery", "Hand over to people; improve account recovery", StringComparison.Ordinal));
        var lines = Lines((await installation.AsAsync("ana", "push", next)).Output);
        Assert.StartsWith("support_router:v2.0.0  sha256:", lines[0], StringComparison.Ordinal);
        Assert.Equal("  numbered 2.0.0, as it is a major change of 1.6.0: the tools changed", lines[1]);
        Assert.Equal(["support_router:v2.0.0 is there already"], Lines((await installation.AsAsync("ana", "push", next)).Output));
        // The manifest in the folder whose tools were overwritten is another version now, and versions never change.
        Assert.Contains($"{folder.PathOf("manifest.yaml")}: support_router:v1.6.0 exists since", (await installation.TryAsAsync("ana", "push", folder.PathOf("manifest.yaml"))).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_overtaken_sees_what_the_other_changed()
    {
        await PushDesignAsync();
        await installation.AsAsync("admin", "member", "add", "eve", "--role", "author");
        var eve = (await installation.AsAsync("admin", "key", "issue", "eve")).Output.Trim();
        folder.Write("prompts/support_router/v1.7.0.md", "Route {{ticket_body}} of a {{customer_tier}} customer, recovery first.\nBe brief.\n");
        await installation.AsAsync(eve, "push", folder.Write("eve.yaml", After("1.7.0", "Agents on the phone read the answers aloud.")));
        folder.Write("prompts/support_router/v1.8.0.md", "Route {{ticket_body}} of a {{customer_tier}} customer, recovery always first.\n");
        var mine = folder.Write("mine.yaml", After("1.8.0", "Locked out people wait longest of all."));
        var refused = await installation.TryAsAsync("ana", "push", mine);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"slipway: {mine}: support_router:v1.7.0 came meanwhile, by eve on ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("Agents on the phone read the answers aloud. Yours was made from 1.6.0. Take over what eve changed, then say so with based_on: 1.7.0 in the manifest.", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(["support_router:v1.6.0 → support_router:v1.7.0", "  a minor change: the messages changed", "", "template",
            "  Route {{ticket_body}} of a {{customer_tier}} customer, recovery first.", "+ Be brief."], refused.Output.TrimEnd().ReplaceLineEndings("\n").Split('\n'));

        folder.Write("mine.yaml", After("1.8.0", "Locked out people wait longest of all.") + "\nbased_on: 1.7.0\n");
        Assert.Contains("a minor change of 1.7.0", (await installation.AsAsync("ana", "push", mine)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_JSON_document_is_pushed_with_a_reason_of_its_own_or_of_the_command()
    {
        const string Document = """
            { "prompt_id": "welcome_note", "version": "2026-03-15.3", "model": "production-default",
              "template": "Write a note to {{name}} in {{language}}.", "variables": ["name", "language"], "rollback_to": null }
            """;
        var path = folder.Write("welcome.json", Document);
        var without = await installation.TryAsAsync("ana", "push", path);
        Assert.Equal((1, $"slipway: {path}:1:1: change_reason is missing; add it, or push with --reason TEXT"), (without.ExitCode, without.Errors.Trim()));
        string[] push = ["push", path, "--reason", "New customers get a note in their own language."];
        Assert.StartsWith("welcome_note:v2026-03-15.3  sha256:", (await installation.AsAsync("ana", push)).Output, StringComparison.Ordinal);
        Assert.Equal("welcome_note:v2026-03-15.3 is there already", (await installation.AsAsync("ana", push)).Output.Trim());
        Assert.Contains("Write a note to Ada in French.", (await installation.AsAsync("ana", "render", "welcome_note", "--var", "name=Ada", "--var", "language=French")).Output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await installation.AsAsync("ana", [.. push, "--json"])).Output);
        Assert.Equal("ana", json.RootElement.GetProperty("record").GetProperty("owner").GetString());
        var misused = await installation.TryAsAsync("ana", "push", folder.Root, "--reason", "New customers get a note.");
        Assert.Equal(2, misused.ExitCode);
        Assert.Contains("--reason goes with one manifest, not with a folder.", misused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partials_of_a_folder_go_before_prompts_and_say_who_could_take_them()
    {
        folder.Write("partials/privacy.yaml", "partial: global/privacy\ntemplate: privacy.md\nchange_reason: Customers must never read another customer's data.\n");
        folder.Write("partials/privacy.md", "Never repeat a card number. {{>global/base}}\n");
        folder.Write("partials/base.yaml", "partial: global/base\ntemplate: base.md\nchange_reason: One common ground for every prompt.\n");
        folder.Write("partials/base.md", "Be kind.\n");
        folder.Write("greet.json", """{"prompt_id": "greet", "version": "1.0.0", "model": "production-default", "template": "Greet. {{>global/privacy}}", "change_reason": "Every visitor is greeted at the door."}""");
        using var pushed = JsonDocument.Parse((await installation.AsAsync("ana", "push", folder.Root, "--json")).Output);
        Assert.Equal(["global/base@1", "global/privacy@1", "greet:v1.0.0"],
            pushed.RootElement.EnumerateArray().Select(document => (document.TryGetProperty("partial", out var partial) ? partial : document.GetProperty("version")).GetString()));

        folder.Write("partials/base.md", "Be kind and brief.\n");
        var lines = Lines((await installation.AsAsync("ana", "push", folder.Root)).Output);
        Assert.StartsWith("global/base@2  sha256:", lines[0], StringComparison.Ordinal);
        Assert.Equal("  greet:v1.0.0 holds global/base@1 and could take it", lines[1]);
        // Its text is the same, but it stands on another base now.
        Assert.StartsWith("global/privacy@2  sha256:", lines[2], StringComparison.Ordinal);
        Assert.Equal(["  greet:v1.0.0 holds global/privacy@1 and could take it", "greet:v1.0.0 is there already"], lines[3..]);

        var head = await HeadAsync();
        Assert.Equal(["global/base@2 is there already", "global/privacy@2 is there already", "greet:v1.0.0 is there already"], Lines((await installation.AsAsync("ana", "push", folder.Root)).Output));
        Assert.Equal(["global/privacy@2 is there already"], Lines((await installation.AsAsync("ana", "push", folder.PathOf("partials/privacy.yaml"))).Output));
        Assert.Equal(head, await HeadAsync());
    }

    [Fact]
    public async Task Several_kinds_of_change_need_a_policy()
    {
        var path = folder.Write("greet.json", """{"prompt_id": "greet", "model": "production-default", "template": "Greet.", "change_kind": ["tone", "format"], "change_reason": "Every visitor is greeted at the door."}""");
        Assert.Contains("slipway policy set greet --several-kinds", (await installation.TryAsAsync("ana", "push", path)).Errors, StringComparison.Ordinal);
        Assert.Contains("greet: a version makes one kind of change", (await installation.AsAsync("ana", "policy", "show", "greet")).Output, StringComparison.Ordinal);
        Assert.Contains("ana may not set the policy of greet", (await installation.TryAsAsync("ana", "policy", "set", "greet", "--several-kinds")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await installation.TryAsAsync("cleo", "policy", "set", "greet")).ExitCode);
        Assert.Equal(2, (await installation.TryAsAsync("cleo", "policy", "set", "greet", "--several-kinds", "--one-kind")).ExitCode);
        Assert.Contains("may change meaning, tone and format at once", (await installation.AsAsync("cleo", "policy", "set", "greet", "--several-kinds")).Output, StringComparison.Ordinal);
        await installation.AsAsync("ana", "push", path);
        Assert.Contains("\"several_kinds_of_change\": false", (await installation.AsAsync("cleo", "policy", "set", "greet", "--one-kind", "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("tone and format", (await installation.AsAsync("ana", "show", "greet")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_pushed_shown_and_rendered()
    {
        var path = folder.Write("chat.json", """
            {"prompt_id": "chat", "model": "production-default", "change_reason": "A conversation that begins with an example works better.", "messages": [
              {"role": "system", "template": "Be {{tone}}."}, {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://example.com/{{picture}}"}}]},
              {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "found"}, {"placeholder": "history"}]}
            """);
        await installation.AsAsync("ana", "push", path);
        var shown = (await installation.AsAsync("ana", "show", "chat")).Output;
        foreach (var part in (string[])["system:", "Be {{tone}}.", "(a picture: https://example.com/{{picture}})", "(calls [{", "tool, answering c1:", "the conversation"]) Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains("Be kind.", (await installation.AsAsync("ana", "render", "chat", "--var", "tone=kind", "--var", "picture=x")).Output, StringComparison.Ordinal);
    }

    private async Task<Cli.Result> PushDesignAsync()
    {
        folder.Write("prompts/support_router/v1.5.2.md", "Route {{ticket_body}} of a {{customer_tier}} customer.\n");
        folder.Write("prompts/support_router/v1.6.0.md", "Route {{ticket_body}} of a {{customer_tier}} customer, recovery first.\n");
        folder.Write("schemas/support_route.json", """{"type":"object"}""");
        folder.Write("evals/support_router_golden_v4.jsonl", """{"id":"a","variables":{"customer_tier":"a","ticket_body":"b"},"expect":[{"check":"schema"}]}""");
        folder.Write("tools/support.json", """[{"type":"function","function":{"name":"look_up"}}]""");
        var privacy = folder.Write("privacy.md", "");
        for (var version = 1; version <= 3; version++)
        {
            await File.WriteAllTextAsync(privacy, $"Never repeat a card number ({version}).\n", TestContext.Current.CancellationToken);
            await installation.AsAsync("ana", "partial", "push", "global/privacy", privacy, "--reason", "Customers must never read another customer's data.");
        }
        folder.Write("before.yaml", Manifest.Replace("1.6.0", "1.5.2", StringComparison.Ordinal).Replace("rollback_to: 1.5.2", "rollback_to: null", StringComparison.Ordinal)
            .Replace("Improve account recovery routing without increasing billing misroutes.", "Bring the router under control as it has been running.", StringComparison.Ordinal));
        folder.Write("manifest.yaml", Manifest);
        return await installation.AsAsync("ana", "push", folder.Root);
    }

    private static string After(string version, string reason) => Manifest.Replace("1.6.0", version, StringComparison.Ordinal).Replace("rollback_to: 1.5.2", "rollback_to: 1.6.0", StringComparison.Ordinal)
        .Replace("Improve account recovery routing without increasing billing misroutes.", reason, StringComparison.Ordinal);

    private static string[] Lines(string output) => output.TrimEnd().ReplaceLineEndings("\n").Split('\n');

    private static string Raw(JsonElement element, string name) => JsonSerializer.Serialize(element.GetProperty(name));

    private async Task<int> HeadAsync()
    {
        using var log = JsonDocument.Parse((await installation.AsAsync("ana", "log", "--json")).Output);
        return log.RootElement.GetArrayLength();
    }
}
