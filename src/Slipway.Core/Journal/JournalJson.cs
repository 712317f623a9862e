using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>The JSON of events and entries: snake_case names, texts for values, canonical spelling for events.</summary>
/// <remarks>An event names all its fields, those that are nothing as <c>null</c>; one that lacks a field is as unknown as one with a field too many.</remarks>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    PropertyNameCaseInsensitive = false,
    AllowDuplicateProperties = false,
    UseStringEnumConverter = false,
    NumberHandling = JsonNumberHandling.Strict,
    AllowOutOfOrderMetadataProperties = true,       // canonical JSON sorts its keys
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JournalEvent))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(CheckpointDocument))]
public sealed partial class JournalJson : JsonSerializerContext
{
    /// <summary>An event's canonical JSON.</summary>
    public static string Serialize(JournalEvent happened) =>
        Encoding.UTF8.GetString(CanonicalJson.Of(JsonSerializer.Serialize(happened, Default.JournalEvent)));

    /// <summary>A checkpoint's canonical JSON: the last line of an export.</summary>
    public static string Serialize(CheckpointDocument checkpoint) =>
        Encoding.UTF8.GetString(CanonicalJson.Of(JsonSerializer.Serialize(checkpoint, Default.CheckpointDocument)));

    /// <summary>Reads an entry from its line in an export.</summary>
    /// <exception cref="JsonException">It has not the form of one.</exception>
    public static JournalEntry ReadEntry(string json) => JsonSerializer.Deserialize(json, Default.JournalEntry) ?? throw new JsonException("An entry is never null.");

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="JsonException">It has not the form of one.</exception>
    public static CheckpointDocument ReadCheckpoint(string json) => JsonSerializer.Deserialize(json, Default.CheckpointDocument) ?? throw new JsonException("A checkpoint is never null.");

    /// <summary>Reads an event back.</summary>
    /// <exception cref="UnknownEventException">This build does not know the event or one of its fields.</exception>
    public static JournalEvent Deserialize(string json, long sequence)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.JournalEvent) ?? throw new JsonException("The event is null.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new UnknownEventException(sequence, exception);
        }
    }
}

/// <summary>The journal holds an event that this build cannot read; skipping it would make the state a guess.</summary>
public sealed class UnknownEventException : Exception
{
    /// <summary>Names the entry.</summary>
    public UnknownEventException(long sequence, Exception inner)
        : base($"Journal entry {sequence} holds an event this build does not know; it was written by a newer one. Start that build. ({inner?.Message})", inner) =>
        Sequence = sequence;

    /// <summary>The entry that could not be read.</summary>
    public long Sequence { get; }
}
