using System.Text.Json;

namespace Slipway.Core.Tests.Contracts;

public sealed class EcmaPatterns
{
    [Theory]
    [InlineData(@"^\d+$", "123", true)]
    [InlineData(@"^\d+$", "१२३", false)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^\s$", "\ufeff", true)]
    [InlineData(@"^\S$", "\u0085", true)]
    [InlineData(@"^[\S]$", "\u00a0", false)]
    [InlineData(@"^[\d\-x]+$", "1-x", true)]
    [InlineData(@"^[\w-.]+$", "a-b.c", true)]
    [InlineData(@"^[^\d]$", "१", true)]
    [InlineData("^abc$", "abc\n", false)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^😀{2}$", "😀😀", true)]
    [InlineData("^[😀-😎]+$", "😃😎", true)]
    [InlineData("^[a-z😀]+$", "a😀b", true)]
    [InlineData("^[😀-😎]$", "😏", false)]
    [InlineData(@"^\u{1F600}\ud83d\ude00$", "😀😀", true)]
    [InlineData(@"^\p{Letter}+$", "πß", true)]
    [InlineData(@"^\P{L}$", "1", true)]
    [InlineData(@"^[\p{Lu}_]+$", "Ä_", true)]
    [InlineData(@"^[a-z&&[^b]]$", "b", false)]
    [InlineData(@"^[[b]+$", "b", true)]
    [InlineData(@"^a\/b\.c\x41\u0042\cJ$", "a/b.cAB\n", true)]
    [InlineData(@"(?<year>\d{4})-\k<year>", "2026-2026", true)]
    [InlineData(@"^(?!forbidden)\w+$", "allowed", true)]
    [InlineData(@"^(?!forbidden)\w+$", "forbidden", false)]
    [InlineData(@"es", "yes", true)]
    [InlineData("^$", "", true)]
    [InlineData("#x y", "#x y", true)]
    public void A_pattern_matches_what_the_standard_says(string pattern, string text, bool matches)
    {
        var schema = $$"""{"pattern":{{JsonSerializer.Serialize(pattern)}}}""";
        Assert.Equal(matches, Schemas.Accepts(schema, JsonSerializer.Serialize(text)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("a**")]
    [InlineData(@"\")]
    [InlineData(@"\a")]
    [InlineData(@"\Z")]
    [InlineData(@"(?i)a")]
    [InlineData(@"(?>a)")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData(@"\u{110000}")]
    public void A_pattern_that_means_nothing_is_refused(string pattern)
    {
        var text = JsonSerializer.Serialize(pattern);
        var error = Assert.Single(Schemas.Refuse($$"""{"properties":{"a":{"pattern":{{text}}} } }"""));
        Assert.Equal("/properties/a/pattern", error.SchemaPath);
        Assert.StartsWith($"The pattern {pattern} cannot be used: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData(@"^(?=a)(a+)+$")]
    [InlineData("^(a?){50000}b")]
    public void A_pattern_made_to_explode_does_not(string pattern)
    {
        var schema = $$$"""{"items":{"pattern":"{{{pattern}}}"}}""";
        var answer = $"[{string.Join(',', Enumerable.Repeat($"\"{new string('a', 5_000)}!\"", 20))}]";
        Assert.NotEmpty(Schemas.Violations(schema, answer));
    }
}
