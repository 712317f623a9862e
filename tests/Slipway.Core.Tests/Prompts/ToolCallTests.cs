using System.Text;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

/// <summary>What an answer that calls tools is held against.</summary>
public sealed class ToolCallTests
{
    private const string Tools = """
        [{"type":"function","function":{"name":"find","parameters":{"type":"object","required":["title"],"properties":{"title":{"type":"string"},"shelf":{"type":"integer"}},"additionalProperties":false}}},
         {"type":"function","function":{"name":"close","description":"Ends the talk."}}]
        """;

    private static readonly Package Prompt = Some.Package(Some.Submission() with { Tools = Some.Json(Tools) });

    [Theory]
    [InlineData("find", """{"title":"Emma"}""")]
    [InlineData("find", """ {"title": "Emma", "shelf": 3} """)]
    [InlineData("close", "{}")]
    [InlineData("close", "null")]
    public void A_call_of_a_tool_with_arguments_that_fit_is_right(string name, string arguments) => Assert.Empty(Prompt.CheckToolCalls(Call(name, arguments)));

    [Theory]
    [InlineData("burn", "{}", "The answer calls burn, which is none of the prompt's tools: close, find")]
    [InlineData("Find", "{}", "The answer calls Find, which is none of the prompt's tools: close, find")]
    [InlineData("find", "{}", "The arguments of find are wrong: \"title\" is missing")]
    [InlineData("find", """{"title":3}""", "The arguments of find are wrong: \"title\" must be text, not ")]
    [InlineData("find", """["Emma"]""", "The arguments of find are wrong: ")]
    [InlineData("find", """{"title":"Em""", "The arguments of find are wrong: ")]
    [InlineData("find", "", "The arguments of find are wrong: ")]
    [InlineData("close", "now", "The arguments of close are wrong: ")]
    public void A_call_that_does_not_fit_is_told_in_a_sentence(string name, string arguments, string sentence) =>
        Assert.StartsWith(sentence, Assert.Single(Prompt.CheckToolCalls(Call(name, arguments))), StringComparison.Ordinal);

    [Theory]
    [InlineData("""[{}]""", "tool_calls[0] names no function")]
    [InlineData("""["find"]""", "tool_calls[0] names no function")]
    [InlineData("""[{"function":{"name":"close","arguments":"{}"}},{"function":{"arguments":"{}"}}]""", "tool_calls[1] names no function")]
    [InlineData("""[{"function":{"name":"find"}}]""", "The call of find has no arguments as JSON text")]
    [InlineData("""[{"function":{"name":"find","arguments":{"title":"Emma"}}}]""", "The call of find has no arguments as JSON text")]
    [InlineData("""{}""", "The answer's tool_calls are no list")]
    public void What_is_no_call_is_told_in_a_sentence(string calls, string sentence) => Assert.Equal([sentence], Prompt.CheckToolCalls(Some.Json(calls)));

    [Fact]
    public void Each_call_of_an_answer_counts() => Assert.Equal(2, Prompt.CheckToolCalls(Some.Json("""
        [{"function":{"name":"find","arguments":"{}"}},{"function":{"name":"close","arguments":"{}"}},{"function":{"name":"burn","arguments":"{}"}}]
        """)).Length);

    [Fact]
    public void A_prompt_without_tools_has_none_to_call() => Assert.Equal(["The answer calls find, but the prompt has no tools"], Some.Package().CheckToolCalls(Call("find", "{}")));

    [Fact]
    public void A_package_read_from_its_bytes_checks_the_same()
    {
        var again = Assert.IsType<PackageBuild.Built>(Package.Load(Prompt.Json.Span)).Package;
        Assert.Equal(Prompt.CheckToolCalls(Call("find", "{}")), again.CheckToolCalls(Call("find", "{}")));
        var damaged = Encoding.UTF8.GetString(Prompt.Json.Span).Replace("\"type\":\"integer\"", "\"type\":\"shelf\"", StringComparison.Ordinal);
        Assert.Equal(["The schema of a tool cannot be compiled."], Assert.IsType<PackageBuild.Refused>(Package.Load(Encoding.UTF8.GetBytes(damaged))).Errors);
    }

    private static System.Text.Json.JsonElement Call(string name, string arguments) =>
        System.Text.Json.JsonSerializer.SerializeToElement(new[] { new { id = "call_1", type = "function", function = new { name, arguments } } });
}
