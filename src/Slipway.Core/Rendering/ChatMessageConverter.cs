using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Rendering;

/// <summary>Reads and writes a message in the shape of OpenAI's chat messages; a field it does not know is an error.</summary>
internal sealed class ChatMessageConverter : JsonConverter<ChatMessage>
{
    public override ChatMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return Read(json, out var problem) ?? throw new JsonException(problem);
    }

    public override void Write(Utf8JsonWriter writer, ChatMessage value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("role", value.Role);
        if (value.Parts.IsEmpty)
        {
            writer.WriteString("content", value.Content);
        }
        else
        {
            writer.WriteStartArray("content");
            foreach (var part in value.Parts) Write(writer, part);
            writer.WriteEndArray();
        }
        if (value.ToolCallId is { } call) writer.WriteString("tool_call_id", call);
        if (value.ToolCalls is { } calls)
        {
            writer.WritePropertyName("tool_calls");
            calls.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    /// <summary>Reads a message.</summary>
    /// <returns>Null, with a sentence that says why, where it is none.</returns>
    public static ChatMessage? Read(JsonElement json, out string? problem)
    {
        problem = null;
        if (json.ValueKind != JsonValueKind.Object) return Refuse("A message must be an object with role and content.", out problem);
        string? role = null, id = null;
        JsonElement content = default, calls = default;
        foreach (var field in json.EnumerateObject())
        {
            switch (field.Name)
            {
                case "role": role = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null; break;
                case "content": content = field.Value; break;
                case "tool_call_id" when field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null: id = field.Value.GetString(); break;
                case "tool_calls" when field.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Null: calls = field.Value; break;
                case "name" or "refusal" or "audio" or "annotations" or "function_call" when field.Value.ValueKind == JsonValueKind.Null: break;      // clients send back what they got
                default: return Refuse($"A message has no field {field.Name} of this kind.", out problem);
            }
        }
        if (role is not ("system" or "user" or "assistant" or "tool")) return Refuse("The role of a message must be system, user, assistant or tool.", out problem);
        if (role == "tool" != id is not null) return Refuse("A tool message, and no other, names the tool_call_id that it answers.", out problem);
        var called = calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0;
        if (called && role != "assistant") return Refuse("Only an assistant message has tool_calls.", out problem);
        if (called && content.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return new ChatMessage(role, "") { ToolCalls = calls.Clone() };
        var message = content.ValueKind switch
        {
            JsonValueKind.String => new ChatMessage(role, content.GetString()!),
            JsonValueKind.Array => Parts(content, out problem) is { } parts ? ChatMessage.Of(role, parts) : null,
            _ => Refuse("The content of a message must be a text or a list of parts.", out problem),
        };
        return message is null ? null : message with { ToolCallId = id, ToolCalls = called ? calls.Clone() : null };
    }

    private static ImmutableArray<ContentPart>? Parts(JsonElement content, out string? problem)
    {
        problem = null;
        var parts = ImmutableArray.CreateBuilder<ContentPart>(content.GetArrayLength());
        foreach (var part in content.EnumerateArray())
        {
            switch (Text(part, "type"))
            {
                case "text" when Text(part, "text") is { } text: parts.Add(new ContentPart.Text(text)); break;
                case "image_url" when part.TryGetProperty("image_url", out var image) && Text(image, "url") is { } url: parts.Add(new ContentPart.Image(url, Text(image, "detail"))); break;
                default:
                    problem = "A part of a message must be {type: text, text} or {type: image_url, image_url: {url}}.";
                    return null;
            }
        }
        if (parts.Count == 0) problem = "The content of a message has no parts.";
        return problem is null ? parts.ToImmutable() : null;
    }

    private static void Write(Utf8JsonWriter writer, ContentPart part)
    {
        writer.WriteStartObject();
        if (part is ContentPart.Text text)
        {
            writer.WriteString("type", "text");
            writer.WriteString("text", text.Value);
        }
        else if (part is ContentPart.Image image)
        {
            writer.WriteString("type", "image_url");
            writer.WriteStartObject("image_url");
            writer.WriteString("url", image.Url);
            if (image.Detail is { } detail) writer.WriteString("detail", detail);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ChatMessage? Refuse(string why, out string? problem)
    {
        problem = why;
        return null;
    }
}
