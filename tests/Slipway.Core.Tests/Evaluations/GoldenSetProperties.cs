using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class GoldenSetProperties
{
    private static readonly Gen<string> Text = ArbMap.Default.GeneratorFor<string>()
        .Select(text => new string([.. (text ?? "").Where(letter => !char.IsSurrogate(letter))]) + "é\u2028\"😀");

    private static readonly Gen<string> Scalar = Gen.OneOf(Text.Select(Some.Json), Gen.Elements("1", "-0.0", "1e400", "12345678901234567890.5", "true", "null"));

    private static readonly Gen<string> Check = Gen.OneOf(Gen.Constant("""{"check":"schema"}"""),
        Scalar.Select(value => $$"""{"check":"field_equals","field":"a.b","value":{{value}}}"""));

    private static readonly Gen<string> Case =
        from kind in Gen.Elements("normal", "personal_data", "mixed_language", "domain")
        from variables in Scalar
        from content in Text
        from tag in Text
        from value in Text
        from checks in Check.NonEmptyListOf()
        from input in Gen.Elements($"\"variables\":{{\"v\":[{variables}]}}", $$"""
            "messages":[{"role":"assistant","content":{{Some.Json(content)}}}]
            """, $$"""
            "variables":{},"messages":[{"role":"user","content":{{Some.Json(content)}}}]
            """)
        select $$"""
            "kind":"{{kind}}",{{input}},"expect":[{{string.Join(',', checks)}}],"tags":{ {{Some.Json(tag)}}:{{Some.Json(value)}} },"source":{{Some.Json(value)}}}
            """;

    [Fact]
    public void What_is_written_reads_back_the_same() => Prop.ForAll(Case.NonEmptyListOf().ToArbitrary(), cases =>
    {
        var set = Some.Set(string.Join('\n', cases.Select((text, index) => $$"""{"id":"case {{index}}",{{text.ReplaceLineEndings("")}}""")));
        var again = Some.Set(set.ToJsonLines());
        Assert.Equal(set.Cases.Length, again.Cases.Length);
        foreach (var (left, right) in set.Cases.Zip(again.Cases))
        {
            Assert.Equal((left.Id, left.Kind, left.Source), (right.Id, right.Kind, right.Source));
            Assert.Equal(left.Messages, right.Messages);
            Assert.Equal(left.Tags, right.Tags);
            Assert.True((left.Variables, right.Variables) is (null, null) or ({ }, { }));
            if (left.Variables is { } variables) Assert.True(JsonElement.DeepEquals(variables, right.Variables!.Value));
            foreach (var (one, other) in left.Expect.Zip(right.Expect))
            {
                Assert.Equal(one.Name, other.Name);
                if (one is FieldEqualsCheck field) Assert.True(JsonElement.DeepEquals(field.Value, ((FieldEqualsCheck)other).Value));
            }
        }
        Assert.Equal(set.ToJsonLines(), again.ToJsonLines());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        const string Line = """{"id":"a","kind":"rare","variables":{"x":"\ud83d\ude00"},"messages":[{"role":"user","content":"é"}],"expect":[{"check":"field_equals","field":"a","value":null}],"tags":{"a":"b"}}""";
        var damaged =
            from position in Gen.Choose(0, Line.Length - 1)
            from length in Gen.Choose(0, 12)
            from filling in Gen.OneOf(Text, Gen.Elements("{", "]", "\\ud800", "\n", "null", "[[", "\uD800", ",", "\""))
            select string.Concat(Line.AsSpan(0, position), filling, Line.AsSpan(Math.Min(Line.Length, position + length)));
        Prop.ForAll(damaged.ToArbitrary(), text =>
        {
            var lines = text.Split('\n').Length;
            if (GoldenSet.Parse(Some.SetId, text) is GoldenSetResult.Refused refused)
                Assert.All(refused.Errors, error => Assert.True(error.Line is null || (error.Line <= lines && error.Column is > 0)));
            _ = EvaluationManifest.Parse(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
