using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class ChecksTests
{
    private const string Letter = "Dear customer, your refund of 40 € is on its way.";
    private const string Routed = """{"route":"refund","order":{"id":"A-17"},"note":null,"tags":[]}""";

    [Theory]
    [InlineData("""{"check":"equals","value":"refund"}""", " refund\n", "refund")]
    [InlineData("""{"check":"equals","value":"Refund","ignore_case":true}""", "REFUND", "REFUND")]
    [InlineData("""{"check":"equals","value":{"b":1,"a":[true]}}""", """{"a":[true],"b":1.0}""", null)]
    [InlineData("""{"check":"contains","text":"refund"}""", Letter, "Dear customer, your refund of 40 € is on its way.")]
    [InlineData("""{"check":"contains","all":["REFUND","40"],"ignore_case":true}""", Letter, null)]
    [InlineData("""{"check":"contains","any":["voucher","refund"]}""", Letter, null)]
    [InlineData("""{"check":"not_contains","text":"voucher"}""", Letter, null)]
    [InlineData("""{"check":"not_contains","any":["voucher","Refund"]}""", Letter, null)]
    [InlineData("""{"check":"regex","pattern":"[0-9]+ €"}""", Letter, "40 €")]
    [InlineData("""{"check":"regex","pattern":"^dear\\b","ignore_case":true}""", Letter, "Dear")]
    [InlineData("""{"check":"regex","pattern":"sorry","matches":false}""", Letter, null)]
    [InlineData("""{"check":"json"}""", "[1]", null)]
    [InlineData("""{"check":"schema","schema":{"type":"object","required":["route"]}}""", Routed, null)]
    [InlineData("""{"check":"required_fields","fields":["route","order.id","tags"]}""", Routed, null)]
    [InlineData("""{"check":"field_equals","field":"order.id","value":"A-17"}""", Routed, "\"A-17\"")]
    [InlineData("""{"check":"allowed_label","field":"route","labels":["refund","billing"]}""", Routed, "refund")]
    [InlineData("""{"check":"allowed_label","labels":["refund","billing"]}""", "refund\n", "refund")]
    [InlineData("""{"check":"tool_not_called"}""", Letter, null)]
    [InlineData("""{"check":"max_words","words":10}""", Letter, null)]
    [InlineData("""{"check":"max_characters","characters":2}""", "👩‍👩‍👧é", null)]
    [InlineData("""{"check":"max_tokens","tokens":13}""", Letter, null)]
    [InlineData("""{"check":"max_latency","ms":100}""", Letter, null)]
    public void An_answer_as_expected_passes(string check, string answer, string? evidence)
    {
        var result = Run(check, Some.Answer(answer));
        Assert.Equal((true, 1), (result.Passed, result.Score));
        if (evidence is not null) Assert.Equal(evidence, result.Evidence);
    }

    [Theory]
    [InlineData("""{"check":"equals","value":"refund"}""", "Refund", 0, "The answer is \"Refund\", expected \"refund\"")]
    [InlineData("""{"check":"equals","value":1}""", "one", 0, "The answer is not JSON")]
    [InlineData("""{"check":"contains","text":"voucher"}""", Letter, 0, "The answer does not contain \"voucher\"")]
    [InlineData("""{"check":"contains","all":["refund","voucher","apology","40"]}""", Letter, 0.5, "The answer does not contain \"voucher\" and 1 more")]
    [InlineData("""{"check":"contains","any":["voucher","apology"]}""", Letter, 0, "The answer contains none of \"voucher\", \"apology\"")]
    [InlineData("""{"check":"not_contains","any":["voucher","REFUND"],"ignore_case":true}""", Letter, 0, "The answer contains \"REFUND\"")]
    [InlineData("""{"check":"regex","pattern":"[0-9]{3}"}""", Letter, 0, "The answer does not match [0-9]{3}")]
    [InlineData("""{"check":"regex","pattern":"[0-9]+ €","matches":false}""", Letter, 0, "The answer matches [0-9]+ €, which it must not")]
    [InlineData("""{"check":"json"}""", "Sure: {}", 0, "The answer is not JSON")]
    [InlineData("""{"check":"schema","schema":{"required":["amount"]}}""", Routed, 0, null)]
    [InlineData("""{"check":"required_fields","fields":["route","note","order.date","order.id"]}""", Routed, 0.5, "note, order.date are missing")]
    [InlineData("""{"check":"allowed_label","field":"route","labels":["billing","other"]}""", Routed, 0, "\"route\" is \"refund\", which is none of billing, other")]
    [InlineData("""{"check":"allowed_label","field":"order","labels":["billing"]}""", Routed, 0, null)]
    [InlineData("""{"check":"allowed_label","labels":["refund"]}""", "refund.", 0, "The answer is \"refund.\", which is none of refund")]
    [InlineData("""{"check":"max_words","words":4}""", Letter, 0.4, "The answer has 10 words, at most 4 are allowed")]
    [InlineData("""{"check":"max_characters","characters":1}""", "👩‍👩‍👧é", 0.5, "The answer has 2 characters, at most 1 are allowed")]
    [InlineData("""{"check":"max_tokens","tokens":1}""", "12345", 0.5, "The answer has about 2 tokens (estimated from its length, the provider did not count), at most 1 are allowed")]
    [InlineData("""{"check":"max_latency","ms":50}""", Letter, 0.5, "The answer took 100 ms, at most 50 are allowed")]
    [InlineData("""{"check":"max_cost","usd":0.002}""", Letter, 0, "The cost is unknown: the catalog has no prices of the model, or the provider counted no tokens")]
    [InlineData("""{"check":"unsafe_tool"}""", Letter, 0, "The prompt's policy lists no unsafe tools; name them with: slipway policy set PROMPT --unsafe-tool NAME")]
    public void An_answer_that_is_not_fails_with_the_reason(string check, string answer, double score, string? reason)
    {
        var result = Run(check, Some.Answer(answer));
        Assert.False(result.Passed);
        Assert.Equal(score, result.Score, 5);
        if (reason is not null) Assert.Equal(reason, result.Reason);
    }

    [Fact]
    public void Tokens_and_cost_are_those_of_the_provider_where_it_says_them()
    {
        var answer = Some.Answer(Letter) with { OutputTokens = 20, Cost = 0.004m };
        Assert.Equal("The answer has 20 tokens, at most 10 are allowed", Run("""{"check":"max_tokens","tokens":10}""", answer).Reason);
        Assert.Equal("The answer cost 0.004 US dollars, at most 0.002 are allowed", Run("""{"check":"max_cost","usd":0.002}""", answer).Reason);
        Assert.True(Run("""{"check":"max_cost","usd":0.004}""", answer).Passed);
    }

    [Theory]
    [InlineData("""{"check":"tool_called","tool":"refund"}""", true, "refund is called")]
    [InlineData("""{"check":"tool_called","tool":"refund","arguments":{"order":"A-17","amount":40.0}}""", true, "refund is called with the expected arguments")]
    [InlineData("""{"check":"tool_called","tool":"refund","any_of":{"order":["A-16","A-17"]},"arguments":{"reason":"late"},"optional":["reason"]}""", true, null)]
    [InlineData("""{"check":"tool_called","tool":"refund","arguments":{"order":"A-18"}}""", false, "refund: \"order\" is \"A-17\", expected \"A-18\"")]
    [InlineData("""{"check":"tool_called","tool":"refund","any_of":{"reason":["late","lost"]}}""", false, "refund: \"reason\" is missing, expected \"late\" or \"lost\"")]
    [InlineData("""{"check":"tool_called","tool":"refund","times":2}""", false, "refund is called 1 times, expected 2")]
    [InlineData("""{"check":"tool_called","tool":"lookup","times":2}""", true, null)]
    [InlineData("""{"check":"tool_called","tool":"escalate"}""", false, "escalate is not called, but lookup, refund")]
    [InlineData("""{"check":"tool_not_called","tool":"escalate"}""", true, "escalate is not called")]
    [InlineData("""{"check":"tool_not_called","tools":["escalate","refund"]}""", false, "refund is called, which it must not be")]
    [InlineData("""{"check":"tool_not_called"}""", false, "lookup is called, which it must not be")]
    [InlineData("""{"check":"unsafe_tool"}""", false, "refund is called, which the prompt's policy lists as unsafe")]
    public void Calls_of_tools_are_looked_at_by_name_and_argument(string check, bool passed, string? reason)
    {
        var answer = Calls(("lookup", """{"order":"A-16"}"""), ("refund", """{"order":"A-17","amount":40}"""), ("lookup", "{}"));
        var result = Run(check, answer, EvaluationPolicy.Default with { UnsafeTools = ["refund"] });
        Assert.Equal(passed, result.Passed);
        if (reason is not null) Assert.Equal(reason, result.Reason);
        if (!passed) Assert.NotNull(result.Evidence);
    }

    [Fact]
    public void A_call_whose_arguments_break_the_tools_schema_is_no_call()
    {
        var answer = Calls(("refund", "{}")) with { ToolViolations = ["The arguments of refund are wrong: \"order\" is missing"] };
        Assert.Equal("The arguments of refund are wrong: \"order\" is missing", Run("""{"check":"tool_called","tool":"refund"}""", answer).Reason);
        Assert.False(Run("""{"check":"schema"}""", answer).Passed);
        Assert.True(Run("""{"check":"schema"}""", Calls(("refund", "{}"))).Passed);
    }

    [Theory]
    [InlineData("""{"query":"What is our refund policy?"}""", "You have 30 days [kb-12].", true)]
    [InlineData("""{"articles":{"kb-12":"Refunds within 30 days of delivery."}}""", "You have 30 days [kb-12].", true)]
    [InlineData("""{"articles":[{"id":12,"text":"Refunds within 30 days of delivery."}]}""", "As we say, \"refunds WITHIN  30 days\" [12].", true)]
    [InlineData("""{"articles":"[kb-12] Refunds within 30 days of delivery."}""", "„Refunds within 30 days“, so yes.", true)]
    [InlineData("""{"articles":"[kb-12] Refunds within 30 days of delivery."}""", "\"Refunds within 60 days\" [kb-12]", false)]
    [InlineData("""{"articles":"[kb-12] Refunds within 30 days of delivery."}""", "You have 30 days [kb-1].", false)]
    [InlineData("""{"articles":"[kb-12] Refunds within 30 days of delivery."}""", "You have 30 days.", false)]
    [InlineData("""{"articles":"[kb-12] Refunds within 30 days of delivery."}""", "You have \"30 days\", see [our page](https://example.org).", false)]
    public void What_is_cited_must_stand_in_what_was_given(string variables, string answer, bool passed)
    {
        var messages = variables.Contains("query", StringComparison.Ordinal) ? "kb-12: Refunds within 30 days" : "May I send it back?";
        var asked = Some.Cases($$"""{"id":"c","variables":{{variables}},"messages":[{"role":"user","content":"{{messages}}"}],"expect":[{"check":"citation"}]}""")[0];
        Assert.Equal(passed, Assert.Single(CaseOutcome.Judge(asked, Some.Answer(answer), EvaluationPolicy.Default).Results).Passed);
    }

    [Fact]
    public void Citations_may_stand_in_a_field_and_only_some_variables_may_be_cited()
    {
        var asked = Some.Cases("""{"id":"c","variables":{"kb":["kb-1","kb-2"],"ticket":"see kb-3"},"expect":[{"check":"citation","field":"sources","context":["kb"],"least":2}]}""")[0];
        Assert.True(Judge("""{"sources":["kb-1","kb-2"]}""").Passed);
        Assert.Equal("The answer cites 1 where at least 2 are needed", Judge("""{"sources":["kb-1"]}""").Reason);
        var invented = Judge("""{"sources":["kb-1","kb-3"]}""");
        Assert.Equal(("The answer cites \"kb-3\", which stands nowhere in what it was given", 0.5), (invented.Reason, invented.Score));

        CheckResult Judge(string answer) => CaseOutcome.Judge(asked, Some.Answer(answer), EvaluationPolicy.Default).Results[0];
    }

    [Fact]
    public void A_failed_call_passes_no_check_at_all()
    {
        foreach (var check in Check.Names.Select(Example)) Assert.Equal((false, "no answer"), (Run(check, Some.Answer("", error: "no answer")).Passed, Run(check, Some.Answer("", error: "no answer")).Reason));
    }

    [Fact]
    public void What_a_check_is_written_as_is_what_it_is_read_from()
    {
        foreach (var check in Check.Names.Select(Example))
        {
            var lines = Some.Set($$"""{"id":"c","variables":{"a":"b"},"expect":[{{check}}]}""").ToJsonLines();
            Assert.Equal(lines, Some.Set(lines).ToJsonLines());
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(check), JsonElement.Parse(lines).GetProperty("expect")[0]), lines);
        }
    }

    [Theory]
    [InlineData("""{"check":"equals"}""", "\"value\" is missing: the check equals needs there what the answer must be.")]
    [InlineData("""{"check":"equals","value":1,"ignore_case":true}""", "\"ignore_case\" is for texts alone.")]
    [InlineData("""{"check":"contains"}""", "The check contains needs one of \"text\", \"all\" and \"any\".")]
    [InlineData("""{"check":"contains","text":"a","any":["b"]}""", "The check contains needs one of \"text\", \"all\" and \"any\".")]
    [InlineData("""{"check":"contains","any":[]}""", "\"any\" must list at least one text.")]
    [InlineData("""{"check":"contains","any":["a",1]}""", "\"any\" lists texts, none of them blank.")]
    [InlineData("""{"check":"not_contains","text":"a","all":["a"]}""", "Unknown key \"all\": the check not_contains has check, text, any, ignore_case.")]
    [InlineData("""{"check":"regex","pattern":"("}""", "\"pattern\" cannot be used: ")]
    [InlineData("""{"check":"regex","pattern":"(?=a)b"}""", "\"pattern\" cannot be used: it looks around or refers back, which cannot be matched in bounded time.")]
    [InlineData("""{"check":"regex","pattern":"((a{1,100}){1,100}){1,100}"}""", "\"pattern\" cannot be used: its repetitions come to more than 1000 states; repeat less.")]
    [InlineData("""{"check":"json","strict":true}""", "Unknown key \"strict\": the check json has check.")]
    [InlineData("""{"check":"schema","schema":{"type":"text"}}""", "\"schema\" is no JSON Schema that can be used: ")]
    [InlineData("""{"check":"required_fields","fields":["a..b"]}""", "\"a..b\" has an empty part: a field is a name, or names with a dot between two.")]
    [InlineData("""{"check":"allowed_label","labels":"refund"}""", "\"labels\" must be a list.")]
    [InlineData("""{"check":"tool_called"}""", "\"tool\" is missing: the check tool_called needs a text there.")]
    [InlineData("""{"check":"tool_called","tool":"a","times":0}""", "\"times\" must be a whole number of at least 1.")]
    [InlineData("""{"check":"tool_called","tool":"a","any_of":{"b":1}}""", "\"any_of\" must list at least one value of \"b\".")]
    [InlineData("""{"check":"tool_called","tool":"a","optional":["b"]}""", "\"b\" is optional, but neither \"arguments\" nor \"any_of\" says its value.")]
    [InlineData("""{"check":"language","language":"english"}""", "\"language\" is \"english\": the languages that can be told apart are ar, de, el, en, es, fr, ")]
    [InlineData("""{"check":"max_words"}""", "\"words\" is missing: the check max_words needs a number there.")]
    [InlineData("""{"check":"max_tokens","tokens":1.5}""", "\"tokens\" must be a whole number of at least 1.")]
    [InlineData("""{"check":"max_latency","ms":"1s"}""", "\"ms\" must be a number above 0.")]
    [InlineData("""{"check":"like"}""", "Unknown check \"like\": there are allowed_label, asks_clarification, ")]
    public void A_check_with_wrong_arguments_is_refused_with_its_place(string check, string message)
    {
        var refused = Assert.IsType<GoldenSetResult.Refused>(GoldenSet.Parse(Some.SetId, $$"""

            {"id":"c","variables":{},"expect":[{{check}}]}
            """));
        var error = Assert.Single(refused.Errors);
        Assert.Equal(2, error.Line);
        Assert.NotNull(error.Column);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_text_cannot_hold_up_a_regular_expression()
    {
        var result = Run("""{"check":"regex","pattern":"^(a+)+$"}""", Some.Answer(new string('a', 50_000) + "!"));
        Assert.False(result.Passed);
    }

    private static string Example(string name) => name switch
    {
        "equals" => """{"check":"equals","value":"refund","ignore_case":true}""",
        "contains" => """{"check":"contains","any":["a","b"],"ignore_case":true}""",
        "not_contains" => """{"check":"not_contains","any":["a","b"]}""",
        "regex" => """{"check":"regex","pattern":"a+","ignore_case":true,"matches":false}""",
        "schema" => """{"check":"schema","schema":{"type":"object"}}""",
        "required_fields" => """{"check":"required_fields","fields":["a","b.c"]}""",
        "field_equals" => """{"check":"field_equals","field":"a","value":1.50}""",
        "allowed_label" => """{"check":"allowed_label","field":"a","labels":["b"]}""",
        "tool_called" => """{"check":"tool_called","tool":"t","arguments":{"a":{"b":[1]}},"any_of":{"c":[1,"2"]},"optional":["c"],"times":2}""",
        "tool_not_called" => """{"check":"tool_not_called","tools":["a","b"]}""",
        "asks_clarification" => """{"check":"asks_clarification","about":["order"]}""",
        "language" => """{"check":"language","language":"de","field":"reply"}""",
        "max_words" => """{"check":"max_words","words":3}""",
        "max_characters" => """{"check":"max_characters","characters":3}""",
        "max_tokens" => """{"check":"max_tokens","tokens":3}""",
        "max_latency" => """{"check":"max_latency","ms":0.5}""",
        "max_cost" => """{"check":"max_cost","usd":0.0001}""",
        "citation" => """{"check":"citation","least":2,"context":["kb"],"field":"sources"}""",
        _ => $$"""{"check":"{{name}}"}""",
    };

    private static CheckResult Run(string check, Answer answer, EvaluationPolicy? policy = null)
    {
        var outcome = CaseOutcome.Judge(Some.Case(expect: $"[{check}]"), answer, policy ?? EvaluationPolicy.Default);
        return Assert.Single(outcome.Results);
    }

    private static Answer Calls(params (string Name, string Arguments)[] calls) => Some.Answer("") with
    {
        ToolCalls = JsonSerializer.SerializeToElement(calls.Select((call, index) => new { id = $"call_{index}", type = "function", function = new { name = call.Name, arguments = call.Arguments } })),
    };
}
