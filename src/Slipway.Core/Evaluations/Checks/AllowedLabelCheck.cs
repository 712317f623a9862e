using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>A field of the answer, or the whole answer, is one of some labels.</summary>
public sealed record AllowedLabelCheck : Check
{
    internal const string Named = "allowed_label";

    private AllowedLabelCheck(string? field, ImmutableArray<string> labels) => (Field, Labels) = (field, labels);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The field; dots lead into objects. Null for the whole answer, spaces around it aside.</summary>
    public string? Field { get; }

    /// <summary>The labels, spelled exactly so; at least one.</summary>
    public ImmutableArray<string> Labels { get; }

    internal static AllowedLabelCheck? Read(CheckArguments given)
    {
        given.Takes("field", "labels");
        var (field, labels) = (given.Field("field", required: false), given.Texts("labels", required: true));
        return given.Fit ? new AllowedLabelCheck(field, labels) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (Field is not null) writer.WriteString("field"u8, Field);
        writer.WriteStartArray("labels"u8);
        foreach (var label in Labels) writer.WriteStringValue(label);
        writer.WriteEndArray();
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var (what, label) = ("The answer", input.Answer.Shown.Trim());
        if (Field is not null)
        {
            if (input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
            if (input.Field(Field) is not { } found) return Fail($"\"{Field}\" is missing, expected one of {string.Join(", ", Labels)}");
            if (found.ValueKind != JsonValueKind.String) return Fail($"\"{Field}\" is {JsonValues.Show(found)}, which is no text", found.GetRawText());
            (what, label) = ($"\"{Field}\"", found.GetString()!);
        }
        return Labels.Contains(label, StringComparer.Ordinal)
            ? Pass($"{what} is \"{JsonValues.Excerpt(label)}\"", label)
            : Fail($"{what} is \"{JsonValues.Excerpt(label)}\", which is none of {string.Join(", ", Labels)}", label);
    }
}
