using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;

namespace Slipway.Core.Tests.Contracts;

public sealed class StrangeAnswers
{
    private const string Anything = "true";

    [Theory]
    [InlineData("", "The answer is not JSON: it is empty.")]
    [InlineData(" \n", "The answer is not JSON: it is empty.")]
    [InlineData("Sure! {}", "The answer is not JSON: 'S' is an invalid start of a value (line 1, byte 1).")]
    [InlineData("{\n \"a\": 1,\n}", "(line 3, byte 1).")]
    [InlineData("""{"a":1} {"a":2}""", "(line 1, byte 9).")]
    [InlineData("""{"a":""", "The answer is not JSON: ")]
    [InlineData("\"\\ud800\"", "The answer is not JSON: a text in it holds half a character (byte 1).")]
    public void What_is_not_JSON_is_one_violation_that_says_where(string answer, string sentence)
    {
        var violation = Schemas.Violation(Anything, answer);
        Assert.Contains(sentence, violation.Message, StringComparison.Ordinal);
        Assert.Equal(("", ""), (violation.InstancePath, violation.SchemaPath));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_a_violation()
    {
        var violation = Assert.Single(Schemas.Compile(Anything).Validate([(byte)'"', 0xff, (byte)'"']));
        Assert.Equal("The answer is not JSON: it is not valid UTF-8.", violation.Message);
    }

    [Fact]
    public void An_answer_may_be_128_levels_deep_and_no_deeper()
    {
        Assert.True(Schemas.Accepts(Anything, new string('[', 128) + new string(']', 128)));
        foreach (var deep in (string[])[new string('[', 129) + new string(']', 129), new string('[', 1_000_000)])
            Assert.Equal("The answer is nested more than 128 levels deep.", Schemas.Violation(Anything, deep).Message);
    }

    [Fact]
    public void A_value_parsed_elsewhere_is_held_to_the_same_depth()
    {
        using var deep = JsonDocument.Parse(new string('[', 5_000) + new string(']', 5_000), new JsonDocumentOptions { MaxDepth = 10_000 });
        var schema = Schemas.Compile("""{"const":[[]]}""");
        Assert.Equal("The answer is nested more than 128 levels deep.", Assert.Single(schema.Validate(deep.RootElement)).Message);
    }

    [Fact]
    public void A_value_parsed_with_comments_is_judged_by_what_it_says()
    {
        var lenient = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        using var commented = JsonDocument.Parse("{ /* why */ \"a\": 1, }", lenient);
        Assert.Empty(Schemas.Compile("""{"required":["a"]}""").Validate(commented.RootElement));
        Assert.Single(Schemas.Compile("""{"required":["b"]}""").Validate(commented.RootElement));
    }

    [Fact]
    public void Every_value_of_a_member_given_twice_must_fit()
    {
        const string schema = """{"properties":{"a":{"type":"string"}}}""";
        Assert.False(Schemas.Accepts(schema, """{"a":1,"a":"x"}"""));
        Assert.False(Schemas.Accepts(schema, """{"a":"x","a":1}"""));
    }

    [Fact]
    public void A_name_written_with_escapes_is_the_same_name()
    {
        const string schema = """{"properties":{"route":{"enum":["é\n"]}},"required":["route"],"additionalProperties":false}""";
        Assert.True(Schemas.Accepts(schema, """{"\u0072oute":"\u00e9\n"}"""));
        Assert.False(Schemas.Accepts(schema, """{"\u0072oute":"e"}"""));
    }

    [Theory]
    [InlineData("😀😀", true)]
    [InlineData("😀😀😀", false)]
    [InlineData(@"\ud83d\ude00\ud83d\ude00", true)]
    [InlineData(@"\u00e9\n", true)]
    [InlineData(@"a\""\\", false)]
    public void A_character_counts_once_however_it_is_written(string text, bool fits) =>
        Assert.Equal(fits, Schemas.Accepts("""{"maxLength":2}""", $"\"{text}\""));

    [Fact]
    public void A_schema_outlives_the_document_it_was_read_from()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"enum":[{"a":[1]},"x"]}""");
        SchemaCompilation compilation;
        using (var document = JsonDocument.Parse(bytes)) compilation = JsonSchema.Compile(document.RootElement);
        Array.Clear(bytes);
        var schema = Assert.IsType<SchemaCompilation.Compiled>(compilation).Schema;
        Assert.True(schema.IsValid("""{"a":[1.0]}"""u8));
    }
}
