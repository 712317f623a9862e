using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Rendering;

public sealed class ChatMessageTests
{
    [Theory]
    [InlineData("""{"role":"user","content":"Hello {{x}}"}""")]
    [InlineData("""{"role":"user","name":"ida","content":""}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"high"}},{"type":"image_url","image_url":{"url":"https://example.org"}}]}""")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra":1}]}""")]
    [InlineData("""{"role":"assistant","content":"I look.","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"no json"}}]}""")]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""")]
    [InlineData("""{"role":"tool","content":"found","tool_call_id":"c"}""")]
    public void A_message_reads_back_as_it_was_written(string json) => Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<ChatMessage>(json)));

    [Theory]
    [InlineData("""{"role":"assistant","content":"x","refusal":null,"annotations":[],"audio":null,"function_call":null,"tool_calls":[],"tool_call_id":null,"name":null}""")]
    [InlineData("""{"role":"assistant","content":"x","annotations":null,"tool_calls":null}""")]
    public void An_answer_may_come_back_as_it_was_given(string json) => Assert.Equal(new ChatMessage("assistant", "x"), JsonSerializer.Deserialize<ChatMessage>(json));

    [Fact]
    public void The_texts_of_parts_are_the_content()
    {
        var message = ChatMessage.Of("user", [new ContentPart.Text("one "), new ContentPart.Image("https://example.org", null), new ContentPart.Text("two")]);
        Assert.Equal(("one two", 3), (message.Content, message.Parts.Length));
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"text"}]}""", ".content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a","mood":"b"}]}""", ".content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},"b"]}""", ".content[1]")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":"https://example.org"}]}""", ".content[0]")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"a","detail":1}}]}""", ".content[0]")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c","type":"function","function":{"name":"f","arguments":{}}}]}""", ".tool_calls[1]")]
    [InlineData("""{"role":"assistant","tool_calls":[{"id":"c","type":"custom","function":{"name":"f","arguments":"{}"}}]}""", ".tool_calls[0]")]
    [InlineData("""{"role":"assistant","content":"x","function_call":{}}""", ".function_call")]
    [InlineData("""{"role":"assistant","content":"x","annotations":[1]}""", ".annotations")]
    public void What_is_wrong_is_named_with_its_place(string json, string path)
    {
        Assert.Null(ChatMessage.Read(JsonElement.Parse(json), out var problem));
        Assert.Equal(path, problem!.Path);
        Assert.StartsWith($"messages[2]{path} ", problem.In("messages[2]"), StringComparison.Ordinal);
        Assert.EndsWith(".", problem.Says, StringComparison.Ordinal);
        Assert.Equal(problem.In("message"), Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ChatMessage>(json)).Message);
    }
}
