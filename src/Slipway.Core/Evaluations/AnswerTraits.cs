using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What is told of an answer whether or not a check asks for it.</summary>
/// <param name="Refused">Whether it refuses, see <see cref="Refusals"/>.</param>
/// <param name="Language">The language of what a person reads in it; null where that is too little to tell.</param>
/// <param name="Tools">The names of the tools it calls.</param>
internal sealed record AnswerTraits(bool Refused, string? Language, ImmutableArray<string> Tools)
{
    /// <summary>Looks at the answers of one side to one case.</summary>
    public static ImmutableArray<AnswerTraits> Of(ImmutableArray<CaseOutcome> outcomes, EvaluationPolicy policy) => [.. outcomes.Select(outcome => Of(outcome, policy))];

    private static AnswerTraits Of(CaseOutcome outcome, EvaluationPolicy policy)
    {
        var input = new CheckInput(outcome.Case, outcome.Answer, policy);
        var prose = input.Prose;
        return new AnswerTraits(Refusals.In(input) is not null, LanguageDetector.IsSentence(prose) ? LanguageDetector.Detect(prose) : null, [.. ToolCall.In(outcome.Answer).Select(call => call.Name)]);
    }
}
