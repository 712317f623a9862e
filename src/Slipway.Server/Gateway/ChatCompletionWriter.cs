using System.Buffers;
using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Answers in the shape of OpenAI's chat completions.</summary>
/// <param name="trace">Makes the answer's id.</param>
/// <param name="created">When the request arrived.</param>
/// <param name="model">The dated model that answered.</param>
/// <param name="version">The prompt's version; stands in <c>system_fingerprint</c>.</param>
internal sealed class ChatCompletionWriter(string trace, DateTimeOffset created, string model, string version)
{
    /// <summary>A whole answer.</summary>
    public ReadOnlyMemory<byte> Whole(ModelAnswer answer) => Json(writer =>
    {
        Head(writer, "chat.completion");
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        if (answer.Refusal is null && !(answer.ToolCalls is not null && answer.Text.Length == 0)) writer.WriteString("content", answer.Text);
        else writer.WriteNull("content");
        writer.WriteString("refusal", answer.Refusal);
        ToolCalls(writer, answer.ToolCalls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs");
        writer.WriteString("finish_reason", answer.FinishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (answer.Usage is { } usage) Usage(writer, usage);
    });

    /// <summary>A piece of a streamed answer, as a server-sent event.</summary>
    /// <param name="piece">What the model gave.</param>
    /// <param name="first">Whether it opens the answer.</param>
    /// <param name="usageFollows">Whether the stream will end with its tokens.</param>
    public ReadOnlyMemory<byte> Chunk(ModelPiece piece, bool first, bool usageFollows) => Event(writer =>
    {
        Head(writer, "chat.completion.chunk");
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("delta");
        if (first) writer.WriteString("role", "assistant");
        if (piece.Text.Length > 0 || (first && piece.ToolCalls is null)) writer.WriteString("content", piece.Text);
        else if (first) writer.WriteNull("content");
        if (piece.Refusal is not null) writer.WriteString("refusal", piece.Refusal);
        ToolCalls(writer, piece.ToolCalls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs");
        writer.WriteString("finish_reason", piece.FinishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (usageFollows) writer.WriteNull("usage");
    });

    /// <summary>The tokens of a streamed answer: a last piece without choices.</summary>
    public ReadOnlyMemory<byte> UsageChunk(TokenUsage usage) => Event(writer =>
    {
        Head(writer, "chat.completion.chunk");
        writer.WriteStartArray("choices");
        writer.WriteEndArray();
        Usage(writer, usage);
    });

    private void Head(Utf8JsonWriter writer, string kind)
    {
        writer.WriteString("id", $"chatcmpl-{trace}");
        writer.WriteString("object", kind);
        writer.WriteNumber("created", created.ToUnixTimeSeconds());
        writer.WriteString("model", model);
        writer.WriteString("system_fingerprint", version);
    }

    private static void ToolCalls(Utf8JsonWriter writer, JsonElement? calls)
    {
        if (calls is not { } given) return;
        writer.WritePropertyName("tool_calls");
        given.WriteTo(writer);
    }

    private static void Usage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", usage.Input);
        writer.WriteNumber("completion_tokens", usage.Output);
        writer.WriteNumber("total_tokens", usage.Input + usage.Output);
        writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Event(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("data: "u8);
        Write(buffer, fields);
        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(buffer, fields);
        return buffer.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> fields)
    {
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        fields(writer);
        writer.WriteEndObject();
    }
}
