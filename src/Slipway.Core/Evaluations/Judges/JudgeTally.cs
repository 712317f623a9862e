using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Resolution;

namespace Slipway.Core.Evaluations;

/// <summary>Counts what judges said beside their metrics. Keeps a few numbers for each judge, and texts only of as many cases as somebody could read.</summary>
internal sealed class JudgeTally(ServingPolicy serving)
{
    /// <summary>The share of answers that a judge may leave unjudged and still decide: what is missing could have decided otherwise.</summary>
    public const double MostUnjudged = 0.1;

    private const int MostReasons = 100;
    private readonly Dictionary<string, Counts> judges = new(StringComparer.Ordinal);

    /// <summary>Adds what judges said of a case.</summary>
    public void Add(CaseRun run)
    {
        foreach (var judged in run.Judged)
        {
            if (!judges.TryGetValue(judged.Rubric.Id.Name, out var counts)) judges[judged.Rubric.Id.Name] = counts = new Counts();
            counts.Add(run, judged, serving);
        }
    }

    /// <summary>The report's part on a judge.</summary>
    public JudgeReport Report(CalibratedJudge judge) => (judges.GetValueOrDefault(judge.Rubric.Id.Name) ?? new Counts()).Report(judge);

    private sealed class Counts
    {
        private readonly Dictionary<string, int> reasons = new(StringComparer.Ordinal);
        private readonly Worst worse = new(40), better = new(20);
        private int judged, unjudged, pairs, unjudgedPairs, byPosition, firstWon, secondWon;

        public void Add(CaseRun run, JudgedCase said, ServingPolicy serving)
        {
            foreach (var judgement in said.Candidate.Concat(said.Baseline))
            {
                if (judgement.Step is not null) judged++;
                if (judgement.Problem is not { } problem) continue;
                unjudged++;
                Count(problem);
            }
            foreach (var pair in said.Pairs.Where(pair => pair.WasAsked))
            {
                if (pair.Problem is { } problem)
                {
                    unjudgedPairs++;
                    Count(problem);
                    continue;
                }
                pairs++;
                byPosition += pair.ByPosition ? 1 : 0;
                (firstWon, secondWon) = (firstWon + pair.FirstWon, secondWon + pair.SecondWon);
            }
            Compare(run, said, serving);
        }

        public JudgeReport Report(CalibratedJudge judge)
        {
            ImmutableArray<string> whyNot = [.. judge.Calibration.WhyNot, .. Missing("answers", unjudged, judged + unjudged), .. Missing("pairs", unjudgedPairs, pairs + unjudgedPairs)];
            return new JudgeReport(judge.Rubric.Id, judge.Rubric.Content, judge.Judge.Hash, judge.Judge.Model.ToString(), judge.Hash, judge.Calibration, whyNot)
            {
                Judged = judged,
                Unjudged = unjudged + unjudgedPairs,
                UnjudgedReasons = [.. reasons.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(5).Select(one => new UnjudgedReason(one.Key, one.Value))],
                Position = pairs == 0 ? null : new PositionBias(pairs, byPosition, firstWon, secondWon),
                Worse = worse.Count,
                Better = better.Count,
                Differences = whyNot.IsEmpty ? [.. worse.Rows, .. better.Rows] : [],
            };
        }

        private static IEnumerable<string> Missing(string what, int missing, int asked) => missing <= asked * MostUnjudged ? []
            : [string.Create(CultureInfo.InvariantCulture, $"it did not judge {missing} of {asked} {what}, and at most {MostUnjudged * 100:0}% may be missing")];

        private void Count(string reason)
        {
            var key = JsonValues.Excerpt(reason);
            if (reasons.Count < MostReasons || reasons.ContainsKey(key)) reasons[key] = reasons.GetValueOrDefault(key) + 1;
        }

        private void Compare(CaseRun run, JudgedCase said, ServingPolicy serving)
        {
            var pass = said.Rubric.StepOf(said.Rubric.Pass)!.Value;
            if (Share(said.Candidate) is not { } after || Share(said.Baseline) is not { } before || after == before) return;
            // With repeats, those that show the change: of the side that is worse its worst, of the other its best.
            var isWorse = after < before;
            var (candidate, baseline) = (Telling(said.Candidate, worst: isWorse), Telling(said.Baseline, worst: !isWorse));
            var steps = (said.Candidate[candidate].Step ?? 0) - (said.Baseline[baseline].Step ?? 0);
            (isWorse ? worse : better).Offer(run.Case.Id, Math.Abs(steps), () => new JudgedDifference(
                run.Case.Id, Kept(run.Case.InputExcerpt), Kept(run.Baseline[baseline].Answer.Shown), Kept(run.Candidate[candidate].Answer.Shown), LabelOf(said.Baseline[baseline]), LabelOf(said.Candidate[candidate]),
                Kept(said.Candidate[candidate].Reason ?? run.Candidate[candidate].Answer.Error ?? ""), steps));

            double? Share(ImmutableArray<Judgement> side) =>
                side.Count(one => !one.IsUnjudged) is > 0 and var all ? (double)side.Count(one => one.Step >= pass) / all : null;

            int Telling(ImmutableArray<Judgement> side, bool worst) =>
                side.Index().Where(one => !one.Item.IsUnjudged).OrderBy(one => (one.Item.Step ?? -1) * (worst ? 1 : -1)).First().Index;

            string? LabelOf(Judgement judgement) => judgement.Step is { } step ? said.Rubric.Scale[step].Label : null;

            string Kept(string text) => DifferenceTally.Kept(serving, text);
        }
    }

    /// <summary>A bounded number of rows, those with the largest change; of equal ones those whose cases come first in an order that looks like chance and is always the same.</summary>
    private sealed class Worst(int most)
    {
        private readonly PriorityQueue<JudgedDifference, (int, ulong, string)> rows = new(Comparer<(int, ulong, string)>.Create(Order));

        public int Count { get; private set; }

        public IEnumerable<JudgedDifference> Rows => rows.UnorderedItems.OrderByDescending(item => item.Priority, rows.Comparer).Select(item => item.Element);

        public void Offer(string caseId, int change, Func<JudgedDifference> row)
        {
            Count++;
            var order = (change, TextSketch.OrderOf(caseId), caseId);
            if (rows.Count == most && rows.TryPeek(out _, out var last) && Order(order, last) < 0) return;
            rows.Enqueue(row(), order);
            if (rows.Count > most) rows.Dequeue();
        }

        // The least change first, as the queue gives that up first.
        private static int Order((int Change, ulong Place, string Case) left, (int Change, ulong Place, string Case) right) =>
            left.Change != right.Change ? left.Change.CompareTo(right.Change)
            : left.Place != right.Place ? right.Place.CompareTo(left.Place)
            : string.CompareOrdinal(right.Case, left.Case);
    }
}
