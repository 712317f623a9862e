using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class GateTests
{
    [Theory]
    [InlineData(">= 99%", GateVerdict.Pass, "route_accuracy is 99%, required >= 99%")]
    [InlineData(">= 99.5%", GateVerdict.Fail, "route_accuracy is 99%, required >= 99.5%")]
    [InlineData(">= baseline - 1%", GateVerdict.Pass, "route_accuracy is 99%, required >= baseline - 1pp, that is 99% (baseline 100%)")]
    [InlineData("< baseline", GateVerdict.Pass, "route_accuracy is 99%, required < baseline (100%)")]
    public void A_gate_says_what_is_and_what_was_required(string threshold, GateVerdict verdict, string sentence)
    {
        var result = Judge(threshold, bothRight: 99, lost: 1);
        Assert.Equal((verdict, sentence), (result.Verdict, result.Sentence));
        Assert.Equal((0.99, 1), (result.Candidate, result.Baseline));
    }

    [Fact]
    public void A_loss_that_two_equal_sides_would_not_show_fails()
    {
        var result = Judge(">= baseline - 1pp", bothRight: 230, lost: 18, won: 2);
        Assert.Equal(GateVerdict.Fail, result.Verdict);
        Assert.True(result.Interval!.High < -0.01);
        Assert.Contains("of 250 cases 18 lost and 2 won, so the difference lies between -9.3pp and -3.4pp", result.Sentence, StringComparison.Ordinal);
        Assert.Null(result.MoreCases);
    }

    [Fact]
    public void A_loss_that_chance_may_have_made_is_inconclusive_and_says_what_would_decide()
    {
        var result = Judge(">= baseline - 1pp", bothRight: 190, lost: 6, won: 2, bothWrong: 2);
        Assert.Equal(GateVerdict.Inconclusive, result.Verdict);
        Assert.InRange(result.Interval!.High, -0.01, 0.02);
        Assert.InRange(result.MoreCases!.Value, 500, 1_500);
        Assert.EndsWith($"about {result.MoreCases} more cases like these would decide, and repeats help where the model's answers vary", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_cases_as_it_asked_for_do_decide_if_they_go_the_same_way()
    {
        var open = Judge(">= baseline - 1pp", bothRight: 190, lost: 6, won: 2, bothWrong: 2);
        var factor = (200.0 + open.MoreCases!.Value) / 200;
        var decided = Judge(">= baseline - 1pp", (int)(190 * factor), (int)Math.Ceiling(6 * factor), (int)(2 * factor), (int)(2 * factor));
        Assert.Equal(GateVerdict.Fail, decided.Verdict);
    }

    [Theory]
    [InlineData(4, GateVerdict.Inconclusive)]      // a fair coin throws four times tails once in sixteen, five times once in thirty-two
    [InlineData(5, GateVerdict.Fail)]
    public void A_limit_at_the_baseline_itself_is_McNemars_test(int lost, GateVerdict verdict) =>
        Assert.Equal(verdict, Judge(">= baseline", bothRight: 100, lost: lost).Verdict);

    [Fact]
    public void Sides_that_answer_alike_pass_whatever_the_size_of_the_set()
    {
        Assert.Equal(GateVerdict.Pass, Judge(">= baseline - 1pp", bothRight: 3).Verdict);
        var result = Judge(">= baseline - 1pp", bothRight: 172, bothWrong: 28);
        Assert.Equal(GateVerdict.Pass, result.Verdict);
        Assert.InRange(result.Noticeable!.Value, 0.02, 0.023);
    }

    [Fact]
    public void A_strict_manifest_passes_only_what_is_proved()
    {
        var manifest = Some.Manifest(Some.Gate("route_accuracy", ">= baseline - 1pp")) with { Strict = true };
        Assert.Equal(GateVerdict.Inconclusive, Some.Report(manifest, bothRight: 200).Verdict);
        Assert.Equal(GateVerdict.Pass, Some.Report(manifest, bothRight: 300).Verdict);
        var absolute = Some.Manifest(Some.Gate("route_accuracy", ">= 99%")) with { Strict = true };
        Assert.Equal(GateVerdict.Inconclusive, Some.Report(absolute, bothRight: 200).Verdict);
        Assert.Equal(GateVerdict.Pass, Some.Report(absolute, bothRight: 300).Verdict);
        Assert.Equal(GateVerdict.Pass, Some.Report(Some.Manifest(Some.Gate("error_rate", "0%")) with { Strict = true }, bothRight: 5).Verdict);
    }

    [Fact]
    public void A_fixed_limit_is_kept_or_not_on_the_very_cases_of_the_set()
    {
        Assert.Equal(GateVerdict.Pass, Judge(">= 99.5%", bothRight: 199, lost: 1).Verdict);
        Assert.Equal(GateVerdict.Fail, Judge(">= 99.5%", bothRight: 198, lost: 2).Verdict);
        Assert.InRange(Judge(">= 99.5%", bothRight: 199, lost: 1).Interval!.Low, 0.976, 0.977);
    }

    [Fact]
    public void Repeats_that_vary_around_a_fixed_limit_leave_it_open_and_more_of_them_would_decide()
    {
        var runs = Enumerable.Range(0, 40).Select(index => Some.Run($"c{index:00}", [], index < 30 ? [true, true, true] : [true, index % 2 == 0, false])).ToArray();
        var result = Judge(">= 88.5%", runs);
        Assert.Equal(GateVerdict.Inconclusive, result.Verdict);
        Assert.True(result.MoreRepeats > 3);
        Assert.Equal(GateVerdict.Fail, Judge(">= 99%", runs).Verdict);
        Assert.Equal(GateVerdict.Pass, Judge(">= 87%", runs).Verdict);
    }

    [Fact]
    public void Repeats_that_agree_say_that_the_model_has_no_moods() => Assert.Equal(GateVerdict.Fail,
        Judge(">= 90%", [.. Enumerable.Range(0, 40).Select(index => Some.Run($"c{index:00}", [], Enumerable.Repeat(index < 35, 3).ToArray()))]).Verdict);

    [Theory]
    [InlineData("0%", 0, GateVerdict.Pass)]
    [InlineData("= 0%", 1, GateVerdict.Fail)]
    [InlineData("<= 0%", 1, GateVerdict.Fail)]
    public void Zero_tolerance_fails_on_the_first_event(string threshold, int errors, GateVerdict verdict)
    {
        var manifest = Some.Manifest(Some.Gate("error_rate", threshold));
        CaseRun[] runs = [.. Enumerable.Range(0, 1_000).Select(index =>
            Some.Run(Some.Case($"c{index}"), [], Enumerable.Range(0, 3).Select(repeat => index < errors && repeat == 0 ? Some.Answer(error: "timeout") : Some.Answer()).ToArray()))];
        Assert.Equal(verdict, Some.Report(manifest, runs).Verdict);
    }

    [Fact]
    public void A_latency_gate_speaks_in_milliseconds_and_asks_the_cases_how_much_is_chance()
    {
        var slower = Latency("<= baseline + 10%", index => 100 + index, index => 1.5 * (100 + index));
        Assert.Equal(GateVerdict.Fail, slower.Verdict);
        Assert.StartsWith("p95_latency is 434ms, required <= baseline + 10%, that is 318ms (baseline 289ms); the difference lies between +50.0% and +50.0%", slower.Sentence, StringComparison.Ordinal);
        Assert.Equal(GateVerdict.Pass, Latency("<= baseline + 10%", index => 100 + index, index => 105 + index).Verdict);
    }

    [Fact]
    public void A_slow_tail_of_few_cases_may_be_chance()
    {
        var result = Latency("<= baseline + 10%", index => index < 189 ? 100 : 110, index => index < 189 ? 100 : 130);
        Assert.Equal(GateVerdict.Inconclusive, result.Verdict);
        Assert.True(result.Interval!.Low <= 0.1 && result.Interval.High > 0.1);
        Assert.NotNull(result.MoreCases);
    }

    [Fact]
    public void A_handful_of_times_proves_nothing()
    {
        var runs = Enumerable.Range(0, 5).Select(index => Some.Run(Some.Case($"c{index}"), Some.Answer(milliseconds: 100), Some.Answer(milliseconds: 300))).ToArray();
        var result = Assert.Single(Some.Report(Some.Manifest(Some.Gate("mean_latency", "<= baseline + 10%")), runs).Gates);
        Assert.Equal((GateVerdict.Inconclusive, (int?)3), (result.Verdict, result.MoreCases));
    }

    [Theory]
    [InlineData(">= 0%")]
    [InlineData(">= baseline - 100pp")]
    public void A_metric_without_data_is_inconclusive_and_never_passes(string threshold)
    {
        var result = Assert.Single(Some.Report(Some.Manifest(Some.Gate("handoff_accuracy", threshold)), bothRight: 10).Gates);
        Assert.Equal((GateVerdict.Inconclusive, "no data for handoff_accuracy"), (result.Verdict, result.Sentence));
    }

    [Fact]
    public void A_relative_gate_without_a_baseline_is_inconclusive()
    {
        var result = Assert.Single(Some.Report(Some.Manifest(Some.Gate("accuracy", ">= baseline")), bothRight: 10, baseline: false).Gates);
        Assert.Equal((GateVerdict.Inconclusive, "no data for accuracy in the baseline, required >= baseline"), (result.Verdict, result.Sentence));
    }

    [Fact]
    public void The_worst_gate_decides()
    {
        var (pass, fail, open) = (Some.Gate("accuracy", ">= 50%"), Some.Gate("accuracy", ">= 95%"), Some.Gate("tone_accuracy", ">= 50%"));
        Assert.Equal(GateVerdict.Fail, Overall(open, fail, pass));
        Assert.Equal(GateVerdict.Inconclusive, Overall(pass, open));
        Assert.Equal(GateVerdict.Pass, Overall(pass, pass));
        Assert.Equal(GateVerdict.Inconclusive, Overall());

        static GateVerdict Overall(params Gate[] gates) => Some.Report(Some.Manifest(gates), bothRight: 9, bothWrong: 1).Verdict;
    }

    [Fact]
    public void A_run_that_stopped_early_never_passes()
    {
        var builder = new ReportBuilder(Some.Manifest(Some.Gate("accuracy", ">= 50%")), EvaluationPolicy.Default, Core.Resolution.ServingPolicy.Default);
        builder.Add(Some.Run("c1", [true], [true]));
        Assert.Equal(GateVerdict.Inconclusive, builder.Build(Some.Facts with { Stopped = "the ceiling of 5 USD was reached" }).Verdict);
        Assert.Equal(GateVerdict.Pass, builder.Build(Some.Facts).Verdict);
    }

    private static GateResult Judge(string threshold, int bothRight, int lost = 0, int won = 0, int bothWrong = 0) =>
        Assert.Single(Some.Report(Some.Manifest(Some.Gate("route_accuracy", threshold)), bothRight, lost, won, bothWrong).Gates);

    private static GateResult Judge(string threshold, params CaseRun[] runs) => Assert.Single(Some.Report(Some.Manifest(Some.Gate("route_accuracy", threshold)), runs).Gates);

    private static GateResult Latency(string threshold, Func<int, double> baseline, Func<int, double> candidate) => Assert.Single(Some.Report(
        Some.Manifest(Some.Gate("p95_latency", threshold)),
        [.. Enumerable.Range(0, 200).Select(index => Some.Run(Some.Case($"c{index:000}"), Some.Answer(milliseconds: baseline(index)), Some.Answer(milliseconds: candidate(index))))]).Gates);
}
