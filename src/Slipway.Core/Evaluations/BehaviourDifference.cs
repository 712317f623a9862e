using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>A case in which candidate and baseline behave differently.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Kind">What it tries out.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Category">What changed.</param>
/// <param name="Group">The reason it shares with others: the first failure of the side that is wrong; empty where both are right.</param>
/// <param name="Input">The start of the input, see <see cref="GoldenCase.InputExcerpt"/>.</param>
/// <param name="BaselineAnswer">The baseline's whole answer; empty where its call failed.</param>
/// <param name="CandidateAnswer">The candidate's whole answer; empty where its call failed.</param>
/// <param name="BaselineFailures">Why the baseline is wrong; empty where it is right.</param>
/// <param name="CandidateFailures">Why the candidate is wrong; empty where it is right.</param>
public sealed record BehaviourDifference(string CaseId, CaseKind Kind, ImmutableSortedDictionary<string, string> Tags,
    DifferenceCategory Category, string Group, string Input, string BaselineAnswer, string CandidateAnswer,
    ImmutableArray<string> BaselineFailures, ImmutableArray<string> CandidateFailures)
{
    /// <summary>Compares two sides case by case.</summary>
    /// <param name="baseline">The baseline's outcomes.</param>
    /// <param name="candidate">The candidate's outcomes, of the same cases in any order.</param>
    /// <returns>The cases that differ, in the categories' order. Within one: what broke the answer's form before what broke a field, large
    /// groups before small ones, a group's cases with the same tags side by side, then the candidate's order.</returns>
    /// <exception cref="ArgumentException">The two sides did not answer the same cases.</exception>
    public static ImmutableArray<BehaviourDifference> Between(ImmutableArray<CaseOutcome> baseline, ImmutableArray<CaseOutcome> candidate)
    {
        var baselines = baseline.ToDictionary(outcome => outcome.Case.Id, StringComparer.Ordinal);
        if (baselines.Count != candidate.Length || !baselines.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(candidate.Select(outcome => outcome.Case.Id)))
            throw new ArgumentException("Candidate and baseline must answer the same cases, each once.", nameof(candidate));
        return
        [
            .. candidate.Select(outcome => (Before: baselines[outcome.Case.Id], After: outcome))
                .Select(pair => (pair.Before, pair.After, Category: Compare(pair.Before, pair.After)))
                .Where(pair => pair.Category is not null)
                .Select(pair => Row(pair.Before, pair.After, pair.Category!.Value))
                .GroupBy(row => (row.Difference.Category, row.BrokenForm, row.Difference.Group))
                .OrderBy(group => group.Key.Category).ThenByDescending(group => group.Key.BrokenForm)
                .ThenByDescending(group => group.Count()).ThenBy(group => group.Key.Group, StringComparer.Ordinal)
                .SelectMany(group => group.Select(row => row.Difference).OrderBy(row => string.Join('\n', row.Tags), StringComparer.Ordinal)),
        ];
    }

    private static (BehaviourDifference Difference, bool BrokenForm) Row(CaseOutcome baseline, CaseOutcome candidate, DifferenceCategory category)
    {
        var wrong = category == DifferenceCategory.Fixed ? baseline : candidate;
        var goldenCase = candidate.Case;
        return (new BehaviourDifference(goldenCase.Id, goldenCase.Kind, goldenCase.Tags, category, wrong.Failures.FirstOrDefault(""), goldenCase.InputExcerpt,
            baseline.Answer.Shown, candidate.Answer.Shown, baseline.Failures, candidate.Failures), wrong.BrokenForm);
    }

    private static DifferenceCategory? Compare(CaseOutcome baseline, CaseOutcome candidate) => (baseline.Passed, candidate.Passed) switch
    {
        (true, false) => DifferenceCategory.Broken,
        (false, true) => DifferenceCategory.Fixed,
        (false, false) => SameAnswer(baseline.Answer, candidate.Answer) ? null : DifferenceCategory.BothWrongDifferent,
        (true, true) => SameAnswer(baseline.Answer, candidate.Answer) ? null : DifferenceCategory.BothRightDifferent,
    };

    // Spaces between tokens and the order of keys are no behaviour.
    private static bool SameAnswer(Answer left, Answer right) => left.Error == right.Error
        && (left.Shown == right.Shown || (JsonValues.Parse(left.Shown) is { } one && JsonValues.Parse(right.Shown) is { } other && JsonValues.Same(one, other)));
}

/// <summary>What changed from baseline to candidate, worst first.</summary>
[JsonConverter(typeof(SnakeCaseConverter<DifferenceCategory>))]
public enum DifferenceCategory
{
    /// <summary>The baseline passed every check, the candidate does not.</summary>
    Broken,

    /// <summary>The candidate passes every check, the baseline did not.</summary>
    Fixed,

    /// <summary>Both fail a check, with different answers.</summary>
    BothWrongDifferent,

    /// <summary>Both pass every check, with different answers.</summary>
    BothRightDifferent,
}
