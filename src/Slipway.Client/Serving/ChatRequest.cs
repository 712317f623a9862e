using System.Text.Json;
using Microsoft.Extensions.AI;
using CoreMessage = Slipway.Core.Rendering.ChatMessage;

namespace Slipway.Client.Serving;

/// <summary>What the application asked, and how it goes to the model for a version.</summary>
internal sealed class ChatRequest
{
    private readonly Dictionary<CoreMessage, ChatMessage> originals = new(ReferenceEqualityComparer.Instance);
    private readonly ChatOptions? options;

    public ChatRequest(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        (Messages, this.options) = (messages, options);
        PlainOptions = options?.Clone();
        if (PlainOptions?.AdditionalProperties is { } properties)
            foreach (var name in (ReadOnlySpan<string>)[SlipwayChat.Variables, SlipwayChat.Unit, SlipwayChat.Context]) properties.Remove(name);
        Conversation = [.. messages.Select(Stand)];
    }

    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>The options without what is Slipway's.</summary>
    public ChatOptions? PlainOptions { get; }

    /// <summary>The messages as templates take them: each stands for the one it was made of.</summary>
    public IReadOnlyList<CoreMessage> Conversation { get; }

    public object? Variables => options?.AdditionalProperties?.GetValueOrDefault(SlipwayChat.Variables);

    public string? Unit => options?.AdditionalProperties?.GetValueOrDefault(SlipwayChat.Unit) as string ?? options?.ConversationId;

    public CallContext? Context => options?.AdditionalProperties?.GetValueOrDefault(SlipwayChat.Context) as CallContext;

    /// <summary>The messages for the model; the application's own go as they were given, whatever they hold.</summary>
    public IEnumerable<ChatMessage> MessagesFor(RenderAnswer.Rendered version) => [.. version.Messages.Select(message => originals.GetValueOrDefault(message) ?? ChatMapping.Message(message))];

    /// <summary>The options for the model: what the version freezes, and of the application's what decides no behaviour.</summary>
    public ChatOptions OptionsFor(RenderAnswer.Rendered version) => ChatMapping.Options(PlainOptions, version);

    private CoreMessage Stand(ChatMessage message)
    {
        var result = message.Contents.OfType<FunctionResultContent>().FirstOrDefault();
        var stand = new CoreMessage(message.Role.Value, result is null ? message.Text : Text(result.Result)) { ToolCallId = result?.CallId };
        originals.Add(stand, message);
        return stand;
    }

    private static string Text(object? result) => result as string ?? JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions);
}
