using System.Text;

namespace Slipway.Core.Tests.Contracts;

public sealed class FlatAnswers
{
    private const string Schema = """
        {"type":"object","additionalProperties":false,
         "required":["route","score","escalate","summary","tags"],
         "properties":{
           "route":{"$ref":"#/$defs/route"}, "score":{"type":"number","minimum":0,"maximum":1}, "escalate":{"type":"boolean"},
           "summary":{"type":"string","minLength":1,"maxLength":200,"pattern":"^[A-Z]"}, "count":{"type":"integer","multipleOf":5},
           "tags":{"type":"array","maxItems":3,"items":{"allOf":[{"type":"string"},{"maxLength":10}]}},
           "customer":{"type":["object","null"],"patternProperties":{"^x-":{"type":"string"}},"properties":{"tier":{"const":"gold"}}}},
         "$defs":{"route":{"enum":["billing","refund","account_recovery"]}}}
        """;

    private const string Answer = """
        {"score":0.75,"route":"refund","escalate":false,"summary":"Wants \"all\" of it back.\n","count":10,"tags":["a","b"],
         "customer":{"tier":"gold","x-note":"é","other":[1,{"a":[]}]}}
        """;

    [Fact]
    public void An_answer_that_fits_costs_no_memory()
    {
        var schema = Schemas.Compile(Schema);
        var answer = Encoding.UTF8.GetBytes(Answer);
        for (var i = 0; i < 1_000; i++) Assert.Empty(schema.Validate(answer));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fits = schema.Validate(answer).IsEmpty & schema.IsValid(answer);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(fits);
        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData("\"refund\"", "\"sales\"", "/route", "/$defs/route/enum")]
    [InlineData("0.75", "1.01", "/score", "/properties/score/maximum")]
    [InlineData("\"Wants", "\"wants", "/summary", "/properties/summary/pattern")]
    [InlineData("\"count\":10", "\"count\":11", "/count", "/properties/count/multipleOf")]
    [InlineData("\"count\":10", "\"more\":10", "/more", "/additionalProperties")]
    [InlineData("\"escalate\":false,", "", "", "/required")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",7]", "/tags/1", "/properties/tags/items/allOf/0/type")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"b\",\"c\",\"d\"]", "/tags", "/properties/tags/maxItems")]
    [InlineData("\"tier\":\"gold\"", "\"tier\":\"tin\"", "/customer/tier", "/properties/customer/properties/tier/const")]
    [InlineData("\"x-note\":\"é\"", "\"x-note\":null", "/customer/x-note", "/properties/customer/patternProperties/^x-/type")]
    public void One_fault_in_it_is_found_and_named(string part, string fault, string instancePath, string schemaPath)
    {
        Assert.Contains(part, Answer, StringComparison.Ordinal);
        var violation = Schemas.Violation(Schema, Answer.Replace(part, fault, StringComparison.Ordinal));
        Assert.Equal((instancePath, schemaPath), (violation.InstancePath, violation.SchemaPath));
    }

    [Fact]
    public void Members_that_need_more_than_one_look_are_judged_among_the_others()
    {
        const string schema = """
            {"properties":{"ids":{"uniqueItems":true},"contact":{"oneOf":[{"type":"string"},{"required":["mail"]}]},"last":{"type":"null"}}}
            """;
        Assert.True(Schemas.Accepts(schema, """{"ids":[1,2],"contact":{"mail":1},"last":null}"""));
        Assert.False(Schemas.Accepts(schema, """{"ids":[1,1],"contact":{"mail":1},"last":null}"""));
        Assert.False(Schemas.Accepts(schema, """{"ids":[1,2],"contact":{},"last":null}"""));
        Assert.False(Schemas.Accepts(schema, """{"ids":[1,2],"contact":"a","last":0}"""));
    }

    [Theory]
    [InlineData("[1,\"a\",true]", true)]
    [InlineData("[1,\"a\",null]", false)]
    [InlineData("[\"a\"]", false)]
    [InlineData("[]", true)]
    public void The_first_items_may_have_forms_of_their_own(string answer, bool fits) => Assert.Equal(fits, Schemas.Accepts(
        """{"prefixItems":[{"type":"integer"},{"type":"string"}],"items":{"type":"boolean"}}""", answer));

    [Theory]
    [InlineData("[1,2]", 0, true)]
    [InlineData("[\"a\",1]", 1, true)]
    [InlineData("[\"a\",\"b\",\"c\"]", 1, false)]
    [InlineData("[1]", 1, false)]
    public void Items_of_a_form_are_counted(string answer, int least, bool fits) => Assert.Equal(fits, Schemas.Accepts(
        $$"""{"contains":{"type":"string"},"minContains":{{least}},"maxContains":2}""", answer));

    [Fact]
    public void More_members_may_be_required_than_a_word_has_bits()
    {
        var names = Enumerable.Range(0, 70).Select(at => $"\"m{at}\"").ToList();
        var schema = Schemas.Compile($$"""{"required":[{{string.Join(',', names)}}]}""");
        Assert.True(schema.IsValid(Encoding.UTF8.GetBytes($"{{{string.Join(',', names.Select(name => $"{name}:1"))}}}")));
        Assert.Single(schema.Validate(Encoding.UTF8.GetBytes($"{{{string.Join(',', names.Skip(1).Select(name => $"{name}:1"))}}}")));
    }
}
