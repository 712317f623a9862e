using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Client.Tests.Prompts;

public sealed class MessageTexts
{
    [Theory]
    [InlineData("""{"role":"system","content":"Be brief.\nBe kind."}""", "system:\nBe brief.\nBe kind.")]
    [InlineData("""{"role":"user","name":"ida","content":""}""", "user ida:\n")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}},{"type":"text","text":"And this?"},{"type":"image_url","image_url":{"url":"b"}}]}""",
        "user:\nWhat is this?\n[picture https://example.org/a.png, detail low]\nAnd this?\n[picture b]")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":"{\"title\":\"Emma\"}"}},{"id":"call_2","type":"function","function":{"name":"close","arguments":"{}"}}]}""",
        "assistant:\n[calls find({\"title\":\"Emma\"}) as call_1]\n[calls close({}) as call_2]")]
    [InlineData("""{"role":"assistant","content":"I look.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"close","arguments":"{}"}}]}""", "assistant:\nI look.\n[calls close({}) as call_1]")]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""", "assistant:\n[refuses: No.]")]
    [InlineData("""{"role":"tool","tool_call_id":"call_1","content":"Shelf 3"}""", "tool (answers call_1):\nShelf 3")]
    public void A_message_is_printed_as_people_read_it(string message, string expected) =>
        Assert.Equal(expected, MessageText.Of(JsonSerializer.Deserialize<ChatMessage>(message)!).ReplaceLineEndings("\n"));

    [Fact]
    public void A_picture_that_is_written_out_is_cut_short()
    {
        var message = ChatMessage.Of("user", [new ContentPart.Image("data:image/png;base64," + new string('A', 5_000), null)]);
        Assert.EndsWith("AAA… (5022 characters)]", MessageText.Of(message), StringComparison.Ordinal);
        Assert.True(MessageText.Of(message).Length < 300);
    }
}
