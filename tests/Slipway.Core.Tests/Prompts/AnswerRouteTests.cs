namespace Slipway.Core.Tests.Prompts;

/// <summary>What an answer chose, as call records have it.</summary>
public sealed class AnswerRouteTests
{
    private const string Schema = """{"type":"object","required":["summary","urgency","department"],"properties":{"department":{"enum":["loans","rooms"]},"summary":{"type":"string"},"urgency":{"enum":["low",2,null]}}}""";

    [Theory]
    [InlineData("""{"department":"loans","summary":"x","urgency":"low"}""", "low")]
    [InlineData("""{"summary":{"urgency":"high"},"urgency":2}""", "2")]
    [InlineData("""{"urgency":null}""", "null")]
    [InlineData("""{"urgency":"\u00e9"}""", "é")]
    [InlineData("""{"urgency":["low"]}""", null)]
    [InlineData("""{"department":"loans"}""", null)]
    [InlineData("""["urgency"]""", null)]
    [InlineData("""{"urgency":"lo""", null)]
    [InlineData("""{"urgency":"\ud800"}""", null)]
    [InlineData("Sure! low", null)]
    [InlineData("", null)]
    public void It_is_the_first_required_property_that_lists_its_values(string answer, string? route) => Assert.Equal(route, Some.Package(Some.Submission(schema: Schema)).RouteOf(answer));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"properties":{"a":{"enum":[1]}}}""")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"}}}""")]
    [InlineData("true")]
    public void A_schema_that_requires_no_such_property_has_none(string schema) => Assert.Null(Some.Package(Some.Submission(schema: schema)).RouteOf("""{"a":1}"""));
}
