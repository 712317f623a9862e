using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>Reads the <c>input</c> of a request to <c>/v1/responses</c> as the messages that a model gets.</summary>
internal sealed class ResponsesInput
{
    private readonly List<ChatMessage> messages = [];
    private readonly HashSet<string> called = new(StringComparer.Ordinal);
    private JsonArray? calls;

    private ResponsesInput() { }

    /// <summary>Reads an input.</summary>
    /// <param name="input">A text, or a list of messages, calls and their outputs.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    /// <exception cref="InvalidOperationException">A text is not Unicode.</exception>
    public static ImmutableArray<ChatMessage>? Read(JsonElement input, out OpenAiError? error)
    {
        error = null;
        if (input.ValueKind == JsonValueKind.String) return [new ChatMessage("user", input.GetString()!)];
        if (input.ValueKind != JsonValueKind.Array)
        {
            error = OpenAiError.Invalid("input", "input must be a text or a list of items.");
            return null;
        }
        var reading = new ResponsesInput();
        foreach (var (index, item) in input.EnumerateArray().Index())
        {
            error = reading.Add(item, string.Create(CultureInfo.InvariantCulture, $"input[{index}]"));
            if (error is not null) return null;
        }
        reading.EndCalls();
        return [.. reading.messages];
    }

    private OpenAiError? Add(JsonElement item, string at)
    {
        if (item.ValueKind != JsonValueKind.Object) return OpenAiError.Invalid(at, $"{at} must be an object.");
        var type = Text(item, "type") ?? (item.TryGetProperty("role", out _) ? "message" : null);
        if (type is not ("function_call" or "reasoning")) EndCalls();
        return type switch
        {
            "message" => Message(item, at),
            "function_call" => Call(item, at),
            "function_call_output" => Output(item, at),
            "reasoning" => null,        // What another model thought; models take only their own thoughts back.
            "item_reference" => OpenAiError.Invalid(at, $"{at} refers to an item that is not kept here; send the item itself."),
            _ => OpenAiError.Invalid($"{at}.type", $"{at}.type must be message, function_call or function_call_output."),
        };
    }

    private OpenAiError? Message(JsonElement item, string at)
    {
        var role = Text(item, "role");
        if (role is "system" or "developer") return OpenAiError.Invalid($"{at}.role", $"The {role} message is frozen in the prompt's version and cannot be set by a call.");
        if (role is not ("user" or "assistant")) return OpenAiError.Invalid($"{at}.role", $"{at}.role must be user or assistant.");
        if (!item.TryGetProperty("content", out var content)) return OpenAiError.Invalid($"{at}.content", $"{at}.content is missing.");
        if (content.ValueKind == JsonValueKind.String)
        {
            messages.Add(new ChatMessage(role, content.GetString()!));
            return null;
        }
        if (Parts(content, role, $"{at}.content", out var refusal, out var error) is not { } parts) return error;
        messages.Add(parts is [ContentPart.Text only] ? new ChatMessage(role, only.Value) { Refusal = refusal }
            : parts.IsEmpty ? new ChatMessage(role, "") { Refusal = refusal }
            : ChatMessage.Of(role, parts) with { Refusal = refusal });
        return null;
    }

    private static ImmutableArray<ContentPart>? Parts(JsonElement content, string role, string at, out string? refusal, out OpenAiError? error)
    {
        (refusal, error) = (null, null);
        var parts = ImmutableArray.CreateBuilder<ContentPart>();
        if (content.ValueKind != JsonValueKind.Array || content.GetArrayLength() == 0) error = OpenAiError.Invalid(at, $"{at} must be a text or a list of parts.");
        else foreach (var (index, part) in content.EnumerateArray().Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{at}[{index}]");
            switch (part.ValueKind == JsonValueKind.Object ? Text(part, "type") : null)
            {
                case "input_text" or "output_text" or "text" when Text(part, "text") is { } text: parts.Add(new ContentPart.Text(text)); break;
                case "input_image" when role == "user" && Text(part, "image_url") is { } url: parts.Add(new ContentPart.Image(url, Text(part, "detail"))); break;
                case "refusal" when role == "assistant" && Text(part, "refusal") is { } words: refusal += words; break;
                case "input_image" when role == "user": error = OpenAiError.Invalid(place, $"{place} has no image_url; pictures by file_id are not kept here."); break;
                case "input_file": error = OpenAiError.Invalid(place, $"{place} is a file, and files cannot be sent to a prompt; send its text."); break;
                default: error = OpenAiError.Invalid(place, $"{place} must be {(role == "user" ? "an input_text or an input_image" : "an output_text or a refusal")}."); break;
            }
            if (error is not null) break;
        }
        return error is null ? parts.ToImmutable() : null;
    }

    private OpenAiError? Call(JsonElement item, string at)
    {
        foreach (var field in (ReadOnlySpan<string>)["call_id", "name", "arguments"])
            if (Text(item, field) is null) return OpenAiError.Invalid($"{at}.{field}", $"{at}.{field} must be a text.");
        called.Add(Text(item, "call_id")!);
        (calls ??= []).Add(new JsonObject
        {
            ["id"] = Text(item, "call_id"),
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = Text(item, "name"), ["arguments"] = Text(item, "arguments") },
        });
        return null;
    }

    private OpenAiError? Output(JsonElement item, string at)
    {
        if (Text(item, "call_id") is not { } id) return OpenAiError.Invalid($"{at}.call_id", $"{at}.call_id must be a text.");
        // A provider refuses this, and then it would look as if the version had failed.
        if (!called.Contains(id)) return OpenAiError.Invalid($"{at}.call_id", $"{at}.call_id answers {id}, which no item before it calls.");
        if (!item.TryGetProperty("output", out var output)) return OpenAiError.Invalid($"{at}.output", $"{at}.output is missing.");
        if (output.ValueKind == JsonValueKind.String)
        {
            messages.Add(new ChatMessage("tool", output.GetString()!) { ToolCallId = id });
            return null;
        }
        if (Parts(output, "user", $"{at}.output", out _, out var error) is not { } parts) return error;
        if (parts.Any(part => part is not ContentPart.Text)) return OpenAiError.Invalid($"{at}.output", $"{at}.output must be a text or a list of input_text.");
        messages.Add(new ChatMessage("tool", string.Concat(parts.Cast<ContentPart.Text>().Select(part => part.Value))) { ToolCallId = id });
        return null;
    }

    // Calls in a row are one turn of the model, together with the words it said just before them.
    private void EndCalls()
    {
        if (calls is null) return;
        var all = JsonSerializer.SerializeToElement(calls);
        calls = null;
        if (messages is [.., { Role: "assistant", ToolCalls: null } last]) messages[^1] = last with { ToolCalls = all };
        else messages.Add(new ChatMessage("assistant", "") { ToolCalls = all });
    }

    private static string? Text(JsonElement parent, string field) => parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
