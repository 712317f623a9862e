using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Rendering;

namespace Slipway.Server.Providers;

/// <summary>Puts what a model is asked into the words of Anthropic's Messages.</summary>
internal static class AnthropicRequest
{
    /// <summary>The limit of an answer where a version sets none: the service requires one.</summary>
    public const int DefaultMaxTokens = 4096;

    // There they mean something, here nothing: an answer without them would not be what the version asked for.
    private static readonly ImmutableHashSet<string> Unknown =
        ["seed", "logprobs", "top_logprobs", "logit_bias", "presence_penalty", "frequency_penalty", "prediction", "modalities", "audio", "functions", "function_call", "verbosity", "web_search_options"];

    /// <summary>The body of a request, field by field.</summary>
    /// <exception cref="ProviderException">Something has no counterpart there.</exception>
    public static Dictionary<string, JsonElement> Body(ModelRequest request)
    {
        var body = new JsonObject { ["model"] = request.Model };
        if (System(request.Messages) is { } system) body["system"] = system;
        body["messages"] = Conversation(request.Messages);
        if (request.Tools is { } tools) body["tools"] = new JsonArray([.. tools.EnumerateArray().Select(Tool)]);
        foreach (var parameter in request.Parameters.EnumerateObject()) Add(body, parameter.Name, parameter.Value);
        body["max_tokens"] ??= DefaultMaxTokens;
        return body.ToDictionary(field => field.Key, field => JsonSerializer.SerializeToElement(field.Value), StringComparer.Ordinal);
    }

    /// <summary>The parameters with the limit that the service requires, where there is none.</summary>
    public static JsonElement Sent(JsonElement parameters)
    {
        if (parameters.EnumerateObject().Any(parameter => parameter.Name is "max_tokens" or "max_completion_tokens" && parameter.Value.ValueKind != JsonValueKind.Null)) return parameters;
        var sent = (JsonObject)Node(parameters)!;
        sent["max_tokens"] = DefaultMaxTokens;
        return JsonSerializer.SerializeToElement(sent);
    }

    private static void Add(JsonObject body, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        switch (name)
        {
            case "max_completion_tokens" or "max_tokens": body["max_tokens"] = Node(value); break;
            case "stop": body["stop_sequences"] = value.ValueKind == JsonValueKind.Array ? Node(value) : new JsonArray(Node(value)); break;
            case "tool_choice": Merge(body, name, ToolChoice(value)); break;
            case "parallel_tool_calls":
                if (value.ValueKind == JsonValueKind.False) Merge(body, "tool_choice", new JsonObject { ["disable_parallel_tool_use"] = true });
                break;
            case "response_format": if (Format(value) is { } format) Merge(body, "output_config", new JsonObject { ["format"] = format }); break;
            case "reasoning_effort": Merge(body, "output_config", new JsonObject { ["effort"] = Node(value) }); break;
            case "user" or "safety_identifier": body["metadata"] = new JsonObject { ["user_id"] = Node(value) }; break;
            case "output_config" when value.ValueKind == JsonValueKind.Object: Merge(body, name, (JsonObject)Node(value)!); break;
            case "store": break;        // It concerns what the other service keeps.
            case "n" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var one) && one == 1: break;
            case "n": throw Cannot("n greater than 1");
            default:
                if (Unknown.Contains(name)) throw Cannot(name);
                body[name] = Node(value);       // temperature, top_p, and what only this service has
                break;
        }
    }

    private static JsonNode? System(ImmutableArray<ChatMessage> messages)
    {
        var texts = messages.Where(IsSystem).Select(message => message.Content).Where(text => text.Length > 0).ToList();
        return texts.Count switch { 0 => null, 1 => texts[0], _ => new JsonArray([.. texts.Select(Text)]) };
    }

    private static JsonArray Conversation(ImmutableArray<ChatMessage> messages)
    {
        var turns = new JsonArray();
        JsonArray? results = null;
        foreach (var message in messages.Where(message => !IsSystem(message)))
        {
            if (message.Role == "tool")
            {
                // All answers to one turn's calls belong into one message.
                if (results is null) turns.Add(Turn("user", results = []));
                results.Add(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = message.ToolCallId, ["content"] = message.Content });
                continue;
            }
            results = null;
            turns.Add(Turn(message.Role, message.Role == "assistant" && (message.ToolCalls ?? default) is { ValueKind: JsonValueKind.Array } calls ? WithCalls(message, calls)
                : message.Parts.IsEmpty ? message.Content.Length == 0 ? message.Refusal ?? "" : message.Content
                : Parts(message)));
        }
        return turns;
    }

    private static JsonArray WithCalls(ChatMessage message, JsonElement calls)
    {
        var blocks = !message.Parts.IsEmpty ? Parts(message) : message.Content.Length > 0 ? new JsonArray(Text(message.Content)) : [];
        foreach (var call in calls.EnumerateArray())
        {
            var function = call.GetProperty("function");
            blocks.Add(new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = call.GetProperty("id").GetString(),
                ["name"] = function.GetProperty("name").GetString(),
                ["input"] = Arguments(function.GetProperty("arguments").GetString()!, call.GetProperty("id").GetString()),
            });
        }
        return blocks;
    }

    private static JsonObject Arguments(string text, string? call)
    {
        try
        {
            return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException exception)
        {
            throw new ProviderException($"The arguments of the call {call} in the conversation are no JSON object, and Anthropic's Messages take nothing else.", StatusCodes.Status400BadRequest, inner: exception);
        }
    }

    private static JsonArray Parts(ChatMessage message) => new([.. message.Parts.Select(part => part switch
    {
        ContentPart.Text text => Text(text.Value),
        ContentPart.Image image => new JsonObject { ["type"] = "image", ["source"] = Source(image.Url) },
        _ => throw new System.Diagnostics.UnreachableException(),
    })]);

    private static JsonObject Source(string url)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return new JsonObject { ["type"] = "url", ["url"] = url };
        var comma = url.IndexOf(";base64,", StringComparison.OrdinalIgnoreCase);
        return comma < 0 ? throw Cannot("a picture in a data: address that is not base64")
            : new JsonObject { ["type"] = "base64", ["media_type"] = url["data:".Length..comma], ["data"] = url[(comma + ";base64,".Length)..] };
    }

    private static JsonObject Tool(JsonElement tool)
    {
        var function = tool.GetProperty("function");
        var given = new JsonObject { ["name"] = function.GetProperty("name").GetString() };
        if (function.TryGetProperty("description", out var description)) given["description"] = Node(description);
        given["input_schema"] = function.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object ? Node(parameters) : new JsonObject { ["type"] = "object" };
        if (function.TryGetProperty("strict", out var strict) && strict.ValueKind == JsonValueKind.True) given["strict"] = true;
        return given;
    }

    private static JsonObject ToolChoice(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.String => new JsonObject { ["type"] = choice.GetString() switch { "required" => "any", var same => same } },
        JsonValueKind.Object when choice.TryGetProperty("function", out var function) && function.TryGetProperty("name", out var name) => new JsonObject { ["type"] = "tool", ["name"] = Node(name) },
        _ => throw Cannot("this tool_choice"),
    };

    private static JsonObject? Format(JsonElement format)
    {
        var kind = format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var type) ? type.GetString() : null;
        return kind switch
        {
            "text" => null,
            "json_schema" when format.TryGetProperty("json_schema", out var named) && named.TryGetProperty("schema", out var schema) => new JsonObject { ["type"] = "json_schema", ["schema"] = Node(schema) },
            _ => throw Cannot($"response_format {kind}"),
        };
    }

    private static void Merge(JsonObject body, string field, JsonObject more)
    {
        // As parameters come in any order, what belongs into one object arrives in two steps; that calls are not parallel has to say of which choice.
        var target = body[field] as JsonObject ?? (field == "tool_choice" ? new JsonObject { ["type"] = "auto" } : []);
        foreach (var (name, value) in more) target[name] = value?.DeepClone();
        body[field] = target;
    }

    private static bool IsSystem(ChatMessage message) => message.Role == "system";

    private static JsonObject Turn(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonNode? Node(JsonElement value) => JsonSerializer.SerializeToNode(value);

    private static ProviderException Cannot(string what) => new($"Anthropic's Messages have no {what}; take it out of the version's parameters or choose another model.", StatusCodes.Status400BadRequest);
}
