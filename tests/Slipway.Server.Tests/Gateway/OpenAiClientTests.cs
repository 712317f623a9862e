using System.ClientModel;
using System.Text;
using OpenAI;
using OpenAI.Chat;

namespace Slipway.Server.Tests.Gateway;

/// <summary>The official client, unmodified, with another base URL.</summary>
public sealed class OpenAiClientTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
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
