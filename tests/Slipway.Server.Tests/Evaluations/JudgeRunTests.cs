using Slipway.Core.Evaluations;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>Judges in a run: what they are asked, what that costs, and what their figures decide.</summary>
public sealed class JudgeRunTests
{
    private const string Tone = """[{"rubric": "tone:v1"}]""", Pairs = """[{"rubric": "tone:v1", "compare": true}]""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static EvaluationSettings OneByOne => EvaluationSettings.Default with { Concurrency = 1 };

    [Fact]
    public async Task A_calibrated_judge_scores_both_sides_and_decides_a_gate()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone, gates: """ "tone_pass_rate": ">= 99%", "tone_score": ">= baseline" """), cancellation: Cancellation)).Report;
        Assert.Equal((1, 0), (report.Find("tone_pass_rate")!.Candidate!.Value, report.Find("tone_pass_rate")!.Baseline!.Value));
        Assert.Equal((3, 1), (report.Find("tone_score")!.Candidate!.Value, report.Find("tone_score")!.Baseline!.Value));
        Assert.Equal(GateVerdict.Pass, report.Verdict);
        var judge = Assert.Single(report.Judges);
        Assert.True(judge.MayGate);
        Assert.Equal((24, 24, 1, 1), (judge.Calibration.Examples, judge.Calibration.Judged, judge.Calibration.Agreement!.Value, judge.Calibration.Kappa!.Value));
        Assert.Equal((10, 0, 0, 5, 5), (judge.Judged, judge.Unjudged, judge.Worse, judge.Better, judge.Differences.Length));
        Assert.Equal(("curt", "polite", "It reads so.", 2), (judge.Differences[0].BaselineVerdict, judge.Differences[0].CandidateVerdict, judge.Differences[0].Reason, judge.Differences[0].Steps));
        Assert.Equal(judge.Hash.Value, report.Facts!.Judges["tone"]);
        // What a judge thinks is no check: neither answer has the form it must have, and nothing was fixed by being polite.
        Assert.Equal((0, 0, 5), (report.Counts.CandidatePassed, report.Counts.Fixed, report.Counts.BothWrongDifferent));
        Assert.Equal(report.ToJson(), EvaluationReport.FromJson(report.ToJson()).ToJson());
    }

    [Fact]
    public async Task The_examples_are_judged_before_any_case_is_asked_and_a_second_run_pays_for_nothing()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var first = await bench.Engine.RunAsync(JudgeBench.Plan(Pairs, OneByOne, price: 1_000), cancellation: Cancellation);
        Assert.All(bench.Provider.Asked.Take(24), one => Assert.StartsWith("You judge", one.System, StringComparison.Ordinal));
        Assert.Equal((24 + 10, 10), bench.Provider.Judged());
        Assert.Equal((44, 44 * 0.03m, 54 * 0.03m), (first.Progress.JudgeCalls, first.Progress.JudgeCost, first.Progress.Spent));
        Assert.Equal((44, 44 * 0.03m, 54 * 0.03m), (first.Report.Facts!.JudgeCalls, first.Report.Facts.JudgeCost, first.Report.Facts.Spent));
        var second = await bench.Engine.RunAsync(JudgeBench.Plan(Pairs, price: 1_000), cancellation: Cancellation);
        Assert.Equal((54, 0m, 0m), (bench.Provider.Asked.Count, second.Progress.Spent, second.Progress.JudgeCost));
        Assert.Equal(first.Report.Metrics.Where(metric => metric.Name.StartsWith("tone", StringComparison.Ordinal)).Select(metric => metric.Candidate!.Value), second.Report.Metrics.Where(metric => metric.Name.StartsWith("tone", StringComparison.Ordinal)).Select(metric => metric.Candidate!.Value));
    }

    [Theory]
    [InlineData(12, "tone:v1 may inform only: it was calibrated on 12 examples, and 20 are needed")]
    [InlineData(24, "tone:v1 may inform only: it agrees with people on 50% (")]
    public async Task A_judge_below_the_bar_informs_only_and_its_gates_are_inconclusive(int examples, string why)
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers(score: _ => "polite");
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone, rubric: JudgeBench.Rubric(examples)), cancellation: Cancellation)).Report;
        Assert.Equal((GateVerdict.Inconclusive, 1), (report.Verdict, report.Gates[0].Candidate));
        Assert.StartsWith($"tone_pass_rate is 100%, required >= 50%; {why}", report.Gates[0].Sentence, StringComparison.Ordinal);
        Assert.Empty(report.Judges[0].Differences);
    }

    [Fact]
    public async Task An_answer_of_the_judge_without_its_form_is_no_judgement_and_no_failure_of_the_candidate()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers(score: question => question.Contains("Question", StringComparison.Ordinal) || question.Contains("fine", StringComparison.Ordinal) ? JudgeBench.Honest(question) : question.Contains("hm", StringComparison.Ordinal) ? "lovely" : null);
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone), cancellation: Cancellation)).Report;
        var judge = report.Judges[0];
        Assert.Equal((2, 8, 1, 1), (judge.Judged, judge.Unjudged, report.Find("tone_pass_rate")!.Candidate!.Value, report.Find("tone_pass_rate")!.Candidate!.Count));
        Assert.Equal(0.8, report.Find("tone_unjudged_rate")!.Candidate!.Value, 9);
        Assert.Equal("it did not judge 8 of 10 answers, and at most 10% may be missing", Assert.Single(judge.WhyNot));
        Assert.Equal((6, 2), (judge.UnjudgedReasons[0].Count, judge.UnjudgedReasons[1].Count));
        Assert.Equal(GateVerdict.Inconclusive, report.Gates[0].Verdict);
    }

    [Fact]
    public async Task A_pair_is_judged_in_both_orders_and_the_winner_of_both_counts()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Pairs, gates: """ "tone_preference": ">= 45%" """), cancellation: Cancellation)).Report;
        var preference = report.Find("tone_preference")!;
        Assert.Equal((1, 0, 1), (preference.Candidate!.Value, preference.Baseline!.Value, preference.Difference!.Value));
        Assert.Equal(new PositionBias(5, 0, 5, 5), report.Judges[0].Position);
        Assert.Equal(GateVerdict.Pass, report.Gates[0].Verdict);
    }

    [Fact]
    public async Task A_judge_that_goes_by_the_place_gives_ties_and_is_found_out()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers(compare: _ => "first");
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Pairs), cancellation: Cancellation)).Report;
        Assert.Equal(0.5, report.Find("tone_preference")!.Candidate!.Value);
        Assert.Equal((1, 1.0), (report.Judges[0].Position!.Flipped, report.Judges[0].Position!.FirstShare));
    }

    [Fact]
    public async Task The_same_answer_is_judged_once_and_is_a_tie_without_asking()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers(version: (_, _) => JudgeBench.Polite);
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Pairs, EvaluationSettings.Default with { Repeats = 5 }), cancellation: Cancellation)).Report;
        Assert.Equal((24 + 5, 0), bench.Provider.Judged());
        Assert.Equal((50, 0.5, null), (report.Judges[0].Judged, report.Find("tone_preference")!.Candidate!.Value, report.Judges[0].Position));
    }

    [Fact]
    public async Task A_call_that_failed_passes_no_judge_and_loses_its_pair_and_nobody_is_asked_about_it()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers(version: (question, candidate) => candidate && question == "hm" ? throw new ProviderException("It will not.", 400) : candidate ? JudgeBench.Polite : JudgeBench.Curt);
        var report = (await bench.Engine.RunAsync(JudgeBench.Plan(Pairs), cancellation: Cancellation)).Report;
        Assert.Equal((24 + 9, 8), bench.Provider.Judged());
        Assert.Equal((0.8, 0.8, 0), (report.Find("tone_pass_rate")!.Candidate!.Value, report.Find("tone_preference")!.Candidate!.Value, report.Judges[0].Unjudged));
    }

    [Fact]
    public async Task Cases_are_judged_by_what_the_manifest_and_what_they_themselves_ask_for()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var rare = (await bench.Engine.RunAsync(JudgeBench.Plan("""[{"rubric": "tone:v1", "kinds": ["rare", "empty"]}]"""), cancellation: Cancellation)).Report;
        Assert.Equal(4, rare.Judges[0].Judged);
        var cases = Router.Cases.Replace("""{"check": "field_equals", "field": "department", "value": "desk"}""", """{"check": "judge", "rubric": "tone:v1", "reference": "It asks what is meant."}""", StringComparison.Ordinal);
        var own = (await bench.Engine.RunAsync(JudgeBench.Plan("[]", gates: """ "tone_pass_rate": ">= 50%" """, cases: cases), cancellation: Cancellation)).Report;
        Assert.Equal((2, 1), (own.Judges[0].Judged, own.Find("tone_pass_rate")!.Candidate!.Count));
        Assert.Equal(2, bench.Provider.Asked.Count(one => one.Question.Contains("It asks what is meant.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_judges_cost_counts_towards_the_ceiling()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var result = await bench.Engine.RunAsync(JudgeBench.Plan(Tone, OneByOne with { MaxCost = 1m }, price: 1_000), cancellation: Cancellation);
        Assert.Equal("the ceiling of $1 was reached", result.Stopped);
        Assert.InRange(result.Progress.Spent, 0.9m, 1m);
        var barely = await bench.Engine.RunAsync(JudgeBench.Plan(Tone, OneByOne with { MaxCost = 0.1m, UseCache = false }, price: 1_000), cancellation: Cancellation);
        Assert.Equal((0, 3, GateVerdict.Inconclusive), (barely.Progress.CallsDone, barely.Progress.JudgeCalls, barely.Report.Verdict));
        Assert.Empty(barely.Report.Judges);
    }

    [Fact]
    public void What_a_judge_lacks_is_said_before_anything_is_paid_for()
    {
        using var bench = new EvaluationBench();
        Assert.Equal("There is no rubric tone:v1.", Assert.Single(bench.Engine.ProblemsOf(JudgeBench.Plan(Tone) with { Rubrics = [] })));
        Assert.StartsWith("The model nobody of tone:v1 is neither an alias of the model catalog nor ", Assert.Single(bench.Engine.ProblemsOf(JudgeBench.Plan(Tone, rubric: RubricOn("nobody")))), StringComparison.Ordinal);
        Assert.Contains("elsewhere", Assert.Single(bench.Engine.ProblemsOf(JudgeBench.Plan(Tone, rubric: RubricOn("elsewhere/model-2026-01-01")))), StringComparison.Ordinal);
        var cases = Router.Cases.Replace("""{"check": "field_equals", "field": "department", "value": "desk"}""", """{"check": "judge", "rubric": "tone:v2"}""", StringComparison.Ordinal);
        Assert.Equal("tone:v1 and tone:v2 are both asked for: one version of a rubric judges a run.", Assert.Single(bench.Engine.ProblemsOf(JudgeBench.Plan(Tone, cases: cases) with { Rubrics = [JudgeBench.Rubric(), JudgeBench.Rubric(id: "tone:v2")] })));

        static Rubric RubricOn(string model) => Assert.IsType<RubricResult.Parsed>(Rubric.Parse(Some.Value<RubricId>("tone:v1"), JudgeBench.Text(2, model))).Rubric;
    }

    [Fact]
    public async Task More_examples_make_no_other_judge_and_another_question_does()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answers();
        var first = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone), cancellation: Cancellation)).Report.Judges[0];
        var more = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone, rubric: JudgeBench.Rubric(30)), cancellation: Cancellation)).Report.Judges[0];
        var other = (await bench.Engine.RunAsync(JudgeBench.Plan(Tone, rubric: Assert.IsType<RubricResult.Parsed>(Rubric.Parse(Some.Value<RubricId>("tone:v1"), JudgeBench.Text(24, criterion: "Is it short?"))).Rubric), cancellation: Cancellation)).Report.Judges[0];
        Assert.NotEqual(first.Content, more.Content);
        Assert.Equal(first.Hash, more.Hash);
        Assert.NotEqual(first.Hash, other.Hash);
        Assert.Equal(2 * 24 + 6 + 2 * 10, bench.Provider.Judged().Scored);
    }
}
