using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class ImportTests
{
    [Fact]
    public void Assertions_of_promptfoo_that_decide_by_rule_become_checks()
    {
        var made = Promptfoo("""
            {"description":"router","prompts":["file://p.txt"],"providers":["openai:x"],
             "defaultTest":{"vars":{"tier":"plus"},"assert":[{"type":"latency","threshold":2000},{"type":"is-json"}]},
             "tests":[
              {"description":"a refund","vars":{"ticket":"Where is {{money}}?","word":"refund"},"assert":[
                {"type":"contains","value":"{{word}}"},{"type":"icontains-any","value":["refund","money"]},{"type":"not-contains","value":"sorry"},
                {"type":"regex","value":"\\d+ days"},{"type":"not-regex","value":"as an AI"},{"type":"starts-with","value":"Dear (customer)"},
                {"type":"is-json","value":{"type":"object"}},{"type":"cost","threshold":0.002},{"type":"word-count","value":{"max":50}},
                {"type":"is-refusal"},{"type":"not-is-refusal"},{"type":"equals","value":{"route":"refund"}},{"type":"contains-all","value":"a, b"}]},
              {"vars":{"ticket":"hi"}}]}
            """);
        var (first, second) = (made.Set.Cases[0], made.Set.Cases[1]);
        Assert.Equal("""{"tier":"plus","ticket":"Where is {{money}}?","word":"refund"}""", first.Variables?.GetRawText());
        Assert.Equal(
            ["max_latency", "json", "contains", "contains", "not_contains", "regex", "regex", "regex", "schema", "max_cost", "max_words", "refuses", "not_refuses", "equals", "contains"],
            first.Expect.Select(check => check.Name));
        Assert.Equal("refund", Assert.IsType<ContainsCheck>(first.Expect[2]).Texts.Single());
        Assert.Equal(["a", "b"], Assert.IsType<ContainsCheck>(first.Expect[^1]).Texts);
        Assert.Equal(@"^Dear \(customer\)", Assert.IsType<RegexCheck>(first.Expect[7]).Pattern);
        Assert.Equal(("import:promptfoo", "a refund", false), (first.Source, first.Tags["description"], first.IsProposed));
        Assert.Equal(["max_latency", "json"], second.Expect.Select(check => check.Name));
        Assert.Empty(made.LeftOut);
    }

    [Theory]
    [InlineData("""{"type":"javascript","value":"process.exit(1)"}""", "it is a program, and none is ever run; say what it looks for with the checks there are")]
    [InlineData("""{"type":"not-python","value":"file://x.py"}""", "it is a program, and none is ever run; say what it looks for with the checks there are")]
    [InlineData("""{"type":"llm-rubric","value":"is polite"}""", "a model decides it; such an assertion becomes a rubric of a judge")]
    [InlineData("""{"type":"contains","value":"{{ name | upper }}"}""", "its value is a template that does more than name variables")]
    [InlineData("""{"type":"contains","value":"{{nobody}}"}""", "its value names the variable nobody, which the case does not have")]
    [InlineData("""{"type":"contains","value":"a","transform":"output.trim()"}""", "it transforms the answer by a program, and none is run")]
    [InlineData("""{"type":"contains","value":"a","weight":0}""", "its weight is 0")]
    [InlineData("""{"type":"levenshtein","value":"a"}""", "there is no check that says the same")]
    [InlineData("""{"type":"regex","value":"(?<=a)b"}""", "its pattern cannot be used: it looks around or refers back, which cannot be matched in bounded time")]
    [InlineData("""{"value":"a"}""", "it has no type")]
    public void What_is_not_taken_over_is_listed_with_its_reason(string assertion, string why)
    {
        var made = Promptfoo($$"""{"tests":[{"vars":{"a":1},"assert":[{{assertion}}]}]}""");
        var left = Assert.Single(made.LeftOut);
        Assert.StartsWith("tests[0].assert[0]", left, StringComparison.Ordinal);
        Assert.EndsWith($" was left out: {why}.", left, StringComparison.Ordinal);
        var one = Assert.Single(made.Set.Cases);
        Assert.True(one.IsProposed);        // nothing decides it any more: somebody says what it expects
        Assert.Equal("not_refuses", Assert.Single(one.Expect).Name);
    }

    [Theory]
    [InlineData("{}", "There are no tests")]
    [InlineData("""{"tests":"file://tests.csv"}""", "tests names a file")]
    [InlineData("""{"tests":[]}""", "There is no case in the file.")]
    [InlineData("""{"tests":[{"vars":{"a":["x","y"]},"assert":[{"type":"is-json"}]}]}""", "tests[0] was left out: a lists values")]
    [InlineData("""{"tests":[{"vars":{"a":"file://a.txt"},"assert":[{"type":"is-json"}]}]}""", "tests[0] was left out: one of its vars names a file.")]
    public void A_file_without_a_case_makes_no_set(string json, string why) =>
        Assert.StartsWith(why, Assert.IsType<ImportResult.Refused>(PromptfooImport.Read(Some.SetId, JsonElement.Parse(json))).Errors[0], StringComparison.Ordinal);

    [Fact]
    public void What_a_promptfoo_test_decides_in_another_way_than_here_is_said()
    {
        var made = Promptfoo("""
            {"tests":[
              {"vars":{"ticket":"a"},"threshold":0.5,"assert":[{"type":"contains","value":"x"},{"type":"contains","value":"y"}]},
              {"vars":{"ticket":"b"},"options":{"transform":"output.trim()"},"assert":[{"type":"equals","value":"x"}]}]}
            """);
        Assert.Equal(
            ["tests[0].threshold was left out: here a case passes where every check does, and only there.", "tests[1].assert[0] (equals) was left out: it transforms the answer by a program, and none is run."], made.LeftOut);
        Assert.Equal((2, true), (made.Set.Cases[0].Expect.Length, made.Set.Cases[1].IsProposed));
    }

    [Fact]
    public void Evaluators_of_a_GitHub_prompt_file_are_checked_for_every_row_of_its_test_data()
    {
        var made = Assert.IsType<ImportResult.Made>(PromptYmlImport.Read(Some.SetId, JsonElement.Parse("""
            {"messages":[{"role":"user","content":"Answer: {{input}}"}],
             "testData":[{"input":"hello world","string":"hello","expected":"greeting"},{"input":"bye","string":"bye","expected":"farewell"}],
             "evaluators":[{"name":"has","string":{"contains":"{{string}}"}},{"name":"starts","string":{"startsWith":"Well."}},{"name":"ends","string":{"endsWith":"!"}},
                           {"name":"is","string":{"equals":"x"}},{"name":"like","uses":"github/similarity"},{"name":"empty","string":{}}]}
            """)));
        var first = made.Set.Cases[0];
        Assert.Equal("""{"input":"hello world"}""", first.Variables?.GetRawText());
        Assert.Equal(["contains", "regex", "regex", "equals"], first.Expect.Select(check => check.Name));
        Assert.True(Passes(first.Expect[0], "He said HELLO"));
        Assert.True(Passes(first.Expect[1], "well. Then"));
        Assert.False(Passes(first.Expect[1], "wellx Then"));
        Assert.True(Passes(first.Expect[2], "so!"));
        Assert.Equal("bye", Assert.IsType<ContainsCheck>(made.Set.Cases[1].Expect[0]).Texts.Single());
        Assert.Equal("testData[0] (like) was left out: a model decides it; such an evaluator becomes a rubric of a judge.", made.LeftOut[0]);
        Assert.Equal("testData[0] (empty) was left out: it says nothing to look for.", made.LeftOut[1]);
        Assert.Equal(4, made.LeftOut.Length);
    }

    [Fact]
    public void Without_an_evaluator_that_decides_by_rule_the_expected_answer_is_proposed()
    {
        var made = Assert.IsType<ImportResult.Made>(PromptYmlImport.Read(Some.SetId, JsonElement.Parse("""{"testData":[{"input":"2 + 2?","expected":"4"}]}""")));
        var one = Assert.Single(made.Set.Cases);
        Assert.Equal(("""{"input":"2 + 2?"}""", true), (one.Variables?.GetRawText(), one.IsProposed));
        Assert.Equal("4", Assert.IsType<EqualsCheck>(Assert.Single(one.Expect)).Value.GetString());
    }

    [Fact]
    public void Foreign_JSON_Lines_are_read_by_the_names_of_two_fields()
    {
        var rows = LabelledLines.Read("{\"text\":\"hi\",\"about\":{\"intent\":\"greet\"}}\n\n{\"text\":\"bye\",\"about\":{\"intent\":3}}\n", "text", "about.intent", out var errors);
        Assert.Empty(errors);
        Assert.Equal([("hi", "greet"), ("bye", "3")], rows);
        LabelledLines.Read("{\"text\":\"hi\"}\n[1]\n{\"text\":1,\"label\":[]}\n{", "text", "label", out errors);
        Assert.Equal(
            ["line 1, column 1: There is no field \"label\"; the line has text.", "line 2, column 1: A line must be an object.", "line 3, column 9: \"text\" must be a text.", "line 3, column 19: \"label\" must be a single label."],
            errors.Take(4).Select(error => error.ToString()));
        Assert.Equal(4, errors[4].Line);
        LabelledLines.Read("\n", "text", "label", out errors);
        Assert.Equal("The file has no lines.", Assert.Single(errors).Message);
    }

    private static bool Passes(Check check, string answer) => check.Run(new CheckInput(Some.Case(), Some.Answer(answer), EvaluationPolicy.Default)).Passed;

    private static ImportResult.Made Promptfoo(string json) => Assert.IsType<ImportResult.Made>(PromptfooImport.Read(Some.SetId, JsonElement.Parse(json)));
}
