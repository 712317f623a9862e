using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Prompts;

/// <summary>Prompts that say message by message what the model gets.</summary>
public sealed class PromptMessagesTests
{
    private const string Call = """{"id":"call_1","type":"function","function":{"name":"find","arguments":"{\"book\":\"{{title}}\"}"}}""";

    private static readonly ImmutableArray<ChatMessage> Conversation =
    [
        new("user", "one"), new("assistant", "1"),
        new("user", "two"), new("assistant", "") { ToolCalls = Some.Json($"[{Call}]") }, new("tool", "found") { ToolCallId = "call_1" }, new("assistant", "2"),
        new("user", "three"),
    ];

    [Fact]
    public void The_model_gets_the_messages_in_the_order_of_the_manifest_with_the_conversation_in_its_place()
    {
        var package = Package("""
            [{"role":"system","content":"Help {{reader}}."}, {"role":"user","content":"An example"}, {"role":"assistant","content":"Its answer"},
             {"placeholder":"history"}, {"role":"system","content":"Be brief."}]
            """);
        Assert.Equal(
            ["system Help Ida.", "user An example", "assistant Its answer", "user Hello {{reader}}", "assistant Yes?", "system Be brief."],
            Said(package, """{"reader":"Ida"}""", new ChatMessage("user", "Hello {{reader}}"), new ChatMessage("assistant", "Yes?")));
    }

    [Fact]
    public void Safety_layers_are_system_messages_before_all_others()
    {
        var submission = Prompt("""[{"role":"system","content":"Help {{reader}}."},{"placeholder":"history"}]""") with { Safety = ["global/privacy@3", "tone"] };
        var built = Core.Prompts.Package.Build(submission, Some.Model, [new(Some.Parse<PartialId>("tone@1"), "Speak to {{reader}} kindly."), new(Some.Parse<PartialId>("global/privacy@3"), "Tell nobody.")]);
        Assert.Equal(
            ["system Tell nobody.", "system Speak to Ida kindly.", "system Help Ida.", "user Hello"],
            Said(Assert.IsType<PackageBuild.Built>(built).Package, """{"reader":"Ida"}""", new ChatMessage("user", "Hello")));
    }

    [Fact]
    public void Without_a_placeholder_there_is_no_place_for_a_conversation()
    {
        var package = Package("""[{"role":"user","content":"Sum up."}]""");
        Assert.False(package.TakesMessages);
        Assert.Equal(["user Sum up."], Said(package, null));
        var problem = Assert.Single(Assert.IsType<PromptRendering.Refused>(package.Render(null, [new("user", "Hello")])).Problems);
        Assert.Equal("The prompt takes no messages of the caller's: its own have no placeholder for them.", problem.Message);
    }

    [Theory]
    [InlineData(1, "user three")]
    [InlineData(2, "user two|assistant |tool found|assistant 2|user three")]
    [InlineData(3, "user one|assistant 1|user two|assistant |tool found|assistant 2|user three")]
    [InlineData(9, "user one|assistant 1|user two|assistant |tool found|assistant 2|user three")]
    public void Memory_keeps_whole_turns_what_a_tool_said_with_the_question_it_was_asked_for(int turns, string expected)
    {
        var package = Some.Package(Prompt("""[{"placeholder":"history"}]""") with { Memory = new MemoryPolicy(turns) });
        Assert.Equal(expected.Split('|'), Said(package, null, [.. Conversation]));
    }

    [Fact]
    public void Memory_keeps_what_was_said_before_the_first_question_only_with_that_question()
    {
        var package = Some.Package(Prompt("""[{"placeholder":"history"}]""") with { Memory = new MemoryPolicy(1) });
        var greeting = new ChatMessage("assistant", "Welcome.");
        Assert.Equal(["assistant Welcome.", "user one"], Said(package, null, greeting, new ChatMessage("user", "one")));
        Assert.Equal(["user two"], Said(package, null, greeting, new ChatMessage("user", "one"), new ChatMessage("user", "two")));
        Assert.Equal(["assistant Welcome."], Said(package, null, greeting));
    }

    [Fact]
    public void Memory_counts_the_conversation_and_not_the_prompts_own_messages()
    {
        var package = Some.Package(Prompt("""[{"role":"user","content":"An example"},{"role":"assistant","content":"Its answer"},{"placeholder":"history"}]""") with { Memory = new MemoryPolicy(1) });
        Assert.Equal(["user An example", "assistant Its answer", "user three"], Said(package, null, [.. Conversation]));
    }

    [Fact]
    public void Examples_may_call_tools_and_hear_their_answers()
    {
        var package = Package($$$"""
            [{"role":"user","name":"reader","content":"Where is {{title}}?"}, {"role":"assistant","content":null,"tool_calls":[{{{Call}}}]},
             {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"Shelf of {{title}}"}]}, {"role":"assistant","content":null,"refusal":"I may not say."}, {"placeholder":"history"}]
            """);
        var expected = Some.Json($$$"""
            [{"role":"user","name":"reader","content":"Where is Emma?"},{"role":"assistant","content":null,"tool_calls":[{{{Call}}}]},
             {"role":"tool","content":[{"type":"text","text":"Shelf of Emma"}],"tool_call_id":"call_1"},{"role":"assistant","content":null,"refusal":"I may not say."}]
            """);
        Assert.True(JsonElement.DeepEquals(expected, JsonSerializer.SerializeToElement(Done(package, """{"title":"Emma"}"""))));
    }

    [Fact]
    public void The_address_of_a_picture_is_a_template_too()
    {
        var package = Package("""
            [{"role":"user","content":[{"type":"text","text":"What is on {{page}}?"},{"type":"image_url","image_url":{"url":"https://example.org/{{page}}.png","detail":"low"}},{"type":"image_url","image_url":{"url":"{{scan}}"}}]}]
            """);
        Assert.Equal(["page", "scan"], package.RequiredVariables);
        var message = Assert.Single(Done(package, """{"page":"p 7","scan":"data:image/png;base64,AAAA"}"""));
        Assert.Equal("What is on p 7?", message.Content);
        Assert.Equal(
            [new ContentPart.Text("What is on p 7?"), new ContentPart.Image("https://example.org/p 7.png", "low"), new ContentPart.Image("data:image/png;base64,AAAA", null)], message.Parts);
    }

    [Theory]
    [InlineData("""[]""", "messages must be a list of messages, at least one.")]
    [InlineData("""{}""", "messages must be a list of messages, at least one.")]
    [InlineData("""["hello"]""", "messages[0] must be an object with role and content.")]
    [InlineData("""[{"role":"user","content":"a"},{"role":"poet","content":"b"}]""", "messages[1].role must be system, user, assistant or tool.")]
    [InlineData("""[{"content":"a"}]""", "messages[0].role must be system, user, assistant or tool.")]
    [InlineData("""[{"role":"user"}]""", "messages[0].content must be a text or a list of parts.")]
    [InlineData("""[{"role":"user","content":3}]""", "messages[0].content must be a text or a list of parts.")]
    [InlineData("""[{"role":"user","content":[]}]""", "messages[0].content has no parts.")]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"sound"}]}]""", """messages[0].content[1] must be {"type": "text", "text"} or {"type": "image_url", "image_url": {"url", "detail"}}.""")]
    [InlineData("""[{"role":"user","content":"a","mood":"b"}]""", "messages[0].mood is not understood; a message has role, content, name, tool_calls, tool_call_id and refusal.")]
    [InlineData("""[{"role":"user","content":"a","name":1}]""", "messages[0].name must be a text.")]
    [InlineData("""[{"role":"tool","content":"a"}]""", "messages[0].tool_call_id is missing; a tool message names the call that it answers.")]
    [InlineData("""[{"role":"user","content":"a","tool_call_id":"b"}]""", "messages[0].tool_call_id stands in a message that is no tool's.")]
    [InlineData("""[{"role":"user","content":"a","refusal":"b"}]""", "messages[0].refusal stands in a message that is not the assistant's.")]
    [InlineData("""[{"role":"user","content":"a","tool_calls":[{}]}]""", "messages[0].tool_calls stands in a message that is not the assistant's.")]
    [InlineData("""[{"role":"assistant","tool_calls":7}]""", "messages[0].tool_calls must be a list.")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"id":"a"}]}]""", """messages[0].tool_calls[0] must be {"id", "type": "function", "function": {"name", "arguments"}}, all of them texts.""")]
    [InlineData("""[{"role":"assistant","tool_calls":[]}]""", "messages[0].content must be a text or a list of parts.")]
    [InlineData("""[{"placeholder":"past"}]""", "messages[0]: A placeholder is {\"placeholder\": \"history\"} and nothing else.")]
    [InlineData("""[{"placeholder":"history","role":"user"}]""", "messages[0]: A placeholder is {\"placeholder\": \"history\"} and nothing else.")]
    [InlineData("""[{"placeholder":"history"},{"placeholder":"history"}]""", "messages has more than one placeholder: the conversation stands in one place.")]
    public void What_is_no_message_is_named_with_its_place(string messages, string error) => Assert.Equal([error], Errors(Prompt(messages)));

    [Fact]
    public void A_template_that_is_wrong_is_named_with_its_place()
    {
        var errors = Errors(Prompt("""[{"role":"system","content":"Fine."},{"role":"user","content":"one\n{{"},{"role":"user","content":[{"type":"text","text":"fine"},{"type":"image_url","image_url":{"url":"{{#a}}"}}]}]"""));
        Assert.Equal(2, errors.Length);
        Assert.StartsWith("messages[1] is wrong at line 2, column 1: ", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("messages[2].content[1] is wrong at line 1, column 1: ", errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_nobody_declared_is_named_with_its_place() => Assert.Equal(
        ["messages[1] uses {{b}} (line 2, column 1), which variables does not declare."],
        Errors(Prompt("""[{"role":"system","content":"{{a}}"},{"role":"user","content":"\n{{b}} {{a}}"},{"role":"user","content":"{{b}}"}]""", """{"a":{"type":"string"}}""")));

    [Fact]
    public void What_cannot_be_rendered_is_named_with_its_place()
    {
        var package = Package("""[{"role":"system","content":"Fine."},{"role":"user","content":"{{order.id}}"}]""", """{"order":{"type":"object"}}""");
        var problem = Assert.Single(Assert.IsType<PromptRendering.Refused>(package.Render(Some.Json("""{"order":{}}"""), [])).Problems);
        Assert.StartsWith("messages[1] cannot be rendered at line 1, column 1: ", problem.Message, StringComparison.Ordinal);
    }

    private static Submission Prompt(string messages, string? variables = null) => Some.Submission(variables: variables) with { Template = null, Messages = Some.Json(messages) };

    private static Package Package(string messages, string? variables = null) => Some.Package(Prompt(messages, variables));

    private static ImmutableArray<string> Errors(Submission submission) => Assert.IsType<PackageBuild.Refused>(Core.Prompts.Package.Build(submission, Some.Model)).Errors;

    private static ImmutableArray<ChatMessage> Done(Package package, string? values, params ChatMessage[] conversation) =>
        Assert.IsType<PromptRendering.Done>(package.Render(values is null ? null : Some.Json(values), conversation)).Messages;

    private static IEnumerable<string> Said(Package package, string? values, params ChatMessage[] conversation) =>
        Done(package, values, conversation).Select(message => $"{message.Role} {message.Content}");
}
