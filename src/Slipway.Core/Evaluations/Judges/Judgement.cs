using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>What a judge said of one answer.</summary>
/// <param name="Step">The step of the scale, 0 for the worst; null where there is no judgement, or nothing to judge.</param>
/// <param name="Reason">Why, in the judge's words; null without a judgement.</param>
/// <param name="Problem">Why the judge did not judge, in a sentence; null where it did, or had nothing to judge.</param>
public sealed record Judgement(int? Step, string? Reason, string? Problem)
{
    /// <summary>There was no answer to judge: the call had failed. It passes no judge, and has no score.</summary>
    public static Judgement NoAnswer { get; } = new(null, null, null);

    /// <summary>Whether the judge was asked in vain.</summary>
    public bool IsUnjudged => Problem is not null;

    /// <summary>Reads what a judge answered.</summary>
    /// <param name="rubric">Whose judge.</param>
    /// <param name="answer">What its model answered.</param>
    public static Judgement Of(Rubric rubric, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        return Read(answer, out var reason, out var verdict) is { } problem ? new Judgement(null, null, problem)
            : rubric.StepOf(verdict) is { } step ? new Judgement(step, reason, null)
            : new Judgement(null, null, $"The judge's verdict is no label of the scale: {JsonValues.Excerpt(verdict)}");
    }

    /// <summary>The reason and the verdict of a judge's answer.</summary>
    /// <returns>Why there is none, in a sentence; null where there is one.</returns>
    internal static string? Read(Answer answer, out string reason, out string verdict)
    {
        ArgumentNullException.ThrowIfNull(answer);
        (reason, verdict) = ("", "");
        if (answer.Error is { } error) return $"The judge did not answer: {error}";
        if (answer.Refusal is not null) return "The judge refused.";
        if (!answer.SchemaViolations.IsEmpty || JsonValues.Parse(answer.Text) is not { ValueKind: JsonValueKind.Object } said)
            return $"The judge's answer has not the form it must have: {answer.SchemaViolations.FirstOrDefault(JsonValues.NotJson)}";
        if (!said.TryGetProperty(JudgePrompt.Reason, out var why) || !said.TryGetProperty(JudgePrompt.Verdict, out var what) || why.ValueKind != JsonValueKind.String || what.ValueKind != JsonValueKind.String)
            return "The judge's answer has not the form it must have.";
        (reason, verdict) = (why.GetString()!, what.GetString()!);
        return null;
    }
}

/// <summary>Which of two answers a judge finds better.</summary>
public enum PairVerdict
{
    /// <summary>Neither.</summary>
    Tie,

    /// <summary>The candidate's.</summary>
    Candidate,

    /// <summary>The baseline's.</summary>
    Baseline,
}

/// <summary>What a judge said of a pair of answers, asked in both orders.</summary>
/// <param name="Verdict">The side that won in both orders, else a tie; null where there is no judgement.</param>
/// <param name="ByPosition">Whether it is a tie because the two orders did not agree.</param>
/// <param name="FirstWon">In how many of the orders the answer that stood first won.</param>
/// <param name="SecondWon">In how many the one that stood second did.</param>
/// <param name="Problem">Why there is no judgement, in a sentence; null where there is one, or nothing to judge.</param>
public sealed record PairJudgement(PairVerdict? Verdict, bool ByPosition, int FirstWon, int SecondWon, string? Problem)
{
    /// <summary>Whether the judge was asked, in both orders.</summary>
    public bool WasAsked { get; private init; }

    /// <summary>Neither side has an answer.</summary>
    public static PairJudgement NoAnswers { get; } = new(null, false, 0, 0, null);

    /// <summary>What needs no judge: the same answer twice is a tie, and an answer beats a call that failed.</summary>
    /// <param name="candidate">The candidate's.</param>
    /// <param name="baseline">The baseline's.</param>
    /// <returns>Null where a judge must say it.</returns>
    public static PairJudgement? WithoutAsking(Answer candidate, Answer baseline)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(baseline);
        return (candidate.Error, baseline.Error) switch
        {
            (not null, not null) => NoAnswers,
            (not null, null) => new PairJudgement(PairVerdict.Baseline, false, 0, 0, null),
            (null, not null) => new PairJudgement(PairVerdict.Candidate, false, 0, 0, null),
            _ => candidate.Shown == baseline.Shown ? new PairJudgement(PairVerdict.Tie, false, 0, 0, null) : null,
        };
    }

    /// <summary>Reads what a judge answered in both orders.</summary>
    /// <param name="candidateFirst">To the pair with the candidate's answer first.</param>
    /// <param name="baselineFirst">To the pair with the baseline's answer first.</param>
    public static PairJudgement Of(Answer candidateFirst, Answer baselineFirst)
    {
        var (problem, otherProblem) = (Judgement.Read(candidateFirst, out _, out var one), Judgement.Read(baselineFirst, out _, out var other));
        if ((problem ?? otherProblem) is { } why) return new PairJudgement(null, false, 0, 0, why) { WasAsked = true };
        string[] both = [one, other];
        var (first, second) = (both.Count(verdict => verdict == JudgePrompt.First), both.Count(verdict => verdict == JudgePrompt.Second));
        PairVerdict? verdict = (one, other) switch
        {
            (JudgePrompt.First, JudgePrompt.Second) => PairVerdict.Candidate,
            (JudgePrompt.Second, JudgePrompt.First) => PairVerdict.Baseline,
            _ => PairVerdict.Tie,
        };
        return new PairJudgement(verdict, verdict == PairVerdict.Tie && first + second > 0, first, second, null) { WasAsked = true };
    }
}

/// <summary>What one judge said of all answers to one case.</summary>
/// <param name="Rubric">The rubric.</param>
/// <param name="Candidate">Of the candidate's answers, by repeat.</param>
/// <param name="Baseline">Of the baseline's; empty without one.</param>
/// <param name="Pairs">Of both together, by repeat; empty where they were not compared.</param>
public sealed record JudgedCase(Rubric Rubric, ImmutableArray<Judgement> Candidate, ImmutableArray<Judgement> Baseline, ImmutableArray<PairJudgement> Pairs);
