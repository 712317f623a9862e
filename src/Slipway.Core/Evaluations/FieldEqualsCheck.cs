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

    /// <summary>Expects a text in a field.</summary>
    /// <exception cref="ArgumentException">The field is not a path: see <see cref="IsPath"/>.</exception>
    public static FieldEqualsCheck OfText(string field, string text) => IsPath(field)
        ? new FieldEqualsCheck(field, JsonSerializer.SerializeToElement(text, EvaluationJson.Default.String))
        : throw new ArgumentException($"\"{field}\" is no field: {PathForm}.", nameof(field));

    /// <summary>Whether a text names a field: one name, or several with a single dot between two.</summary>
    public static bool IsPath(string field) => field.Split('.').All(part => !string.IsNullOrWhiteSpace(part));

    internal static FieldEqualsCheck? ReadArguments(PlacedJson json, JsonElement item, List<InputProblem> problems)
    {
        var before = problems.Count;
        var fields = new JsonFields(json, item, "the check field_equals", problems, ["check", "field", "value"]);
        var field = fields.Text("field", required: true);
        if (field is not null && !IsPath(field))
            problems.Add(json.At(fields.Any("field")!.Value, $"\"field\" has an empty part: {PathForm}."));
        var value = fields.Any("value");
        if (value is null)
            problems.Add(json.At(item, "\"value\" is missing: the check field_equals needs there what the field must hold."));
        else if (value is { ValueKind: JsonValueKind.Object or JsonValueKind.Array })
            problems.Add(json.At(value.Value, "\"value\" must be a text, a number, true, false or null."));
        return problems.Count == before ? new FieldEqualsCheck(field!, value!.Value) : null;
    }

    internal override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("check"u8, Named);
        writer.WriteString("field"u8, Field);
        writer.WritePropertyName("value"u8);
        Value.WriteTo(writer);
        writer.WriteEndObject();
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        if (input.Json is not { } found) return Fail(JsonValues.NotJson, input.Answer.Shown);
        foreach (var name in Field.Split('.'))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                return Fail($"\"{Field}\" is missing, expected {JsonValues.Show(Value)}");
        }
        return JsonValues.Same(found, Value)
            ? Pass($"\"{Field}\" is {JsonValues.Show(found)}", found.GetRawText())
            : Fail($"\"{Field}\" is {JsonValues.Show(found)}, expected {JsonValues.Show(Value)}", found.GetRawText());
    }
}
