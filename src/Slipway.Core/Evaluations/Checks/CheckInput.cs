using System.Text;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>What a check looks at. All checks of one answer share one, and so its parsing.</summary>
/// <param name="goldenCase">The case that was asked.</param>
/// <param name="answer">What came.</param>
/// <param name="policy">What the prompt's policy says of evaluations.</param>
public sealed class CheckInput(GoldenCase goldenCase, Answer answer, EvaluationPolicy policy)
{
    private readonly Lazy<JsonElement?> json = new(
        () => answer.Text.Length > 0 || answer.ToolCalls is null ? JsonValues.Parse(answer.Text) : answer.ToolCalls, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The case that was asked.</summary>
    public GoldenCase Case => goldenCase;

    /// <summary>What came.</summary>
    public Answer Answer => answer;

    /// <summary>What the prompt's policy says of evaluations.</summary>
    public EvaluationPolicy Policy => policy;

    /// <summary>The answer's text as JSON, or its tool calls where it has no text; null where the text is not JSON.</summary>
    public JsonElement? Json => json.Value;

    /// <summary>What a person would read of the answer: its text; of JSON the texts in it, a line each; where there is no text the refusal.</summary>
    internal string Prose => answer.Text.Length == 0 ? answer.Refusal ?? "" : Json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String } found ? TextsIn(found) : answer.Text;

    /// <summary>A field of the answer; null where the answer is not JSON or has no such field.</summary>
    /// <param name="path">A name, or names with a dot between two.</param>
    internal JsonElement? Field(string path)
    {
        if (Json is not { } found) return null;
        foreach (var name in path.Split('.'))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found)) return null;
        }
        return found;
    }

    /// <summary>The texts in a JSON value, a line each.</summary>
    internal static string TextsIn(JsonElement value)
    {
        var texts = new StringBuilder();
        Add(value);
        return texts.ToString();

        void Add(JsonElement one)
        {
            switch (one.ValueKind)
            {
                case JsonValueKind.String: texts.Append(texts.Length > 0 ? "\n" : "").Append(one.GetString()); break;
                case JsonValueKind.Array: foreach (var item in one.EnumerateArray()) Add(item); break;
                case JsonValueKind.Object: foreach (var field in one.EnumerateObject()) Add(field.Value); break;
            }
        }
    }
}
