using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Rendering;

namespace Slipway.Server.Gateway;

/// <summary>Reads a request to <c>/v1/responses</c>.</summary>
internal static class ResponsesRequest
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
        // A prompt may hold all that is asked: then there is no input.
        ImmutableArray<ChatMessage> messages = [];
        JsonElement model = default, prompt = default, metadata = default;
        var (stream, user) = (false, (string?)null);
        foreach (var field in body.EnumerateObject())
        {
            var value = field.Value;
            if (value.ValueKind == JsonValueKind.Null) continue;        // Some clients send what they leave out.
            switch (field.Name)
            {
                case "model": model = value; break;
                case "prompt": prompt = value; break;
                case "metadata": metadata = value; break;
                case "input":
                    if (ResponsesInput.Read(value, out error) is { } input) messages = input;
                    break;
                case "stream":
                    stream = value.ValueKind == JsonValueKind.True;
                    error = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : OpenAiError.Invalid("stream", "stream must be true or false.");
                    break;
                case "user" or "safety_identifier":
                    user ??= value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                    error = value.ValueKind == JsonValueKind.String ? null : OpenAiError.Invalid(field.Name, $"{field.Name} must be a text.");
                    break;
                default: error = Refuse(field); break;
            }
            if (error is not null) return null;
        }
        if (PromptNaming.Read(model, prompt, out error) is not { } naming || CallerFacts.Read(headers, user, metadata, out error) is not { } caller) return null;
        if (Plain(naming.Variables, out var variables) is { } wrong)
        {
            error = wrong;
            return null;
        }
        // A broken stream is ended after the request's own JSON is gone.
        var echo = new ResponseEcho(naming.Name, naming.Variables?.Clone(), metadata.ValueKind == JsonValueKind.Object ? metadata.Clone() : null, user);
        return new GatewayRequest
        {
            Prompt = naming with { Variables = variables },
            Caller = caller,
            Messages = messages,
            MessagesField = "input",
            Stream = stream,
            Door = "responses",
            Answer = head => new ResponsesWriter(head, echo),
        };
    }

    private static OpenAiError? Refuse(JsonProperty field)
    {
        var value = field.Value;
        return field.Name switch
        {
            // The caller's own business with a provider; they change nothing here.
            "store" or "prompt_cache_key" or "prompt_cache_retention" or "prompt_cache_options" or "stream_options" => null,
            "background" when value.ValueKind == JsonValueKind.False => null,
            "truncation" when value.ValueKind == JsonValueKind.String && value.ValueEquals("disabled") => null,
            "include" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0 => null,
            "previous_response_id" => OpenAiError.Invalid(field.Name, "Responses are not kept here, so there is none to go on from; send the conversation so far as input."),
            "conversation" => OpenAiError.Invalid(field.Name, "Conversations are not kept here; send the conversation so far as input."),
            "background" => OpenAiError.Invalid(field.Name, "Responses are not kept here, so none can be fetched later; leave background out, and stream where an answer takes long."),
            "include" => OpenAiError.Invalid(field.Name, "include asks for what is not kept here; leave it out."),
            "text" or "reasoning" when value.ValueKind == JsonValueKind.Object && value.EnumerateObject().FirstOrDefault(part => part.Value.ValueKind != JsonValueKind.Null) is { Value.ValueKind: not JsonValueKind.Undefined } first => Frozen($"{field.Name}.{first.Name}"),
            "text" or "reasoning" when value.ValueKind == JsonValueKind.Object => null,
            _ => Frozen(field.Name),
        };
    }

    private static OpenAiError Frozen(string field) => OpenAiError.Invalid(field, $"{field} is frozen in the prompt's version and cannot be set by a call.");

    // A variable may come as a part of content instead of a plain value.
    private static OpenAiError? Plain(JsonElement? given, out JsonElement? plain)
    {
        plain = given;
        if (given is not { } variables) return null;
        var isPart = false;
        foreach (var variable in variables.EnumerateObject())
        {
            if (PartType(variable.Value) is not { } type) continue;
            var field = $"prompt.variables.{variable.Name}";
            if (type != "input_text") return OpenAiError.Invalid(field, $"{field} is {(type == "input_image" ? "a picture" : "a file")}; a prompt's variables are texts and values. Send it in input.");
            if (!variable.Value.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String) return OpenAiError.Invalid(field, $"{field}.text must be a text.");
            isPart = true;
        }
        if (isPart)
            plain = JsonSerializer.SerializeToElement(new JsonObject(variables.EnumerateObject().Select(variable => KeyValuePair.Create(
                variable.Name, JsonSerializer.SerializeToNode(PartType(variable.Value) is null ? variable.Value : variable.Value.GetProperty("text"))))));
        return null;
    }

    private static string? PartType(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() is "input_text" or "input_image" or "input_file"
            ? type.GetString() : null;
}
