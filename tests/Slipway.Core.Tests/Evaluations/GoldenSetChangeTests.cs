using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class GoldenSetChangeTests
{
    private const string First = """
        {"id":"a","kind":"bypass","messages":[{"role":"user","content":"one"}],"expect":[{"check":"json"}],"source":"trace:4bf9","tags":{"handoff":"yes"}}
        {"id":"b","messages":[{"role":"user","content":"two"}],"expect":[{"check":"json"}],"source":"synthetic"}
        {"id":"c","messages":[{"role":"user","content":"three"}],"expect":[{"check":"json"},{"check":"schema"}],"source":"synthetic: by a model"}
        {"id":"d","messages":[{"role":"user","content":"two"}],"expect":[{"check":"json"}],"confirm":true}
        """;

    [Fact]
    public void A_summary_says_what_a_set_is_made_of()
    {
        var summary = GoldenSetSummary.Of(Some.Set(First));
        Assert.Equal((4, 1, 0.5), (summary.Cases, summary.Proposed, summary.SyntheticShare));
        Assert.Equal("bypass 1, normal 2", string.Join(", ", summary.Kinds.Select(one => $"{one.Key} {one.Value}")));
        Assert.Equal("synthetic 2, trace 1, unknown 1", string.Join(", ", summary.Sources.Select(one => $"{one.Key} {one.Value}")));
        Assert.Equal("json 4, schema 1", string.Join(", ", summary.Checks.Select(one => $"{one.Key} {one.Value}")));
        Assert.Equal("handoff=yes", Assert.Single(summary.Tags).Key);
        Assert.Equal("line 4: The case \"d\" has the same input as line 2.", Assert.Single(summary.Duplicates));
    }

    [Fact]
    public void A_case_that_waits_to_be_confirmed_is_kept_and_not_asked()
    {
        var set = Some.Set(First);
        Assert.Equal(["a", "b", "c"], set.Asked.Select(one => one.Id));
        Assert.True(Some.Set(set.ToJsonLines()).Cases[3].IsProposed);
    }

    [Fact]
    public void Two_versions_differ_by_what_their_cases_say_and_not_by_how_their_lines_are_spelled()
    {
        var diff = GoldenSetDiff.Between(Some.Set(First), Some.Set("""
            {"source":"trace:4bf9","expect":[{"check":"json"}], "id":"a","messages":[{"content":"one","role":"user"}],"kind":"bypass","tags":{"handoff":"yes"}}
            {"id":"c","messages":[{"role":"user","content":"three"}],"expect":[{"check":"json"}],"source":"synthetic","kind":"rare"}
            {"id":"e","messages":[{"role":"user","content":"four"}],"expect":[{"check":"json"}]}
            {"id":"f","messages":[{"role":"user","content":"two"}],"expect":[{"check":"json"}],"source":"synthetic"}
            """));
        Assert.Equal(("e", "d", 1), (Assert.Single(diff.Added), Assert.Single(diff.Removed), diff.Same));
        Assert.Equal(new RenamedCase("b", "f"), Assert.Single(diff.Renamed));
        var changed = Assert.Single(diff.Changed);
        Assert.Equal("c: expect, kind, source", $"{changed.Id}: {string.Join(", ", changed.Fields)}");
    }

    [Fact]
    public void A_set_grows_by_what_it_does_not_hold_yet()
    {
        var (set, leftOut) = (Some.Set(First), new List<string>());
        var more = Some.Cases("""
            {"id":"a","messages":[{"role":"user","content":"five"}],"expect":[{"check":"json"}]}
            {"id":"x","messages":[{"role":"user","content":"one"}],"expect":[{"check":"schema"}]}
            {"id":"y","messages":[{"role":"user","content":"six"}],"expect":[{"check":"schema"}]}
            """);
        var (result, added) = GoldenSet.Grow(set, set.Id.Next(), more, leftOut);
        Assert.Equal(["y"], added.Select(one => one.Id));
        Assert.Equal(["a is in the set already.", "x has the same input as a."], leftOut);
        var grown = Assert.IsType<GoldenSetResult.Parsed>(result).Set;
        Assert.Equal(("support_router_golden:v5", 5), (grown.Id.ToString(), grown.Cases.Length));
        Assert.Equal("y", Assert.Single(GoldenSetDiff.Between(set, grown).Added));
    }

    [Fact]
    public void A_case_holds_a_conversation_with_tool_calls_and_pictures()
    {
        const string Line = """{"id":"a","kind":"normal","messages":[{"role":"user","content":[{"type":"text","text":"Is this broken?"},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{}"}}]},{"role":"tool","content":"found","tool_call_id":"call_1"}],"expect":[{"check":"json"}]}""";
        Assert.Equal(Line, Some.Set(Line).ToJsonLines().TrimEnd('\n'));
        var refused = Assert.IsType<GoldenSetResult.Refused>(GoldenSet.Parse(Some.SetId, """{"id":"a","messages":[{"role":"user","content":[{"type":"sound"}]}],"expect":[{"check":"json"}]}"""));
        Assert.Contains("messages[0].content[0]", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"yes\"", "\"confirm\" must be true or false.")]
    [InlineData("1", "\"confirm\" must be true or false.")]
    public void Confirm_is_a_truth_value(string value, string message)
    {
        var refused = Assert.IsType<GoldenSetResult.Refused>(GoldenSet.Parse(Some.SetId, $$"""{"id":"a","variables":{},"expect":[{"check":"json"}],"confirm":{{value}} }"""));
        Assert.Equal(message, Assert.Single(refused.Errors).Message);
    }
}
