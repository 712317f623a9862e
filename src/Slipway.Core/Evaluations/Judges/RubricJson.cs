using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Writes rubrics as <see cref="RubricReader"/> reads them; what is not there is not named.</summary>
internal static class RubricJson
{
    /// <summary>All of a rubric but its id.</summary>
    public static JsonElement Write(Rubric rubric)
    {
        using var buffer = new JsonBuffer();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WriteString("criterion"u8, rubric.Criterion);
        writer.WriteStartArray("scale"u8);
        foreach (var step in rubric.Scale)
        {
            writer.WriteStartObject();
            writer.WriteNumber("score"u8, step.Score);
            writer.WriteString("label"u8, step.Label);
            writer.WriteString("means"u8, step.Means);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("pass"u8, rubric.Pass);
        writer.WriteString("model"u8, rubric.Model);
        if (rubric.Parameters is { } parameters)
        {
            writer.WritePropertyName("parameters"u8);
            parameters.WriteTo(writer);
        }
        if (rubric.Prompt is { } prompt) writer.WriteString("prompt"u8, prompt);
        writer.WriteStartArray("examples"u8);
        foreach (var example in rubric.Examples) Write(writer, example);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return buffer.Read();
    }

    /// <summary>One example, as it stands among a rubric's <c>examples</c>.</summary>
    public static void Write(Utf8JsonWriter writer, RubricExample example)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, example.Id);
        writer.WriteString("input"u8, example.Input);
        writer.WriteString("answer"u8, example.Answer);
        if (example.Reference is { } reference) writer.WriteString("reference"u8, reference);
        writer.WriteNumber("score"u8, example.Score);
        if (example.Why is { } why) writer.WriteString("why"u8, why);
        writer.WriteEndObject();
    }
}
