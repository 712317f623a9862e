using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>One case, one answer one side gave to it, and what its checks found.</summary>
public sealed record CaseOutcome
{
    private CaseOutcome(GoldenCase goldenCase, int repeat, Answer answer, ImmutableArray<CheckResult> results) =>
        (Case, Repeat, Answer, Results) = (goldenCase, repeat, answer, results);

    /// <summary>The case.</summary>
    public GoldenCase Case { get; }

    /// <summary>Which of the times it was asked, from 0.</summary>
    public int Repeat { get; }

    /// <summary>The answer.</summary>
    public Answer Answer { get; }

    /// <summary>A result for each check of the case, in the case's order.</summary>
    public ImmutableArray<CheckResult> Results { get; }

    /// <summary>Whether an answer came and every check passed.</summary>
    public bool Passed => Answer.Error is null && Results.All(result => result.Passed);

    /// <summary>The reasons of the checks that failed, each once.</summary>
    public ImmutableArray<string> Failures => [.. Results.Where(result => !result.Passed).Select(result => result.Reason).Distinct()];

    /// <summary>Whether the answer's form is what failed: no answer came, or it does not fit its schema.</summary>
    /// <remarks>Code that reads the answer breaks on these, whatever the answer would have said.</remarks>
    public bool BrokenForm => Answer.Error is not null || Results.Any(result => result is { Passed: false, Check: SchemaCheck.Named });

    /// <summary>Runs the checks of a case on an answer.</summary>
    /// <param name="goldenCase">The case.</param>
    /// <param name="answer">What came.</param>
    /// <param name="policy">What the prompt's policy says of evaluations.</param>
    /// <param name="repeat">Which of the times it was asked, from 0.</param>
    public static CaseOutcome Judge(GoldenCase goldenCase, Answer answer, EvaluationPolicy policy, int repeat = 0)
    {
        ArgumentNullException.ThrowIfNull(goldenCase);
        ArgumentOutOfRangeException.ThrowIfNegative(repeat);
        var input = new CheckInput(goldenCase, answer, policy);
        return new CaseOutcome(goldenCase, repeat, answer, [.. goldenCase.Expect.Select(check => check.Run(input))]);
    }
}

/// <summary>All that both sides answered to one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Candidate">The candidate's outcomes, by repeat; at least one.</param>
/// <param name="Baseline">The baseline's outcomes, by repeat; empty where none ran.</param>
public sealed record CaseRun(GoldenCase Case, ImmutableArray<CaseOutcome> Candidate, ImmutableArray<CaseOutcome> Baseline)
{
    /// <summary>What judges said of them, one a rubric; empty without judges.</summary>
    public ImmutableArray<JudgedCase> Judged { get; init => field = value.IsDefault ? [] : value; } = [];
}
