namespace Slipway.Core.Tests.Contracts;

public sealed class SchemaReferences
{
    [Theory]
    [InlineData("https://example.org/never-fetched")]
    [InlineData("other.json")]
    [InlineData("#/$defs/absent")]
    [InlineData("#absent")]
    public void A_reference_to_nothing_at_hand_is_refused_by_name(string reference)
    {
        var error = Assert.Single(Schemas.Refuse($$$"""{"properties":{"a":{"$ref":"{{{reference}}}"} } }"""));
        Assert.Equal("/properties/a/$ref", error.SchemaPath);
        Assert.Equal($"\"{reference}\" is not among the schemas at hand; references are never fetched.", error.Message);
    }

    [Fact]
    public void A_mistake_in_a_referenced_document_is_named_with_its_address()
    {
        var error = Assert.Single(
            Schemas.Refuse("""{"$ref":"https://example.org/a"}""", ("https://example.org/a", """{"items":{"type":7}}""")));
        Assert.Equal("https://example.org/a#/items/type", error.SchemaPath);
    }

    [Fact]
    public void Documents_nobody_refers_to_do_no_harm() =>
        Assert.True(Schemas.Compile("true", ("https://example.org/a", """{"type":7}"""), ("https://example.org/b", "7")).IsValid("1"u8));

    [Theory]
    [InlineData("#/$defs/a~1b")]
    [InlineData("#/$defs/a%7E1b")]
    [InlineData("#named")]
    [InlineData("https://example.org/root#named")]
    [InlineData("root#/$defs/a~1b")]
    [InlineData("/root#named")]
    [InlineData("//example.org/root#named")]
    [InlineData("../x/../root#named")]
    [InlineData("HTTPS://EXAMPLE.org:443/root#named")]
    [InlineData("#/$defs//$defs/")]
    public void A_reference_may_be_written_in_many_ways(string reference)
    {
        var schema = Schemas.Compile(
            $$"""
            {"$id":"https://example.org/root","$ref":"{{reference}}",
             "$defs":{"a/b":{"$anchor":"named","type":"string"},"":{"$defs":{"":{"$ref":"#named"} } } } }
            """);
        Assert.True(schema.IsValid("\"x\""u8));
        Assert.False(schema.IsValid("1"u8));
    }

    [Fact]
    public void Keywords_beside_a_reference_count_as_well()
    {
        const string schema = """{"$ref":"#/$defs/short","minLength":2,"$defs":{"short":{"maxLength":3}}}""";
        Assert.True(Schemas.Accepts(schema, "\"ab\""));
        Assert.False(Schemas.Accepts(schema, "\"a\""));
        Assert.False(Schemas.Accepts(schema, "\"abcd\""));
    }

    [Fact]
    public void A_reference_by_URN_is_found()
    {
        var schema = Schemas.Compile("""{"$id":"urn:example:root","$ref":"urn:example:root#/$defs/a","$defs":{"a":{"type":"null"}}}""");
        Assert.True(schema.IsValid("null"u8));
        Assert.False(schema.IsValid("1"u8));
    }

    [Fact]
    public void A_name_that_looks_like_a_keyword_is_only_a_name()
    {
        const string schema = """
            {"properties":{"$ref":{"type":"string"},"$id":{"type":"string"}},"const":{"$ref":"#/nowhere","$id":"a#b"}}
            """;
        Assert.True(Schemas.Accepts(schema, """{"$id":"a#b","$ref":"#/nowhere"}"""));
    }

    [Fact]
    public void A_schema_of_another_draft_is_refused_rather_than_misread()
    {
        var error = Assert.Single(Schemas.Refuse("""{"$schema":"http://json-schema.org/draft-07/schema#"}"""));
        Assert.Equal("/$schema", error.SchemaPath);
        Assert.Contains("draft-07", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_left_out_of_the_dialect_says_nothing()
    {
        var schema = Schemas.Compile(
            """{"$schema":"https://example.org/loose","properties":{"a":{"minimum":10},"b":false}}""",
            ("https://example.org/loose", """
                {"$id":"https://example.org/loose","$vocabulary":{
                    "https://json-schema.org/draft/2020-12/vocab/core":true,"https://json-schema.org/draft/2020-12/vocab/applicator":true}}
                """));
        Assert.True(schema.IsValid("""{"a":1}"""u8));
        Assert.False(schema.IsValid("""{"b":1}"""u8));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public void A_vocabulary_we_do_not_know_is_refused_only_where_it_is_needed(string needed, bool compiles)
    {
        (string, string) metaschema = ("https://example.org/m", $$$"""{"$vocabulary":{"https://example.org/vocab":{{{needed}}} }}""");
        const string schema = """{"$schema":"https://example.org/m"}""";
        if (compiles)
        {
            Schemas.Compile(schema, metaschema);
            return;
        }
        var error = Assert.Single(Schemas.Refuse(schema, metaschema));
        Assert.Contains("https://example.org/vocab", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"enum":[1]}}}""", true)]
    [InlineData("""{"type":"objekt"}""", false)]
    [InlineData("""{"properties":{"a":{"minLength":-1}}}""", false)]
    [InlineData("""{"required":["a","a"]}""", false)]
    [InlineData("""{"$id":"a#b"}""", false)]
    [InlineData("""{"allOf":[]}""", false)]
    public void The_draft_itself_judges_schemas(string schema, bool sound) =>
        Assert.Equal(sound, Schemas.Accepts("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""", schema));
}
