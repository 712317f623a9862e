using System.Buffers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Rendering;

public sealed class TemplateRendering
{
    [Fact]
    public void A_missing_variable_is_named_with_its_position()
    {
        var error = Rendered.Error("You help.\n\nThe tier is {{customer_tier}}.", "{}");
        Assert.Equal(new TemplateError(3, 13, "{{customer_tier}} at line 3, column 13 has no value."), error);
    }

    [Fact]
    public void Every_missing_variable_is_reported_at_once()
    {
        var errors = Rendered.Errors("{{a}}\r\n{{b}} {{c.d}}\n{{#e}}{{f}}{{/e}}{{^g}}{{/g}}", """{"b":"here","c":{}}""");
        Assert.Equal(
        [
            "{{a}} at line 1, column 1 has no value.",
            "{{c.d}} at line 2, column 7 has no value: c has no d.",
            "{{#e}} at line 3, column 1 has no value.",
            "{{^g}} at line 3, column 18 has no value.",
        ], errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("{{a}}", """{"a":null}""", "has no value: it is null.")]
    [InlineData("{{a.b.c}}", """{"a":{"b":null}}""", "has no value: a.b is null.")]
    [InlineData("{{a.b.c}}", """{"a":{}}""", "has no value: a has no b.")]
    [InlineData("{{a.b}}", """{"a":"text"}""", "has no value: a is a text, not an object.")]
    [InlineData("{{#a.b}}{{/a.b}}", """{"a":[1]}""", "has no value: a is a list, not an object.")]
    [InlineData("{{a}}", """{"a":["x"]}""", "is a list: write it as a section, {{#a}}…{{/a}}.")]
    [InlineData("{{a}}", """{"a":{"b":1}}""", "is an object: name the part of it that is meant.")]
    [InlineData("{{.}}", """{"a":1}""", "is an object: name the part of it that is meant.")]
    [InlineData("{{a}}", """{"a":"\ud800"}""", "has a value that is not valid Unicode text.")]
    [InlineData("{{Name}}", """{"name":"names are case-sensitive"}""", "has no value.")]
    public void A_value_that_cannot_be_inserted_says_why(string text, string variables, string fault) =>
        Assert.EndsWith(" at line 1, column 1 " + fault, Rendered.Error(text, variables).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        using var variables = JsonDocument.Parse((byte[])[.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        var refused = Assert.IsType<RenderResult.Refused>(Rendered.Template("{{a}}").Both(variables.RootElement));
        Assert.Contains("not valid Unicode", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{a}}", """{"a":"x","\ud800":1}""")]
    [InlineData("{{#a}}{{/a}}", """{"a":"x","\udc00bcdefghijklmnopq":1}""")]
    [InlineData("{{^a}}{{/a}}", """{"\udc00":1}""")]
    public void A_property_whose_name_is_not_text_is_refused_where_it_is_met(string text, string variables) =>
        Assert.EndsWith("the variables hold a name that is not valid Unicode text.",
            Rendered.Error(text, variables).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void Variables_are_an_object(string variables) =>
        Assert.Contains("a template needs an object", Rendered.Error("plain", variables).Message, StringComparison.Ordinal);

    [Fact]
    public void Variables_that_were_never_set_are_refused() =>
        Assert.IsType<RenderResult.Refused>(Rendered.Template("plain").Both(default));

    [Theory]
    [InlineData("1.50")]
    [InlineData("-0")]
    [InlineData("1E5")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("true")]
    [InlineData("false")]
    public void Numbers_and_booleans_are_inserted_as_they_were_given(string json) =>
        Assert.Equal(json, Rendered.Text("{{a}}", $$"""{"a":{{json}}}"""));

    [Fact]
    public void Escapes_of_json_are_undone_and_nothing_else_is_done() =>
        Assert.Equal("\"<&>\"\n\t\\ é 😀 \0", Rendered.Text("{{a}}", """{"a":"\"<&>\"\n\t\\ \u00e9 \ud83d\ude00 \u0000"}"""));

    [Theory]
    [InlineData("{{a}}")]
    [InlineData("{{{a}}}")]
    [InlineData("{{&a}}")]
    [InlineData("{{ a }}")]
    [InlineData("{{{ a }}}")]
    [InlineData("{{=<< >>=}}<<a>>")]
    [InlineData("{{=<< >>=}}<<{a}>>")]
    [InlineData("{{=<< >>=}}<<={{ }}=>>{{a}}")]
    public void Every_way_to_write_a_value_means_the_same(string text) =>
        Assert.Equal("<b>", Rendered.Text(text, """{"a":"<b>"}"""));

    [Theory]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("[]", false)]
    [InlineData("\"\"", false)]
    [InlineData("true", true)]
    [InlineData("0", true)]
    [InlineData("{}", true)]
    [InlineData("\" \"", true)]
    [InlineData("[null]", true)]
    public void A_section_knows_what_counts_as_true(string json, bool holds) =>
        Assert.Equal(holds ? "yes" : "no", Rendered.Text("{{#a}}yes{{/a}}{{^a}}no{{/a}}", $$"""{"a":{{json}}}"""));

    [Fact]
    public void An_optional_name_that_is_absent_counts_as_false_in_a_section()
    {
        const string Text = "{{#note}}Note: {{note}}{{/note}}{{^note}}No note{{/note}}{{#customer.tier}}{{customer.tier}}{{/customer.tier}}";
        Assert.Equal("No note", Rendered.Text(Text, """{"customer":{}}""", "note", "customer.tier"));
        Assert.Equal("Note: ngold", Rendered.Text(Text, """{"note":"n","customer":{"tier":"gold"}}""", "note", "customer.tier"));
    }

    [Fact]
    public void An_optional_name_that_is_absent_is_still_an_error_as_a_value() =>
        Assert.Equal("{{note}} at line 1, column 1 has no value. It is optional: insert it inside {{#note}}…{{/note}}.",
            Rendered.Error("{{note}}", "{}", "note").Message);

    [Fact]
    public void An_optional_object_that_is_absent_is_false_for_its_parts_too() =>
        Assert.Equal("none", Rendered.Text("{{^customer.tier}}none{{/customer.tier}}", "{}", "customer"));

    [Fact]
    public void Only_the_part_that_is_absent_must_be_optional()
    {
        var error = Rendered.Error("{{#customer.tier}}{{/customer.tier}}", """{"customer":{}}""", "customer");
        Assert.Contains("customer has no tier", error.Message, StringComparison.Ordinal);
        Assert.Equal("", Rendered.Text("{{#docs}}{{#title}}x{{/title}}{{/docs}}", """{"docs":[{},{}]}""", "title"));
    }

    [Fact]
    public void A_name_is_searched_from_the_innermost_item_outwards() =>
        Assert.Equal("1:b-top 2:top-top ", Rendered.Text("{{#docs}}{{n}}:{{name}}-{{other}} {{/docs}}",
            """{"name":"top","other":"top","docs":[{"n":1,"name":"b"},{"n":2}]}"""));

    [Fact]
    public void A_dotted_name_that_begins_further_in_is_not_continued_further_out() =>
        Assert.Contains("b has no c",
            Rendered.Error("{{#a}}{{b.c}}{{/a}}", """{"a":{"b":{}},"b":{"c":"wrong"}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_of_lists_is_walked_by_its_current_item() =>
        Assert.Equal("(12)(3)()", Rendered.Text("{{#rows}}({{#.}}{{.}}{{/.}}){{/rows}}", """{"rows":[[1,2],[3],[]]}"""));

    [Fact]
    public void A_fault_in_a_list_names_the_first_item_that_has_it()
    {
        var errors = Rendered.Errors("{{#docs}}{{title}}{{/docs}}", """{"docs":[{"title":"a"},{},{}]}""");
        Assert.Equal("{{title}} at line 1, column 10 has no value. This is item 2 of {{#docs}}.", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_fault_in_a_partial_names_the_partial_and_points_at_its_tag()
    {
        var template = Rendered.Template("Hi.\n  {{>privacy}}\n", ("privacy", "Never\n say {{secret}}."));
        var refused = Assert.IsType<RenderResult.Refused>(template.Both(Rendered.Json("{}")));
        Assert.Equal(new TemplateError(2, 3, "{{secret}} at line 2, column 6 of partial privacy has no value."),
            Assert.Single(refused.Errors));
    }

    [Fact]
    public void An_indented_partial_is_indented_in_every_line_but_its_values_are_not()
    {
        var template = Rendered.Template("List:\n  {{>items}}\nEnd",
            ("items", "{{#items}}\n- {{.}}\n{{/items}}\n  {{>more}}\n{{last}}\n"), ("more", "a\nb\n"));
        var done = Assert.IsType<RenderResult.Done>(template.Both(Rendered.Json("""{"items":["x\ny","z"],"last":"l"}""")));
        Assert.Equal("List:\n  - x\ny\n  - z\n    a\n    b\n  l\nEnd", done.Text);
    }

    [Fact]
    public void Delimiters_do_not_reach_into_a_partial_nor_out_of_it()
    {
        var template = Rendered.Template("{{=<% %>=}}<%>p%> <%a%> {{a}}", ("p", "{{a}}{{=| |=}}|a|"));
        Assert.Equal("11 1 {{a}}", Assert.IsType<RenderResult.Done>(template.Both(Rendered.Json("""{"a":1}"""))).Text);
    }

    [Fact]
    public void Output_may_reach_its_limit_in_bytes_and_not_pass_it()
    {
        var template = Rendered.Template("ab{{a}}cd");
        var variables = Rendered.Json("""{"a":"é\n"}""");
        Assert.Equal("abé\ncd", Assert.IsType<RenderResult.Done>(template.Both(variables, new RenderLimits(MaxOutput: 7))).Text);
        Assert.Equal(new TemplateError(1, 8, "The text at line 1, column 8 goes past 6 bytes, the most a rendering may write."), Refusal(6));
        Assert.Equal(new TemplateError(1, 3, "{{a}} at line 1, column 3 goes past 4 bytes, the most a rendering may write."), Refusal(4));

        TemplateError Refusal(int limit) =>
            Assert.Single(Assert.IsType<RenderResult.Refused>(template.Both(variables, new RenderLimits(MaxOutput: limit))).Errors);
    }

    [Fact]
    public void A_long_value_is_refused_before_it_is_copied()
    {
        var variables = JsonSerializer.SerializeToElement(new { a = new string('\n', 10_000_000) });
        var refused = Assert.IsType<RenderResult.Refused>(Rendered.Template("{{a}}").Both(variables));
        Assert.Contains("goes past 1000000 bytes", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_larger_than_the_first_buffer_arrives_whole()
    {
        var value = string.Concat(Enumerable.Range(0, 50_000).Select(number => $"{number}\n"));
        var done = Rendered.Template("<{{a}}{{a}}>").Both(JsonSerializer.SerializeToElement(new { a = value }));
        Assert.Equal($"<{value}{value}>", Assert.IsType<RenderResult.Done>(done).Text);
    }

    [Fact]
    public void Sections_nest_as_deep_as_allowed_whether_they_hold_or_not()
    {
        var template = Rendered.Template("{{#a}}{{^b}}\n{{#c}}{{/c}}{{/b}}{{/a}}");
        var variables = Rendered.Json("""{"a":false}""");
        Assert.IsType<RenderResult.Done>(template.Both(variables, new RenderLimits(MaxDepth: 3)));
        var refused = Assert.IsType<RenderResult.Refused>(template.Both(variables, new RenderLimits(MaxDepth: 2)));
        Assert.Equal(new TemplateError(2, 1, "{{#c}} at line 2, column 1 is deeper than 2 sections, the most allowed."),
            Assert.Single(refused.Errors));
    }

    [Fact]
    public void A_rendering_takes_no_more_steps_than_allowed()
    {
        var template = Rendered.Template("{{#list}}{{.}}{{/list}}");
        var variables = Rendered.Json("""{"list":[1,2,3]}""");
        Assert.IsType<RenderResult.Done>(template.Both(variables, new RenderLimits(MaxSteps: 7)));
        var refused = Assert.IsType<RenderResult.Refused>(template.Both(variables, new RenderLimits(MaxSteps: 6)));
        Assert.StartsWith("{{#list}} at line 1, column 1 goes past 6 steps",
            Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_that_multiply_are_stopped()
    {
        var list = string.Join(',', Enumerable.Repeat("0", 1000));
        var refused = Rendered.Errors("{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}", $$"""{"a":[{{list}}]}""");
        Assert.Contains("goes past 100000 steps", Assert.Single(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_is_not_negative()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RenderLimits(MaxOutput: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RenderLimits.Default with { MaxSteps = -1 });
    }

    [Fact]
    public void Thousands_of_sections_inside_each_other_do_not_exhaust_the_stack()
    {
        const int Depth = 5_000;
        var text = string.Concat(Enumerable.Repeat("{{#a}}", Depth)) + "x" + string.Concat(Enumerable.Repeat("{{/a}}", Depth));
        var done = Rendered.Template(text).Both(Rendered.Json("""{"a":true}"""), new RenderLimits(MaxDepth: Depth));
        Assert.Equal("x", Assert.IsType<RenderResult.Done>(done).Text);
    }

    [Fact]
    public void Bytes_are_written_whole_or_not_at_all()
    {
        var template = Rendered.Template("Hé {{name}}");
        var output = new ArrayBufferWriter<byte>();
        Assert.Single(template.RenderTo(output, Rendered.Json("{}")));
        Assert.Equal(0, output.WrittenCount);
        Assert.Empty(template.RenderTo(output, Rendered.Json("""{"name":"Ana"}""")));
        Assert.Equal("Hé Ana", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
