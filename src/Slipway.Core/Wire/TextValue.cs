using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Wire;

/// <summary>A value that is written and read as one text and cannot be wrong once it exists.</summary>
/// <typeparam name="TSelf">The value's own type.</typeparam>
public interface ITextValue<TSelf> where TSelf : ITextValue<TSelf>
{
    /// <summary>Reads the value from its text.</summary>
    /// <returns>False where the text does not have the value's form.</returns>
    static abstract bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out TSelf value);

    /// <summary>What a text must look like, as the end of a sentence that begins "It must be".</summary>
    static abstract string Form { get; }
}

/// <summary>Reads and writes an <see cref="ITextValue{TSelf}"/> as a JSON string, also as an object's key.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class TextValueConverter<T> : JsonConverter<T> where T : ITextValue<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()) : throw new JsonException($"A text is needed: {T.Form}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString()!);
    }

    private static T Parse(string? text) => T.TryParse(text, out var value) ? value : throw new JsonException($"\"{text}\" does not fit: it must be {T.Form}.");
}
