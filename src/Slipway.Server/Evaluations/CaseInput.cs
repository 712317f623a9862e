using System.Buffers;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>What goes into a case, by its hash. Its id, tags and expectations are no part of it: whoever expects something else asks nothing new.</summary>
internal static class CaseInput
{
    /// <summary>The hash of a case's variables and messages.</summary>
    public static ContentHash HashOf(GoldenCase goldenCase)
    {
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("messages"u8);
            foreach (var message in goldenCase.Messages) message.WriteTo(writer);
            writer.WriteEndArray();
            if (goldenCase.Variables is { } variables)
            {
                writer.WritePropertyName("variables"u8);
                variables.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        try
        {
            return ContentHash.Of(CanonicalJson.Of(JsonElement.Parse(json.WrittenSpan)));
        }
        catch (JsonException)
        {
            // A number beyond a double has no canonical form; as it is written it is still the same each time.
            return ContentHash.Of(json.WrittenSpan);
        }
    }
}
