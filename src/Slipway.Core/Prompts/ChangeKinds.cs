using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Prompts;

/// <summary>The kinds of change a version makes, at least one, each once. In JSON one is written as a text, several as a list.</summary>
[JsonConverter(typeof(Converter))]
public sealed record ChangeKinds
{
    /// <summary>The kinds given.</summary>
    /// <exception cref="ArgumentException">There is none, or one stands twice.</exception>
    public ChangeKinds(params ImmutableArray<ChangeKind> all) =>
        All = !all.IsDefaultOrEmpty && all.Distinct().Count() == all.Length ? all : throw new ArgumentException("Kinds of change are one at least, and each stands once.", nameof(all));

    /// <summary>In the order written.</summary>
    public ImmutableArray<ChangeKind> All { get; }

    /// <summary>Kinds are the same in any order.</summary>
    public bool Equals(ChangeKinds? other) => other is not null && All.Order().SequenceEqual(other.All.Order());

    /// <inheritdoc/>
    public override int GetHashCode() => All.Order().Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(" and ", All.Select(kind => kind.ToString().ToLowerInvariant()));

    internal sealed class Converter : JsonConverter<ChangeKinds>
    {
        public override ChangeKinds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var kinds = ImmutableArray.CreateBuilder<ChangeKind>();
            if (reader.TokenType == JsonTokenType.StartArray)
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) kinds.Add(One(ref reader));
            else kinds.Add(One(ref reader));
            return kinds.Count > 0 && kinds.Distinct().Count() == kinds.Count
                ? new ChangeKinds(kinds.ToImmutable())
                : throw new JsonException("The kinds of change must be at least one of meaning, tone and format, each once.");
        }

        public override void Write(Utf8JsonWriter writer, ChangeKinds value, JsonSerializerOptions options)
        {
            if (value.All.Length > 1) writer.WriteStartArray();
            foreach (var kind in value.All) writer.WriteStringValue(kind.ToString().ToLowerInvariant());
            if (value.All.Length > 1) writer.WriteEndArray();
        }

        private static ChangeKind One(ref Utf8JsonReader reader) => (reader.TokenType == JsonTokenType.String ? reader.GetString() : null) switch
        {
            "meaning" => ChangeKind.Meaning,
            "tone" => ChangeKind.Tone,
            "format" => ChangeKind.Format,
            _ => throw new JsonException("A kind of change is meaning, tone or format."),
        };
    }
}
