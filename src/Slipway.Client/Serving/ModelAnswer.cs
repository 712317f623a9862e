using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Slipway.Client.Serving;

/// <summary>What a model answered, as a version's contract looks at it.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Text">Its text as the model gave it.</param>
/// <param name="ToolCalls">The functions it calls, as OpenAI's <c>tool_calls</c>; null for none.</param>
/// <param name="Refused">Whether the model refused.</param>
/// <param name="Checked">Its text as it is to be used, and what of it breaks the contract.</param>
internal sealed record ModelAnswer(ChatResponse Response, string Text, JsonElement? ToolCalls, bool Refused, CheckedAnswer Checked)
{
    public static ModelAnswer Of(RenderAnswer.Rendered version, ChatResponse response)
    {
        var contents = response.Messages.SelectMany(message => message.Contents).ToList();
        var calls = Calls(contents.OfType<FunctionCallContent>().Where(call => !call.InformationalOnly).ToList());
        var refused = contents.OfType<ErrorContent>().Any(content => content.ErrorCode == "Refusal") || response.FinishReason == ChatFinishReason.ContentFilter;
        return new ModelAnswer(response, response.Text, calls, refused, version.Check(response.Text, calls));
    }

    /// <summary>Puts the text that is to be used in the place of the one that the model gave.</summary>
    public void Finish()
    {
        if (Checked.Text == Text) return;
        var placed = false;
        foreach (var message in Response.Messages)
        {
            for (var index = message.Contents.Count - 1; index >= 0; index--)
                if (message.Contents[index] is TextContent) message.Contents.RemoveAt(index);
            if (placed || message.Role != ChatRole.Assistant) continue;
            message.Contents.Insert(0, new TextContent(Checked.Text));
            placed = true;
        }
    }

    private static JsonElement? Calls(List<FunctionCallContent> calls)
    {
        if (calls.Count == 0) return null;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var call in calls)
            {
                writer.WriteStartObject();
                writer.WriteString("id", call.CallId);
                writer.WriteString("type", "function");
                writer.WriteStartObject("function");
                writer.WriteString("name", call.Name);
                writer.WriteString("arguments", JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
