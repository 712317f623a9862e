namespace Slipway.Core.Rendering;

/// <summary>One message of a conversation as a model receives it.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">The text, never parsed again: template syntax inside it is plain text.</param>
public sealed record ChatMessage(string Role, string Content);
