using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>What a caller of <c>/v1/chat/completions</c> asks for.</summary>
/// <param name="Prompt">The prompt's name, not yet known to exist.</param>
/// <param name="Variables">What fills the template; null for none.</param>
/// <param name="Messages">The conversation so far; null where the caller sent none.</param>
/// <param name="UnitKey">The sticky unit; null where the caller named none.</param>
/// <param name="Stream">Whether the answer is wanted piece by piece.</param>
/// <param name="IncludeUsage">Whether a stream ends with its tokens.</param>
internal sealed record ChatRequest(string Prompt, JsonElement? Variables, ImmutableArray<ChatMessage>? Messages, string? UnitKey, bool Stream, bool IncludeUsage)
{
    private const string Prefix = "slipway/";

    /// <summary>Reads a request.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="unitHeader">The header <c>x-slipway-unit</c>; it wins over the body's <c>user</c>.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static ChatRequest? Parse(JsonElement body, string? unitHeader, out OpenAiError? error)
    {
        try
        {
            return Read(body, unitHeader, out error);
        }
        catch (InvalidOperationException)       // how a value says that one of its strings is not Unicode
        {
            return Wrong(null, "The body holds a text that is not Unicode: half a surrogate pair.", out error);
        }
    }

    private static ChatRequest? Read(JsonElement body, string? unitHeader, out OpenAiError? error)
    {
        error = null;
        if (body.ValueKind != JsonValueKind.Object) return Wrong(null, "The body must be a JSON object.", out error);
        var (stream, usage, user) = (false, false, (string?)null);
        ImmutableArray<ChatMessage>? messages = null;
        JsonElement model = default, prompt = default;
        foreach (var field in body.EnumerateObject())
        {
            error = field.Name switch
            {
                "model" => Take(field.Value, out model),
                "prompt" => Take(field.Value, out prompt),
                "messages" => Conversation(field.Value, out messages),
                "stream" => Flag(field, out stream),
                "stream_options" => StreamOptions(field.Value, out usage),
                "user" or "safety_identifier" => Key(field, ref user),
                "metadata" or "store" => null,      // The caller's own notes; they change nothing.
                _ when field.Value.ValueKind == JsonValueKind.Null => null,     // Some clients send what they leave out.
                _ => OpenAiError.Invalid(field.Name, $"{field.Name} is frozen in the prompt's version and cannot be set by a call."),
            };
            if (error is not null) return null;
        }
        if (Named(model, prompt, out var variables, out error) is not { } name) return null;
        var unit = string.IsNullOrEmpty(unitHeader) ? user : unitHeader;
        return new ChatRequest(name, variables, messages, string.IsNullOrEmpty(unit) ? null : unit, stream, usage);
    }

    private static string? Named(JsonElement model, JsonElement prompt, out JsonElement? variables, out OpenAiError? error)
    {
        (variables, error) = (null, null);
        string? id = null;
        if (prompt.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            if (prompt.ValueKind != JsonValueKind.Object) return Wrong<string>("prompt", "prompt must be an object with id and variables.", out error);
            foreach (var field in prompt.EnumerateObject())
            {
                if (field.Name == "variables") variables = field.Value.ValueKind == JsonValueKind.Null ? null : field.Value.Clone();
                else if (field.Name == "id" && field.Value.ValueKind == JsonValueKind.String) id = field.Value.GetString();
                else return Wrong<string>($"prompt.{field.Name}", field.Name == "id" ? "prompt.id must be a text." : $"prompt.{field.Name} is not understood; prompt takes id and variables.", out error);
            }
            if (variables is { ValueKind: not JsonValueKind.Object }) return Wrong<string>("prompt.variables", "prompt.variables must be an object.", out error);
        }
        var named = model.ValueKind == JsonValueKind.String ? model.GetString()! : null;
        if (named is null && id is null) return Wrong<string>("model", $"Name the prompt: \"model\": \"{Prefix}NAME\".", out error);
        if (named is not null && !named.StartsWith(Prefix, StringComparison.Ordinal))
        {
            error = new OpenAiError(404, "invalid_request_error", "model_not_found", "model", $"There is no model {named} here; name a prompt: \"model\": \"{Prefix}NAME\".");
            return null;
        }
        var fromModel = named?[Prefix.Length..];
        return fromModel is not null && id is not null && id != fromModel
            ? Wrong<string>("prompt.id", $"prompt.id says {id}, but model says {fromModel}.", out error)
            : fromModel ?? id;
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

    private static ChatRequest? Wrong(string? param, string message, out OpenAiError? error) => Wrong<ChatRequest>(param, message, out error);

    private static T? Wrong<T>(string? param, string message, out OpenAiError? error) where T : class
    {
        error = OpenAiError.Invalid(param, message);
        return null;
    }
}
