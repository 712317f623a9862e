using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Core.Evaluations;

/// <summary>What people are asked of each row of a review, and what they may say.</summary>
/// <param name="Question">One or more sentences.</param>
/// <param name="Steps">What may be said, the worst first; of a row with two answers, which is better.</param>
/// <param name="Pass">The least score that passes; null where two answers are compared.</param>
public sealed record ReviewScale(string Question, ImmutableArray<RubricStep> Steps, int? Pass)
{
    /// <summary>The labels of a row with two answers.</summary>
    public const string First = "first", Second = "second", Tie = "tie";

    private static readonly ImmutableArray<RubricStep> Choices =
    [
        new(1, First, "The first answer is better."), new(0, Tie, "Neither is better."), new(-1, Second, "The second answer is better."),
    ];

    /// <summary>Whether it is said of two answers which is better.</summary>
    [JsonIgnore] public bool Compares => Pass is null;

    /// <summary>What is asked where no rubric is named.</summary>
    public static ReviewScale Plain { get; } = new("Would you have let this answer go out?",
        [new(0, "no", "It is wrong, or something in it must be changed first."), new(1, "yes", "It can go out as it is.")], 1);

    /// <summary>What is asked of two answers where no rubric is named.</summary>
    public static ReviewScale PlainPair { get; } = new("Which of the two answers would you rather have let go out?", Choices, null);

    /// <summary>What a rubric asks.</summary>
    /// <param name="rubric">Which.</param>
    /// <param name="compare">Of two answers which is better, instead of one answer by its scale.</param>
    public static ReviewScale Of(Rubric rubric, bool compare)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        return compare ? new ReviewScale($"Which of the two answers is better? {rubric.Criterion}", Choices, null) : new ReviewScale(rubric.Criterion, rubric.Scale, rubric.Pass);
    }

    /// <summary>The place of a label among the steps, from 0; null where there is no such label.</summary>
    public int? PlaceOf(string label)
    {
        for (var place = 0; place < Steps.Length; place++)
            if (string.Equals(Steps[place].Label, label, StringComparison.OrdinalIgnoreCase)) return place;
        return null;
    }
}
