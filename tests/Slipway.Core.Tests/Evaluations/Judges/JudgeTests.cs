using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Resolution;
using All = Slipway.Core.Tests.Some;
using Share = Slipway.Core.Evaluations.Statistics.Share;

namespace Slipway.Core.Tests.Evaluations.Judges;

/// <summary>Judgements, how far a judge agrees with people, and what its figures decide.</summary>
public sealed class JudgeTests
{
    private static readonly Rubric Tone = All.Rubric();

    [Fact]
    public void A_judge_that_says_what_people_say_may_gate()
    {
        var calibration = Calibrate(People(12, 12), step => step);
        Assert.Equal((24, 24, 12, 12), (calibration.Examples, calibration.Judged, calibration.PeoplePassed, calibration.JudgePassed));
        Assert.Equal((1, 1, 1, 0, 0), (calibration.Agreement!.Value, calibration.Kappa!.Value, calibration.WeightedKappa!.Value, calibration.Bias!.Value, calibration.PassRateDifference!.Value));
        Assert.True(calibration.MayGate);
        // Twenty-four are few: what it may be at worst is said.
        Assert.InRange(calibration.Agreement.Interval!.Low, 0.87, 0.89);
    }

    [Fact]
    public void The_figures_are_those_of_the_table_of_the_two()
    {
        // Of 30 people passed 20: the judge passes 18 of these and 4 of the others.
        var calibration = JudgeCalibration.Of(Tone,
        [
            .. Judged(18, 2, 2), .. Judged(2, 2, 0), .. Judged(4, 0, 1), .. Judged(6, 0, 0),
        ], JudgeBar.Default, seed: 1);
        Assert.Equal(24.0 / 30, calibration.Agreement!.Value, 12);
        // Chance alone agrees on (20 * 22 + 10 * 8) / 900.
        Assert.Equal((0.8 - 520.0 / 900) / (1 - 520.0 / 900), calibration.Kappa!.Value, 12);
        Assert.Equal(0.0, calibration.Bias!.Value, 12);
        Assert.Equal(2.0 / 30, calibration.PassRateDifference!.Value, 12);
        Assert.Equal("its kappa is 0.53", Assert.Single(calibration.WhyNot)[..17]);
        Assert.EndsWith(", and the policy asks for 0.6", calibration.WhyNot[0], StringComparison.Ordinal);
        Assert.InRange(calibration.Kappa.Interval!.Low, 0.1, 0.4);
        Assert.InRange(calibration.Kappa.Interval.High, 0.7, 0.9);
    }

    [Theory]
    [InlineData(9, 10, "it was calibrated on 19 examples, and 20 are needed")]
    [InlineData(20, 4, "of its 24 examples people passed 20 and failed 4, and 5 of each are needed")]
    public void Too_few_examples_and_examples_of_one_outcome_calibrate_nothing(int passed, int failed, string why) =>
        Assert.Equal(why, Assert.Single(Calibrate(People(passed, failed), step => step).WhyNot));

    [Fact]
    public void A_judge_that_always_says_the_same_agrees_by_chance_alone()
    {
        var calibration = Calibrate(People(20, 5), _ => 2);
        Assert.Equal((0.8, 0.0), (calibration.Agreement!.Value, calibration.Kappa!.Value));
        Assert.StartsWith("its kappa is 0", Assert.Single(calibration.WhyNot), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_judge_did_not_judge_is_left_out_and_said()
    {
        var judged = Judged(12, 2, 2).Concat(Judged(10, 0, 0)).Select((one, index) => index % 3 == 0 ? (one.Item1, new Judgement(null, null, "The judge refused.")) : one).ToList();
        var calibration = JudgeCalibration.Of(Tone, judged, JudgeBar.Default, seed: 1);
        Assert.Equal((22, 14), (calibration.Examples, calibration.Judged));
        Assert.Equal("it was calibrated on 14 examples, as it did not judge 8 of 22, and 20 are needed", Assert.Single(calibration.WhyNot));
    }

    [Fact]
    public void A_stricter_policy_asks_for_more()
    {
        var judged = Judged(12, 2, 2).Concat(Judged(11, 0, 0)).Concat(Judged(1, 0, 1)).ToList();
        Assert.True(JudgeCalibration.Of(Tone, judged, JudgeBar.Default, 1).MayGate);
        Assert.Equal(["it agrees with people on 95.8%", "its kappa is 0.92"], JudgeCalibration.Of(Tone, judged, new JudgeBar(0.99, 0.95), 1).WhyNot.Select(why => why[..why.IndexOf(" (", StringComparison.Ordinal)]));
    }

    [Fact]
    public void The_figures_do_not_depend_on_who_answered_first() => Prop.ForAll(
        Gen.ListOf(Gen.Choose(0, 8)).Where(list => list.Count > 0).ToArbitrary(), list =>
        {
            List<(RubricExample, Judgement)> judged = [.. list.SelectMany((one, index) => Judged(1, one / 3, one % 3, $"e{index}"))];
            var (forwards, backwards) = (JudgeCalibration.Of(Tone, judged, JudgeBar.Default, 7), JudgeCalibration.Of(Tone, [.. judged.AsEnumerable().Reverse()], JudgeBar.Default, 7));
            Assert.Equal((forwards.Agreement, forwards.Kappa, forwards.WeightedKappa, forwards.Bias, forwards.PassRateDifference), (backwards.Agreement, backwards.Kappa, backwards.WeightedKappa, backwards.Bias, backwards.PassRateDifference));
            Assert.InRange(forwards.Agreement!.Value, 0, 1);
            Assert.InRange(forwards.Kappa?.Value ?? 0, -1, 1);
            Assert.InRange(forwards.Bias!.Value, -2, 2);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [InlineData("""{"reason": "So.", "verdict": "curt"}""", 1, null)]
    [InlineData("""{"reason": "So.", "verdict": "lovely"}""", null, "The judge's verdict is no label of the scale: lovely")]
    [InlineData("I would rather not.", null, "The judge's answer has not the form it must have: The answer is not JSON")]
    [InlineData("""{"verdict": "curt"}""", null, "The judge's answer has not the form it must have.")]
    public void An_answer_of_a_judge_is_a_label_of_the_scale_or_no_judgement(string text, int? step, string? problem)
    {
        var judgement = Judgement.Of(Tone, Some.Answer(text));
        Assert.Equal((step, problem, problem is not null), (judgement.Step, judgement.Problem, judgement.IsUnjudged));
        Assert.Equal("The judge did not answer: It is away.", Judgement.Of(Tone, Some.Answer("", error: "It is away.")).Problem);
        Assert.Equal("The judge refused.", Judgement.Of(Tone, Some.Answer("") with { Refusal = "No." }).Problem);
    }

    [Theory]
    [InlineData("first", "second", PairVerdict.Candidate, false, 1, 1)]
    [InlineData("second", "first", PairVerdict.Baseline, false, 1, 1)]
    [InlineData("tie", "tie", PairVerdict.Tie, false, 0, 0)]
    [InlineData("first", "first", PairVerdict.Tie, true, 2, 0)]
    [InlineData("second", "second", PairVerdict.Tie, true, 0, 2)]
    [InlineData("first", "tie", PairVerdict.Tie, true, 1, 0)]
    public void Only_who_wins_in_both_orders_wins(string candidateFirst, string baselineFirst, PairVerdict verdict, bool byPosition, int first, int second)
    {
        var pair = PairJudgement.Of(Said(candidateFirst), Said(baselineFirst));
        Assert.Equal((verdict, byPosition, first, second, true), (pair.Verdict!.Value, pair.ByPosition, pair.FirstWon, pair.SecondWon, pair.WasAsked));
        Assert.Null(PairJudgement.Of(Said(candidateFirst), Some.Answer("no")).Verdict);
    }

    [Fact]
    public void Preference_is_judged_as_the_comparison_it_is()
    {
        // Of 40 cases 16 are won, 14 lost, 10 ties: 52.5%.
        var even = Preference(">= 45%", won: 16, lost: 14, ties: 10);
        Assert.Equal((GateVerdict.Pass, 0.525, 0.475), (even.Verdict, even.Candidate!.Value, even.Baseline!.Value));
        var worse = Preference(">= 45%", won: 4, lost: 30, ties: 6);
        Assert.Equal(GateVerdict.Fail, worse.Verdict);
        Assert.Contains("of 40 cases the candidate won 4 and lost 30, so it lies between", worse.Sentence, StringComparison.Ordinal);
        Assert.True(worse.Interval!.High < 0.45);
        // Two equal sides can come out like this: chance is no excuse for the one and is for the other.
        Assert.Equal(GateVerdict.Inconclusive, Preference(">= 50%", won: 8, lost: 12, ties: 0).Verdict);
    }

    [Fact]
    public void Two_equal_sides_seldom_fail_a_preference_of_a_half()
    {
        var (random, gate, failed) = (new SeededRandom(11), Some.Gate("tone_preference", ">= 50%"), 0);
        for (var run = 0; run < 400; run++)
        {
            var won = Enumerable.Range(0, 60).Select(_ => random.Next(5) switch { < 2 => 2, 4 => 1, _ => 0 });
            if (GateJudge.JudgeRate(gate, [.. won.Select(halves => (new Share(halves, 2), new Share(2 - halves, 2)))]).Verdict == GateVerdict.Fail) failed++;
        }
        Assert.InRange(failed, 1, 30);      // at most one in twenty, and what chance puts on top
    }

    [Fact]
    public void A_judge_is_read_in_a_manifest_and_in_a_case_and_written_as_it_is_read()
    {
        const string Text = """
            {"candidate_prompt":"a:v1.0.0","dataset":"a:v1","gates":{"tone_preference":">= 45%"},
             "judges":[{"rubric":"tone:v2","tags":{"language":"en"},"kinds":["normal","rare"],"compare":true}]}
            """;
        var manifest = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(Text)).Manifest;
        var judge = Assert.Single(manifest.Judges);
        Assert.Equal(("tone:v2", "en", 2, true), (judge.Rubric.ToString(), judge.Tags["language"], judge.Kinds.Length, judge.Compare));
        Assert.Equal(manifest.ToJson().GetRawText(), Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(manifest.ToJson().GetRawText())).Manifest.ToJson().GetRawText());
        Assert.True(judge.Takes(Some.Case(tags: """{"language":"en"}""")));
        Assert.False(judge.Takes(Some.Case(kind: "bypass", tags: """{"language":"en"}""")));
        Assert.False(judge.Takes(Some.Case()));

        var set = Some.Set("""{"id":"a","messages":[{"role":"user","content":"hi"}],"expect":[{"check":"judge","rubric":"tone:v2","reference":"It greets."}]}""");
        Assert.Empty(set.Cases[0].Expect);
        Assert.Equal(new JudgeExpectation(All.Parse<RubricId>("tone:v2"), "It greets."), Assert.Single(set.Cases[0].Judges));
        Assert.Equal(set.ToJsonLines(), Some.Set(set.ToJsonLines()).ToJsonLines());
        Assert.Equal(1, GoldenSetSummary.Of(set).Checks["judge"]);
    }

    [Theory]
    [InlineData(""" "judges":[{"rubric":"tone"}] """, "\"rubric\" is \"tone\": it must be NAME:vN, as in tone:v2.")]
    [InlineData(""" "judges":[{"rubric":"tone:v1"},{"rubric":"tone:v2"}] """, "\"judges\" names tone twice")]
    [InlineData(""" "judges":[{"rubric":"tone:v1","kinds":["odd"]}] """, "Unknown kind \"odd\"")]
    [InlineData(""" "judges":["tone:v1"] """, "A judge is an object that names its rubric")]
    [InlineData(""" "judges":[{"rubric":"pref:v1"}] """, "\"gates.pref_preference\" needs \"compare\": true here")]
    [InlineData(""" "judges":[{"rubric":"tone:v1"}], "metrics":{"tone_pass_rate":{}} """, "\"metrics.tone_pass_rate\" is what the judge tone gives")]
    public void A_judge_that_cannot_be_asked_is_refused(string judges, string error) => Assert.Contains(error, Assert.Single(Assert.IsType<EvaluationManifestResult.Refused>(
        EvaluationManifest.Parse($$"""{"candidate_prompt":"a:v1.0.0","dataset":"a:v1","gates":{"pref_preference":">= 45%"},{{judges}}}""")).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void A_case_that_only_a_judge_looks_at_is_in_no_pass_rate_and_fails_where_no_answer_comes()
    {
        var judged = Some.Case("j", expect: """[{"check":"judge","rubric":"tone:v1"}]""");
        Assert.True(Some.Outcome(judged, Some.Answer("Hello")).Passed);
        Assert.False(Some.Outcome(judged, Some.Answer("", error: "It is away.")).Passed);
        var report = Some.Report(Some.Manifest(Some.Gate("pass_rate", ">= 50%")), Some.Run("c", [true], [true]), Some.Run(judged, Some.Answer("Hello"), Some.Answer("Hello")));
        Assert.Equal((2, 1), (report.Counts.Cases, report.Find("pass_rate")!.Candidate!.Count));
    }

    [Fact]
    public void All_forms_say_who_judged_and_mark_what_only_informs()
    {
        var report = Judged(Some.Manifest(Some.Gate("tone_pass_rate", ">= 50%")), Calibrate(People(4, 4), step => step), won: 3, lost: 2, ties: 1);
        foreach (var text in (string[])[MarkdownReport.Write(report), HtmlReport.Write(report)])
        {
            var plain = System.Net.WebUtility.HtmlDecode(text);
            Assert.Contains("tone:v1 may inform only: it was calibrated on 8 examples, and 20 are needed", plain, StringComparison.Ordinal);
            Assert.Contains("<code>tone_pass_rate</code> (informs only)", plain, StringComparison.Ordinal);
            Assert.Contains("tone:v1 on offline/offline-2026-11: of 8 examples it passes and fails 100% (", plain, StringComparison.Ordinal);
        }
        var decides = Judged(Some.Manifest(Some.Gate("tone_pass_rate", ">= 1%")), Calibrate(People(12, 12), step => step), won: 3, lost: 2, ties: 1);
        Assert.Equal(GateVerdict.Pass, decides.Verdict);
        Assert.Equal((2, 3), (decides.Judges[0].Worse, decides.Judges[0].Better));
        Assert.Contains("tone:v1 may gate: 80% agreement and a kappa of 0.6 are asked for.", System.Net.WebUtility.HtmlDecode(MarkdownReport.Write(decides)), StringComparison.Ordinal);
        Assert.Contains("<script>alert(1)</script>", System.Net.WebUtility.HtmlDecode(HtmlReport.Write(decides)), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", HtmlReport.Write(decides), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", MarkdownReport.Write(decides), StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_two_judges_stand_beside_each_other_nowhere()
    {
        var calibration = Calibrate(People(12, 12), step => step);
        var (first, same) = (Judged(Some.Manifest(), calibration, won: 3, lost: 2, ties: 1), Judged(Some.Manifest(), calibration, won: 1, lost: 1, ties: 3));
        Assert.Empty(JudgeChange.Between(first, same));
        Assert.Equal(0.5, SideBySide.Of(first, same).Metrics.Single(metric => metric.Name == "tone_preference").Second);

        var other = Assert.IsType<RubricResult.Parsed>(Rubric.Parse(All.Parse<RubricId>("tone:v2"), All.RubricText.Replace("friendly?", "kind?", StringComparison.Ordinal))).Rubric;
        var second = Judged(Some.Manifest(), calibration, won: 3, lost: 2, ties: 1, other);
        Assert.Equal("tone:v2 scored support_router:v1.6.0 and tone:v1 scored support_router:v1.6.0: their tone figures cannot be compared.", Assert.Single(JudgeChange.Between(first, second)).Sentence);
        var both = SideBySide.Of(first, second);
        Assert.Equal((true, null, null), both.Metrics.Where(metric => metric.Name == "tone_pass_rate").Select(metric => (metric.Withheld, metric.First, metric.Second)).Single());
        Assert.Equal((false, 1.0), both.Metrics.Where(metric => metric.Name == "pass_rate").Select(metric => (metric.Withheld, metric.First!.Value)).Single());
        Assert.Single(both.Incomparable);
    }

    private static GateResult Preference(string threshold, int won, int lost, int ties) => Assert.Single(Judged(Some.Manifest(Some.Gate("tone_preference", threshold)), Calibrate(People(12, 12), step => step), won, lost, ties).Gates);

    // So many cases whose pairs came out so; the side that wins is friendly, the other rude.
    private static EvaluationReport Judged(EvaluationManifest manifest, JudgeCalibration calibration, int won, int lost, int ties, Rubric? rubric = null)
    {
        var judge = rubric ?? Tone;
        var builder = new ReportBuilder(manifest, EvaluationPolicy.Default, ServingPolicy.Default with { Capture = CapturePolicy.Full });
        PairVerdict[] verdicts = [.. Enumerable.Repeat(PairVerdict.Candidate, won), .. Enumerable.Repeat(PairVerdict.Baseline, lost), .. Enumerable.Repeat(PairVerdict.Tie, ties)];
        foreach (var (index, verdict) in verdicts.Index())
        {
            builder.Add(Some.Run($"c{index:000}", [true], [true]) with
            {
                Judged = [new JudgedCase(judge, [Step(verdict != PairVerdict.Baseline)], [Step(verdict != PairVerdict.Candidate)], [new PairJudgement(verdict, false, 1, 1, null)])],
            });
        }
        return builder.Build(Some.Facts, [new CalibratedJudge(judge, judge.Judge(All.Model), null, calibration)]);

        static Judgement Step(bool good) => new(good ? 2 : 0, "<script>alert(1)</script>", null);
    }

    private static JudgeCalibration Calibrate(IEnumerable<int> people, Func<int, int> judge) =>
        JudgeCalibration.Of(Tone, [.. people.SelectMany((step, index) => Judged(1, step, judge(step), $"e{index:000}"))], JudgeBar.Default, seed: 1);

    private static IEnumerable<int> People(int passed, int failed) => [.. Enumerable.Repeat(2, passed), .. Enumerable.Repeat(0, failed)];

    private static IEnumerable<(RubricExample, Judgement)> Judged(int count, int people, int judge, string? id = null) => Enumerable.Range(0, count)
        .Select(number => (new RubricExample(id ?? $"e{people}{judge}{number}", "?", "!", null, Tone.Scale[people].Score, null), new Judgement(judge, "So.", null)));

    private static Answer Said(string verdict) => Some.Answer($$"""{"reason": "So.", "verdict": "{{verdict}}"}""");
}
