using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Rendering;

public sealed class TemplateParsing
{
    [Fact]
    public void A_section_that_is_never_closed_is_named_with_its_position()
    {
        var error = Rendered.RefusedOnce("Hello\n  {{#docs}}{{title}}\n");
        Assert.Equal(new TemplateError(2, 3, "{{#docs}} at line 2, column 3 is never closed: {{/docs}} is missing."), error);
    }

    [Fact]
    public void A_close_that_does_not_match_names_both_tags()
    {
        var error = Rendered.RefusedOnce("{{#customer}}\nx{{/custmer}}");
        Assert.Equal(new TemplateError(2, 2, "{{/custmer}} at line 2, column 2 does not close {{#customer}} of line 1, column 1."), error);
    }

    [Fact]
    public void Sections_that_cross_are_refused() =>
        Assert.StartsWith("{{/a}} at line 1, column 13 does not close {{#b}}",
            Rendered.Refused("{{#a}}{{#b}}{{/a}}{{/b}}")[0].Message, StringComparison.Ordinal);

    [Fact]
    public void A_close_without_a_section_is_refused() =>
        Assert.Equal("{{/a}} at line 1, column 3 closes nothing: no section is open.", Rendered.RefusedOnce("x {{/a}}").Message);

    [Theory]
    [InlineData("Hi {{name", "{{name at line 1, column 4 is never closed: }} is missing.")]
    [InlineData("Hi {{name}, bye", "{{name}, bye at line 1, column 4 is never closed: }} is missing.")]
    [InlineData("Hi {{name\nand {{more}}", "{{name… at line 1, column 4 is never closed: }} is missing before the next tag.")]
    [InlineData("{{{name}} x", "{{{name}} x at line 1, column 1 is never closed: }}} is missing.")]
    [InlineData("{{! forgotten", "{{! forgotten at line 1, column 1 is never closed: }} is missing.")]
    [InlineData("{{=<% %>}}", "{{=<% %>}} at line 1, column 1 is never closed: =}} is missing.")]
    public void A_tag_that_is_never_closed_is_refused(string text, string message) =>
        Assert.Equal(message, Rendered.RefusedOnce(text).Message);

    [Theory]
    [InlineData("{{}}", "names nothing")]
    [InlineData("{{>}}", "names nothing")]
    [InlineData("{{ a b }}", "is not understood")]
    [InlineData("{{name | upper}}", "is not understood")]
    [InlineData("{{a..b}}", "is not understood")]
    [InlineData("{{.a}}", "is not understood")]
    [InlineData("{{../a}}", "is not understood")]
    [InlineData("{{#if x}}yes{{/if}}", "is not understood")]
    [InlineData("{{zero\u200Bwidth}}", "is not understood")]
    [InlineData("{{<parent}}", "inheritance")]
    [InlineData("{{$block}}", "inheritance")]
    [InlineData("{{>*dynamic}}", "is not there")]
    [InlineData("{{=<% =}}", "must name two delimiters")]
    [InlineData("{{== ===}}", "must name two delimiters")]
    public void What_is_not_a_tag_of_ours_is_refused_once(string text, string fault) =>
        Assert.Contains(fault, Rendered.RefusedOnce(text).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_not_unicode_is_refused_where_it_is_not() =>
        Assert.Equal(new TemplateError(1, 6, "The text at line 1, column 6 holds half of a surrogate pair, which is no character."),
            Rendered.RefusedOnce("é 😀 \uD83D!"));

    [Fact]
    public void A_name_of_more_than_200_characters_is_refused()
    {
        Rendered.Template($"{{{{{new string('a', 200)}}}}}");
        Assert.Contains("at most 200", Rendered.RefusedOnce($"{{{{{new string('a', 201)}}}}}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once_in_the_order_of_the_text()
    {
        var errors = Rendered.Refused("{{#open}}\n{{a b}}\n{{>gone}}\n{{c");
        Assert.Equal([(1, 1), (2, 1), (3, 1), (4, 1)], errors.Select(error => (error.Line, error.Column)));
    }

    [Fact]
    public void A_text_full_of_faults_reports_a_hundred() =>
        Assert.Equal(100, Rendered.Refused(string.Concat(Enumerable.Repeat("{{a ", 100_000)) + "}}").Length);

    [Fact]
    public void A_text_of_more_than_a_million_characters_is_refused()
    {
        Rendered.Template(new string('x', 1_000_000));
        Assert.Contains("past 1000000 characters", Rendered.RefusedOnce(new string('x', 1_000_001)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_come_in_order_of_first_use_with_position_and_use()
    {
        var template = Rendered.Template("{{ticket}}\n{{#docs}}\n  {{title}} {{ticket}} {{.}}\n{{/docs}}\n" +
            "{{^docs}}{{fallback}}{{/docs}}{{customer.tier}}{{#note}}{{note}}{{/note}}");
        Assert.Equal(
        [
            new TemplateVariable("ticket", 1, 1, VariableUses.Value, OnlyInSections: false),
            new TemplateVariable("docs", 2, 1, VariableUses.Section | VariableUses.Inverted, OnlyInSections: false),
            new TemplateVariable("title", 3, 3, VariableUses.Value, OnlyInSections: true),
            new TemplateVariable("fallback", 5, 10, VariableUses.Value, OnlyInSections: false),
            new TemplateVariable("customer", 5, 31, VariableUses.Parts, OnlyInSections: false),
            new TemplateVariable("note", 5, 48, VariableUses.Section | VariableUses.Value, OnlyInSections: false),
        ], template.Variables);
    }

    [Fact]
    public void Variables_of_a_partial_stand_where_it_is_included()
    {
        var template = Rendered.Template("Hi.\n {{>greeting}}", ("greeting", "Dear\n{{name}}"));
        Assert.Equal([new TemplateVariable("name", 2, 2, VariableUses.Value, OnlyInSections: false)], template.Variables);
    }

    [Fact]
    public void A_template_keeps_its_text() => Assert.Equal("Hi {{name}}", Rendered.Template("Hi {{name}}").Text);

    [Fact]
    public void A_partial_that_is_not_there_is_named() =>
        Assert.Equal("{{>privacy}} at line 1, column 3 names a partial that is not there.", Rendered.RefusedOnce("a {{>privacy}}").Message);

    [Fact]
    public void Partials_that_include_each_other_are_refused_with_the_way_round()
    {
        var error = Rendered.RefusedOnce("x\n{{>a}}", ("a", "in a\n{{>b}}"), ("b", "{{>a}}"));
        Assert.Equal(new TemplateError(2, 1, "{{>a}} at line 1, column 1 of partial b makes a partial include itself: a > b > a."), error);
    }

    [Fact]
    public void Partials_nest_five_deep_and_no_deeper()
    {
        var five = Enumerable.Range(1, 5).Select(level => ($"p{level}", level < 5 ? $"{{{{>p{level + 1}}}}}" : "end")).ToArray();
        Rendered.Template("{{>p1}}", five);
        var error = Rendered.RefusedOnce("{{>p0}}", [("p0", "{{>p1}}"), .. five]);
        Assert.Contains("is deeper than 5 partials: p0 > p1 > p2 > p3 > p4 > p5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partials_that_multiply_are_stopped()
    {
        var partials = Enumerable.Range(1, 5)
            .Select(level => ($"p{level}", level < 5 ? string.Concat(Enumerable.Repeat($"{{{{>p{level + 1}}}}}", 100)) : "")).ToArray();
        Assert.Contains("past 1000000 characters", Rendered.RefusedOnce("{{>p1}}", partials).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_indent_that_multiplies_is_stopped()
    {
        var error = Rendered.RefusedOnce(new string(' ', 100_000) + "{{>lines}}", ("lines", new string('\n', 100_000)));
        Assert.Contains("past 1000000 characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_ends_inside_the_partial_that_opens_it()
    {
        var errors = Rendered.Refused("{{>open}}{{/a}}", ("open", "{{#a}}"));
        Assert.Equal(
            [
                "{{#a}} at line 1, column 1 of partial open is never closed: {{/a}} is missing.",
                "{{/a}} at line 1, column 10 closes nothing: no section is open.",
            ],
            errors.Select(error => error.Message));
    }

    [Fact]
    public void A_fault_in_a_partial_that_is_included_twice_is_reported_once() =>
        Rendered.RefusedOnce("{{>p}}{{>p}}", ("p", "{{a b}}"));
}
