using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations.Reviews;

/// <summary>Which answers people are shown: by chance without bias, and of what differs the worst.</summary>
public sealed class ReviewSampleTests
{
    // Of 100 cases the first 60 are answered alike, and of the other 40 the candidate breaks 25 and fixes 15.
    private static readonly EvaluationReport Report = Some.Report(Some.Manifest(), bothRight: 60, lost: 25, won: 15);

    [Fact]
    public void The_same_seed_draws_the_same_rows_and_another_draws_others()
    {
        Assert.Equal(Draw(40, seed: 7).Rows, Draw(40, seed: 7).Rows);
        Assert.NotEqual(Draw(40, seed: 7).Rows, Draw(40, seed: 8).Rows);
    }

    [Fact]
    public void Half_of_the_rows_are_drawn_by_chance_and_half_are_what_differs_worst()
    {
        var rows = Draw(40).Rows;
        Assert.InRange(rows.Length, 30, 44);
        Assert.Equal(Enumerable.Range(1, rows.Length), rows.Select(row => row.Number));
        var worst = rows.Where(row => row.Part == ReviewPart.Worst).ToList();
        Assert.InRange(worst.Count, 12, 26);
        // What is worst is read on both sides: that a row is bad must not tell whose it is.
        Assert.All(worst.GroupBy(row => row.CaseId), pair => Assert.Equal([ReviewSide.Candidate, ReviewSide.Baseline], pair.Select(row => row.First).Order()));
        Assert.All(worst, row => Assert.Contains(Report.Differences, difference => difference.CaseId == row.CaseId));
        // Of each case chance drew the answers of both sides, or the one that both gave.
        Assert.All(rows.Where(row => row.Part == ReviewPart.Random).GroupBy(row => row.CaseId), pair =>
            Assert.True(pair.Select(row => row.First).Order().ToArray() is [ReviewSide.Both] or [ReviewSide.Candidate, ReviewSide.Baseline]));
        Assert.Equal((100, 40), (Draw(40).Pairs, Draw(40).Differing));
    }

    [Fact]
    public void Chance_draws_every_case_equally_often_whatever_differs()
    {
        const int Rounds = 4_000;
        var times = Report.Outputs.ToDictionary(one => one.CaseId, _ => 0);
        for (var seed = 0; seed < Rounds; seed++)
            foreach (var drawn in Draw(40, seed).Rows.Where(row => row.Part == ReviewPart.Random).Select(row => row.CaseId).Distinct()) times[drawn]++;
        var expected = times.Values.Average();
        // Each count is binomial: of a hundred of them none lies six deviations from what is expected.
        var deviation = Math.Sqrt(expected * (1 - expected / Rounds));
        Assert.All(times, one => Assert.InRange(one.Value, expected - 6 * deviation, expected + 6 * deviation));
        var (differing, alike) = (times.Where(one => string.CompareOrdinal(one.Key, "c0060") >= 0).Average(one => one.Value), times.Where(one => string.CompareOrdinal(one.Key, "c0060") < 0).Average(one => one.Value));
        Assert.Equal(1, differing / alike, 0.05);
    }

    [Fact]
    public void The_numbers_of_the_rows_say_nothing_of_the_side()
    {
        var (first, last) = (0, 0);
        for (var seed = 0; seed < 2_000; seed++)
        {
            var rows = Draw(20, seed).Rows.Where(row => row.First != ReviewSide.Both).ToList();
            if (rows[0].First == ReviewSide.Candidate) first++;
            if (rows[^1].First == ReviewSide.Candidate) last++;
        }
        Assert.InRange(first, 865, 1135);
        Assert.InRange(last, 865, 1135);
    }

    [Fact]
    public void Two_answers_are_compared_only_where_they_differ_and_either_may_stand_first()
    {
        var rows = Draw(30, compare: true).Rows;
        Assert.InRange(rows.Length, 26, 30);
        Assert.All(rows, row => Assert.True(string.CompareOrdinal(row.CaseId, "c0060") >= 0));
        Assert.All(rows, row => Assert.Equal(row.First == ReviewSide.Candidate ? ReviewSide.Baseline : ReviewSide.Candidate, row.Second));
        var candidateFirst = Enumerable.Range(0, 100).Sum(seed => Draw(30, seed, compare: true).Rows.Count(row => row.First == ReviewSide.Candidate));
        Assert.InRange(candidateFirst, 1_300, 1_600);
        Assert.Empty(ReviewSample.Draw(Some.Report(Some.Manifest(), bothRight: 5), 10, compare: true, 1, (_, _) => true).Rows);
    }

    [Fact]
    public void Without_a_baseline_chance_draws_all_rows()
    {
        var rows = ReviewSample.Draw(Some.Report(Some.Manifest(), bothRight: 30, baseline: false) with { Baseline = null }, 20, compare: false, 3, (_, _) => true).Rows;
        Assert.Equal(20, rows.Length);
        Assert.All(rows, row => Assert.Equal((ReviewPart.Random, ReviewSide.Candidate, null), (row.Part, row.First, row.Second)));
    }

    [Fact]
    public void A_case_that_was_asked_several_times_comes_in_a_repeat_that_chance_picks()
    {
        var report = Some.Report(Some.Manifest(), [.. Enumerable.Range(0, 10).Select(index => Some.Run($"c{index}", [true, true, true], [true, false, true]))]);
        var rows = Enumerable.Range(0, 200).SelectMany(seed => ReviewSample.Draw(report, 6, compare: false, seed, (_, _) => true).Rows).ToList();
        Assert.Equal([0, 1, 2], rows.Where(row => row.Part == ReviewPart.Random).Select(row => row.Repeat).Distinct().Order());
        Assert.All(rows.Where(row => row.Part == ReviewPart.Worst), row => Assert.Equal(1, row.Repeat));
        Assert.All(Enumerable.Range(0, 50), seed => Assert.All(ReviewSample.Draw(report, 6, compare: false, seed, (_, _) => true).Rows.GroupBy(row => row.CaseId), one => Assert.Single(one.Select(row => row.Repeat).Distinct())));
    }

    [Fact]
    public void What_is_not_kept_any_more_is_not_drawn_and_others_take_its_place()
    {
        var rows = ReviewSample.Draw(Report, 40, compare: false, 1, (caseId, _) => (caseId[^1] - '0') % 2 == 0).Rows;
        Assert.All(rows, row => Assert.Equal(0, (row.CaseId[^1] - '0') % 2));
        Assert.InRange(rows.Length, 30, 44);
        Assert.Empty(ReviewSample.Draw(Report, 40, compare: false, 1, (_, _) => false).Rows);
    }

    [Fact]
    public void Everybody_reads_all_rows_in_an_order_of_their_own() => Prop.ForAll(Gen.Choose(1, 200).ToArbitrary(), rows =>
    {
        var (ben, cleo) = (ReviewSample.OrderFor(5, "ben", rows), ReviewSample.OrderFor(5, "cleo", rows));
        Assert.Equal(Enumerable.Range(1, rows), ben.Order());
        Assert.Equal(Enumerable.Range(1, rows), cleo.Order());
        Assert.Equal(ben, ReviewSample.OrderFor(5, "ben", rows));
        if (rows > 20) Assert.NotEqual(ben, cleo);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_size_gives_rows_of_the_report_each_once() => Prop.ForAll(Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(0, 1_000).ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (size, seed, compare) =>
    {
        var rows = ReviewSample.Draw(Report, size, compare, seed, (_, _) => true).Rows;
        Assert.NotEmpty(rows);
        Assert.Equal(rows.Length, rows.Select(row => (row.CaseId, row.Repeat, row.First)).Distinct().Count());
        Assert.True(rows.Length <= 2 * size);
    }).QuickCheckThrowOnFailure();

    private static ReviewDraw Draw(int rows, long seed = 1, bool compare = false) => ReviewSample.Draw(Report, rows, compare, seed, (_, _) => true);
}
