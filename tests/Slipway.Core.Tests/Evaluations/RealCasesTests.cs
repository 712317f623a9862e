using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Tests;
using All = Slipway.Core.Tests.Some;

namespace Slipway.Core.Tests.Evaluations;

public sealed class RealCasesTests
{
    [Fact]
    public void Five_published_data_sets_make_one_golden_set_that_says_where_its_cases_come_from()
    {
        ImmutableArray<GoldenCase> cases =
        [
            .. RealCases.Messages().Take(400).Select((one, index) => Case($"bank-{index}", CaseKind.Normal, one.Text, Label(one.Label), "data_set:banking77")),
            .. RealCases.SeveralTopics().Take(100).Select((one, index) => Case($"topics-{index}", CaseKind.ConflictingContext, one.Text, Label(one.Intents[0]), "data_set:nlupp")),
            .. RealCases.OutOfScope().Take(100).Select((text, index) => Case($"oos-{index}", CaseKind.Refusal, text, """{"check":"refuses"}""", "data_set:clinc150")),
            .. RealCases.Bypasses().Select((one, index) => Case($"bypass-{index}", CaseKind.Bypass, one.Text, """{"check":"json"}""", "data_set:bipia")),
            .. RealCases.ToolCalls("simple_python").Take(100).Select(one => one.Case), .. RealCases.ToolCalls("irrelevance").Take(20).Select(one => one.Case),
        ];
        var set = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.Of(Some.SetId, cases)).Set;
        var summary = GoldenSetSummary.Of(set);
        Assert.Equal(cases.Length, summary.Cases);
        Assert.Equal(("data_set", cases.Length, 0d), (summary.Sources.Keys.Single(), summary.Sources.Values.Single(), summary.SyntheticShare));
        Assert.Equal((50, 100), (summary.Kinds["bypass"], summary.Kinds["refusal"]));
        Assert.Equal(set.ToJsonLines(), Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.Parse(Some.SetId, set.ToJsonLines())).Set.ToJsonLines());
    }

    [Theory]
    [InlineData("simple_python")]
    [InlineData("multiple")]
    [InlineData("parallel")]
    [InlineData("parallel_multiple")]
    [InlineData("live_simple")]
    [InlineData("live_parallel")]
    [InlineData("live_parallel_multiple")]
    public void Calls_that_a_data_set_accepts_pass_and_the_same_calls_with_another_argument_do_not(string file)
    {
        var (right, wrong) = (0, 0);
        foreach (var (asked, tools) in RealCases.ToolCalls(file))
        {
            var package = Package(tools);
            ImmutableArray<ToolCalledCheck> expected = [.. asked.Expect.Cast<ToolCalledCheck>()];
            var answer = Answer(package, expected, one => one.Accepted[0].GetRawText());
            if (!answer.ToolViolations.IsEmpty) continue;      // what the data set accepts is not always what its own schema says
            Assert.True(CaseOutcome.Judge(asked, answer, EvaluationPolicy.Default).Passed, $"{asked.Id}: {string.Join(" ", CaseOutcome.Judge(asked, answer, EvaluationPolicy.Default).Failures)}");
            right++;
            if (expected[0].Arguments.IsEmpty) continue;
            Assert.False(CaseOutcome.Judge(asked, Answer(package, expected, _ => "\"nobody would say this\""), EvaluationPolicy.Default).Passed, asked.Id);
            wrong++;
        }
        Assert.True(right >= 5 && wrong >= 5, $"{right} right, {wrong} wrong");
    }

    [Fact]
    public void Where_no_function_fits_none_may_be_called()
    {
        var (asked, tools) = RealCases.ToolCalls("irrelevance").First();
        Assert.True(CaseOutcome.Judge(asked, Some.Answer("I have no function for that."), EvaluationPolicy.Default).Passed);
        var name = tools[0].GetProperty("function").GetProperty("name").GetString()!;
        Assert.Equal($"{name} is called, which it must not be", CaseOutcome.Judge(asked, Answer(Package(tools), [new(name)]), EvaluationPolicy.Default).Failures.Single());
    }

    [Fact]
    public void Real_questions_are_in_English_and_no_refusals()
    {
        var texts = RealCases.Messages().Select(one => one.Text).Concat(RealCases.OutOfScope()).ToList();
        var english = texts.Count(text => LanguageDetector.Detect(text) == "en");
        var foreign = texts.Count(text => LanguageDetector.Detect(text) is not ("en" or null));
        var refusals = texts.Where(text => CaseOutcome.Judge(Some.Case(expect: """[{"check":"refuses"}]"""), Some.Answer(text), EvaluationPolicy.Default).Passed).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{texts.Count} questions: {english} English, {foreign} taken for another language, {refusals.Count} for refusals");
        Assert.InRange((double)english / texts.Count, 0.95, 1);
        Assert.InRange((double)foreign / texts.Count, 0, 0.01);
        Assert.Empty(refusals);
    }

    private static Answer Answer(Package package, ImmutableArray<ToolCalledCheck> expected, Func<ExpectedArgument, string> value) =>
        Answer(package, [.. expected.Select(one => new Called(one.Tool, [.. one.Arguments.Where(argument => !argument.IsOptional).Select(argument => (argument.Name, value(argument)))]))]);

    private static Answer Answer(Package package, ImmutableArray<Called> calls)
    {
        var json = JsonSerializer.SerializeToElement(calls.Select((call, index) => new { id = $"call_{index}", type = "function", function = new { name = call.Name, arguments = call.Json() } }));
        return new Answer { ToolCalls = json, ToolViolations = package.CheckToolCalls(json), FinishReason = "tool_calls" };
    }

    private static Package Package(JsonElement tools) => All.Package(All.Submission("1.0.0", "Call what fits.") with { Tools = tools });

    private static string Label(string label) => $$"""{"check":"field_equals","field":"intent","value":{{Some.Json(label)}}}""";

    private static GoldenCase Case(string id, CaseKind kind, string text, string check, string source) =>
        new(id, kind, null, [new ChatMessage("user", text)], [Check.Of(check)], ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), source);

    private sealed record Called(string Name, params ImmutableArray<(string Name, string Value)> Arguments)
    {
        public string Json() => new StringBuilder("{").AppendJoin(',', Arguments.Select(argument => $"{Some.Json(argument.Name)}:{argument.Value}")).Append('}').ToString();
    }
}
