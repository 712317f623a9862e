using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>What the judge of a run said of the answers that people are shown: read where it is stored, and asked of nobody.</summary>
/// <param name="judge">The judge, as it scored the run.</param>
/// <param name="store">Where its answers are.</param>
/// <param name="clock">When they are used.</param>
internal sealed class ReviewJudge(PanelJudge judge, IEvaluationStore store, TimeProvider clock)
{
    /// <summary>What it said of one answer, as a label of its rubric; null where it said nothing.</summary>
    public string? Of(GoldenCase goldenCase, string answer)
    {
        var key = KeyOf(judge.Score, JudgeQuestion.Score(judge.Score.Package, goldenCase.InputText, answer, Reference(goldenCase)));
        return Answers(key).TryGetValue(key, out var stored) && Judgement.Of(judge.Rubric, stored).Step is { } step ? judge.Rubric.Scale[step].Label : null;
    }

    /// <summary>What it said of two, in both orders: first, second or tie; null where it said nothing.</summary>
    public string? Of(GoldenCase goldenCase, string first, string second)
    {
        if (judge.Pair is not { } pair) return null;
        var keys = (First: KeyOf(pair, JudgeQuestion.Compare(pair.Package, goldenCase.InputText, first, second, Reference(goldenCase))), Second: KeyOf(pair, JudgeQuestion.Compare(pair.Package, goldenCase.InputText, second, first, Reference(goldenCase))));
        var said = Answers(keys.First, keys.Second);
        if (!said.TryGetValue(keys.First, out var one) || !said.TryGetValue(keys.Second, out var other)) return null;
        // As far as the judge goes, the one that stands first here is the candidate.
        return PairJudgement.Of(one, other).Verdict switch
        {
            PairVerdict.Candidate => ReviewScale.First,
            PairVerdict.Baseline => ReviewScale.Second,
            PairVerdict.Tie => ReviewScale.Tie,
            _ => null,
        };
    }

    private string? Reference(GoldenCase goldenCase) => judge.Wish(goldenCase)?.Reference;

    private Dictionary<ContentHash, Answer> Answers(params ContentHash[] keys) => store.Find(keys, null, clock.GetUtcNow())
        .Select(one => (one.Key, Answer: ReviewTexts.Answer(one.Value))).Where(one => one.Answer is not null).ToDictionary(one => one.Key, one => one.Answer!);

    private static ContentHash KeyOf(EvaluatedSide side, GoldenCase asked) => side.KeyOf(CaseInput.HashOf(asked), repeat: 0);
}
