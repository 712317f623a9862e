using System.Globalization;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Cli.Prompts;

/// <summary>A message as people read it: who speaks, then what; what is no text stands in brackets.</summary>
internal static class MessageText
{
    private const int LongestUrl = 200;

    public static string Of(ChatMessage message) => string.Join(Environment.NewLine, [Heading(message), .. Lines(message)]);

    private static string Heading(ChatMessage message) =>
        $"{message.Role}{(message.Name is { } name ? $" {name}" : "")}{(message.ToolCallId is { } call ? $" (answers {call})" : "")}:";

    private static IEnumerable<string> Lines(ChatMessage message)
    {
        if (message.Parts.IsEmpty && (message.Content.Length > 0 || message is { ToolCalls: null, Refusal: null })) yield return message.Content;
        foreach (var part in message.Parts) yield return part switch
        {
            ContentPart.Text text => text.Value,
            ContentPart.Image image => $"[picture {Short(image.Url)}{(image.Detail is { } detail ? $", detail {detail}" : "")}]",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (message.Refusal is { } refusal) yield return $"[refuses: {refusal}]";
        if (message.ToolCalls is not { } calls) yield break;
        foreach (var call in calls.EnumerateArray())
        {
            var function = call.GetProperty("function");
            yield return $"[calls {Text(function, "name")}({Text(function, "arguments")}) as {Text(call, "id")}]";
        }
    }

    // A picture that is written out in its address fills a screen with nothing to read.
    private static string Short(string url) =>
        url.Length <= LongestUrl ? url : string.Create(CultureInfo.InvariantCulture, $"{url[..LongestUrl]}… ({url.Length} characters)");

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();
}
