using Slipway.Core.Contracts;

namespace Slipway.Core.Tests.Contracts;

public sealed class ViolationSentences
{
    [Theory]
    [InlineData("""{"type":"object"}""", "[]", "The answer must be an object, not a list")]
    [InlineData("""{"type":["string","null"]}""", "true", "The answer must be text or null, not true")]
    [InlineData("""{"type":"integer"}""", "1.5", "The answer must be a whole number, not 1.5")]
    [InlineData("""{"properties":{"route":{"enum":["billing","refund"]}}}""", """{"route":"sales"}""", "\"route\" must be one of billing, refund")]
    [InlineData("""{"properties":{"kind":{"const":"order"}}}""", """{"kind":1}""", "\"kind\" must be order")]
    [InlineData("""{"required":["route"]}""", "{}", "\"route\" is missing")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"required":["c"]}}}}}""", """{"a":{"b":{}}}""", "\"a.b.c\" is missing")]
    [InlineData("""{"dependentRequired":{"card":["address"]}}""", """{"card":1}""", "\"address\" is missing, which \"card\" needs")]
    [InlineData("""{"additionalProperties":false}""", """{"extra":1}""", "\"extra\" is not an allowed property")]
    [InlineData("""{"properties":{"a":true},"unevaluatedProperties":false}""", """{"a":1,"b":2}""", "\"b\" is not an allowed property")]
    [InlineData("""{"propertyNames":{"maxLength":3}}""", """{"long":1}""", "\"long\" is not an allowed property name")]
    [InlineData("""{"minProperties":2}""", """{"a":1}""", "The answer must have at least 2 properties, but has 1")]
    [InlineData("""{"items":{"properties":{"name":{"minLength":2}}}}""", """[{"name":"ab"},{"name":"x"}]""", "\"[1].name\" must have at least 2 characters, but has 1")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "The answer must have at most 1 character, but has 2")]
    [InlineData("""{"pattern":"^[A-Z]"}""", "\"ab\"", "The answer must match the pattern ^[A-Z]")]
    [InlineData("""{"minimum":0.50}""", "0.4", "The answer must be at least 0.50, not 0.4")]
    [InlineData("""{"exclusiveMaximum":10}""", "10", "The answer must be less than 10, not 10")]
    [InlineData("""{"multipleOf":5}""", "7", "The answer must be a multiple of 5, not 7")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "The answer must have at most 1 item, but has 2")]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1.0]", "The answer must not hold the same item twice, but items 1 and 3 are the same")]
    [InlineData("""{"contains":{"type":"string"}}""", "[1]", "The answer must contain at least 1 item of the expected form, but contains 0")]
    [InlineData("""{"anyOf":[{"minLength":3},{"maxLength":1}]}""", "\"ab\"", "The answer fits none of the 2 allowed forms")]
    [InlineData("""{"oneOf":[{"minLength":1},{"maxLength":2}]}""", "\"ab\"", "The answer must fit exactly one of the allowed forms, but fits more than one")]
    [InlineData("""{"not":{"type":"null"}}""", "null", "The answer has a form that is not allowed")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "\"a\" is not allowed")]
    public void A_violation_is_a_sentence_people_can_read(string schema, string answer, string sentence) =>
        Assert.Equal(sentence, Schemas.Violation(schema, answer).Message);

    [Fact]
    public void A_violation_points_at_the_value_and_at_the_keyword()
    {
        var violation = Schemas.Violation(
            """{"properties":{"a/b":{"items":{"$ref":"#/$defs/tier"}}},"$defs":{"tier":{"enum":["gold"]}}}""",
            """{"a/b":["gold","tin"]}""");
        Assert.Equal(new SchemaViolation("/a~1b/1", "/$defs/tier/enum", "\"a/b[1]\" must be one of gold"), violation);
    }

    [Fact]
    public void A_keyword_of_another_document_is_named_with_its_address()
    {
        var schema = Schemas.Compile(
            """{"$ref":"https://example.org/tier"}""", ("https://example.org/tier", """{"$defs":{},"type":"string"}"""));
        Assert.Equal("https://example.org/tier#/type", Assert.Single(schema.Validate("1"u8)).SchemaPath);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var violations = Schemas.Violations(
            """{"required":["route","reason"],"properties":{"route":{"enum":["a"]},"score":{"maximum":1}}}""",
            """{"route":"b","score":2}""");
        string[] sentences = ["\"reason\" is missing", "\"route\" must be one of a", "\"score\" must be at most 1, not 2"];
        Assert.Equal(sentences, violations.Select(one => one.Message));
    }

    [Fact]
    public void Of_a_value_that_may_also_be_null_the_fault_itself_is_told()
    {
        var violation = Schemas.Violation(
            """{"properties":{"due":{"anyOf":[{"type":"object","required":["date"]},{"type":"null"}]}}}""", """{"due":{}}""");
        Assert.Equal("\"due.date\" is missing", violation.Message);
    }

    [Fact]
    public void A_long_choice_is_cut_short()
    {
        var values = string.Join(',', Enumerable.Range(1, 20));
        Assert.EndsWith("11, 12, 8 more", Schemas.Violation($$"""{"enum":[{{values}}]}""", "0").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_reads_more_than_a_hundred_violations()
    {
        var answer = $"[{string.Join(',', Enumerable.Repeat("1", 5_000))}]";
        Assert.Equal(100, Schemas.Violations("""{"items":{"type":"string"}}""", answer).Length);
    }
}
