using System.Collections.Immutable;
using Slipway.Core.Evaluations;

namespace Slipway.Server.Evaluations;

/// <summary>What a judge said of the examples of its rubric.</summary>
/// <param name="Judge">The judge with its calibration.</param>
/// <param name="Examples">Each example with what the judge said, in the rubric's order.</param>
/// <param name="Cost">What asking it cost, in US dollars; null where a price is unknown.</param>
internal sealed record JudgeCheckResult(CalibratedJudge Judge, ImmutableArray<(RubricExample Example, Judgement Judgement)> Examples, decimal? Cost);

/// <summary>Asks a judge about the examples of its rubric.</summary>
internal static class JudgeCheck
{
    /// <summary>Asks about all of them.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="concurrency">How many are asked at once.</param>
    /// <param name="ask">Asks one; null where nothing is asked any more.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>In the rubric's order; null where not all were asked.</returns>
    public static async Task<(RubricExample Example, Judgement Judgement)[]?> JudgeExamplesAsync(
        PanelJudge judge, int concurrency, Func<JudgeAsk, CancellationToken, Task<Answer?>> ask, CancellationToken cancellation)
    {
        var (rubric, package) = (judge.Rubric, judge.Score.Package);
        var judged = new (RubricExample, Judgement)[rubric.Examples.Length];
        var isWhole = true;
        await Parallel.ForEachAsync(rubric.Examples.Index(), new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation }, async (one, token) =>
        {
            var (index, example) = one;
            var asked = JudgeQuestion.Score(package, example.Input, example.Answer, example.Reference);
            if (await ask(new JudgeAsk(judge.Score, asked, package.Hash, rubric.Content, CaseInput.HashOf(asked)), token) is { } answer) judged[index] = (example, Judgement.Of(rubric, answer));
            else Volatile.Write(ref isWhole, false);
        });
        return isWhole ? judged : null;
    }
}
