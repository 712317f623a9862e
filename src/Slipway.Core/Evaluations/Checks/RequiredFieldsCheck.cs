using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is JSON and has fields; one that is null, or a blank text, is not there.</summary>
public sealed record RequiredFieldsCheck : Check
{
    internal const string Named = "required_fields";

    private RequiredFieldsCheck(ImmutableArray<string> fields) => Fields = fields;

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The fields, at least one; dots lead into objects.</summary>
    public ImmutableArray<string> Fields { get; }

    internal static RequiredFieldsCheck? Read(CheckArguments given)
    {
        given.Takes("fields");
        var fields = given.FieldList("fields");
        return given.Fit ? new RequiredFieldsCheck(fields) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("fields"u8);
        foreach (var field in Fields) writer.WriteStringValue(field);
        writer.WriteEndArray();
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        if (input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
        ImmutableArray<string> missing = [.. Fields.Where(field => !IsThere(input.Field(field)))];
        return missing.IsEmpty
            ? Pass($"The answer has {string.Join(", ", Fields)}")
            : Fail($"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing", input.Answer.Shown, 1 - (double)missing.Length / Fields.Length);
    }

    private static bool IsThere(JsonElement? value) => value is { ValueKind: not JsonValueKind.Null } found && !(found.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(found.GetString()));
}
