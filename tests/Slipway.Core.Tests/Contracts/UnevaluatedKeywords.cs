namespace Slipway.Core.Tests.Contracts;

public sealed class UnevaluatedKeywords
{
    [Theory]
    [InlineData("""{"a":1,"b":1}""", true)]
    [InlineData("""{"a":1,"c":1}""", false)]
    [InlineData("""{"a":1,"x1":1}""", true)]
    public void Members_seen_by_any_subschema_that_fits_are_not_left(string answer, bool fits) => Assert.Equal(fits, Schemas.Accepts(
        """
        {"allOf":[{"properties":{"a":true}}],
         "anyOf":[{"properties":{"b":true},"required":["b"]},{"properties":{"c":true},"required":["absent"]},true],
         "patternProperties":{"^x":true}, "unevaluatedProperties":false}
        """, answer));

    [Fact]
    public void Cousins_do_not_see_each_other()
    {
        Assert.False(Schemas.Accepts("""{"allOf":[{"properties":{"a":true}},{"unevaluatedProperties":false}]}""", """{"a":1}"""));
        Assert.False(Schemas.Accepts("""{"allOf":[{"prefixItems":[true]},{"unevaluatedItems":false}]}""", "[1]"));
    }

    [Theory]
    [InlineData("""{"kind":"a","x":1}""", true)]
    [InlineData("""{"kind":"b","y":1}""", true)]
    [InlineData("""{"kind":"a","y":1}""", false)]
    public void A_condition_and_the_side_it_takes_are_seen(string answer, bool fits) => Assert.Equal(fits, Schemas.Accepts(
        """
        {"if":{"properties":{"kind":{"const":"a"}},"required":["kind"]},"then":{"properties":{"x":true}},
         "else":{"properties":{"kind":true,"y":true}},"unevaluatedProperties":false}
        """, answer));

    [Fact]
    public void What_an_inner_rest_took_is_taken_for_the_outer_one_too() =>
        Assert.True(Schemas.Accepts("""{"allOf":[{"unevaluatedProperties":true}],"unevaluatedProperties":false}""", """{"a":1}"""));

    [Fact]
    public void What_not_looked_at_stays_left() =>
        Assert.False(Schemas.Accepts("""{"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false}""", """{"a":1}"""));

    [Theory]
    [InlineData("[1,\"a\",\"b\"]", true)]
    [InlineData("[1,\"a\",2]", false)]
    [InlineData("[1]", false)]
    [InlineData("[1,\"a\",\"b\",\"c\"]", false)]
    public void Items_found_by_contains_are_not_left(string answer, bool fits) => Assert.Equal(fits, Schemas.Accepts(
        """{"prefixItems":[{"type":"integer"}],"contains":{"type":"string"},"maxContains":2,"unevaluatedItems":false}""", answer));

    [Fact]
    public void Dependent_schemas_apply_where_their_member_is()
    {
        const string schema = """{"dependentSchemas":{"card":{"required":["address"]}}}""";
        Assert.True(Schemas.Accepts(schema, "{}"));
        Assert.Equal("\"address\" is missing", Schemas.Violation(schema, """{"card":1}""").Message);
    }
}
