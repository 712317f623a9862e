using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Rendering;

/// <summary>Reads and writes a message in the shape of OpenAI's chat messages; a field it does not know is an error.</summary>
internal sealed class ChatMessageConverter : JsonConverter<ChatMessage>
{
    public override ChatMessage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(JsonElement.ParseValue(ref reader), out var problem) ?? throw new JsonException(problem!.In("message"));

    public override void Write(Utf8JsonWriter writer, ChatMessage value, JsonSerializerOptions options) => Write(writer, value);

    public static void Write(Utf8JsonWriter writer, ChatMessage message)
    {
        writer.WriteStartObject();
        writer.WriteString("role", message.Role);
        if (message.Name is { } name) writer.WriteString("name", name);
        if (!message.Parts.IsEmpty)
        {
            writer.WriteStartArray("content");
            foreach (var part in message.Parts) Write(writer, part);
            writer.WriteEndArray();
        }
        else if (message.Content.Length == 0 && (message.ToolCalls is not null || message.Refusal is not null))
        {
            writer.WriteNull("content");
        }
        else
        {
            writer.WriteString("content", message.Content);
        }
        if (message.Refusal is { } refusal) writer.WriteString("refusal", refusal);
        if (message.ToolCallId is { } call) writer.WriteString("tool_call_id", call);
        if (message.ToolCalls is { } calls)
        {
            writer.WritePropertyName("tool_calls");
            calls.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    /// <summary>Reads a message.</summary>
    /// <returns>Null, with what is wrong, where it is none.</returns>
    public static ChatMessage? Read(JsonElement json, out MessageProblem? problem)
    {
        problem = null;
        if (json.ValueKind != JsonValueKind.Object) return Refuse("", "must be an object with role and content.", out problem);
        string? role = null, name = null, id = null, refusal = null;
        JsonElement content = default, calls = default;
        foreach (var field in json.EnumerateObject())
        {
            var isNull = field.Value.ValueKind == JsonValueKind.Null;
            var text = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null;
            switch (field.Name)
            {
                case "role": role = text; break;
                case "content": content = field.Value; break;
                case "name" when isNull || text is not null: name = text; break;
                case "tool_call_id" when isNull || text is not null: id = text; break;
                case "refusal" when isNull || text is not null: refusal = text; break;
                case "tool_calls" when isNull || field.Value.ValueKind == JsonValueKind.Array: calls = field.Value; break;
                // Clients send an answer back as they got it, and these stand in it with nothing in them.
                case "audio" or "function_call" or "annotations" when isNull: break;
                case "annotations" when field.Value.ValueKind == JsonValueKind.Array && field.Value.GetArrayLength() == 0: break;
                case "name" or "tool_call_id" or "refusal": return Refuse($".{field.Name}", "must be a text.", out problem);
                case "tool_calls": return Refuse(".tool_calls", "must be a list.", out problem);
                default: return Refuse($".{field.Name}", "is not understood; a message has role, content, name, tool_calls, tool_call_id and refusal.", out problem);
            }
        }
        var called = calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0;
        problem = Misfit(role, id, refusal, called ? calls : null);
        if (problem is not null) return null;
        var message = new ChatMessage(role!, "") { Name = name, ToolCallId = id, Refusal = refusal, ToolCalls = called ? calls.Clone() : null };
        switch (content.ValueKind)
        {
            case JsonValueKind.String: return message with { Content = content.GetString()! };
            case JsonValueKind.Array: return Parts(content, out problem) is { } parts ? message.With(parts) : null;
            case JsonValueKind.Null or JsonValueKind.Undefined when called || refusal is not null: return message;
            default: return Refuse(".content", "must be a text or a list of parts.", out problem);
        }
    }

    private static MessageProblem? Misfit(string? role, string? id, string? refusal, JsonElement? calls)
    {
        if (role is not ("system" or "user" or "assistant" or "tool")) return new(".role", "must be system, user, assistant or tool.");
        if (role == "tool" && id is null) return new(".tool_call_id", "is missing; a tool message names the call that it answers.");
        if (role != "tool" && id is not null) return new(".tool_call_id", "stands in a message that is no tool's.");
        if (role != "assistant" && refusal is not null) return new(".refusal", "stands in a message that is not the assistant's.");
        if (calls is not { } called) return null;
        if (role != "assistant") return new(".tool_calls", "stands in a message that is not the assistant's.");
        var wrong = called.EnumerateArray().Index().Where(call => !IsCall(call.Item)).Select(call => (int?)call.Index).FirstOrDefault();
        return wrong is { } at ? new(At(".tool_calls", at), """must be {"id", "type": "function", "function": {"name", "arguments"}}, all of them texts.""") : null;
    }

    private static bool IsCall(JsonElement call) =>
        Text(call, "id") is not null && Text(call, "type") == "function" && call.TryGetProperty("function", out var function) && Text(function, "name") is not null && Text(function, "arguments") is not null;

    private static ImmutableArray<ContentPart>? Parts(JsonElement content, out MessageProblem? problem)
    {
        problem = content.GetArrayLength() == 0 ? new(".content", "has no parts.") : null;
        var parts = ImmutableArray.CreateBuilder<ContentPart>(content.GetArrayLength());
        foreach (var json in content.EnumerateArray())
        {
            if (Part(json) is not { } part)
            {
                problem = new(At(".content", parts.Count), """must be {"type": "text", "text"} or {"type": "image_url", "image_url": {"url", "detail"}}.""");
                break;
            }
            parts.Add(part);
        }
        return problem is null ? parts.ToImmutable() : null;
    }

    private static ContentPart? Part(JsonElement part) => Text(part, "type") switch
    {
        "text" when HasOnly(part, "type", "text") && Text(part, "text") is { } text => new ContentPart.Text(text),
        "image_url" when HasOnly(part, "type", "image_url") && part.TryGetProperty("image_url", out var image) => Image(image),
        _ => null,
    };

    private static ContentPart.Image? Image(JsonElement image)
    {
        if (Text(image, "url") is not { } url || !HasOnly(image, "url", "detail")) return null;
        return !image.TryGetProperty("detail", out var detail) || detail.ValueKind is JsonValueKind.Null or JsonValueKind.String ? new ContentPart.Image(url, Text(image, "detail")) : null;
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

    private static bool HasOnly(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var field in json.EnumerateObject())
            if (!names.Contains(field.Name)) return false;
        return true;
    }

    private static string At(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}[{index}]");

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ChatMessage? Refuse(string path, string says, out MessageProblem? problem)
    {
        problem = new MessageProblem(path, says);
        return null;
    }
}
