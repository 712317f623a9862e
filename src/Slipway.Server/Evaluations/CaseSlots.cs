using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>A case whose answers come one after the other.</summary>
/// <param name="goldenCase">The case.</param>
/// <param name="index">Its place among those that are asked, from 0.</param>
/// <param name="input">The hash of what goes in.</param>
/// <param name="sides">How many sides answer it: 1, or 2 with a baseline.</param>
/// <param name="repeats">How often each does.</param>
/// <param name="isJudged">Whether judges score what they answer.</param>
internal sealed class CaseSlots(GoldenCase goldenCase, int index, ContentHash input, int sides, int repeats, bool isJudged)
{
    private readonly CaseOutcome?[] outcomes = new CaseOutcome?[sides * repeats];
    private readonly ImmutableArray<JudgedRepeat>[] judged = isJudged ? new ImmutableArray<JudgedRepeat>[repeats] : [];
    private int missing = (isJudged ? sides + 1 : sides) * repeats;

    public GoldenCase Case => goldenCase;

    public int Index => index;

    public ContentHash Input => input;

    public bool IsJudged => isJudged;

    /// <summary>Takes an answer that is stored.</summary>
    /// <returns>Whether it was the last that was missing.</returns>
    public bool Add(int side, CaseOutcome outcome)
    {
        outcomes[side * repeats + outcome.Repeat] = outcome;
        return --missing == 0;
    }

    /// <summary>Takes what judges said of one repeat; their answers are stored.</summary>
    /// <returns>Whether it was the last that was missing.</returns>
    public bool Add(int repeat, ImmutableArray<JudgedRepeat> said)
    {
        judged[repeat] = said;
        return --missing == 0;
    }

    /// <summary>All of it, once nothing is missing.</summary>
    public CaseRun Run()
    {
        var run = new CaseRun(goldenCase, [.. outcomes.Take(repeats).Select(outcome => outcome!)], [.. outcomes.Skip(repeats).Select(outcome => outcome!)]);
        return isJudged ? run with { Judged = [.. Enumerable.Range(0, judged[0].Length).Select(judge => JudgedRepeat.Together([.. judged.Select(repeat => repeat[judge])]))] } : run;
    }
}

/// <summary>A case that is asked once more: both sides one right after the other, so that their times can be compared.</summary>
/// <param name="Slots">The case.</param>
/// <param name="Repeat">Which of the times, from 0.</param>
/// <param name="Keys">What the answers are stored under, by side; empty where they are not.</param>
internal sealed record Question(CaseSlots Slots, int Repeat, ContentHash[] Keys)
{
    /// <summary>What was answered before, by side.</summary>
    public Answer?[] Known { get; } = new Answer?[2];
}

/// <summary>Something that came: an answer to a case, checked; an answer of a judge; or all that judges said of a case once.</summary>
internal readonly struct Arrival
{
    private readonly CaseOutcome? outcome;
    private readonly ImmutableArray<JudgedRepeat> judged;

    /// <summary>An answer to a case.</summary>
    /// <param name="question">To what.</param>
    /// <param name="side">Whose: 0 is the candidate's, 1 the baseline's.</param>
    /// <param name="outcome">What its checks found.</param>
    public Arrival(Question question, int side, CaseOutcome outcome) => (Question, Side, this.outcome, Answer) = (question, side, outcome, outcome.Answer);

    /// <summary>An answer of a judge.</summary>
    public Arrival(JudgeAsk judge, Answer answer) => (Judge, Answer) = (judge, answer);

    /// <summary>All that judges said; their answers came before.</summary>
    public Arrival(Question question, ImmutableArray<JudgedRepeat> judged) => (Question, this.judged) = (question, judged);

    /// <summary>Null for an answer of a judge.</summary>
    public Question? Question { get; }

    public int Side { get; }

    /// <summary>What the judge was asked; null where it is none's answer.</summary>
    public JudgeAsk? Judge { get; }

    /// <summary>Null for what judges said all together.</summary>
    public Answer? Answer { get; }

    /// <summary>Puts it into its case, now that it is stored.</summary>
    /// <returns>Whether it was the last that was missing.</returns>
    public bool Settle() => outcome is null ? Question!.Slots.Add(Question.Repeat, judged) : Question!.Slots.Add(Side, outcome);
}
