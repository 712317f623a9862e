using Slipway.Core.Evaluations;

namespace Slipway.Server.Evaluations;

/// <summary>Counts what a run was answered.</summary>
/// <param name="cases">How many cases there are.</param>
/// <param name="repeats">How often each is asked.</param>
/// <param name="sides">By how many.</param>
/// <param name="before">What was spent before, in US dollars.</param>
/// <param name="judgesBefore">What of it judges cost.</param>
internal sealed class PassTally(int cases, int repeats, int sides, decimal before, decimal judgesBefore)
{
    private int calls, complete, cached, failed, retries, judgeCalls;
    private decimal spent = before, judgeCost = judgesBefore;

    /// <summary>Takes an answer that is stored.</summary>
    public void Count(Answer answer)
    {
        calls++;
        if (answer.Error is not null) failed++;
        if (answer.FromCache) cached++;
        else
        {
            retries += answer.Retries;
            spent += answer.Cost ?? 0;
        }
    }

    /// <summary>Takes what a judge answered.</summary>
    public void CountJudge(Answer answer)
    {
        judgeCalls++;
        if (answer.FromCache) return;
        spent += answer.Cost ?? 0;
        judgeCost += answer.Cost ?? 0;
    }

    /// <summary>A case has all its answers.</summary>
    public void Complete() => complete++;

    /// <summary>How far it is.</summary>
    public EvaluationProgress Progress(TimeSpan elapsed, string? waiting) =>
        new(cases, complete, cases * repeats * sides, calls, cached, failed, retries, spent, elapsed.TotalMilliseconds, waiting) { JudgeCalls = judgeCalls, JudgeCost = judgeCost };
}
