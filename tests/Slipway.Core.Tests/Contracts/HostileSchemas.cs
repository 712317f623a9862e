using System.Text;

namespace Slipway.Core.Tests.Contracts;

public sealed class HostileSchemas
{
    [Theory]
    [InlineData("""{"$ref":"#"}""", "")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"anyOf":[{"$ref":"#/$defs/y"}]},"y":{"not":{"$ref":"#/$defs/x"}}}}""", "/$defs/x")]
    [InlineData("""{"dependentSchemas":{"a":{"$ref":"#"}}}""", "")]
    [InlineData("""{"$dynamicAnchor":"a","$dynamicRef":"#a"}""", "")]
    public void A_schema_that_goes_in_circles_is_refused(string schema, string place)
    {
        var error = Assert.Single(Schemas.Refuse(schema));
        Assert.Equal("The schema refers back to itself without looking into the value, so checking it would never end.", error.Message);
        Assert.StartsWith(place, error.SchemaPath, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_may_refer_to_itself_further_down()
    {
        const string tree = """{"type":"object","required":["name"],"properties":{"children":{"type":"array","items":{"$ref":"#"}}}}""";
        Assert.True(Schemas.Accepts(tree, """{"name":1,"children":[{"name":2,"children":[]}]}"""));
        Assert.Equal("\"children[0].name\" is missing", Schemas.Violation(tree, """{"name":1,"children":[{}]}""").Message);
    }

    [Fact]
    public void A_dynamic_reference_that_goes_in_circles_only_from_outside_ends()
    {
        var schema = Schemas.Compile(
            """{"$id":"https://example.org/outer","$dynamicAnchor":"part","$ref":"inner"}""",
            ("https://example.org/inner", """{"allOf":[{"$dynamicRef":"#part"}],"$defs":{"part":{"$dynamicAnchor":"part"}}}"""));
        Assert.Contains("cannot be checked", Assert.Single(schema.Validate("1"u8)).Message, StringComparison.Ordinal);
        Assert.False(schema.IsValid("1"u8));
    }

    [Fact]
    public void A_schema_too_deep_is_refused()
    {
        var schema = string.Concat(Enumerable.Repeat("""{"not":""", 2_000)) + "true" + new string('}', 2_000);
        Assert.Equal("The schema is nested more than 128 levels deep.", Assert.Single(Schemas.Refuse(schema)).Message);
    }

    [Fact]
    public void A_schema_too_large_is_refused()
    {
        var schema = $$"""{"anyOf":[{{string.Join(',', Enumerable.Repeat("{}", 20_001))}}]}""";
        Assert.Equal("The schema has more than 20000 subschemas.", Assert.Single(Schemas.Refuse(schema)).Message);
    }

    [Fact]
    public void A_chain_of_references_too_long_is_refused()
    {
        var links = Enumerable.Range(0, 2_000).Select(at => $$"""  "{{at}}":{"$ref":"#/$defs/{{at + 1}}"} """);
        var schema = $$$"""{"$ref":"#/$defs/0","$defs":{ {{{string.Join(',', links)}}}, "2000":true}}""";
        var error = Assert.Single(Schemas.Refuse(schema));
        Assert.StartsWith("More than 128 schemas refer to one another", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allOf", "integer")]
    [InlineData("anyOf", "null")]
    [InlineData("oneOf", "integer")]
    public void Work_that_doubles_at_every_level_ends(string keyword, string leaf)
    {
        const string branch = """{"properties":{"a":{"$ref":"#/$defs/n"}}}""";
        var schema = Schemas.Compile(
            $$"""{"$defs":{"n":{"type":["object","{{leaf}}"],"{{keyword}}":[{{branch}},{{branch}}]} },"$ref":"#/$defs/n"}""");
        var answer = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"a":""", 100)) + "1" + new string('}', 100));
        Assert.Contains("cannot be checked", Assert.Single(schema.Validate(answer)).Message, StringComparison.Ordinal);
        Assert.False(schema.IsValid(answer));
    }

    [Fact]
    public void A_large_list_of_different_items_is_compared_in_reasonable_time()
    {
        var items = Enumerable.Range(0, 100_000).Select(at => $$"""{"n":{{at}}}""");
        Assert.True(Schemas.Accepts("""{"uniqueItems":true}""", $"[{string.Join(',', items)}]"));
    }

    [Fact]
    public void A_schema_with_too_many_patterns_is_refused()
    {
        var patterns = Enumerable.Range(0, 501).Select(at => $$"""{"pattern":"^(a?b|c){300}{{at}}"}""");
        var error = Assert.Single(Schemas.Refuse($$"""{"anyOf":[{{string.Join(',', patterns)}}]}"""));
        Assert.EndsWith("cannot be used: the schema has more than 500 of them.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "", "A schema must be an object, true or false.")]
    [InlineData("""{"type":"text"}""", "/type", "\"type\" must name object, array, string, number, integer, boolean or null, not \"text\".")]
    [InlineData("""{"properties":{"a/b":{"minLength":-1}}}""", "/properties/a~1b/minLength", "\"minLength\" must be a whole number, zero or more.")]
    [InlineData("""{"required":"a"}""", "/required", "\"required\" must be a list of names.")]
    [InlineData("""{"items":[{}]}""", "/items", "A schema must be an object, true or false.")]
    [InlineData("""{"allOf":[]}""", "/allOf", "\"allOf\" must hold at least one schema.")]
    [InlineData("""{"enum":1}""", "/enum", "\"enum\" must be a list of values.")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "\"multipleOf\" must be more than zero.")]
    [InlineData("""{"multipleOf":12345678901234567890}""", null, null)]
    [InlineData("""{"multipleOf":0.00012345678901234567891}""", "/multipleOf", "\"multipleOf\" may have at most 19 digits.")]
    [InlineData("""{"$defs":{"unused":{"maximum":"1"}}}""", "/$defs/unused/maximum", "\"maximum\" must be a number.")]
    [InlineData("""{"$id":"a#b"}""", "/$id", "\"$id\" must be a URI without a fragment, not a#b.")]
    public void A_mistake_in_a_schema_is_named_with_its_place(string schema, string? place, string? sentence)
    {
        if (place is null)
        {
            Schemas.Compile(schema);
            return;
        }
        var error = Assert.Single(Schemas.Refuse(schema));
        Assert.Equal((place, sentence), (error.SchemaPath, error.Message));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var errors = Schemas.Refuse("""{"type":1,"properties":{"a":{"pattern":"("}}}""");
        Assert.Equal(["/type", "/properties/a/pattern"], errors.Select(error => error.SchemaPath));
    }
}
