using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Slipway.Client.Tests.Serving;

/// <summary>A model that answers what it was told, and keeps what it was asked.</summary>
internal sealed class FakeChatClient(params string[] answers) : IChatClient
{
    private int next;

    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Asked { get; } = [];

    /// <summary>What it answers instead of a text.</summary>
    public Func<ChatResponse>? Answer { get; init; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Asked.Add(([.. messages], options));
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Answer?.Invoke() ?? new ChatResponse(new ChatMessage(ChatRole.Assistant, answers[Math.Min(next++, answers.Length - 1)]))
        {
            FinishReason = ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = 10, OutputTokenCount = 3 },
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var whole = await GetResponseAsync(messages, options, cancellationToken);
        foreach (var letter in whole.Text) yield return new ChatResponseUpdate(ChatRole.Assistant, letter.ToString());
        yield return new ChatResponseUpdate { FinishReason = whole.FinishReason, Contents = [new UsageContent(whole.Usage!)] };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake") : null;

    public void Dispose() { }
}
