using System.Buffers;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Something that writes itself as JSON, to be read again at once.</summary>
internal sealed class JsonBuffer : IDisposable
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public JsonBuffer() => Writer = new Utf8JsonWriter(bytes);

    /// <summary>Takes the JSON.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written.</summary>
    public JsonElement Read()
    {
        Writer.Flush();
        return JsonElement.Parse(bytes.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => Writer.Dispose();
}
