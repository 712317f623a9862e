using System.Buffers;
using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Answers in the shape of OpenAI's chat completions.</summary>
/// <param name="head">What every answer says; the version stands in <c>system_fingerprint</c>.</param>
/// <param name="includeUsage">Whether a stream ends with its tokens.</param>
internal sealed class ChatCompletionWriter(AnswerHead head, bool includeUsage) : IAnswerWriter
{
    // What stands in JSON as it is; all else takes the long way.
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:!?()[]{}-_/*#=%$@|~^");
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };
    private readonly string id = $"chatcmpl-{head.Trace}", version = head.Version.ToString();
    private readonly long created = head.Created.ToUnixTimeSeconds();
    private byte[]? before, behind;
    private bool started;

    public void Whole(IBufferWriter<byte> output, ModelAnswer answer)
    {
        using var writer = Open(output, "chat.completion");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        if (answer.Refusal is null && !(answer.ToolCalls is not null && answer.Text.Length == 0)) writer.WriteString("content"u8, answer.Text);
        else writer.WriteNull("content"u8);
        writer.WriteString("refusal"u8, answer.Refusal);
        ToolCalls(writer, answer.ToolCalls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, answer.FinishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (answer.Usage is { } usage) Usage(writer, usage);
        Close(writer);
    }

    public void Piece(IBufferWriter<byte> output, ModelPiece piece)
    {
        if (started && piece is { Text.Length: 0, Refusal: null, FinishReason: null, ToolCalls: null }) return;
        if (started && piece is { Refusal: null, FinishReason: null, ToolCalls: null } && !piece.Text.AsSpan().ContainsAnyExcept(Plain))
        {
            WritePlain(output, piece.Text);
            return;
        }
        output.Write("data: "u8);
        using var writer = Open(output, "chat.completion.chunk");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("delta"u8);
        if (!started) writer.WriteString("role"u8, "assistant"u8);
        if (piece.Text.Length > 0 || (!started && piece.ToolCalls is null)) writer.WriteString("content"u8, piece.Text);
        else if (!started) writer.WriteNull("content"u8);
        if (piece.Refusal is not null) writer.WriteString("refusal"u8, piece.Refusal);
        ToolCalls(writer, piece.ToolCalls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, piece.FinishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (includeUsage) writer.WriteNull("usage"u8);
        Close(writer);
        output.Write("\n\n"u8);
        started = true;
    }

    public void End(IBufferWriter<byte> output, ModelAnswer answer)
    {
        if (includeUsage && answer.Usage is { } usage)
        {
            output.Write("data: "u8);
            using var writer = Open(output, "chat.completion.chunk");
            writer.WriteStartArray("choices"u8);
            writer.WriteEndArray();
            Usage(writer, usage);
            Close(writer);
            output.Write("\n\n"u8);
        }
        output.Write("data: [DONE]\n\n"u8);
    }

    public void Broken(IBufferWriter<byte> output, OpenAiError error)
    {
        output.Write("data: "u8);
        output.Write(error.Body());
        output.Write("\n\n"u8);
    }

    // Of a stream's pieces only the text differs.
    private void WritePlain(IBufferWriter<byte> output, string text)
    {
        if (before is null)
        {
            var buffer = new ArrayBufferWriter<byte>(256);
            buffer.Write("data: "u8);
            using (var writer = Open(buffer, "chat.completion.chunk")) writer.Flush();
            buffer.Write(",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""u8);
            before = buffer.WrittenSpan.ToArray();
            behind = [.. "\"},\"logprobs\":null,\"finish_reason\":null}]"u8, .. includeUsage ? ",\"usage\":null"u8 : default, .. "}\n\n"u8];
        }
        var span = output.GetSpan(before.Length + text.Length + behind!.Length);
        before.CopyTo(span);
        var written = before.Length + System.Text.Encoding.ASCII.GetBytes(text, span[before.Length..]);
        behind.CopyTo(span[written..]);
        output.Advance(written + behind.Length);
    }

    private Utf8JsonWriter Open(IBufferWriter<byte> output, string kind)
    {
        var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, created);
        json.WriteString("model"u8, head.Model);
        json.WriteString("system_fingerprint"u8, version);
        return json;
    }

    private static void Close(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void ToolCalls(Utf8JsonWriter writer, JsonElement? calls)
    {
        if (calls is not { } given) return;
        writer.WritePropertyName("tool_calls"u8);
        given.WriteTo(writer);
    }

    private static void Usage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, usage.Input);
        writer.WriteNumber("completion_tokens"u8, usage.Output);
        writer.WriteNumber("total_tokens"u8, usage.Input + usage.Output);
        if (usage.Cached is { } cached)
        {
            writer.WriteStartObject("prompt_tokens_details"u8);
            writer.WriteNumber("cached_tokens"u8, cached);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
