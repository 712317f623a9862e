using System.Text;
using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>What a response says again of its request.</summary>
/// <param name="Prompt">The prompt's name, as it was named.</param>
/// <param name="Variables">As they were given; null for none.</param>
/// <param name="Metadata">As it was given; null for none.</param>
/// <param name="User">The request's <c>user</c> or <c>safety_identifier</c>; null for none.</param>
internal sealed record ResponseEcho(string Prompt, JsonElement? Variables, JsonElement? Metadata, string? User);

/// <summary>How far a response has come.</summary>
/// <param name="Status"><c>in_progress</c>, <c>completed</c>, <c>incomplete</c> or <c>failed</c>.</param>
/// <param name="Reason">Why it is incomplete; null where it is not.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
internal sealed record ResponseState(string Status, string? Reason = null, OpenAiError? Error = null)
{
    /// <summary>It is being made.</summary>
    public static readonly ResponseState InProgress = new("in_progress");

    /// <summary>How an answer ended.</summary>
    public static ResponseState Of(ModelAnswer answer) => answer switch
    {
        { FinishReason: "length" } => new("incomplete", "max_output_tokens"),
        { FinishReason: "content_filter", Refusal: null } => new("incomplete", "content_filter"),
        _ => new("completed"),
    };
}

/// <summary>An item of a response's output: a message with its parts, or a call of a function.</summary>
internal sealed class ResponseItem
{
    private ResponseItem(string id, int index) => (Id, Index) = (id, index);

    public string Id { get; }

    /// <summary>Its place in the output, from 0.</summary>
    public int Index { get; }

    /// <summary>Of a call: the id that its output names, and the function; null for a message.</summary>
    public (string Id, string Name)? Call { get; private init; }

    /// <summary>Of a call: the arguments so far.</summary>
    public StringBuilder Arguments { get; } = new();

    /// <summary>Of a message: its parts so far.</summary>
    public List<(bool IsRefusal, StringBuilder Text)> Parts { get; } = [];

    public static ResponseItem Message(string trace, int index) => new($"msg_{trace}_{index}", index);

    public static ResponseItem Function(string trace, int index, string? id, string? name) => new($"fc_{trace}_{index}", index) { Call = (id ?? $"call_{trace}_{index}", name ?? "") };

    public void WriteTo(Utf8JsonWriter writer, string status)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, Id);
        writer.WriteString("type"u8, Call is null ? "message"u8 : "function_call"u8);
        writer.WriteString("status"u8, status);
        if (Call is { } call)
        {
            writer.WriteString("call_id"u8, call.Id);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, Arguments.ToString());
        }
        else
        {
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteStartArray("content"u8);
            foreach (var (isRefusal, text) in Parts) WritePart(writer, isRefusal, text.ToString());
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    public static void WritePart(Utf8JsonWriter writer, bool isRefusal, string text)
    {
        writer.WriteStartObject();
        if (isRefusal)
        {
            writer.WriteString("type"u8, "refusal"u8);
            writer.WriteString("refusal"u8, text);
        }
        else
        {
            writer.WriteString("type"u8, "output_text"u8);
            writer.WriteString("text"u8, text);
            writer.WriteStartArray("annotations"u8);
            writer.WriteEndArray();
            writer.WriteStartArray("logprobs"u8);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}

/// <summary>The response object, whole, as OpenAI's clients know it.</summary>
internal sealed class ResponseDocument(AnswerHead head, ResponseEcho echo)
{
    private readonly string id = $"resp_{head.Trace}";

    /// <summary>Writes the object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="state">How far it has come.</param>
    /// <param name="items">What there is of its output.</param>
    /// <param name="usage">Its tokens; null where they are not known.</param>
    public void WriteTo(Utf8JsonWriter writer, ResponseState state, IEnumerable<ResponseItem> items, TokenUsage? usage)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, "response"u8);
        writer.WriteNumber("created_at"u8, head.Created.ToUnixTimeSeconds());
        writer.WriteString("status"u8, state.Status);
        writer.WriteBoolean("background"u8, false);
        Error(writer, state.Error);
        Incomplete(writer, state.Reason);
        writer.WriteNull("instructions"u8);
        Copy(writer, "max_output_tokens", Parameter("max_completion_tokens") ?? Parameter("max_tokens"));
        writer.WriteString("model"u8, head.Model);
        writer.WriteStartArray("output"u8);
        foreach (var item in items) item.WriteTo(writer, state.Status is "incomplete" or "failed" ? "incomplete" : state.Status);
        writer.WriteEndArray();
        Copy(writer, "parallel_tool_calls", Parameter("parallel_tool_calls"), "true"u8);
        writer.WriteNull("previous_response_id"u8);
        Prompt(writer);
        writer.WriteStartObject("reasoning"u8);
        Copy(writer, "effort", Parameter("reasoning_effort"));
        writer.WriteNull("summary"u8);
        writer.WriteEndObject();
        if (echo.User is { } user) writer.WriteString("safety_identifier"u8, user);
        writer.WriteBoolean("store"u8, false);
        Copy(writer, "temperature", Parameter("temperature"));
        Format(writer, Parameter("response_format"));
        ToolChoice(writer, Parameter("tool_choice"));
        Tools(writer);
        Copy(writer, "top_p", Parameter("top_p"));
        writer.WriteString("truncation"u8, "disabled"u8);
        if (usage is not null) Usage(writer, usage);
        Copy(writer, "metadata", echo.Metadata, "{}"u8);
        writer.WriteEndObject();
    }

    private void Prompt(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("prompt"u8);
        writer.WriteString("id"u8, echo.Prompt);
        writer.WriteString("version"u8, head.Version.Number.Text);
        Copy(writer, "variables", echo.Variables);
        writer.WriteEndObject();
    }

    private static void Error(Utf8JsonWriter writer, OpenAiError? error)
    {
        if (error is null)
        {
            writer.WriteNull("error"u8);
            return;
        }
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, error.Status == StatusCodes.Status429TooManyRequests ? "rate_limit_exceeded"u8 : "server_error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteEndObject();
    }

    private static void Incomplete(Utf8JsonWriter writer, string? reason)
    {
        if (reason is null)
        {
            writer.WriteNull("incomplete_details"u8);
            return;
        }
        writer.WriteStartObject("incomplete_details"u8);
        writer.WriteString("reason"u8, reason);
        writer.WriteEndObject();
    }

    // What chat completions keep in an object of its own stands flat here.
    private static void Format(Utf8JsonWriter writer, JsonElement? format)
    {
        writer.WriteStartObject("text"u8);
        writer.WriteStartObject("format"u8);
        if (format is not { ValueKind: JsonValueKind.Object } given) writer.WriteString("type"u8, "text"u8);
        else foreach (var field in given.EnumerateObject())
            if (field.NameEquals("json_schema") && field.Value.ValueKind == JsonValueKind.Object) Fields(writer, field.Value);
            else field.WriteTo(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void ToolChoice(Utf8JsonWriter writer, JsonElement? choice)
    {
        if (choice is not { ValueKind: JsonValueKind.Object } given || !given.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
        {
            Copy(writer, "tool_choice", choice, "\"auto\""u8);
            return;
        }
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, "function"u8);
        Fields(writer, function);
        writer.WriteEndObject();
    }

    private void Tools(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tools"u8);
        if (head.Tools is { } tools)
            foreach (var function in tools.EnumerateArray().Select(tool => tool.GetProperty("function")))
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "function"u8);
                Fields(writer, function);
                if (!function.TryGetProperty("parameters", out _)) writer.WriteNull("parameters"u8);
                if (!function.TryGetProperty("strict", out _)) writer.WriteBoolean("strict"u8, false);
                writer.WriteEndObject();
            }
        writer.WriteEndArray();
    }

    private static void Usage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, usage.Input);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.Cached ?? 0);
        writer.WriteNumber("cache_write_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, usage.Output);
        writer.WriteStartObject("output_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens"u8, usage.Input + usage.Output);
        writer.WriteEndObject();
    }

    private JsonElement? Parameter(string name) => head.Parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Fields(Utf8JsonWriter writer, JsonElement owner)
    {
        foreach (var field in owner.EnumerateObject()) field.WriteTo(writer);
    }

    private static void Copy(Utf8JsonWriter writer, string name, JsonElement? value, ReadOnlySpan<byte> otherwise = default)
    {
        writer.WritePropertyName(name);
        if (value is { } given) given.WriteTo(writer);
        else writer.WriteRawValue(otherwise.IsEmpty ? "null"u8 : otherwise);
    }
}
