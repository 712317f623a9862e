using System.Text.Json;
using Microsoft.Extensions.AI;
using Slipway.Core.Rendering;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using CoreMessage = Slipway.Core.Rendering.ChatMessage;

namespace Slipway.Client.Serving;

/// <summary>What a package says in the words of OpenAI's API, in the words of <see cref="IChatClient"/>.</summary>
internal static class ChatMapping
{
    /// <summary>A message of the prompt's own.</summary>
    public static ChatMessage Message(CoreMessage message)
    {
        var mapped = new ChatMessage(new ChatRole(message.Role), (IList<AIContent>)[]) { AuthorName = message.Name };
        if (message.ToolCallId is { } call) mapped.Contents.Add(new FunctionResultContent(call, message.Content));
        else if (!message.Parts.IsEmpty) foreach (var part in message.Parts) mapped.Contents.Add(Content(part));
        else mapped.Contents.Add(new TextContent(message.Content));
        if (message.ToolCalls is { ValueKind: JsonValueKind.Array } calls)
            foreach (var item in calls.EnumerateArray())
                mapped.Contents.Add(Call(item));
        return mapped;
    }

    /// <summary>The version's model, parameters and tools, over what the application said beside them.</summary>
    public static ChatOptions Options(ChatOptions? given, RenderAnswer.Rendered version)
    {
        var options = given?.Clone() ?? new ChatOptions();
        var offered = given?.Tools ?? [];
        options.ModelId = version.Model.Model;
        (options.Temperature, options.TopP, options.TopK, options.MaxOutputTokens, options.Seed) = (null, null, null, null, null);
        (options.FrequencyPenalty, options.PresencePenalty, options.StopSequences, options.ResponseFormat, options.Reasoning) = (null, null, null, null, null);
        (options.ToolMode, options.AllowMultipleToolCalls, options.Instructions, options.Tools) = (null, null, null, Tools(version.Tools, offered));
        foreach (var parameter in version.Parameters.EnumerateObject()) Set(options, parameter.Name, parameter.Value);
        return options;
    }

    private static void Set(ChatOptions options, string name, JsonElement value)
    {
        switch (name)
        {
            case "temperature" when value.ValueKind == JsonValueKind.Number: options.Temperature = value.GetSingle(); break;
            case "top_p" when value.ValueKind == JsonValueKind.Number: options.TopP = value.GetSingle(); break;
            case "top_k" when value.TryGetInt(out var number): options.TopK = number; break;
            case "max_tokens" or "max_completion_tokens" or "max_output_tokens" when value.TryGetInt(out var number): options.MaxOutputTokens = number; break;
            case "frequency_penalty" when value.ValueKind == JsonValueKind.Number: options.FrequencyPenalty = value.GetSingle(); break;
            case "presence_penalty" when value.ValueKind == JsonValueKind.Number: options.PresencePenalty = value.GetSingle(); break;
            case "seed" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seed): options.Seed = seed; break;
            case "stop" when value.ValueKind == JsonValueKind.String: options.StopSequences = [value.GetString()!]; break;
            case "stop" when value.ValueKind == JsonValueKind.Array: options.StopSequences = [.. value.EnumerateArray().Select(stop => stop.ToString())]; break;
            case "parallel_tool_calls" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: options.AllowMultipleToolCalls = value.GetBoolean(); break;
            case "tool_choice" when ToolMode(value) is { } mode: options.ToolMode = mode; break;
            case "response_format" when ResponseFormat(options, value) is { } format: options.ResponseFormat = format; break;
            default: (options.AdditionalProperties ??= [])[name] = value; break;        // for the client of the provider to know
        }
    }

    private static ChatToolMode? ToolMode(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.String => choice.GetString() switch { "none" => ChatToolMode.None, "auto" => ChatToolMode.Auto, "required" => ChatToolMode.RequireAny, _ => null },
        JsonValueKind.Object when choice.TryGetProperty("function", out var function) && function.TryGetProperty("name", out var name) => ChatToolMode.RequireSpecific(name.GetString()!),
        _ => null,
    };

    private static ChatResponseFormat? ResponseFormat(ChatOptions options, JsonElement format)
    {
        switch (format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var type) ? type.GetString() : null)
        {
            case "text": return ChatResponseFormat.Text;
            case "json_object": return ChatResponseFormat.Json;
            case "json_schema" when format.TryGetProperty("json_schema", out var named) && named.TryGetProperty("schema", out var schema):
                // The clients of OpenAI's models look for it here.
                if (named.TryGetProperty("strict", out var strict) && strict.ValueKind is JsonValueKind.True or JsonValueKind.False) (options.AdditionalProperties ??= [])["strict"] = strict.GetBoolean();
                return ChatResponseFormat.ForJsonSchema(schema, Text(named, "name"), Text(named, "description"));
            default: return null;
        }
    }

    private static List<AITool>? Tools(JsonElement? tools, IList<AITool> offered) => tools is not { ValueKind: JsonValueKind.Array } list ? null : [.. list.EnumerateArray().Select(tool =>
    {
        var function = tool.GetProperty("function");
        var (name, description) = (Text(function, "name")!, Text(function, "description") ?? "");
        var parameters = function.TryGetProperty("parameters", out var schema) ? schema : JsonElement.Parse("""{"type":"object","properties":{}}"""u8);
        return (AITool)(offered.OfType<AIFunction>().FirstOrDefault(own => own.Name == name) is { } own
            ? new FrozenFunction(own, description, parameters)
            : AIFunctionFactory.CreateDeclaration(name, description, parameters));
    })];

    private static AIContent Content(ContentPart part) => part switch
    {
        ContentPart.Text text => new TextContent(text.Value),
        ContentPart.Image { Url: var url } when url.StartsWith("data:", StringComparison.Ordinal) => new DataContent(url),
        ContentPart.Image image => new UriContent(image.Url, "image/*"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static FunctionCallContent Call(JsonElement call)
    {
        var function = call.GetProperty("function");
        return FunctionCallContent.CreateFromParsedArguments(
            Text(function, "arguments") ?? "{}", Text(call, "id") ?? "", Text(function, "name")!, static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json, AIJsonUtilities.DefaultOptions));
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryGetInt(this JsonElement value, out int number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number);
    }

    /// <summary>The application's function in the version's words: the model sees what was released, the application runs what it has.</summary>
    private sealed class FrozenFunction(AIFunction own, string description, JsonElement parameters) : DelegatingAIFunction(own)
    {
        public override string Description => description;
        public override JsonElement JsonSchema => parameters;
    }
}
