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

    /// <summary>Who of several speaks in this role; null where nobody is named.</summary>
    public string? Name { get; init; }

    /// <summary>For role <c>tool</c>: the call that is answered.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>For role <c>assistant</c>: the functions it called, as OpenAI's <c>tool_calls</c>.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>For role <c>assistant</c>: the words with which it refused to answer; null where it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>A message of several parts.</summary>
    public static ChatMessage Of(string role, ImmutableArray<ContentPart> parts) => new ChatMessage(role, "").With(parts);

    /// <summary>The same message with other parts.</summary>
    public ChatMessage With(ImmutableArray<ContentPart> parts) => this with { Content = string.Concat(parts.OfType<ContentPart.Text>().Select(part => part.Value)), Parts = parts };

    /// <summary>Reads a message from its JSON. The one rule for callers and for manifests.</summary>
    /// <param name="json">A value of any kind.</param>
    /// <param name="problem">The first thing that is wrong; null where nothing is.</param>
    /// <returns>Null where something is wrong, a field that nobody knows among it.</returns>
    /// <exception cref="InvalidOperationException">A text is not Unicode.</exception>
    public static ChatMessage? Read(JsonElement json, out MessageProblem? problem) => ChatMessageConverter.Read(json, out problem);

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ChatMessageConverter.Write(writer, this);
    }
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

/// <summary>What is wrong with the JSON of a message.</summary>
/// <param name="Path">Where in the message, e.g. <c>.content[1]</c>; empty for the message itself.</param>
/// <param name="Says">The end of a sentence that begins with the place.</param>
public sealed record MessageProblem(string Path, string Says)
{
    /// <summary>The whole sentence.</summary>
    /// <param name="message">Where the message stands, e.g. <c>messages[2]</c>.</param>
    public string In(string message) => $"{message}{Path} {Says}";
}
