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
}
