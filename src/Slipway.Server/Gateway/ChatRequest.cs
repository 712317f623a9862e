using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>Reads a request to <c>/v1/chat/completions</c>.</summary>
internal static class ChatRequest
{
    /// <summary>Reads a request.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="headers">The request's headers: they say who asks.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static GatewayRequest? Parse(JsonElement body, IHeaderDictionary headers, out OpenAiError? error)
    {
        try
        {
            return Read(body, headers, out error);
        }
        catch (InvalidOperationException)       // how a value says that one of its strings is not Unicode
        {
            error = OpenAiError.Invalid(null, "The body holds a text that is not Unicode: half a surrogate pair.");
            return null;
        }
    }

    private static GatewayRequest? Read(JsonElement body, IHeaderDictionary headers, out OpenAiError? error)
    {
        error = body.ValueKind == JsonValueKind.Object ? null : OpenAiError.Invalid(null, "The body must be a JSON object.");
        if (error is not null) return null;
        var (stream, usage, user) = (false, false, (string?)null);
        ImmutableArray<ChatMessage>? messages = null;
        JsonElement model = default, prompt = default, metadata = default;
        foreach (var field in body.EnumerateObject())
        {
            error = field.Name switch
            {
                "model" => Take(field.Value, out model),
                "prompt" => Take(field.Value, out prompt),
                "metadata" => Take(field.Value, out metadata),
                "messages" => Conversation(field.Value, out messages),
                "stream" => Flag(field, out stream),
                "stream_options" => StreamOptions(field.Value, out usage),
                "user" or "safety_identifier" => Key(field, ref user),
                "store" => null,        // The caller's own business with a provider; it changes nothing.
                _ when field.Value.ValueKind == JsonValueKind.Null => null,     // Some clients send what they leave out.
                _ => OpenAiError.Invalid(field.Name, $"{field.Name} is frozen in the prompt's version and cannot be set by a call."),
            };
            if (error is not null) return null;
        }
        return PromptNaming.Read(model, prompt, out error) is { } naming && CallerFacts.Read(headers, user, metadata, out error) is { } caller
            ? new GatewayRequest { Prompt = naming, Caller = caller, Messages = messages, Stream = stream, Answer = head => new ChatCompletionWriter(head, usage) }
            : null;
    }

    private static OpenAiError? Conversation(JsonElement value, out ImmutableArray<ChatMessage>? messages)
    {
        messages = null;
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Array) return OpenAiError.Invalid("messages", "messages must be a list.");
        var turns = ImmutableArray.CreateBuilder<ChatMessage>(value.GetArrayLength());
        var calls = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var item in value.EnumerateArray())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"messages[{turns.Count}]");
            if (item.ValueKind == JsonValueKind.Object && WrongRole(item, at) is { } wrong) return wrong;
            if (ChatMessage.Read(item, out var problem) is not { } message) return OpenAiError.Invalid(at + problem!.Path, problem.In(at));
            // A provider refuses this, and then it would look as if the version had failed.
            if (message.ToolCallId is { } id && !calls.Contains(id)) return OpenAiError.Invalid($"{at}.tool_call_id", $"{at}.tool_call_id answers {id}, which no message before it calls.");
            if (message.ToolCalls is { } called) calls.UnionWith(called.EnumerateArray().Select(call => call.GetProperty("id").GetString()));
            turns.Add(message);
        }
        messages = turns.ToImmutable();
        return null;
    }

    private static OpenAiError? WrongRole(JsonElement message, string at)
    {
        var role = message.TryGetProperty("role", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return role switch
        {
            "user" or "assistant" or "tool" => null,
            "system" or "developer" => OpenAiError.Invalid($"{at}.role", $"The {role} message is frozen in the prompt's version and cannot be set by a call."),
            _ => OpenAiError.Invalid($"{at}.role", $"{at}.role must be user, assistant or tool."),
        };
    }

    private static OpenAiError? Take(JsonElement value, out JsonElement taken)
    {
        taken = value;
        return null;
    }

    private static OpenAiError? Flag(JsonProperty field, out bool flag)
    {
        flag = field.Value.ValueKind == JsonValueKind.True;
        return field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null ? null : OpenAiError.Invalid(field.Name, $"{field.Name} must be true or false.");
    }

    private static OpenAiError? StreamOptions(JsonElement value, out bool includeUsage)
    {
        includeUsage = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("include_usage", out var flag) && flag.ValueKind == JsonValueKind.True;
        return value.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? null : OpenAiError.Invalid("stream_options", "stream_options must be an object.");
    }

    private static OpenAiError? Key(JsonProperty field, ref string? key)
    {
        key ??= field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null;
        return field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null ? null : OpenAiError.Invalid(field.Name, $"{field.Name} must be a text.");
    }
}
