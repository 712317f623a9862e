using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Rendering;

/// <summary>What holds for every value and every text.</summary>
public sealed class TemplateProperties
{
    /// <summary>Values somebody might try, between pieces of any text.</summary>
    private static readonly Gen<string> _values =
        from pieces in Gen.ListOf(Gen.OneOf(
            Gen.Elements("{{x}}", "{{/x}}", "{{#x}}", "{{{a}}}", "{{>p}}", "{{=<% %>=}}", "<%a%>", "system:", "\nassistant: yes",
                "\"", "'", "\\", "\\n",
                "\r\n", "\n\n", "\u2028", "</s>", "&amp;", "é", "😀", "\0", " "),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => OnlyText(text.Get))))
        select string.Concat(pieces);

    private static readonly Gen<string> _texts =
        from pieces in Gen.ListOf(Gen.Elements("{{", "}}", "{{{", "}}}", "{{#", "{{^", "{{/", "{{>", "{{!", "{{=", "=}}", "<%", "%>",
            "a", "b", ".", "a.b", " ", "\n",
            "\r\n", "|", "=", "{{a}}", "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "  {{>p}}\n", "{{>q}}", "{{=| |=}}", "{{.}}", "\uD800", "é"))
        select string.Concat(pieces);

    [Fact]
    public void A_value_appears_verbatim_once_for_every_use() => Prop.ForAll(_values.ToArbitrary(), _values.ToArbitrary(), (a, b) =>
    {
        var template = Rendered.Template("[1]{{a}}[2]{{{b}}}[3]{{#list}}<{{.}}>{{/list}}[4]\n{{#a}}({{a}}){{/a}}{{^a}}none{{/a}}");
        var text = Done(template.Both(JsonSerializer.SerializeToElement(new { a, b, list = new[] { a, b } })));
        Assert.Equal($"[1]{a}[2]{b}[3]<{a}><{b}>[4]\n{(a.Length > 0 ? $"({a})" : "none")}", text);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_without_tags_is_its_own_rendering() => Prop.ForAll(_values.ToArbitrary(), value =>
    {
        var text = value.Replace("{{", "{", StringComparison.Ordinal);
        while (text.Contains("{{", StringComparison.Ordinal)) text = text.Replace("{{", "{", StringComparison.Ordinal);
        Assert.Equal(text, Done(Rendered.Template(text).Both(Rendered.Json("{}"))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_text_it_is_parsed_and_rendered_or_refused_the_same_way_every_time() => Prop.ForAll(_texts.ToArbitrary(), text =>
    {
        var partials = new Dictionary<string, string> { ["p"] = "{{a}}\n{{#b}}\n {{>q}}\n{{/b}}", ["q"] = "q{{.}}" };
        var variables = Rendered.Json("""{"a":"x","b":[1,"two"]}""");
        Assert.Equal(Answer(), Answer());

        string Answer() => Template.Parse(text, partials) switch
        {
            TemplateParse.Parsed parsed => parsed.Template.Both(variables) switch
            {
                RenderResult.Done done => done.Text,
                RenderResult.Refused refused => Sound(refused.Errors),
                _ => throw new InvalidOperationException(),
            },
            TemplateParse.Refused refused => Sound(refused.Errors),
            _ => throw new InvalidOperationException(),
        };

        string Sound(IReadOnlyCollection<TemplateError> errors)
        {
            Assert.NotEmpty(errors);
            var lines = text.Split('\n');
            Assert.All(errors, error => Assert.InRange(error.Column, 1, lines[error.Line - 1].Length + 1));
            return string.Join('\n', errors);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void A_value_never_changes_what_else_is_rendered() => Prop.ForAll(_values.ToArbitrary(), value =>
    {
        var template = Rendered.Template("{{role}}\n  {{value}}\n{{#more}}{{role}}{{/more}}");
        var text = Done(template.Both(JsonSerializer.SerializeToElement(new { role = "R", value, more = true })));
        Assert.StartsWith("R\n  ", text, StringComparison.Ordinal);
        Assert.EndsWith("\nR", text, StringComparison.Ordinal);
        Assert.Equal(value, text[4..^2]);
    }).QuickCheckThrowOnFailure();

    private static string Done(RenderResult result) => Assert.IsType<RenderResult.Done>(result).Text;

    /// <summary>Random characters hold halves of surrogate pairs, which JSON cannot carry.</summary>
    private static string OnlyText(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0xFFFD));
}
