using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One version of a set of cases. It exists only whole and right: every way to make one checks all of it.</summary>
public sealed class GoldenSet
{
    // People read and edit golden sets: letters of any language stay letters.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal GoldenSet(GoldenSetId id, ImmutableArray<GoldenCase> cases) => (Id, Cases) = (id, cases);

    /// <summary>The name and version.</summary>
    public GoldenSetId Id { get; }

    /// <summary>The cases in the order of the file; at least one.</summary>
    public ImmutableArray<GoldenCase> Cases { get; }

    /// <summary>The cases that are asked in a run: those whose expectations nobody needs to confirm any more. Perhaps none.</summary>
    public ImmutableArray<GoldenCase> Asked => [.. Cases.Where(goldenCase => !goldenCase.IsProposed)];

    /// <summary>Reads a set from JSON Lines: one case a line, blank lines left out.</summary>
    /// <param name="id">The name and version, which do not stand in the file.</param>
    /// <param name="jsonLines">The file's text.</param>
    /// <returns>The set, or all that is wrong with the file.</returns>
    public static GoldenSetResult Parse(GoldenSetId id, string jsonLines) => new GoldenSetReader().Read(id, jsonLines);

    /// <summary>Makes a set of cases that come from somewhere else than a file; they are held to the same rules.</summary>
    /// <param name="id">The name and version of the new set.</param>
    /// <param name="cases">The cases in order.</param>
    /// <returns>The set, or all that is wrong; lines are then cases, from 1.</returns>
    public static GoldenSetResult Of(GoldenSetId id, IEnumerable<GoldenCase> cases) => Parse(id, new GoldenSet(id, [.. cases]).ToJsonLines());

    /// <summary>Makes the set that holds more cases. One whose id or input is there already is left out.</summary>
    /// <param name="set">The set that is there; null for none.</param>
    /// <param name="id">The name and version of the new set.</param>
    /// <param name="more">The new cases.</param>
    /// <param name="leftOut">Takes a sentence for each that is left out.</param>
    /// <returns>The set and the cases that it holds more than this one.</returns>
    public static (GoldenSetResult Result, ImmutableArray<GoldenCase> Added) Grow(GoldenSet? set, GoldenSetId id, IEnumerable<GoldenCase> more, ICollection<string> leftOut)
    {
        ArgumentNullException.ThrowIfNull(leftOut);
        ImmutableArray<GoldenCase> there = set?.Cases ?? [];
        var (ids, inputs) = (there.Select(one => one.Id).ToHashSet(StringComparer.Ordinal), there.ToHashSet(DuplicateInputs.Comparer));
        var added = ImmutableArray.CreateBuilder<GoldenCase>();
        foreach (var one in more)
        {
            if (!ids.Add(one.Id)) leftOut.Add($"{one.Id} is in the set already.");
            else if (inputs.TryGetValue(one, out var same)) leftOut.Add($"{one.Id} has the same input as {same.Id}.");
            else
            {
                inputs.Add(one);
                added.Add(one);
            }
        }
        return (Of(id, [.. there, .. added]), added.ToImmutable());
    }

    /// <summary>Makes a set from labelled texts: a case a row, its text one user message, its label expected in a field of the answer.</summary>
    /// <param name="id">The name and version of the new set.</param>
    /// <param name="field">The field that must hold the label, and the tag under which each case carries it.</param>
    /// <param name="rows">Texts and labels; a row without a label is an error.</param>
    /// <param name="variables">An object that fills the template of every case; null for none.</param>
    /// <returns>The set, or all that is wrong; lines are then rows, from 1.</returns>
    public static GoldenSetResult FromLabelled(GoldenSetId id, string field, IEnumerable<(string Text, string Label)> rows, JsonElement? variables) =>
        LabelledRows.Read(id, field, rows, variables);

    /// <summary>Writes the set as <see cref="Parse"/> reads it, a line for each case.</summary>
    public string ToJsonLines()
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, Readable);
        foreach (var goldenCase in Cases)
        {
            Write(writer, goldenCase);
            writer.Flush();
            output.Write("\n"u8);
            writer.Reset();
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, GoldenCase goldenCase)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, goldenCase.Id);
        writer.WriteString("kind"u8, SnakeCase<CaseKind>.Of(goldenCase.Kind));
        if (goldenCase.Variables is { } variables)
        {
            writer.WritePropertyName("variables"u8);
            variables.WriteTo(writer);
        }
        if (!goldenCase.Messages.IsEmpty) WriteMessages(writer, goldenCase.Messages);
        writer.WriteStartArray("expect"u8);
        foreach (var check in goldenCase.Expect) check.WriteTo(writer);
        foreach (var judge in goldenCase.Judges) judge.WriteTo(writer);
        writer.WriteEndArray();
        if (!goldenCase.Tags.IsEmpty)
        {
            writer.WriteStartObject("tags"u8);
            foreach (var (tag, value) in goldenCase.Tags) writer.WriteString(tag, value);
            writer.WriteEndObject();
        }
        if (goldenCase.Source is { } source) writer.WriteString("source"u8, source);
        if (goldenCase.IsProposed) writer.WriteBoolean("confirm"u8, true);
        writer.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter writer, ImmutableArray<ChatMessage> messages)
    {
        writer.WriteStartArray("messages"u8);
        foreach (var message in messages) message.WriteTo(writer);
        writer.WriteEndArray();
    }
}

/// <summary>A golden set, or why there is none.</summary>
public abstract record GoldenSetResult
{
    private GoldenSetResult() { }

    /// <summary>The input is a golden set.</summary>
    /// <param name="Set">The set.</param>
    /// <param name="Notices">What is allowed but perhaps not meant, such as two cases with the same input.</param>
    public sealed record Parsed(GoldenSet Set, ImmutableArray<InputProblem> Notices) : GoldenSetResult;

    /// <summary>The input is not a golden set.</summary>
    /// <param name="Errors">All that is wrong, in the order of the input; at least one.</param>
    public sealed record Refused(ImmutableArray<InputProblem> Errors) : GoldenSetResult;
}
