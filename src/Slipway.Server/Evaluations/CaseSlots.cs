using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>A case whose answers come one after the other.</summary>
/// <param name="goldenCase">The case.</param>
/// <param name="index">Its place among those that are asked, from 0.</param>
/// <param name="input">The hash of what goes in.</param>
/// <param name="sides">How many sides answer it: 1, or 2 with a baseline.</param>
/// <param name="repeats">How often each does.</param>
internal sealed class CaseSlots(GoldenCase goldenCase, int index, ContentHash input, int sides, int repeats)
{
    private readonly CaseOutcome?[] outcomes = new CaseOutcome?[sides * repeats];
    private int missing = sides * repeats;

    public GoldenCase Case => goldenCase;

    public int Index => index;

    public ContentHash Input => input;

    /// <summary>Takes an answer that is stored.</summary>
    /// <returns>Whether it was the last that was missing.</returns>
    public bool Add(int side, CaseOutcome outcome)
    {
        outcomes[side * repeats + outcome.Repeat] = outcome;
        return --missing == 0;
    }

    /// <summary>All of it, once nothing is missing.</summary>
    public CaseRun Run() => new(goldenCase, [.. outcomes.Take(repeats).Select(outcome => outcome!)], [.. outcomes.Skip(repeats).Select(outcome => outcome!)]);
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

/// <summary>An answer that came, checked.</summary>
/// <param name="Question">To what.</param>
/// <param name="Side">Whose: 0 is the candidate's, 1 the baseline's.</param>
/// <param name="Outcome">What its checks found.</param>
internal readonly record struct Arrival(Question Question, int Side, CaseOutcome Outcome)
{
    public Answer Answer => Outcome.Answer;
}
