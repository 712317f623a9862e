namespace Slipway.Core.Tests.Contracts;

public sealed class ExactNumbers
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("0", "-0.0e5")]
    [InlineData("100", "1e2")]
    [InlineData("0.001", "1E-3")]
    [InlineData("12.5", "1250e-2")]
    [InlineData("123456789012345678901234567890", "1.2345678901234567890123456789e29")]
    public void Two_ways_to_write_a_number_are_the_same_number(string left, string right)
    {
        Assert.True(Schemas.Accepts($$"""{"const":{{left}}}""", right));
        Assert.True(Schemas.Accepts($$"""{"minimum":{{left}},"maximum":{{left}}}""", right));
        Assert.False(Schemas.Accepts("""{"uniqueItems":true}""", $"[{left},{right}]"));
    }

    [Theory]
    [InlineData("1", "1.0000000000000000000000000000001")]
    [InlineData("9007199254740992", "9007199254740993")]
    [InlineData("-9007199254740993", "-9007199254740992")]
    [InlineData("-1", "1")]
    [InlineData("0", "1e-400")]
    [InlineData("1e400", "1e401")]
    [InlineData("99", "100")]
    [InlineData("0.09", "0.1")]
    [InlineData("1e308", "1e1000000")]
    public void The_smaller_of_two_numbers_is_the_smaller_one(string smaller, string larger)
    {
        Assert.False(Schemas.Accepts($$"""{"const":{{smaller}}}""", larger));
        Assert.True(Schemas.Accepts($$"""{"exclusiveMinimum":{{smaller}}}""", larger));
        Assert.True(Schemas.Accepts($$"""{"exclusiveMaximum":{{larger}}}""", smaller));
        Assert.False(Schemas.Accepts($$"""{"minimum":{{larger}}}""", smaller));
        Assert.False(Schemas.Accepts($$"""{"maximum":{{smaller}}}""", larger));
    }

    [Theory]
    [InlineData("0.0001", "0.0075", true)]
    [InlineData("0.0001", "0.00751", false)]
    [InlineData("0.1", "0.3", true)]
    [InlineData("0.01", "19.99", true)]
    [InlineData("1.5", "4.5", true)]
    [InlineData("1.5", "35", false)]
    [InlineData("1e-8", "12391239123", true)]
    [InlineData("0.123456789", "1e308", false)]
    [InlineData("3", "1e1000000000", false)]
    [InlineData("7", "49000000000000000000000000000000000", true)]
    [InlineData("10", "5", false)]
    [InlineData("20", "1e1", false)]
    [InlineData("5", "0.0", true)]
    [InlineData("9999999999999999999", "99999999999999999990", true)]
    public void A_multiple_is_a_multiple_where_doubles_would_lie(string divisor, string number, bool multiple) =>
        Assert.Equal(multiple, Schemas.Accepts($$"""{"multipleOf":{{divisor}}}""", number));

    [Theory]
    [InlineData("1e2", true)]
    [InlineData("1.50e1", true)]
    [InlineData("1e-1", false)]
    [InlineData("1e-999999999999", false)]
    [InlineData("123456789012345678901234567890.0", true)]
    public void A_whole_number_has_nothing_behind_the_point(string number, bool whole) =>
        Assert.Equal(whole, Schemas.Accepts("""{"type":"integer"}""", number));
}
