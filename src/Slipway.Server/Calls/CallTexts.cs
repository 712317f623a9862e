using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Server.Providers;

namespace Slipway.Server.Calls;

/// <summary>The texts of a call as its prompt's policy keeps them: made before anything waits to be stored.</summary>
internal static class CallTexts
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The messages, as OpenAI writes them.</summary>
    public static string? Input(ServingPolicy policy, ImmutableArray<ChatMessage> messages) => policy.Capture == CapturePolicy.None || messages.IsDefaultOrEmpty ? null : Captured.Of(policy, Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var message in messages) message.WriteTo(writer);
        writer.WriteEndArray();
    }));

    /// <summary>The answer: its text, or an object where it calls tools or refuses in a field of its own.</summary>
    public static string? Output(ServingPolicy policy, ModelAnswer? answer)
    {
        if (policy.Capture == CapturePolicy.None || answer is null) return null;
        return Captured.Of(policy, answer.ToolCalls is null && answer.Refusal is null ? answer.Text : Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("content", answer.Text);
            if (answer.Refusal is { } refusal) writer.WriteString("refusal", refusal);
            if (answer.ToolCalls is { } calls)
            {
                writer.WritePropertyName("tool_calls");
                calls.WriteTo(writer);
            }
            writer.WriteEndObject();
        }));
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(buffer, Readable)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
