using System.Text.Json;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

public sealed class MessagesReading : IDisposable
{
    private const string Yaml = """
        id: support_router
        version: 1.0.0
        owner: ai-platform
        status: candidate
        model: production-default
        schema: {}
        golden_set: set_v1.jsonl
        rollback_to: null
        change_reason: Because.
        messages:

        """;

    private readonly TemporaryFolder folder = new();

    public MessagesReading()
    {
        folder.Write("system.md", "Route {{ticket_body}}.\n");
        folder.Write("set_v1.jsonl", """{"id":"a","variables":{},"expect":[{"check":"schema"}]}""");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Messages_stand_in_a_templates_place_and_their_files_in_the_places_of_their_names()
    {
        var submission = Parse("""
            - {role: system, template: system.md}
            - {role: user, content: "Hi {{name}}"}
            - role: user
              content:
                - {type: text, text: Look}
                - {type: image_url, image_url: {url: "https://x/{{name}}.png", detail: low}}
            - {role: assistant, tool_calls: [{id: c1, type: function, function: {name: f, arguments: "{}"}}]}
            - {role: tool, tool_call_id: c1, content: found}
            - {placeholder: history}
            """);
        Assert.Null(submission.Template);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""
            [
              {"role": "system", "content": "Route {{ticket_body}}.\n"},
              {"role": "user", "content": "Hi {{name}}"},
              {"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://x/{{name}}.png", "detail": "low"}}]},
              {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
              {"role": "tool", "content": "found", "tool_call_id": "c1"},
              {"placeholder": "history"}
            ]
            """), submission.Messages!.Value), submission.Messages!.Value.GetRawText());
    }

    [Fact]
    public void In_JSON_a_template_is_the_text_itself()
    {
        var path = folder.Write("manifest.json", """
            {"prompt_id": "a", "model": "m", "change_reason": "b", "messages": [{"role": "system", "template": "Be {{tone}}."}, {"role": "user", "content": "Hi", "tool_calls": null}]}
            """);
        var submission = Assert.IsType<ManifestResult.Parsed>(ManifestReader.Read(path)).Manifest.Submission;
        EditorSchema.Takes(path);
        Assert.Equal("""[{"role":"system","content":"Be {{tone}}."},{"role":"user","content":"Hi"}]""", submission.Messages!.Value.GetRawText());
    }

    [Theory]
    [InlineData("- {role: king, content: a}\n- {placeholder: history}", 11, 3, "messages[0].role must be system, user, assistant or tool")]
    [InlineData("- {content: a}", 11, 3, "messages[0].role is missing.")]
    [InlineData("- {role: user}", 11, 3, "messages[0] has neither a template nor content.")]
    [InlineData("- {role: user, content: a, template: system.md}", 11, 38, "messages[0] has both a template and content; it takes one of the two.")]
    [InlineData("- {role: user, content: a}\n- {role: user, text: a, content: a}", 12, 16, "Unknown key \"text\": messages[1] has role, template, content, tool_call_id, tool_calls.")]
    [InlineData("- {role: user, content: a}\n- {role: user, content: b, tool_call_id: c}\n- {role: user, content: c}", 12, 3, "messages[1].tool_call_id stands in a message that")]
    [InlineData("- {role: user, content: a, tool_calls: yes}", 11, 40, "messages[0].tool_calls must be a list, not a single value.")]
    [InlineData("- {role: user, content: {a: b}}", 11, 25, "messages[0].content must be a text, not a mapping.")]
    [InlineData("- {role: user, content: []}\n- {role: user, content: a}\n- {role: user, content: a}", 11, 3, "messages[0].content has no parts.")]
    [InlineData("- {role: user, content: [a]}", 11, 26, "messages[0].content[0] must be {type: text, text: …}")]
    [InlineData("- {role: user, content: [{type: video, text: a}]}", 11, 33, "messages[0].content[0].type \"video\" is unknown: it is text or image_url.")]
    [InlineData("- {role: user, content: [{type: text, text: a, url: b}]}", 11, 48, "Unknown key \"url\": messages[0].content[0] has type, text.")]
    [InlineData("- {role: user, content: [{type: image_url, image_url: {detail: low}}]}", 11, 55, "messages[0].content[0].image_url.url is missing.")]
    [InlineData("- {role: user, content: [{type: image_url, image_url: a}]}", 11, 55, "messages[0].content[0].image_url must be a mapping, not a single value.")]
    [InlineData("- {role: user, content: 'Hi {{name'}", 11, 25, "messages[0].content: {{name at line 1, column 4 is never closed")]
    [InlineData("- {role: user, content: [{type: text, text: '{{/a}}'}]}", 11, 45, "messages[0].content[0].text: {{/a}} at line 1, column 1 closes nothing")]
    [InlineData("- {role: system, template: nowhere.md}", 11, 28, "messages[0].template names nowhere.md: There is no such file.")]
    [InlineData("- {role: system, template: ../nowhere.md}", 11, 28, "messages[0].template \"../nowhere.md\" lies outside the manifest's folder")]
    [InlineData("- {placeholder: past}", 11, 17, "messages[0].placeholder \"past\" is unknown: the only one is history.")]
    [InlineData("- {placeholder: history, role: user}", 11, 26, "Unknown key \"role\": messages[0] has placeholder.")]
    [InlineData("- {placeholder: history}\n- {placeholder: history}", 11, 1, "messages has more than one placeholder")]
    [InlineData("- hello", 11, 3, "messages[0] must be a message, as in {role: system, content: \"Hello {{name}}\"}, or {placeholder: history}.")]
    [InlineData("  hello", 11, 3, "messages must be a list, as in - {role: system, content: \"Hello {{name}}\"}")]
    [InlineData("  []", 11, 3, "messages must be a list of messages, at least one.")]
    public void What_is_wrong_is_refused_with_its_place(string messages, int line, int column, string message)
    {
        var problem = Assert.Single(Assert.IsType<ManifestResult.Refused>(ManifestReader.Read(folder.Write("manifest.yaml", Yaml + messages + "\n"))).Problems);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((folder.PathOf("manifest.yaml"), line, column), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void A_mistake_in_a_messages_file_stands_there()
    {
        folder.Write("system.md", "Route\n{{#ticket}}");
        var problem = Assert.Single(Assert.IsType<ManifestResult.Refused>(ManifestReader.Read(folder.Write("manifest.yaml", Yaml + "- {role: system, template: system.md}\n"))).Problems);
        Assert.StartsWith($"{folder.PathOf("system.md")}:2:1: {{{{#ticket}}}}", problem.ToString(), StringComparison.Ordinal);
    }

    private Core.Prompts.Submission Parse(string messages)
    {
        var result = ManifestReader.Read(folder.Write("manifest.yaml", Yaml + messages + "\n"));
        if (result is not ManifestResult.Parsed { Manifest: var manifest }) throw new InvalidOperationException(string.Join(' ', ((ManifestResult.Refused)result).Problems));
        EditorSchema.Takes(manifest.Path);
        return manifest.Submission;
    }
}
