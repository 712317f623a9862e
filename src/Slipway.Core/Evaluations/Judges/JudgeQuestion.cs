using System.Collections.Immutable;
using Slipway.Core.Prompts;

namespace Slipway.Core.Evaluations;

/// <summary>What a judge is asked, as a case of its own prompt.</summary>
public static class JudgeQuestion
{
    private static readonly ImmutableSortedDictionary<string, string> NoTags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Asks for the score of an answer.</summary>
    /// <param name="judge">A <see cref="Rubric.Judge"/>.</param>
    /// <param name="input">What went in, see <see cref="GoldenCase.InputText"/>.</param>
    /// <param name="answer">What came out.</param>
    /// <param name="reference">What a good answer says; null where nobody said.</param>
    public static GoldenCase Score(Package judge, string input, string answer, string? reference) =>
        Make(judge, [(JudgePrompt.Input, input), (JudgePrompt.Answer, answer), (JudgePrompt.Reference, reference)]);

    /// <summary>Asks which of two answers is better.</summary>
    /// <param name="judge">A <see cref="Rubric.PairJudge"/>.</param>
    /// <param name="input">What went in, see <see cref="GoldenCase.InputText"/>.</param>
    /// <param name="first">The answer that stands first.</param>
    /// <param name="second">The other.</param>
    /// <param name="reference">What a good answer says; null where nobody said.</param>
    public static GoldenCase Compare(Package judge, string input, string first, string second, string? reference) =>
        Make(judge, [(JudgePrompt.Input, input), (JudgePrompt.First, first), (JudgePrompt.Second, second), (JudgePrompt.Reference, reference)]);

    private static GoldenCase Make(Package judge, ReadOnlySpan<(string Name, string? Value)> values)
    {
        ArgumentNullException.ThrowIfNull(judge);
        var declared = judge.Document.GetProperty("variables").GetProperty("properties");
        using var buffer = new JsonBuffer();
        buffer.Writer.WriteStartObject();
        foreach (var (name, value) in values)
            if (value is not null && declared.TryGetProperty(name, out _)) buffer.Writer.WriteString(name, value);
        buffer.Writer.WriteEndObject();
        return new GoldenCase("judged", CaseKind.Normal, buffer.Read(), [], [], NoTags, null);
    }
}
