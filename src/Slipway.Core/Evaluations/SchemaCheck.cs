using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is JSON and fits the output schema of the version that gave it; one that calls tools fits where its calls fit the tools.</summary>
public sealed record SchemaCheck : Check
{
    internal const string Named = "schema";
    private const int Shown = 3;

    /// <inheritdoc/>
    public override string Name => Named;

    internal static SchemaCheck? ReadArguments(PlacedJson json, JsonElement item, List<InputProblem> problems)
    {
        var before = problems.Count;
        _ = new JsonFields(json, item, "the check schema", problems, ["check"]);
        return problems.Count == before ? new SchemaCheck() : null;
    }

    internal override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("check"u8, Named);
        writer.WriteEndObject();
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        if (input.Answer.ToolCalls is null && input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
        var violations = input.Answer.ToolCalls is null ? input.Answer.SchemaViolations : input.Answer.ToolViolations;
        if (violations.IsEmpty) return Pass("The answer fits its schema");
        var more = violations.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $"; and {violations.Length - Shown} more") : "";
        return Fail(string.Join("; ", violations.Take(Shown)) + more, input.Answer.Shown);
    }
}
