using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is exactly one text, spaces around it aside; or, where something else than a text is expected, the same JSON value.</summary>
public sealed record EqualsCheck : Check
{
    internal const string Named = "equals";

    internal EqualsCheck(JsonElement value, bool ignoresCase) => (Value, IgnoresCase) = (value, ignoresCase);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>What the answer must be.</summary>
    public JsonElement Value { get; }

    /// <summary>Whether capital and small letters are the same; of texts only. Default false.</summary>
    public bool IgnoresCase { get; }

    internal static EqualsCheck? Read(CheckArguments given)
    {
        given.Takes("value", "ignore_case");
        var ignoresCase = given.Flag("ignore_case");
        if (given.Any("value") is not { } value) given.Problem("value", "\"value\" is missing: the check equals needs there what the answer must be.");
        else if (ignoresCase && value.ValueKind != JsonValueKind.String) given.Problem("ignore_case", "\"ignore_case\" is for texts alone.");
        else if (given.Fit) return new EqualsCheck(value, ignoresCase);
        return null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("value"u8);
        Value.WriteTo(writer);
        if (IgnoresCase) writer.WriteBoolean("ignore_case"u8, true);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var shown = input.Answer.Shown.Trim();
        if (Value.ValueKind != JsonValueKind.String && input.Json is null) return Fail(JsonValues.NotJson, shown);
        var same = Value.ValueKind == JsonValueKind.String
            ? shown.Equals(Value.GetString()!.Trim(), IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            : JsonValues.Same(Value, input.Json!.Value);
        return same ? Pass("The answer is as expected", shown) : Fail($"The answer is \"{JsonValues.Excerpt(shown)}\", expected {JsonValues.Show(Value)}", shown);
    }
}
