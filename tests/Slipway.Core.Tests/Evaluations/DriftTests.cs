using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class DriftTests
{
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("error_rate", "0%"));

    [Fact]
    public void Answers_that_are_the_same_have_not_moved() =>
        Assert.All(Of(index => Some.Route(index % 2 == 0 ? "refund" : "billing"), index => Some.Route(index % 2 == 0 ? "refund" : "billing")), drift => Assert.False(drift.Moved));

    [Fact]
    public void A_label_that_is_chosen_more_often_is_told_even_where_no_gate_looks()
    {
        var drift = Of(index => Some.Route(index < 50 ? "refund" : "billing"), index => Some.Route(index < 80 ? "refund" : "billing"))[0];
        Assert.Equal(("label:route", true), (drift.What, drift.Moved));
        Assert.Equal("\"route\" moved: billing 50% → 20%; refund 50% → 80%", drift.Sentence);
        Assert.Equal([new DriftShare("billing", 0.5, 0.2), new DriftShare("refund", 0.5, 0.8)], drift.Shares);
        Assert.InRange(drift.Chance, 0, 0.01);
    }

    [Theory]
    [InlineData("refusal")]
    [InlineData("finish_reason")]
    [InlineData("tools")]
    [InlineData("shape")]
    [InlineData("length")]
    public void Everything_that_says_how_answers_are_is_looked_at(string what)
    {
        var other = what switch
        {
            "refusal" => new Answer { Refusal = "I cannot help with that.", FinishReason = "stop" },
            "finish_reason" => Some.Answer() with { FinishReason = "length" },
            "tools" => Some.Answer("") with { ToolCalls = JsonElement.Parse("""[{"function":{"name":"refund","arguments":"{}"}}]""") },
            "shape" => Some.Answer("""{"reason":"x"}"""),
            _ => Some.Answer("""{"route":"refund"}                  """),
        };
        var drifts = Of(_ => Some.Answer() with { FinishReason = "stop" }, index => index < 15 ? other : Some.Answer() with { FinishReason = "stop" });
        Assert.Contains(drifts, drift => drift.What == what && drift.Moved);
    }

    [Fact]
    public void A_few_cases_that_go_either_way_are_no_drift() =>
        Assert.All(Of(index => Some.Route(index is 3 or 4 ? "billing" : "refund"), index => Some.Route(index is 5 or 6 or 7 ? "billing" : "refund")), drift => Assert.False(drift.Moved));

    [Fact]
    public void Free_text_has_no_values_to_count()
    {
        var drifts = Some.Report(Manifest, [.. Enumerable.Range(0, 300).Select(index => Some.Run(Some.Case($"c{index}"), Some.Route($"a{index}"), Some.Route($"b{index}")))]).Drift;
        Assert.DoesNotContain(drifts, drift => drift.What == "label:route");
    }

    [Fact]
    public void Without_a_baseline_nothing_can_have_moved() =>
        Assert.Empty(Some.Report(Manifest, Some.Run(Some.Case(), [], [Some.Answer()])).Drift);

    // Six looks at equal sides: all of them together raise a false alarm once in twenty evaluations, not six times.
    [Fact]
    public void Several_looks_together_raise_few_false_alarms()
    {
        const int Runs = 30;
        var alarms = Enumerable.Range(0, Runs).Count(run =>
        {
            var random = new Core.Evaluations.Statistics.SeededRandom((ulong)run + 1);
            Answer Any(int _) => Some.Route(random.Next(3) switch { 0 => "refund", 1 => "billing", _ => "technical" }) with { FinishReason = random.Next(9) == 0 ? "length" : "stop" };
            return Of(Any, Any).Any(drift => drift.Moved);
        });
        Assert.InRange(alarms, 0, 6);       // 1.5 expected; beyond 6 is one in a thousand
    }

    private static OutputDrift[] Of(Func<int, Answer> baseline, Func<int, Answer> candidate) =>
        [.. Some.Report(Manifest, [.. Enumerable.Range(0, 100).Select(index => Some.Run(Some.Case($"c{index:000}"), baseline(index), candidate(index)))]).Drift];
}
