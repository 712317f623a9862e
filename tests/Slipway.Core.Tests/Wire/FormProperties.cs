using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

/// <summary>The forms that are looked at by hand are these patterns, whatever the text.</summary>
public sealed class FormProperties
{
    private static readonly Regex Pattern = new("""
        ^\s* (?<operator> >=|<=|>|<|= )? \s*
        (?: (?<baseline> baseline ) (?: \s* (?<sign>[+-]) \s* (?<amount>[0-9]+(?:\.[0-9]+)?) \s* (?<unit>[a-z%]*) )?
          | (?<amount>[0-9]+(?:\.[0-9]+)?) \s* (?<unit>[a-z%]*) )
        \s*\z
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace);

    [Fact]
    public void A_prompt_name_has_its_form() => Holds<PromptName>(@"^[a-z][a-z0-9_./-]{0,119}\z", "a", "z0", "_", ".", "/", "-", "@", "A", "9", ":", " ", "\n", "\0", "é", "٣", new string('b', 118), "ß");

    [Fact]
    public void A_partial_name_has_its_form() => Holds<PartialName>(@"^[a-z][a-z0-9_./-]{0,119}\z", "a", "z0", "_", ".", "/", "-", "@", "A", "9", ":", " ", "\n", "\0", "é", "٣", new string('b', 118), "ß");

    [Fact]
    public void A_member_name_has_its_form() => Holds<MemberName>(@"^[a-z][a-z0-9._@-]{0,59}\z", "a", "z0", "_", ".", "/", "-", "@", "A", "9", ":", " ", "\n", "\0", "é", "٣", new string('b', 58), "ß");

    [Fact]
    public void A_hash_has_its_form() => Holds<ContentHash>(@"^sha256:[0-9a-f]{64}\z", "sha256:", new string('a', 32), new string('0', 32), new string('9', 31), "f", "g", "A", "\n", "٣", "SHA256:");

    [Fact]
    public void A_release_has_its_form() => Holds<ReleaseId>(@"^rel-([1-9][0-9]{0,8})\z", "rel-", "0", "1", "9", "12345", "999999", "٣", "\n", "\0", "-", "REL-");

    [Fact]
    public void A_semantic_version_has_its_form() =>
        Holds<VersionNumber>(@"^v?(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\z", "v", ".", ".", "0", "1", "10", "999999", "1.2", ".3", "٣", "\n", "\0", " ", "-");

    [Fact]
    public void A_threshold_comes_apart_as_its_pattern_says() =>
        Prop.ForAll(Texts(">", "<", "=", ">=", "<=", " ", "\t", "\u00a0", "\u2003", "\n", "\u200b", "baseline", "base", "+", "-", ".", "0", "12", "9.5", "٣", "%", "pp", "ms", "P", ",", "\0").ToArbitrary(), text =>
        {
            var match = Pattern.Match(text);
            var parse = Threshold.Parse(text, MetricKind.Rate);
            if (!match.Success)
            {
                Assert.StartsWith($"\"{text}\" is not a threshold", Assert.IsType<ThresholdResult.Refused>(parse).Reason, StringComparison.Ordinal);
                return;
            }
            string Part(string name) => match.Groups[name].Value;
            var plain = $"{Part("operator")}{Part("baseline")}{Part("sign")}{Part("amount")}{Part("unit")}";
            var expected = Threshold.Parse(plain, MetricKind.Rate);
            if (expected is ThresholdResult.Refused refused) expected = new ThresholdResult.Refused(refused.Reason.Replace($"\"{plain}\"", $"\"{text}\"", StringComparison.Ordinal));
            Assert.Equal(expected, parse);
            Assert.False(parse is ThresholdResult.Parsed { Threshold: var threshold } && threshold.NeedsBaseline != match.Groups["baseline"].Success);
            Assert.DoesNotContain("is not a threshold", (parse as ThresholdResult.Refused)?.Reason ?? "", StringComparison.Ordinal);
        }).Check(Many);

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(5_000);

    private static void Holds<T>(string pattern, params string[] pieces) where T : ITextValue<T> => Prop.ForAll(Texts(pieces).ToArbitrary(), text =>
    {
        var read = T.TryParse(text, out var value);
        Assert.Equal(Regex.IsMatch(text, pattern), read);
        if (read) Assert.Equal(text.TrimStart(typeof(T) == typeof(VersionNumber) ? 'v' : '\0'), value!.ToString());
    }).Check(Many);

    // Texts of a few pieces come near the form far more often than any text does.
    private static Gen<string> Texts(params string[] pieces) =>
        from count in Gen.Choose(0, 7)
        from chosen in Gen.Elements(pieces).ArrayOf(count)
        select string.Concat(chosen);
}
