using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class CheckTests
{
    [Fact]
    public void An_answer_that_fits_passes_every_check() => Assert.True(Some.Outcome().Passed);

    [Fact]
    public void A_wrong_field_says_what_is_there_and_what_was_expected() =>
        Assert.Equal("\"route\" is \"billing\", expected \"refund\"", Failure(Some.Outcome(answer: Some.Route("billing"))));

    [Fact]
    public void A_missing_field_says_so() => Assert.Equal("\"route\" is missing, expected \"refund\"", Failure(Some.Outcome(answer: Some.Answer("{}"))));

    [Fact]
    public void An_answer_that_is_not_JSON_fails_every_check_for_one_reason()
    {
        var outcome = Some.Outcome(answer: Some.Answer("I would route this to billing.", violations: "is not an object"));
        Assert.All(outcome.Results, result => Assert.False(result.Passed));
        Assert.Equal("The answer is not JSON", Failure(outcome));
        Assert.True(outcome.BrokenForm);
    }

    [Fact]
    public void A_failed_call_fails_every_check_with_the_providers_reason()
    {
        var outcome = Some.Outcome(answer: Some.Answer(error: "429 Too Many Requests"));
        Assert.All(outcome.Results, result => Assert.Equal((false, "429 Too Many Requests"), (result.Passed, result.Reason)));
    }

    [Fact]
    public void Violations_of_the_schema_are_the_reason_and_many_are_cut_short()
    {
        var outcome = Some.Outcome(answer: Some.Answer(violations: ["one", "two", "three", "four", "five"]));
        Assert.Equal("one; two; three; and 2 more", Failure(outcome));
    }

    [Theory]
    [InlineData("\"a\"", "\"\\u0061\"", true)]
    [InlineData("1", "1.0", true)]
    [InlineData("100", "1e2", true)]
    [InlineData("1", "\"1\"", false)]
    [InlineData("null", "null", true)]
    [InlineData("false", "null", false)]
    [InlineData("true", "true", true)]
    [InlineData("0.1", "0.10000000000000001", false)]
    [InlineData("1", "{\"a\":1}", false)]
    [InlineData("1", "1e99999999999", false)]
    [InlineData("1e99999999999", "1e99999999999", true)]
    public void Values_are_compared_as_JSON(string expected, string answered, bool same)
    {
        var goldenCase = Some.Case(expect: $$"""[{"check":"field_equals","field":"a.b","value":{{expected}}}]""");
        Assert.Equal(same, Some.Outcome(goldenCase, Some.Answer($$"""{"a":{"b":{{answered}} } }""")).Passed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"refund\"")]
    [InlineData("[{\"route\":\"refund\"}]")]
    [InlineData("{\"route\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"route\":{\"refund\":1}}")]
    public void Odd_answers_fail_and_break_nothing(string text) => Assert.False(Some.Outcome(answer: Some.Answer(text)).Passed);

    [Fact]
    public void A_long_value_is_cut_in_the_reason_and_never_within_a_character()
    {
        var reason = Failure(Some.Outcome(answer: Some.Route("x" + string.Concat(Enumerable.Repeat("😀", 200)))));
        Assert.Equal($"\"route\" is \"x{string.Concat(Enumerable.Repeat("😀", 79))}…\", expected \"refund\"", reason);
    }

    private static string Failure(CaseOutcome outcome) => Assert.Single(outcome.Failures);
}
