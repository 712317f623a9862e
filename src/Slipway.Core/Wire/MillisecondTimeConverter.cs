using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;

namespace Slipway.Core.Wire;

/// <summary>Reads and writes a time in the one spelling that is signed: UTC, milliseconds, <c>2026-03-02T12:00:00.000Z</c>.</summary>
internal sealed class MillisecondTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParseExact(reader.TokenType == JsonTokenType.String ? reader.GetString() : null, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time : throw new JsonException("A time is needed, as in 2026-03-02T12:00:00.000Z.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(JournalEntry.TimeText(value));
}
