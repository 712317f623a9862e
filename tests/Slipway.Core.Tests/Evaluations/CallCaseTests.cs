using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using All = Slipway.Core.Tests.Some;

namespace Slipway.Core.Tests.Evaluations;

public sealed class CallCaseTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Schema = """{"type":"object","required":["route"],"properties":{"route":{"enum":["refund","billing"]},"note":{"type":"string"}}}""";

    [Fact]
    public void The_variables_of_a_call_are_read_back_out_of_what_was_sent()
    {
        var package = Package("Route for {{tier}} customers: {{ticket}}. Answer for {{tier}}.", "tier", "ticket");
        var made = Made(package, Call(package, """{"tier":"plus","ticket":"Where is my parcel?"}""", [], """{"route":"refund"}"""));
        Assert.Equal("""{"ticket":"Where is my parcel?","tier":"plus"}""", made.Variables?.GetRawText());
        Assert.Empty(made.Messages);
        Assert.Equal(("trace-4bf9", $"escalation:{Trace}", true, CaseKind.Escalation), (made.Id, made.Source, made.IsProposed, made.Kind));
        Assert.Equal("1.2.0", made.Tags["version"]);
    }

    [Fact]
    public void What_the_caller_said_is_told_from_what_the_prompt_says()
    {
        var package = Package("You route tickets of {{library}}.", "library");
        ChatMessage[] conversation = [new("user", "hello"), new("assistant", "How can I help?"), new("user", "My card is lost")];
        var made = Made(package, Call(package, """{"library":"city"}""", conversation, """{"route":"billing","note":"a note that is much longer than any label would ever be, so nobody compares it"}"""));
        Assert.Equal(conversation, made.Messages);
        Assert.Equal("""[{"check":"schema"},{"check":"field_equals","field":"route","value":"billing"}]""", Expectations(made));
    }

    [Theory]
    [InlineData("""{"tier":"plus","ticket":"first and second and third"}""")]       // nobody can say where one ends and the other begins
    [InlineData("""{"tier":"a and b","ticket":"c"}""")]
    public void Variables_that_could_be_read_in_two_ways_come_back_as_something_that_renders_the_same(string variables)
    {
        var package = Package("{{tier}} and {{ticket}}", "tier", "ticket");
        var call = Call(package, variables, [], "{}");
        var made = Made(package, call);
        Assert.Equal(call.Input, Call(package, made.Variables!.Value.GetRawText(), [], "{}").Input);
    }

    [Fact]
    public void A_variable_that_takes_only_some_values_is_read_back_like_any_other()
    {
        var package = All.Package(All.Submission("1.0.0", "For {{tier}}:{{#vip}} at once{{/vip}}", Schema, """{"tier": {"type": "string", "enum": ["free", "plus"]}, "vip": {"type": "boolean", "default": false}}"""));
        var made = Made(package, Call(package, """{"tier":"plus"}""", [new ChatMessage("user", "Where is my parcel?")], "{}"));
        Assert.Equal("""{"tier":"plus"}""", made.Variables?.GetRawText());
    }

    [Fact]
    public void What_was_answered_wrongly_is_not_expected_again()
    {
        var package = Package("Route: {{ticket}}", "ticket");
        foreach (var (call, expect) in ((CallRecord, string)[])
        [
            (Call(package, """{"ticket":"a"}""", [], """{"route":"refund"}"""), """[{"check":"schema"}]"""),
            (Call(package, """{"ticket":"a"}""", [], "no") with { Refused = true }, """[{"check":"not_refuses"}]"""),
        ])
            Assert.Equal(expect, Expectations(Assert.IsType<CallCaseResult.Made>(CallCase.Of(call, package, "id", CaseKind.Normal, "incident:inc-1", isWrong: true)).Case));
    }

    [Theory]
    [InlineData("\uE000 {{ticket}}")]
    [InlineData("\uE001 {{ticket}}")]
    [InlineData("{{ticket}} \uE001\uE000")]
    public void A_template_with_the_letters_that_mark_variables_breaks_nothing(string template)
    {
        var package = Package(template, "ticket");
        var call = Call(package, """{"ticket":"a"}""", [], "{}");
        if (CallCase.Of(call, package, "id", CaseKind.Normal, "trace") is CallCaseResult.Made made) Assert.Equal("""{"ticket":"a"}""", made.Case.Variables?.GetRawText());
        else Assert.Contains("\uE000", template, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "nothing of its texts was kept")]
    [InlineData("[{\"role\":\"system\",\"content\":\"Route… [cut: 70000 characters]", "its input was too long to be kept whole")]
    [InlineData("""[{"role":"system","content":"Something else entirely."}]""", "its variables cannot be read back out of what was sent")]
    [InlineData("""[]""", "its variables cannot be read back out of what was sent")]
    public void A_call_that_cannot_be_asked_again_is_no_case(string? input, string why)
    {
        var package = Package("Route: {{ticket}}", "ticket");
        var call = Call(package, """{"ticket":"a"}""", [], "{}") with { Input = input };
        Assert.Equal(why, Assert.IsType<CallCaseResult.LeftOut>(CallCase.Of(call, package, "id", CaseKind.Normal, "trace")).Why);
    }

    [Fact]
    public void A_prompt_that_takes_nothing_makes_no_case()
    {
        var package = All.Package(All.Submission("1.0.0", "Tell a joke."));
        Assert.Equal("nothing of its own went in", Assert.IsType<CallCaseResult.LeftOut>(CallCase.Of(Call(package, null, [], "ha"), package, "id", CaseKind.Normal, "trace")).Why);
    }

    [Theory]
    [InlineData("""{"route":"refund","note":null,"order":{"id":1}}""", """[{"check":"schema"},{"check":"field_equals","field":"route","value":"refund"},{"check":"field_equals","field":"note","value":null}]""")]
    [InlineData("""{"content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"refund","arguments":"{\"order\":\"A-17\"}"}}]}""", """[{"check":"schema"},{"check":"tool_called","tool":"refund","arguments":{"order":"A-17"}}]""")]
    [InlineData("""{"content":"","refusal":"I cannot help with that."}""", """[{"check":"refuses"}]""")]
    [InlineData("Your refund is on its way.", """[{"check":"schema"},{"check":"equals","value":"Your refund is on its way."}]""")]
    [InlineData(null, """[{"check":"schema"}]""")]
    public void The_answer_of_then_is_proposed_as_what_is_expected(string? output, string expect)
    {
        var package = Package("Route: {{ticket}}", "ticket");
        Assert.Equal(expect, Expectations(Made(package, Call(package, """{"ticket":"a"}""", [], output))));
    }

    [Fact]
    public void Of_an_answer_that_broke_its_contract_only_the_contract_is_proposed()
    {
        var package = Package("Route: {{ticket}}", "ticket");
        var call = Call(package, """{"ticket":"a"}""", [], """{"route":"nowhere"}""") with { SchemaValid = false };
        Assert.Equal("""[{"check":"schema"}]""", Expectations(Made(package, call)));
    }

    [Fact]
    public void What_the_capture_policy_took_out_stays_out()
    {
        var package = Package("Route: {{ticket}}", "ticket");
        var call = Call(package, """{"ticket":"Write to ana@example.org, please"}""", [], "{}");
        var kept = call with { Input = Captured.Of(ServingPolicy.Default, call.Input) };
        Assert.DoesNotContain("ana@example.org", kept.Input, StringComparison.Ordinal);
        Assert.DoesNotContain("ana@example.org", Made(package, kept).Variables!.Value.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>What comes back may be divided otherwise among the variables, but it is always what was sent.</summary>
    [Fact]
    public void Whatever_stood_in_the_variables_the_case_renders_what_the_model_got()
    {
        var package = Package("For {{tier}}: {{ticket}}. Again: {{tier}}!", "tier", "ticket");
        Prop.ForAll(ArbMap.Default.GeneratorFor<(string?, string?)>().Select(pair => (Text(pair.Item1), Text(pair.Item2))).ToArbitrary(), pair =>
        {
            var call = Call(package, JsonSerializer.Serialize(new Dictionary<string, string> { ["tier"] = pair.Item1, ["ticket"] = pair.Item2 }), [], "{}");
            return CallCase.Of(call, package, "id", CaseKind.Normal, "trace") switch
            {
                CallCaseResult.Made { Case.Variables: { } variables } => Call(package, variables.GetRawText(), [], "{}").Input == call.Input,
                CallCaseResult.LeftOut left => left.Why == "its variables cannot be read back out of what was sent",
                _ => false,
            };
        }).QuickCheckThrowOnFailure();

        static string Text(string? text) => new([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]);
    }

    private static GoldenCase Made(Package package, CallRecord call) => Assert.IsType<CallCaseResult.Made>(CallCase.Of(call, package, "trace-4bf9", CaseKind.Escalation, "escalation")).Case;

    private static string Expectations(GoldenCase made)
    {
        var set = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.Of(Some.SetId, [made])).Set;
        return JsonElement.Parse(set.ToJsonLines()).GetProperty("expect").GetRawText();
    }

    private static Package Package(string template, params string[] variables) =>
        All.Package(All.Submission("1.0.0", template, Schema, JsonSerializer.Serialize(variables.ToDictionary(name => name, _ => new { type = "string" }))));

    private static CallRecord Call(Package package, string? variables, ChatMessage[] conversation, string? output)
    {
        var rendering = package.Render(variables is null ? null : JsonElement.Parse(variables), conversation);
        var messages = Assert.IsType<PromptRendering.Done>(rendering).Messages;
        return new CallRecord
        {
            TraceId = Trace,
            StartedAt = All.Noon,
            Environment = All.Production,
            Provider = "offline",
            Model = "m",
            Parameters = JsonElement.Parse("{}"),
            LatencyMs = 1,
            PromptVersion = "1.2.0",
            Input = JsonSerializer.Serialize(messages),
            Output = output,
        };
    }
}
