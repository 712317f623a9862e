using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class GoldenSetTests
{
    private const string Expect = """ "expect":[{"check":"schema"}] """;

    [Theory]
    [InlineData("support_router_golden:v4", true)]
    [InlineData("team/area.set-1:v10", true)]
    [InlineData("support_router_golden", false)]
    [InlineData("support_router_golden:v0", false)]
    [InlineData("support_router_golden:v04", false)]
    [InlineData("support_router_golden:4", false)]
    [InlineData("Support:v4", false)]
    [InlineData("support:v9999999999", false)]
    [InlineData("support:v4\n", false)]
    [InlineData(null, false)]
    public void An_id_is_a_name_and_a_version_from_one(string? text, bool valid)
    {
        Assert.Equal(valid, GoldenSetId.TryParse(text, out var id));
        Assert.Equal(valid ? text : null, id?.ToString());
    }

    [Fact]
    public void A_case_is_read_with_all_it_says()
    {
        var goldenCase = Some.Cases("""
            {"id":"r1","kind":"missing_context","variables":{"tier":"gold"},"messages":[{"role":"user","content":"hi"}],"expect":[{"check":"schema"},{"check":"field_equals","field":"a.b","value":3}],"tags":{"area":"billing"},"source":"INC-12"}
            """).Single();
        Assert.Equal(("r1", CaseKind.MissingContext, "INC-12"), (goldenCase.Id, goldenCase.Kind, goldenCase.Source));
        Assert.Equal("gold", goldenCase.Variables!.Value.GetProperty("tier").GetString());
        Assert.Equal([new("user", "hi")], goldenCase.Messages);
        Assert.Equal("billing", goldenCase.Tags["area"]);
        Assert.Equal(["schema", "field_equals"], goldenCase.Expect.Select(check => check.Name));
        Assert.Equal("a.b", Assert.IsType<FieldEqualsCheck>(goldenCase.Expect[1]).Field);
    }

    [Fact]
    public void Blank_lines_a_byte_order_mark_and_carriage_returns_are_no_cases()
    {
        var set = Some.Set($"\uFEFF{Line("a")}\r\n\r\n  \n{Line("b")}\r\n");
        Assert.Equal(["a", "b"], set.Cases.Select(goldenCase => goldenCase.Id));
    }

    [Fact]
    public void A_case_that_names_no_kind_is_a_normal_one() =>
        Assert.Equal(CaseKind.Normal, Some.Cases($$"""{"id":"a","variables":{},{{Expect}}}""").Single().Kind);

    [Theory]
    [InlineData("{\"id\":\"a\", oops}", 12, "Not JSON")]
    [InlineData("[1]", 1, "A case is an object")]
    [InlineData("{\"id\":\"\\ud800\"}", 7, "half of a surrogate pair")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"schema"}],"expects":[]}""", 56, "Unknown key \"expects\"")]
    [InlineData("""{"variables":{},"expect":[{"check":"schema"}]}""", 1, "\"id\" is missing")]
    [InlineData("""{"id":7,"variables":{},"expect":[{"check":"schema"}]}""", 7, "\"id\" must be a text")]
    [InlineData("""{"id":" ","variables":{},"expect":[{"check":"schema"}]}""", 7, "\"id\" is blank")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"schema"}],"":[]}""", 59, "Unknown key \"\"")]
    [InlineData("""{"id":"a","id":"b","variables":{},"expect":[{"check":"schema"}]}""", 11, "stands twice")]
    [InlineData("""{"id":"a","kind":"Normal","variables":{},"expect":[{"check":"schema"}]}""", 18, "Unknown kind \"Normal\": the kinds are normal, rare, empty, provocation, personal_data")]
    [InlineData("""{"id":"a","expect":[{"check":"schema"}]}""", 1, "neither variables nor messages")]
    [InlineData("""{"id":"a","messages":[],"expect":[{"check":"schema"}]}""", 1, "neither variables nor messages")]
    [InlineData("""{"id":"a","variables":[],"expect":[{"check":"schema"}]}""", 23, "\"variables\" must be an object")]
    [InlineData("""{"id":"a","variables":{"x":1,"x":2},"expect":[{"check":"schema"}]}""", 30, "\"x\" stands twice")]
    [InlineData("""{"id":"a","messages":["hi"],"expect":[{"check":"schema"}]}""", 23, "A message is an object")]
    [InlineData("""{"id":"a","messages":[{"role":"robot","content":""}],"expect":[{"check":"schema"}]}""", 31, "Unknown role \"robot\"")]
    [InlineData("""{"id":"a","messages":[{"role":"user"}],"expect":[{"check":"schema"}]}""", 23, "\"content\" is missing")]
    [InlineData("""{"id":"a","variables":{}}""", 1, "\"expect\" is empty")]
    [InlineData("""{"id":"a","variables":{},"expect":[]}""", 35, "\"expect\" is empty")]
    [InlineData("""{"id":"a","variables":{},"expect":["schema"]}""", 36, "An expectation is an object")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"tone"}]}""", 45, "Unknown check \"tone\": there are allowed_label, asks_clarification, citation")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"schema","strict":true}]}""", 54, "Unknown key \"strict\"")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"field_equals","field":"a"}]}""", 36, "\"value\" is missing")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"field_equals","value":1}]}""", 36, "\"field\" is missing")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"field_equals","field":"a..b","value":1}]}""", 68, "has an empty part")]
    [InlineData("""{"id":"a","variables":{},"expect":[{"check":"field_equals","field":"a","value":[]}]}""", 80, "\"value\" must be a text, a number")]
    [InlineData("""{"id":"a","variables":{},"tags":{"n":1},"expect":[{"check":"schema"}]}""", 38, "The tag \"n\" must be a text")]
    [InlineData("""{"id":"a","variables":{},"source":1,"expect":[{"check":"schema"}]}""", 35, "\"source\" must be a text")]
    [InlineData("""{"source":"Ж€😀","id":7,"variables":{},"expect":[{"check":"schema"}]}""", 23, "\"id\" must be a text")]
    public void What_is_wrong_is_refused_with_its_place(string line, int column, string message)
    {
        var error = Assert.Single(Refuse($"{Line("first")}\n\n{line}\n"));
        Assert.Equal((3, column), (error.Line, error.Column));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_the_file()
    {
        var errors = Refuse($$"""
            {"id":"a","kind":"odd","variables":{},"expect":[],"more":1}
            not json
            {{Line("a")}}
            """);
        Assert.Equal([(1, 18), (1, 48), (1, 51), (2, 2), (3, 7)], errors.Select(error => (error.Line!.Value, error.Column!.Value)));
        Assert.Equal("line 3, column 7: The id \"a\" is already taken by line 1.", errors[^1].ToString());
    }

    [Fact]
    public void A_file_without_a_case_is_refused() => Assert.Equal("The golden set has no cases.", Assert.Single(Refuse("\n \n")).ToString());

    [Fact]
    public void The_same_input_twice_is_noticed_and_allowed()
    {
        var parsed = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.Parse(Some.SetId, $$"""
            {"id":"a","variables":{"x":"1","y":{"z":[1]} },{{Expect}}}
            {"id":"b","variables":{"y":{"z":[1.0]}, "x":"1"},{{Expect}}}
            {"id":"c","variables":{"y":{"z":[2]}, "x":"1"},{{Expect}}}
            {"id":"d","messages":[{"role":"user","content":"1"}],{{Expect}}}
            """));
        Assert.Equal("line 2: The case \"b\" has the same input as line 1.", Assert.Single(parsed.Notices).ToString());
    }

    [Fact]
    public void Labelled_rows_become_cases_that_expect_their_label()
    {
        var variables = JsonElement.Parse("""{"tier":"gold"}""");
        var parsed = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.FromLabelled(Some.SetId, "intent", [("Where is my card?", "card_arrival"), ("", "none")], variables));
        var goldenCase = parsed.Set.Cases[0];
        Assert.Equal(["row-0001", "row-0002"], parsed.Set.Cases.Select(one => one.Id));
        Assert.Equal((CaseKind.Normal, "import", "card_arrival"), (goldenCase.Kind, goldenCase.Source, goldenCase.Tags["intent"]));
        Assert.Equal([new("user", "Where is my card?")], goldenCase.Messages);
        Assert.True(Some.Outcome(goldenCase, Some.Answer("""{"intent":"card_arrival"}""")).Passed);
        Assert.False(Some.Outcome(goldenCase, Some.Answer("""{"intent":"card_lost"}""")).Passed);
        Assert.Equal(parsed.Set.ToJsonLines(), Some.Set(parsed.Set.ToJsonLines()).ToJsonLines());
    }

    [Fact]
    public void Rows_without_a_label_are_refused_by_number()
    {
        var refused = Assert.IsType<GoldenSetResult.Refused>(GoldenSet.FromLabelled(Some.SetId, "intent", [("a", "x"), ("b", ""), ("c", " ")], null));
        Assert.Equal(["line 2: The row has no label.", "line 3: The row has no label."], refused.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void Labelled_rows_need_a_field_rows_and_an_object_of_variables()
    {
        var refused = Assert.IsType<GoldenSetResult.Refused>(GoldenSet.FromLabelled(Some.SetId, "a..b", [], JsonElement.Parse("1")));
        Assert.Equal(3, refused.Errors.Length);
    }

    private static string Line(string id) => $$"""{"id":"{{id}}","variables":{"id":"{{id}}"},{{Expect}}}""";

    private static ImmutableArray<InputProblem> Refuse(string jsonLines) => Assert.IsType<GoldenSetResult.Refused>(GoldenSet.Parse(Some.SetId, jsonLines)).Errors;
}
