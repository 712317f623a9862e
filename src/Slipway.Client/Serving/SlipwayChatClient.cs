using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Slipway.Client.Serving;
using Slipway.Core.Resolution;

namespace Slipway.Client;

/// <summary>Asks a prompt through another client: resolves, renders, calls with the version's model, parameters and tools, checks the answer, reports the call.</summary>
/// <remarks>
/// <para>What the version freezes decides; what the application says of the same in its options is passed over. Of the application's tools those are offered
/// to the model that the version names, in the version's words.</para>
/// <para>An answer that breaks its contract is treated as the prompt's <see cref="ContractPolicy"/> says. A stream is given on as it comes where the policy is to
/// observe; else it is held back until it is whole, because it might not be the answer.</para>
/// </remarks>
/// <param name="inner">Calls the model.</param>
/// <param name="slipway">Has the prompts.</param>
/// <param name="prompt">The prompt's name.</param>
/// <param name="fallback">Answers where Slipway has no version of the prompt; null: <see cref="PromptUnavailableException"/> says so.</param>
/// <param name="clock">Null for the system's.</param>
public sealed class SlipwayChatClient(IChatClient inner, ISlipwayClient slipway, string prompt, IChatClient? fallback = null, TimeProvider? clock = null) : DelegatingChatClient(inner)
{
    private readonly ISlipwayClient slipway = slipway ?? throw new ArgumentNullException(nameof(slipway));
    private readonly string prompt = prompt ?? throw new ArgumentNullException(nameof(prompt));
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <inheritdoc/>
    /// <exception cref="PromptUnavailableException">There is nothing to ask, and nobody to fall back on.</exception>
    /// <exception cref="ContractBrokenException">The answer broke its contract, and the prompt's policy is to reject it.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var request = new ChatRequest([.. messages], options);
        return await RenderAsync(request, cancellationToken) is { } rendered
            ? await new ChatCall(request, rendered, InnerClient, slipway, clock, streamed: false).AnswerAsync(cancellationToken)
            : await fallback!.GetResponseAsync(request.Messages, request.PlainOptions, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="PromptUnavailableException">There is nothing to ask, and nobody to fall back on.</exception>
    /// <exception cref="ContractBrokenException">The answer broke its contract, and the prompt's policy is to reject it.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var request = new ChatRequest([.. messages], options);
        var rendered = await RenderAsync(request, cancellationToken);
        var updates = rendered is null
            ? fallback!.GetStreamingResponseAsync(request.Messages, request.PlainOptions, cancellationToken)
            : new ChatCall(request, rendered, InnerClient, slipway, clock, streamed: true).StreamAsync(cancellationToken);
        await foreach (var update in updates.WithCancellation(cancellationToken)) yield return update;
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(slipway) == true && serviceType != typeof(object) ? slipway : base.GetService(serviceType!, serviceKey);

    // Null where the fallback is to answer.
    private async ValueTask<RenderAnswer.Rendered?> RenderAsync(ChatRequest request, CancellationToken cancellation)
    {
        switch (await slipway.RenderAsync(prompt, request.Variables, request.Unit, request.Conversation, request.Context, cancellation))
        {
            case RenderAnswer.Rendered rendered:
                return rendered;
            case RenderAnswer.Refused refused:
                if (refused.Call() is { } call) slipway.Report(call);
                return refused.Why != RenderRefusal.WrongVariables && fallback is not null ? null : throw new PromptUnavailableException(refused);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
