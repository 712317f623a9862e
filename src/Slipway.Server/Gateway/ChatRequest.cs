using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>What a caller of <c>/v1/chat/completions</c> asks for.</summary>
/// <param name="Prompt">The prompt's name, not yet known to exist.</param>
/// <param name="Variables">What fills the template; null for none.</param>
/// <param name="Messages">The conversation so far.</param>
/// <param name="UnitKey">The sticky unit; null where the caller named none.</param>
/// <param name="Stream">Whether the answer is wanted piece by piece.</param>
/// <param name="IncludeUsage">Whether a stream ends with its tokens.</param>
internal sealed record ChatRequest(string Prompt, JsonElement? Variables, ImmutableArray<ChatMessage> Messages, string? UnitKey, bool Stream, bool IncludeUsage)
{
    private const string Prefix = "slipway/";

    /// <summary>Reads a request.</summary>
    /// <param name="body">The request's JSON.</param>
    /// <param name="unitHeader">The header <c>x-slipway-unit</c>; it wins over the body's <c>user</c>.</param>
    /// <param name="error">What is wrong with it; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static ChatRequest? Parse(JsonElement body, string? unitHeader, out OpenAiError? error)
    {
        error = null;
        if (body.ValueKind != JsonValueKind.Object) return Wrong(null, "The body must be a JSON object.", out error);
        var (stream, usage, user) = (false, false, (string?)null);
        var messages = ImmutableArray<ChatMessage>.Empty;
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
        if (!body.TryGetProperty("messages", out _)) return Wrong("messages", "messages is missing.", out error);
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

    private static OpenAiError? Conversation(JsonElement value, out ImmutableArray<ChatMessage> messages)
    {
        messages = [];
        if (value.ValueKind != JsonValueKind.Array) return OpenAiError.Invalid("messages", "messages must be a list.");
        var turns = ImmutableArray.CreateBuilder<ChatMessage>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            var at = $"messages[{turns.Count}]";
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String)
                return OpenAiError.Invalid(at, $"{at} must be an object with role and content.");
            if (role.GetString() is "system" or "developer")
                return OpenAiError.Invalid($"{at}.role", $"The {role.GetString()} message is frozen in the prompt's version and cannot be set by a call.");
            if (role.GetString() is not ("user" or "assistant")) return OpenAiError.Invalid($"{at}.role", $"{at}.role must be user or assistant.");
            if (Content(item) is not { } content) return OpenAiError.Invalid($"{at}.content", $"{at}.content must be a text or a list of text parts.");
            turns.Add(new ChatMessage(role.GetString()!, content));
        }
        messages = turns.ToImmutable();
        return null;
    }

    private static string? Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content)) return null;
        if (content.ValueKind == JsonValueKind.String) return content.GetString();
        if (content.ValueKind != JsonValueKind.Array) return null;
        var text = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("text", out var piece) || piece.ValueKind != JsonValueKind.String) return null;
            text.Append(piece.GetString());
        }
        return text.ToString();
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
