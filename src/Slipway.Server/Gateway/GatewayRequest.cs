using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>A request as the pipeline runs it, whichever door it came by.</summary>
internal sealed record GatewayRequest
{
    /// <summary>The prompt, its version and its variables, as the caller names them.</summary>
    public required PromptNaming Prompt { get; init; }

    /// <summary>Who asks on whose behalf.</summary>
    public required CallerFacts Caller { get; init; }

    /// <summary>The conversation so far; null where the caller sent none.</summary>
    public ImmutableArray<ChatMessage>? Messages { get; init; }

    /// <summary>The field that holds the conversation, for errors: <c>messages</c> or <c>input</c>.</summary>
    public string MessagesField { get; init; } = "messages";

    /// <summary>Whether the answer is wanted piece by piece.</summary>
    public bool Stream { get; init; }

    /// <summary>The door's name in call records: <c>chat</c> or <c>responses</c>.</summary>
    public string Door { get; init; } = "chat";

    /// <summary>Opens the answer once it is known who answers.</summary>
    public required Func<AnswerHead, IAnswerWriter> Answer { get; init; }
}

/// <summary>What every answer says at its beginning.</summary>
/// <param name="Trace">The W3C trace id, 32 hexadecimal digits; makes the answer's id.</param>
/// <param name="Created">When the request arrived.</param>
/// <param name="Model">The model that answers, as its provider names it.</param>
/// <param name="Version">The prompt's version, e.g. <c>router:v1.6.0</c>.</param>
/// <param name="Parameters">What the version froze beside the messages; an object.</param>
/// <param name="Tools">The functions it may call, as OpenAI's chat completions have them; null for none.</param>
internal sealed record AnswerHead(string Trace, DateTimeOffset Created, string Model, Core.Prompts.VersionId Version, JsonElement Parameters, JsonElement? Tools);

/// <summary>How a caller names a prompt: <c>prompt: {id, version, variables}</c>, or <c>model: "slipway/NAME@VERSION"</c>, or both where they agree.</summary>
/// <param name="Name">The prompt's name, not yet known to exist.</param>
/// <param name="NameField">The field that says it, for errors.</param>
/// <param name="Version">A version's number, its place in the sequence, <c>production</c>, <c>live</c> or <c>canary</c>; null leaves it to the routing.</param>
/// <param name="VersionField">The field that says it, for errors.</param>
/// <param name="Variables">What fills the template, an object that lives as long as the request; null for none.</param>
internal sealed record PromptNaming(string Name, string NameField, string? Version, string VersionField, JsonElement? Variables)
{
    /// <summary>What stands before a prompt's name in <c>model</c>. It is always needed: a plain name is a model's, and no new prompt changes that.</summary>
    public const string Prefix = "slipway/";

    private const int LongestVersion = 60;

    /// <summary>A plain model that the caller names beside the prompt; null for none. It must be the one that the version froze.</summary>
    public string? Model { get; init; }

    /// <summary>Reads the naming of a prompt.</summary>
    /// <param name="model">The field <c>model</c>; <c>default</c> where it is missing.</param>
    /// <param name="prompt">The field <c>prompt</c>; <c>default</c> where it is missing.</param>
    /// <param name="error">What is wrong; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static PromptNaming? Read(JsonElement model, JsonElement prompt, out OpenAiError? error)
    {
        var named = model.ValueKind == JsonValueKind.String ? model.GetString() : null;
        JsonElement? variables = null;
        string? id = null, version = null;
        if (prompt.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            if (prompt.ValueKind != JsonValueKind.Object) return Wrong("prompt", "prompt must be an object with id and variables.", out error);
            foreach (var field in prompt.EnumerateObject())
            {
                error = field.Name switch
                {
                    "variables" => Variable(field.Value, ref variables),
                    "id" or "prompt_id" => Text(field, ref id),
                    "version" => Text(field, ref version),
                    _ => OpenAiError.Invalid($"prompt.{field.Name}", $"prompt.{field.Name} is not understood; prompt takes id, version and variables."),
                };
                if (error is not null) return null;
            }
        }
        if (named is null && id is null) return Wrong("model", $"Name the prompt: \"model\": \"{Prefix}NAME\".", out error);
        var plain = named is not null && !named.StartsWith(Prefix, StringComparison.Ordinal) ? named : null;
        if (plain is not null && id is null) return Unknown(plain, out error);

        var (fromModel, versionFromModel) = Split(plain is null ? named?[Prefix.Length..] : null);
        if (fromModel is not null && id is not null && id != fromModel) return Wrong("prompt.id", $"prompt.id says {id}, but model says {fromModel}.", out error);
        if (versionFromModel is not null && version is not null && version != versionFromModel) return Wrong("prompt.version", $"prompt.version says {version}, but model says {versionFromModel}.", out error);
        var versionField = version is null ? "model" : "prompt.version";
        if ((version ?? versionFromModel) is { Length: 0 or > LongestVersion }) return Wrong(versionField, $"A version is 1 to {LongestVersion} characters long.", out error);
        error = null;
        return new PromptNaming(fromModel ?? id!, fromModel is null ? "prompt.id" : "model", version ?? versionFromModel, versionField, variables) { Model = plain };
    }

    private static (string? Name, string? Version) Split(string? text) =>
        text?.IndexOf('@', StringComparison.Ordinal) is { } at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);

    private static OpenAiError? Variable(JsonElement value, ref JsonElement? variables)
    {
        variables = value.ValueKind == JsonValueKind.Null ? null : value;
        return value.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? null : OpenAiError.Invalid("prompt.variables", "prompt.variables must be an object.");
    }

    private static OpenAiError? Text(JsonProperty field, ref string? text)
    {
        text = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : text;
        var mayBeNull = field.Name == "version";
        return field.Value.ValueKind == JsonValueKind.String || (mayBeNull && field.Value.ValueKind == JsonValueKind.Null) ? null : OpenAiError.Invalid($"prompt.{field.Name}", $"prompt.{field.Name} must be a text.");
    }

    private static PromptNaming? Unknown(string model, out OpenAiError? error)
    {
        error = new OpenAiError(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", "model", $"There is no model {model} here; name a prompt: \"model\": \"{Prefix}NAME\".");
        return null;
    }

    private static PromptNaming? Wrong(string param, string message, out OpenAiError? error)
    {
        error = OpenAiError.Invalid(param, message);
        return null;
    }
}
