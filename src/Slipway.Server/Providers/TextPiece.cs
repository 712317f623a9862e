using System.Text.Json;

namespace Slipway.Server.Providers;

/// <summary>Reads the piece that nearly every piece of a stream is, one text, without making a tree of it: a stream has thousands of them.</summary>
internal static class TextPiece
{
    /// <summary>Reads a chunk of a chat completion.</summary>
    /// <returns>Null where there is more in it than text and a finish reason, or something is wrong: then somebody must look closely.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ModelPiece? Read(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        ModelPiece? piece = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isChoices, mustBeNull) = (reader.ValueTextEquals("choices"u8), reader.ValueTextEquals("usage"u8) || reader.ValueTextEquals("error"u8));
            reader.Read();
            if (isChoices && (reader.TokenType != JsonTokenType.StartArray || (piece = ReadChoices(ref reader)) is null)) return null;
            if (mustBeNull && reader.TokenType != JsonTokenType.Null) return null;
            if (!isChoices) reader.Skip();
        }
        // Reading on tells whether anything stands behind it.
        return reader.Read() ? null : piece;
    }

    private static ModelPiece? ReadChoices(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? text = null, finish = null;
        var hasDelta = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isDelta, isFinish) = (reader.ValueTextEquals("delta"u8), reader.ValueTextEquals("finish_reason"u8));
            reader.Read();
            if (isDelta)
            {
                if (reader.TokenType != JsonTokenType.StartObject || !ReadDelta(ref reader, ref text)) return null;
                hasDelta = true;
            }
            else if (isFinish && reader.TokenType == JsonTokenType.String) finish = reader.GetString();
            else reader.Skip();
        }
        return hasDelta && reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new ModelPiece(text ?? "", null, finish) : null;
    }

    private static bool ReadDelta(ref Utf8JsonReader reader, ref string? text)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isContent, mustBeNull) = (reader.ValueTextEquals("content"u8), reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("tool_calls"u8));
            reader.Read();
            if (mustBeNull && reader.TokenType != JsonTokenType.Null) return false;
            if (isContent && reader.TokenType == JsonTokenType.String) text = reader.GetString();
            else reader.Skip();
        }
        return true;
    }
}
