using System.Collections.Immutable;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class BehaviourDifferenceTests
{
    private static readonly Answer Right = Some.Route("refund");

    [Fact]
    public void The_same_answer_is_no_difference_however_it_is_spaced() =>
        Assert.Empty(Between((Some.Case(), Some.Answer("""{"route":"refund","n":1}"""), Some.Answer("""{ "n": 1.0, "route": "refund" }"""))));

    [Fact]
    public void Each_category_is_told_apart()
    {
        var rows = Between(
            (Some.Case("style"), Some.Answer("""{"route":"refund"}"""), Some.Answer("""{"route":"refund","note":"x"}""")),
            (Some.Case("still wrong"), Some.Route("billing"), Some.Route("fraud")),
            (Some.Case("same error"), Some.Answer("", error: "timeout"), Some.Answer("", error: "timeout")),
            (Some.Case("won"), Some.Route("billing"), Right),
            (Some.Case("lost"), Right, Some.Route("billing")));
        Assert.Equal([("lost", DifferenceCategory.Broken), ("won", DifferenceCategory.Fixed), ("still wrong", DifferenceCategory.BothWrongDifferent),
            ("style", DifferenceCategory.BothRightDifferent)], rows.Select(row => (row.CaseId, row.Category)));
    }

    [Fact]
    public void The_worst_comes_first_form_before_fields_and_large_groups_before_small()
    {
        var rows = Between(
            (Some.Case("one fraud"), Right, Some.Route("fraud")),
            (Some.Case("billing 1", tags: """{"tier":"silver"}"""), Right, Some.Route("billing")),
            (Some.Case("billing 2", tags: """{"tier":"gold"}"""), Right, Some.Route("billing")),
            (Some.Case("billing 3", tags: """{"tier":"silver"}"""), Right, Some.Route("billing")),
            (Some.Case("won"), Some.Route("billing"), Right),
            (Some.Case("won form"), Some.Answer("none"), Right),
            (Some.Case("prose"), Right, Some.Answer("Sure!")));
        Assert.Equal(["prose", "billing 2", "billing 1", "billing 3", "one fraud", "won form", "won"], rows.Select(row => row.CaseId));
    }

    [Fact]
    public void A_row_says_all_a_reviewer_needs()
    {
        var row = Assert.Single(Between((Some.Case("c7", kind: "rare", tags: """{"tier":"gold"}"""), Right, Some.Route("billing"))));
        Assert.Equal(("c7", CaseKind.Rare, "gold", "I want my money back"), (row.CaseId, row.Kind, row.Tags["tier"], row.Input));
        Assert.Equal(("""{"route":"refund"}""", """{"route":"billing"}"""), (row.BaselineAnswer, row.CandidateAnswer));
        Assert.Equal("\"route\" is \"billing\", expected \"refund\"", row.Group);
        Assert.Empty(row.BaselineFailures);
        Assert.Equal([row.Group], row.CandidateFailures);
    }

    [Fact]
    public void The_sides_must_answer_the_same_cases()
    {
        Assert.Throws<ArgumentException>(() => BehaviourDifference.Between([Some.Outcome(Some.Case("a"))], [Some.Outcome(Some.Case("b"))]));
        Assert.Throws<ArgumentException>(() => BehaviourDifference.Between([Some.Outcome()], []));
        Assert.Throws<ArgumentException>(() => BehaviourDifference.Between([Some.Outcome(), Some.Outcome(Some.Case("b"))], [Some.Outcome(), Some.Outcome()]));
    }

    [Theory]
    [InlineData("""{"variables":{"x":"v"},"messages":[{"role":"user","content":"first"},{"role":"user","content":"last"},{"role":"assistant","content":"and?"}]}""", "last")]
    [InlineData("""{"variables":{"x":"v"},"messages":[{"role":"assistant","content":"and?"}]}""", """{"x":"v"}""")]
    [InlineData("""{"messages":[{"role":"system","content":"only"}]}""", "only")]
    public void The_input_is_the_last_user_message_or_the_variables(string input, string excerpt) =>
        Assert.Equal(excerpt, Some.Cases($$"""{"id":"a","expect":[{"check":"schema"}],{{input[1..]}}""").Single().InputExcerpt);

    private static ImmutableArray<BehaviourDifference> Between(params (GoldenCase Case, Answer Baseline, Answer Candidate)[] cases) => BehaviourDifference.Between(
        [.. cases.Select(one => CaseOutcome.Judge(one.Case, one.Baseline, EvaluationPolicy.Default))], [.. cases.Select(one => CaseOutcome.Judge(one.Case, one.Candidate, EvaluationPolicy.Default))]);
}
