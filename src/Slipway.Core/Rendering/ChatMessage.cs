using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Rendering;

/// <summary>One message of a conversation as a model receives it. In JSON it has the shape of OpenAI's chat messages.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">The text, never parsed again: template syntax inside it is plain text. Where there are parts, the texts among them.</param>
[JsonConverter(typeof(ChatMessageConverter))]
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>What the content is made of where it is more than one text; else empty.</summary>
    public ImmutableArray<ContentPart> Parts { get; private init; } = [];

    /// <summary>For role <c>tool</c>: the call that is answered.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>For role <c>assistant</c>: the functions it called, as OpenAI's <c>tool_calls</c>.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>A message of several parts.</summary>
    public static ChatMessage Of(string role, ImmutableArray<ContentPart> parts) =>
        new(role, string.Concat(parts.OfType<ContentPart.Text>().Select(part => part.Value))) { Parts = parts };
}

/// <summary>A part of a message.</summary>
public abstract record ContentPart
{
    private ContentPart() { }

    /// <summary>Text.</summary>
    /// <param name="Value">As it is.</param>
    public sealed record Text(string Value) : ContentPart;

    /// <summary>A picture.</summary>
    /// <param name="Url">Where it is, or <c>data:</c> and the picture itself.</param>
    /// <param name="Detail">How closely the model is to look: <c>low</c>, <c>high</c>, <c>auto</c>; null leaves it to the model.</param>
    public sealed record Image(string Url, string? Detail) : ContentPart;
}
