using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is JSON and fits the output schema of the version that gave it.</summary>
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

    private protected override CheckResult Judge(Answer answer, JsonElement json)
    {
        var violations = answer.SchemaViolations;
        if (violations.IsEmpty) return Result(true, "The answer fits its schema");
        var more = violations.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $"; and {violations.Length - Shown} more") : "";
        return Result(false, string.Join("; ", violations.Take(Shown)) + more);
    }
}
