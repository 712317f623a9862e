using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Evaluations.Reviews;

/// <summary>What scores come to, worked out by hand.</summary>
public sealed class ReviewFiguresTests
{
    private static readonly ReviewScale Tone = new("Is it friendly?", [new(1, "curt", "Unfriendly."), new(2, "neutral", "Neither."), new(4, "warm", "Friendly.")], 2);

    [Fact]
    public void Each_side_has_its_pass_rate_and_mean_on_what_chance_drew()
    {
        var figures = Figures(Tone,
            Row(1, "a", ReviewSide.Candidate, "ben curt", "cleo neutral"), Row(2, "a", ReviewSide.Baseline, "ben warm", "cleo warm"),
            Row(3, "b", ReviewSide.Both, "ben neutral"),
            Row(4, "c", ReviewSide.Candidate, "ben curt"), Row(5, "c", ReviewSide.Baseline),
            // What differs worst is no part of a rate.
            Row(6, "d", ReviewSide.Candidate, ReviewPart.Worst, "ben curt"), Row(7, "d", ReviewSide.Baseline, ReviewPart.Worst, "ben warm"));
        // Cases a (one of two scores), b (one of one) and c (none of one); the baseline has a and b.
        Assert.Equal((3, 0.5, (1.5 + 2 + 1) / 3), (figures.Candidate!.Cases, figures.Candidate.PassRate, figures.Candidate.Mean));
        Assert.Equal((2, 1.0, 3.0), (figures.Baseline!.Cases, figures.Baseline.PassRate, figures.Baseline.Mean));
        Assert.Equal(RateSample.Interval([new Share(1, 2), new Share(1, 1), new Share(0, 1)]), figures.Candidate.PassInterval);
        Assert.Null(figures.Candidate.MeanInterval);
        // The sides are compared where both have scores: a loses a half, b nothing.
        Assert.Equal(-0.25, figures.Difference!.Value);
        Assert.Equal((7, 6, 8), (figures.Rows, figures.Scored, figures.Scores));
        Assert.Equal(["ben 6", "cleo 2"], figures.People.Select(one => $"{one.Name} {one.Rows}"));
        Assert.Equal(new WorstRows(2, 0, 1, 1, 1, null), figures.Worst);
    }

    [Fact]
    public void Enough_cases_give_the_mean_an_interval_and_the_same_every_time()
    {
        ReviewedRow[] rows = [.. Enumerable.Range(1, 20).Select(number => Row(number, $"c{number}", ReviewSide.Both, number % 2 == 0 ? "ben warm" : "ben curt"))];
        var figures = Figures(Tone, rows);
        Assert.InRange(figures.Candidate!.MeanInterval!.Low, 1.5, 2.5);
        Assert.InRange(figures.Candidate.MeanInterval.High, 2.5, 3.5);
        Assert.Equal(figures.Candidate, Figures(Tone, [.. rows.Reverse()]).Candidate);
        Assert.Equal(0, figures.Difference!.Value);
    }

    [Fact]
    public void A_preference_is_the_candidates_share_of_comparisons_with_ties_counting_half()
    {
        var figures = Figures(ReviewScale.PlainPair,
            Pair(1, "a", candidateFirst: true, "ben first"), Pair(2, "b", candidateFirst: false, "ben second"), Pair(3, "c", candidateFirst: false, "ben first"),
            Pair(4, "d", candidateFirst: true, "ben tie"), Pair(5, "e", candidateFirst: true, "ben first", "cleo second"));
        // Wins a and b, loses c, ties d, and is split on e: 1 + 1 + 0 + 1/2 + 1/2 of 5.
        Assert.Equal(0.6, figures.Preference!.Share, 12);
        Assert.Equal(new PreferenceCounts(3, 1, 2), figures.Preference.Counts);
        Assert.Equal((5, 0.3), (figures.Preference.Cases, figures.Preference.Differing));
        Assert.True(figures.Preference.Interval.Low < 0.6 && figures.Preference.Interval.High > 0.6);
        Assert.Null(figures.Candidate);
        Assert.Null(figures.Difference);
    }

    [Fact]
    public void Two_people_agree_by_cohens_kappa_and_more_by_its_mean()
    {
        var rows = new List<ReviewedRow>();
        foreach (var (left, right, times) in ((string, string, int)[])[("warm", "warm", 20), ("warm", "curt", 5), ("curt", "warm", 10), ("curt", "curt", 15)])
            for (var time = 0; time < times; time++) rows.Add(Row(rows.Count + 1, $"c{rows.Count}", ReviewSide.Candidate, $"ben {left}", $"cleo {right}"));
        var two = Figures(Tone, [.. rows]).Agreement!;
        Assert.Equal((2, 50, 0.7), (two.People, two.Rows, two.Same));
        Assert.Equal(0.4, two.Kappa!.Value, 12);
        // A third who says what Ben says: kappa 1 with him, 0.4 with Cleo.
        var three = Figures(Tone, [.. rows.Select(row => row with { Scores = row.Scores.Add(new RowScore(Who("dan"), row.Scores[0].Label)) })]).Agreement!;
        Assert.Equal((0.4 + 1 + 0.4) / 3, three.Kappa!.Value, 12);
        Assert.Null(Figures(Tone, Row(1, "a", ReviewSide.Both, "ben warm")).Agreement);
    }

    [Fact]
    public void Which_answer_stood_first_does_not_part_two_who_mean_the_same()
    {
        var agreement = Figures(ReviewScale.PlainPair, Pair(1, "a", candidateFirst: true, "ben first", "cleo first"), Pair(2, "b", candidateFirst: false, "ben first", "cleo first"), Pair(3, "c", candidateFirst: true, "ben tie", "cleo first")).Agreement!;
        Assert.Equal(2.0 / 3, agreement.Same, 12);
        Assert.Equal(CohenKappa.Of([(2, 2), (0, 0), (1, 2)], 3), agreement.Kappa);
    }

    [Fact]
    public void A_judge_is_held_against_each_person_who_scored_the_same_rows()
    {
        var judge = Figures(Tone,
            Row(1, "a", ReviewSide.Candidate, "ben curt", "cleo curt") with { Judge = "curt" }, Row(2, "b", ReviewSide.Candidate, "ben warm", "cleo curt") with { Judge = "neutral" },
            Row(3, "c", ReviewSide.Baseline, "ben warm") with { Judge = "warm" }, Row(4, "d", ReviewSide.Baseline, "ben warm"), Row(5, "e", ReviewSide.Baseline) with { Judge = "curt" }).Judge!;
        // On rows a, b and c it passes b and c; Ben passes the same, Cleo does not pass b. It is 1 step below Ben and 1 above Cleo on b.
        Assert.Equal((3, 4.0 / 5, 0.0), (judge.Rows, judge.Same, judge.Bias));
        Assert.Equal((1.0 + CohenKappa.Of([(0, 0), (0, 1)], 2)!.Value) / 2, judge.Kappa!.Value, 12);
        Assert.Equal((CohenKappa.Weighted([(0, 0), (2, 1), (2, 2)], 3)!.Value + CohenKappa.Weighted([(0, 0), (0, 1)], 3)!.Value) / 2, judge.WeightedKappa!.Value, 12);
        Assert.Null(Figures(Tone, Row(1, "a", ReviewSide.Candidate, "ben curt")).Judge);
        var pair = Figures(ReviewScale.PlainPair, Pair(1, "a", candidateFirst: true, "ben second") with { Judge = "first" }, Pair(2, "b", candidateFirst: false, "ben first") with { Judge = "first" }).Judge!;
        Assert.Equal((0.5, 1.0), (pair.Same, pair.Bias));
    }

    [Fact]
    public void Results_read_back_as_they_were_written()
    {
        var results = Results(Tone, Row(1, "a \u2028\"", ReviewSide.Both, "ben warm"), Pair(2, "b", candidateFirst: true));
        var read = ReviewResults.FromJson(System.Text.Encoding.UTF8.GetString(CanonicalJson.Of(results.ToJson())));
        Assert.Equal(results.ToJson(), read.ToJson());
        Assert.Equal([Who("ben")], read.People);
    }

    [Fact]
    public void A_report_says_what_people_said_in_every_form()
    {
        var review = Outcome(Figures(Tone, Row(1, "a", ReviewSide.Candidate, "ben curt", "cleo curt"), Row(2, "a", ReviewSide.Baseline, "ben warm", "cleo neutral"), Row(3, "d", ReviewSide.Candidate, ReviewPart.Worst, "ben curt")), Tone);
        Assert.Equal("rev-3: 3 rows scored by ben and cleo", ReviewWords.Title(review));
        Assert.Equal("100.0% (5.0% … 100.0%)", ReviewWords.Table(review)[0][1]);
        var report = Some.Report(Some.Manifest(Some.Gate("accuracy", ">= 1%")), bothRight: 5);
        foreach (var form in (string[])[HtmlReport.Write(report, [review]), MarkdownReport.Write(report, [review])])
        {
            Assert.Contains("scored by ben and cleo", form, StringComparison.Ordinal);
            Assert.Contains("answers that pass", form, StringComparison.Ordinal);
            Assert.Contains("On 1 row that differs worst, a choice and no sample", form, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("rev-3", HtmlReport.Write(report), StringComparison.Ordinal);
        var gone = review with { Figures = null, Scale = null, Erased = "was erased by admin" };
        Assert.Equal("rev-3: what people said was erased by admin", ReviewWords.Title(gone));
        Assert.Contains("was erased by admin", HtmlReport.Write(report, [gone]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_cannot_say_anything_in_a_reports_name()
    {
        var scale = Tone with { Question = "<script>alert(1)</script> @everyone \u001b[2J\u202e" };
        var review = Outcome(Figures(scale, Row(1, "a", ReviewSide.Candidate, "ben curt")), scale);
        var report = Some.Report(Some.Manifest(Some.Gate("accuracy", ">= 1%")), bothRight: 5);
        foreach (var form in (string[])[HtmlReport.Write(report, [review]), MarkdownReport.Write(report, [review])])
        {
            Assert.DoesNotContain("<script", form, StringComparison.Ordinal);
            Assert.DoesNotMatch("[\u001b\u202e\0]", form);
        }
        Assert.DoesNotContain("@everyone", MarkdownReport.Write(report, [review]), StringComparison.Ordinal);
    }

    private static ReviewOutcome Outcome(ReviewFigures figures, ReviewScale scale) =>
        new(new ReviewId(3), null, scale, ContentHash.Of("r"u8), Who("ben"), Core.Tests.Some.Noon, figures);

    private static ReviewFigures Figures(ReviewScale scale, params ReviewedRow[] rows) => ReviewFigures.Of(Results(scale, rows));

    private static ReviewResults Results(ReviewScale scale, params ReviewedRow[] rows) => new(
        new ReviewId(3), new EvaluationRunId(12), ContentHash.Of("report"u8), Core.Tests.Some.Version("1.6.0"), Core.Tests.Some.Version("1.5.2"), null, null, scale, 7, Who("ana"), Core.Tests.Some.Noon, 100, 30, [.. rows]);

    private static ReviewedRow Row(int number, string caseId, ReviewSide side, params string[] scores) => Row(number, caseId, side, ReviewPart.Random, scores);

    private static ReviewedRow Row(int number, string caseId, ReviewSide side, ReviewPart part, params string[] scores) =>
        new(new ReviewRow(number, caseId, 0, part, side, null), ContentHash.Of("a"u8), null, Read(scores));

    private static ReviewedRow Pair(int number, string caseId, bool candidateFirst, params string[] scores) => new(
        new ReviewRow(number, caseId, 0, ReviewPart.Random, candidateFirst ? ReviewSide.Candidate : ReviewSide.Baseline, candidateFirst ? ReviewSide.Baseline : ReviewSide.Candidate),
        ContentHash.Of("a"u8), ContentHash.Of("b"u8), Read(scores));

    private static ImmutableArray<RowScore> Read(string[] scores) => [.. scores.Select(score => score.Split(' ')).Select(parts => new RowScore(Who(parts[0]), parts[1]))];

    private static MemberName Who(string name) => Core.Tests.Some.Member(name);
}
