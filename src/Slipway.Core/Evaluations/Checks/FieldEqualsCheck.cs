using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>A field of the answer has one exact value.</summary>
public sealed record FieldEqualsCheck : Check
{
    internal const string Named = "field_equals";
    internal const string PathForm = "a field is a name, or names with a dot between two";

    private FieldEqualsCheck(string field, JsonElement value) => (Field, Value) = (field, value);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The field; dots lead into objects, as in <c>customer.tier</c>.</summary>
    public string Field { get; }

    /// <summary>The value it must have: a text, a number, true, false or null. Numbers are compared as numbers: 1 is 1.0.</summary>
    public JsonElement Value { get; }

    /// <summary>Expects a value in a field.</summary>
    /// <exception cref="ArgumentException">The field is not a path, see <see cref="IsPath"/>, or the value an object or a list.</exception>
    internal static FieldEqualsCheck Of(string field, JsonElement value) => IsPath(field) && value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
        ? new FieldEqualsCheck(field, value)
        : throw new ArgumentException($"\"{field}\" is no field, or its value no single one.", nameof(field));

    /// <summary>Expects a text in a field.</summary>
    /// <exception cref="ArgumentException">The field is not a path: see <see cref="IsPath"/>.</exception>
    public static FieldEqualsCheck OfText(string field, string text) => IsPath(field)
        ? new FieldEqualsCheck(field, JsonSerializer.SerializeToElement(text, EvaluationJson.Default.String))
        : throw new ArgumentException($"\"{field}\" is no field: {PathForm}.", nameof(field));

    /// <summary>Whether a text names a field: one name, or several with a single dot between two.</summary>
    public static bool IsPath(string field) => field.Split('.').All(part => !string.IsNullOrWhiteSpace(part));

    internal static FieldEqualsCheck? Read(CheckArguments given)
    {
        given.Takes("field", "value");
        var field = given.Field("field");
        var value = given.Any("value");
        if (value is null) given.Problem("value", "\"value\" is missing: the check field_equals needs there what the field must hold.");
        else if (value is { ValueKind: JsonValueKind.Object or JsonValueKind.Array }) given.Problem("value", "\"value\" must be a text, a number, true, false or null.");
        return given.Fit ? new FieldEqualsCheck(field!, value!.Value) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WriteString("field"u8, Field);
        writer.WritePropertyName("value"u8);
        Value.WriteTo(writer);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        if (input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
        if (input.Field(Field) is not { } found) return Fail($"\"{Field}\" is missing, expected {JsonValues.Show(Value)}");
        return JsonValues.Same(found, Value)
            ? Pass($"\"{Field}\" is {JsonValues.Show(found)}", found.GetRawText())
            : Fail($"\"{Field}\" is {JsonValues.Show(found)}, expected {JsonValues.Show(Value)}", found.GetRawText());
    }
}
