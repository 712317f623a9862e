using System.Text;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Evaluations;

/// <summary>What goes into a case, as one text.</summary>
internal static class CaseText
{
    /// <summary>The variables by name, then the messages by role; a message that stands alone is its text alone.</summary>
    public static string Of(GoldenCase goldenCase)
    {
        if (goldenCase.Variables is null && goldenCase.Messages is [{ Role: "user", Parts: [], Name: null } only]) return only.Content;
        var text = new StringBuilder();
        if (goldenCase.Variables is { } variables)
            foreach (var variable in variables.EnumerateObject()) Add(text, variable.Name, variable.Value.ValueKind == JsonValueKind.String ? variable.Value.GetString()! : variable.Value.GetRawText());
        foreach (var message in goldenCase.Messages) Add(text, message.Name is null ? message.Role : $"{message.Role} {message.Name}", Said(message));
        return text.ToString().TrimEnd('\n');
    }

    // What has lines of its own begins below its name.
    private static void Add(StringBuilder text, string name, string value) => text.Append(name).Append(value.Contains('\n', StringComparison.Ordinal) ? ":\n" : ": ").Append(value).Append("\n\n");

    private static string Said(ChatMessage message) => string.Join('\n', ((IEnumerable<string>)
    [
        message.Content,
        .. message.Parts.OfType<ContentPart.Image>().Select(image => $"[picture {(image.Url.StartsWith("data:", StringComparison.Ordinal) ? "inside the case" : image.Url)}]"),
        message.Refusal ?? "",
        message.ToolCalls?.GetRawText() ?? "",
    ]).Where(part => part.Length > 0));
}
