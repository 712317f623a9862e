using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>That a case wants its answers judged: <c>{"check": "judge", "rubric": "tone:v2", "reference": "It names the day."}</c> among what it expects.</summary>
/// <remarks>It is no check: a judge's verdict never makes a case fail, it counts in the rubric's metrics.</remarks>
/// <param name="Rubric">By which rubric.</param>
/// <param name="Reference">What a good answer says here; null where nobody said.</param>
public sealed record JudgeExpectation(RubricId Rubric, string? Reference)
{
    internal const string Named = "judge";

    /// <summary>Whether an item of <c>expect</c> is one.</summary>
    internal static bool Is(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("check", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(Named);

    internal static JudgeExpectation? Read(PlacedJson json, JsonElement item, List<InputProblem> problems)
    {
        var before = problems.Count;
        var fields = new JsonFields(json, item, $"the check {Named}", problems, ["check", "rubric", "reference"]);
        var (rubric, reference) = (JudgeRequest.ReadRubric(json, fields, problems), fields.Text("reference", required: false));
        return problems.Count == before ? new JudgeExpectation(rubric!, reference) : null;
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("check"u8, Named);
        writer.WriteString("rubric"u8, Rubric.ToString());
        if (Reference is not null) writer.WriteString("reference"u8, Reference);
        writer.WriteEndObject();
    }
}
