using System.ClientModel;
using System.Text;
using OpenAI;
using OpenAI.Chat;

namespace Slipway.Server.Tests.Gateway;

/// <summary>The official client, unmodified, with another base URL.</summary>
public sealed class OpenAiClientTests(GatewayInstallation shared, AgentInstallation agent) : IClassFixture<GatewayInstallation>, IClassFixture<AgentInstallation>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_gets_a_whole_answer()
    {
        var completion = await Client("shop").CompleteChatAsync([new UserChatMessage(Router.Plain)], Options(), Cancellation);
        Assert.Equal(FakeOpenAi.Valid, completion.Value.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.Value.FinishReason);
        Assert.True(completion.Value.Usage.TotalTokenCount > 0);
        Assert.True(completion.GetRawResponse().Headers.TryGetValue("x-slipway-version", out var version));
        Assert.NotEmpty(version!);
    }

    [Fact]
    public async Task It_gets_a_streamed_answer_with_its_usage()
    {
        var (text, finish, total) = (new StringBuilder(), (ChatFinishReason?)null, 0);
        await foreach (var update in Client("shop").CompleteChatStreamingAsync([new UserChatMessage(Router.Plain)], Options(), Cancellation))
        {
            foreach (var part in update.ContentUpdate) text.Append(part.Text);
            finish = update.FinishReason ?? finish;
            total = update.Usage?.TotalTokenCount ?? total;
        }
        Assert.Equal((FakeOpenAi.Valid, ChatFinishReason.Stop), (text.ToString(), finish));
        Assert.True(total > 0);
    }

    [Fact]
    public async Task It_throws_what_it_is_told()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Client("shop").CompleteChatAsync([new SystemChatMessage("Be rude."), new UserChatMessage("hm")], Options(), Cancellation));
        Assert.Equal(400, refused.Status);
        Assert.Contains("frozen in the prompt's version", refused.Message, StringComparison.Ordinal);
        var stranger = await Assert.ThrowsAsync<ClientResultException>(() => Client("slw_nobody", isKey: true).CompleteChatAsync([new UserChatMessage("hm")], Options(), Cancellation));
        Assert.Equal(401, stranger.Status);
    }

    [Fact]
    public async Task It_sends_texts_and_pictures_calls_the_tools_it_is_told_to_and_goes_on()
    {
        var upstream = agent.Renewed();
        agent.Calls("""[{"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]""");
        var messages = new List<ChatMessage>
        {
            new UserChatMessage(
                ChatMessageContentPart.CreateTextPart("Do you have this book?"),
                ChatMessageContentPart.CreateImagePart(new Uri("https://example.org/cover.png"), ChatImageDetailLevel.Low),
                ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes((byte[])[1, 2, 3]), "image/png")) { ParticipantName = "ida" },
        };
        var calling = (await AgentClient().CompleteChatAsync(messages, Options(), Cancellation)).Value;
        var call = Assert.Single(calling.ToolCalls);
        Assert.Equal((ChatFinishReason.ToolCalls, "call_1", "find_book", """{"title":"Emma"}"""), (calling.FinishReason, call.Id, call.FunctionName, call.FunctionArguments.ToString()));

        upstream.Answer = FakeOpenAi.Usual;
        messages.AddRange([new AssistantChatMessage(calling), new ToolChatMessage(call.Id, "Shelf 3")]);
        var answered = (await AgentClient().CompleteChatAsync(messages, Options(), Cancellation)).Value;
        Assert.Equal(FakeOpenAi.Valid, answered.Content[0].Text);

        var sent = upstream.Requests.Last().Body.GetProperty("messages");
        Assert.Equal(["system", "user", "assistant", "tool"], sent.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(
            """{"role":"user","name":"ida","content":[{"type":"text","text":"Do you have this book?"},{"type":"image_url","image_url":{"url":"https://example.org/cover.png","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]}""",
            sent[1].GetRawText());
        Assert.Equal("call_1", sent[2].GetProperty("tool_calls")[0].GetProperty("id").GetString());
        Assert.Equal(("call_1", "Shelf 3"), (sent[3].GetProperty("tool_call_id").GetString(), sent[3].GetProperty("content").GetString()));
    }

    [Fact]
    public async Task It_puts_streamed_calls_together()
    {
        agent.Renewed();
        agent.Streams(
            "tool_calls", """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"title\":"}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"\"Emma\"}"}}]}""");
        var (id, name, arguments, finish) = ("", "", new StringBuilder(), (ChatFinishReason?)null);
        await foreach (var update in AgentClient().CompleteChatStreamingAsync([new UserChatMessage("Do you have Emma?")], Options(), Cancellation))
        {
            foreach (var piece in update.ToolCallUpdates)
            {
                id += piece.ToolCallId;
                name += piece.FunctionName;
                arguments.Append(piece.FunctionArgumentsUpdate);
            }
            finish = update.FinishReason ?? finish;
        }
        Assert.Equal(("call_1", "find_book", """{"title":"Emma"}""", ChatFinishReason.ToolCalls), (id, name, arguments.ToString(), finish));
    }

    [Fact]
    public async Task It_may_send_a_refusal_back_as_it_got_it()
    {
        var upstream = agent.Renewed();
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, null, refusal: "I cannot help with that.");
        var refused = (await AgentClient().CompleteChatAsync([new UserChatMessage("Burn it.")], Options(), Cancellation)).Value;
        upstream.Answer = FakeOpenAi.Usual;
        var answered = await AgentClient().CompleteChatAsync([new UserChatMessage("Burn it."), new AssistantChatMessage(refused), new UserChatMessage("Then find it.")], Options(), Cancellation);
        Assert.Equal(FakeOpenAi.Valid, answered.Value.Content[0].Text);
        Assert.Equal("I cannot help with that.", upstream.Requests.Last().Body.GetProperty("messages")[2].GetProperty("refusal").GetString());
    }

    [Fact]
    public async Task It_is_told_that_tools_and_the_form_of_answers_are_frozen()
    {
        var withTools = Options();
        withTools.Tools.Add(ChatTool.CreateFunctionTool("mine"));
        var withFormat = Options();
        withFormat.ResponseFormat = ChatResponseFormat.CreateJsonObjectFormat();
        foreach (var (options, field) in ((ChatCompletionOptions, string)[])[(withTools, "tools"), (withFormat, "response_format")])
        {
            var refused = await Assert.ThrowsAsync<ClientResultException>(() => AgentClient().CompleteChatAsync([new UserChatMessage("hm")], options, Cancellation));
            Assert.Equal(400, refused.Status);
            Assert.Contains($"{field} is frozen in the prompt's version", refused.Message, StringComparison.Ordinal);
        }
    }

    private ChatClient AgentClient() => new("slipway/agent", new ApiKeyCredential(agent.Server.Key("shop")), new OpenAIClientOptions { Endpoint = new Uri(agent.Server.Address, "/v1") });

    private ChatClient Client(string member, bool isKey = false) => new(
        "slipway/router", new ApiKeyCredential(isKey ? member : shared.Server.Key(member)), new OpenAIClientOptions { Endpoint = new Uri(shared.Server.Address, "/v1") });

    private static ChatCompletionOptions Options()
    {
        var options = new ChatCompletionOptions { EndUserId = "reader-1" };
#pragma warning disable SCME0001 // The only way this client has to send a field it does not know.
        options.Patch.Set("$.prompt"u8, BinaryData.FromString("""{"variables": {"library": "city"}}"""));
#pragma warning restore SCME0001
        return options;
    }
}
