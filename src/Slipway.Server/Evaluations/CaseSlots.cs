using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>A case whose answers come one after the other.</summary>
internal sealed class CaseSlots(GoldenCase goldenCase, int index, ContentHash input, int repeats)
{
    private readonly Question?[] answered = new Question?[repeats];
    private int missing = repeats;

    public GoldenCase Case => goldenCase;

    /// <summary>Its place in the set, from 0.</summary>
    public int Index => index;

    /// <summary>The hash of what goes in.</summary>
    public ContentHash Input => input;

    /// <summary>Takes what was answered; what is not complete is left out.</summary>
    /// <returns>Whether it was the last that was missing.</returns>
    public bool Add(Question question)
    {
        if (question.CandidateOutcome is null) return false;
        answered[question.Repeat] = question;
        return --missing == 0;
    }

    /// <summary>All of it, once nothing is missing.</summary>
    public CaseRun Run() => new(goldenCase, [.. answered.Select(question => question!.CandidateOutcome!)], answered[0]!.BaselineOutcome is null ? [] : [.. answered.Select(question => question!.BaselineOutcome!)]);
}

/// <summary>A case that is asked once more: both sides one right after the other, so that their times can be compared.</summary>
internal sealed class Question(CaseSlots slots, int repeat, ContentHash? candidateKey, ContentHash? baselineKey)
{
    public CaseSlots Slots => slots;

    /// <summary>Which of the times, from 0.</summary>
    public int Repeat => repeat;

    /// <summary>What the answers are stored under; null where they are not.</summary>
    public ContentHash? CandidateKey => candidateKey;

    public ContentHash? BaselineKey => baselineKey;

    public Answer? Candidate { get; set; }
    public Answer? Baseline { get; set; }
    public CaseOutcome? CandidateOutcome { get; private set; }
    public CaseOutcome? BaselineOutcome { get; private set; }

    /// <summary>Checks the answers, once all are there.</summary>
    /// <param name="policy">What the prompt's policy says of evaluations.</param>
    /// <param name="withBaseline">Whether there are two.</param>
    public void Judge(EvaluationPolicy policy, bool withBaseline)
    {
        if (Candidate is null || withBaseline && Baseline is null) return;
        CandidateOutcome = CaseOutcome.Judge(Slots.Case, Candidate, policy, repeat);
        if (Baseline is not null) BaselineOutcome = CaseOutcome.Judge(Slots.Case, Baseline, policy, repeat);
    }
}
