using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Wire;

public sealed class TextValueTests
{
    public static TheoryData<Type, string> RightTexts => new()
    {
        { typeof(Share), "0%" }, { typeof(Share), "0.0001%" }, { typeof(Share), "12.5%" }, { typeof(Share), "100%" },
        { typeof(Duration), "0s" }, { typeof(Duration), "30s" }, { typeof(Duration), "10m" }, { typeof(Duration), "72h" }, { typeof(Duration), "3d" }, { typeof(Duration), "99999d" },
        { typeof(VersionNumber), "1.6.0" }, { typeof(VersionNumber), "0.0.0" }, { typeof(VersionNumber), "999999.0.10" }, { typeof(VersionNumber), "2026-03-15.3" }, { typeof(VersionNumber), "2024-02-29.1" },
        { typeof(VersionId), "support_router:v1.6.0" }, { typeof(VersionId), "a/b.c-d_e:v2026-03-15.3" },
        { typeof(PromptName), "a" }, { typeof(PromptName), "support_router" }, { typeof(PromptName), "eu/support-router.v2" }, { typeof(PromptName), "a" + new string('9', 119) },
        { typeof(MemberName), "ana" }, { typeof(MemberName), "ana.k@example.com" }, { typeof(MemberName), "x" + new string('-', 59) },
        { typeof(ReleaseId), "rel-1" }, { typeof(ReleaseId), "rel-999999999" }, { typeof(ChangeRequestId), "chg-3" },
        { typeof(EvaluationRunId), "eval-1" }, { typeof(EvaluationRunId), "eval-999999999999" }, { typeof(ReviewId), "rev-12" }, { typeof(ReviewRowId), "rev-3/12" },
        { typeof(GoldenSetId), "support_router_golden:v4" }, { typeof(RubricId), "tone:v2" }, { typeof(RubricId), "a_1:v999999999" },
        { typeof(EnvironmentName), "development" }, { typeof(EnvironmentName), "staging" }, { typeof(EnvironmentName), "production" },
        { typeof(ModelReference), "openai/gpt-4.1-2025-04-14" }, { typeof(ModelReference), "offline/offline-2026-11" }, { typeof(ModelReference), "hub/org/Model:latest" },
        { typeof(ContentHash), "sha256:" + new string('a', 64) },
    };

    public static TheoryData<Type, string> WrongTexts => new()
    {
        { typeof(Share), "" }, { typeof(Share), "10" }, { typeof(Share), "100.1%" }, { typeof(Share), "-1%" }, { typeof(Share), "1,5%" }, { typeof(Share), "0.00001%" },
        { typeof(Share), " 1%" }, { typeof(Share), "1%\n" }, { typeof(Share), "1 %" }, { typeof(Share), ".5%" }, { typeof(Share), "٣%" },
        { typeof(Duration), "" }, { typeof(Duration), "10" }, { typeof(Duration), "h" }, { typeof(Duration), "-1h" }, { typeof(Duration), "1.5h" }, { typeof(Duration), "1w" }, { typeof(Duration), "1H" },
        { typeof(Duration), "100000s" }, { typeof(Duration), "1h " }, { typeof(Duration), "1h30m" }, { typeof(Duration), "1h\n" },
        { typeof(VersionNumber), "" }, { typeof(VersionNumber), "v" }, { typeof(VersionNumber), "1.6" }, { typeof(VersionNumber), "1.6.0.0" }, { typeof(VersionNumber), "01.6.0" }, { typeof(VersionNumber), "1.6.0-rc1" },
        { typeof(VersionNumber), "vv1.6.0" }, { typeof(VersionNumber), "V1.6.0" }, { typeof(VersionNumber), "1000000.0.0" }, { typeof(VersionNumber), "2026-02-29.1" }, { typeof(VersionNumber), "2026-13-01.1" },
        { typeof(VersionNumber), "2026-03-15" }, { typeof(VersionNumber), "2026-03-15.0" }, { typeof(VersionNumber), "2026-3-15.1" }, { typeof(VersionNumber), "1.6.0\n" }, { typeof(VersionNumber), "latest" },
        { typeof(VersionId), "support_router" }, { typeof(VersionId), "support_router:" }, { typeof(VersionId), ":v1.6.0" }, { typeof(VersionId), "Support:v1.6.0" }, { typeof(VersionId), "support_router:v1.6.0:v1" },
        { typeof(PromptName), "" }, { typeof(PromptName), "Support" }, { typeof(PromptName), "1a" }, { typeof(PromptName), "a b" }, { typeof(PromptName), "a:b" }, { typeof(PromptName), "ä" }, { typeof(PromptName), "a\n" },
        { typeof(PromptName), "a" + new string('9', 120) },
        { typeof(MemberName), "" }, { typeof(MemberName), "Ana" }, { typeof(MemberName), "@ana" }, { typeof(MemberName), "ana k" }, { typeof(MemberName), "ana\n" }, { typeof(MemberName), "x" + new string('-', 60) },
        { typeof(ReleaseId), "" }, { typeof(ReleaseId), "12" }, { typeof(ReleaseId), "rel-0" }, { typeof(ReleaseId), "rel-01" }, { typeof(ReleaseId), "REL-1" }, { typeof(ReleaseId), "rel-1000000000" }, { typeof(ReleaseId), "rel--1" }, { typeof(ReleaseId), "rel-1\n" },
        { typeof(ChangeRequestId), "chg-0" }, { typeof(EvaluationRunId), "eval-" }, { typeof(EvaluationRunId), "eval-1000000000000" }, { typeof(EvaluationRunId), "eval-1 " }, { typeof(ReviewId), "rev-+1" }, { typeof(ReviewRowId), "rev-3/0" },
        { typeof(GoldenSetId), "golden" }, { typeof(GoldenSetId), "golden:4" }, { typeof(GoldenSetId), "golden:v0" },
        { typeof(RubricId), "tone" }, { typeof(RubricId), "tone:2" }, { typeof(RubricId), "tone:v0" }, { typeof(RubricId), "tone:v02" }, { typeof(RubricId), "to-ne:v2" }, { typeof(RubricId), "Tone:v2" }, { typeof(RubricId), "tone:v2\n" },
        { typeof(RubricId), "a" + new string('b', 60) + ":v1" },
        { typeof(EnvironmentName), "Production" }, { typeof(EnvironmentName), "prod" }, { typeof(EnvironmentName), "" },
        { typeof(ModelReference), "gpt-4.1" }, { typeof(ModelReference), "OpenAI/gpt" }, { typeof(ModelReference), "openai/" }, { typeof(ModelReference), "openai/a b" },
        { typeof(ContentHash), new string('a', 64) }, { typeof(ContentHash), "sha256:" + new string('A', 64) }, { typeof(ContentHash), "sha256:" + new string('a', 63) }, { typeof(ContentHash), "sha256:" + new string('a', 64) + "\n" },
    };

    [Theory]
    [MemberData(nameof(RightTexts))]
    public void A_right_text_prints_as_it_was_read_and_survives_json(Type type, string text)
    {
        var value = JsonSerializer.Deserialize(JsonSerializer.Serialize(text), type);
        Assert.Equal(text, value!.ToString());
        Assert.Equal(JsonSerializer.Serialize(text), JsonSerializer.Serialize(value, type));
        Assert.Equal(value, JsonSerializer.Deserialize(JsonSerializer.Serialize(value, type), type));
    }

    [Theory]
    [MemberData(nameof(WrongTexts))]
    public void A_wrong_text_is_refused_with_the_form_it_should_have(Type type, string text)
    {
        var exception = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(JsonSerializer.Serialize(text), type));
        Assert.Contains("it must be " + type.GetProperty("Form")!.GetValue(null), exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Share), "10")]
    [InlineData(typeof(Duration), "[]")]
    [InlineData(typeof(ReleaseId), "1")]
    [InlineData(typeof(MemberName), "{}")]
    public void What_is_no_text_is_refused(Type type, string json) => Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, type));

    [Fact]
    public void No_text_is_no_value()
    {
        Assert.False(Share.TryParse(null, out _));
        Assert.False(Duration.TryParse(null, out _));
        Assert.False(VersionNumber.TryParse(null, out _));
        Assert.False(VersionId.TryParse(null, out _));
        Assert.False(PromptName.TryParse(null, out _));
        Assert.False(MemberName.TryParse(null, out _));
        Assert.False(ReleaseId.TryParse(null, out _));
        Assert.False(GoldenSetId.TryParse(null, out _));
        Assert.False(ModelReference.TryParse(null, out _));
        Assert.False(EnvironmentName.TryParse(null, out _));
        Assert.False(ContentHash.TryParse(null, out _));
    }

    [Theory]
    [InlineData("0%", 0)]
    [InlineData("0.0001%", 1)]
    [InlineData("0.5%", 5_000)]
    [InlineData("12.5%", 125_000)]
    [InlineData("33.3333%", 333_333)]
    [InlineData("100.0000%", 1_000_000)]
    public void A_share_counts_parts_per_million(string text, int partsPerMillion)
    {
        var share = Some.Share(text);
        Assert.Equal(partsPerMillion, share.PartsPerMillion);
        Assert.Equal(share, Some.Share(share.ToString()));
    }

    [Fact]
    public void Every_share_reads_back_as_it_was_written()
    {
        for (var parts = 0; parts <= 1_000_000; parts += 37)
        {
            var share = Some.Share((parts / 10_000m).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture) + "%");
            Assert.Equal((parts, share), (share.PartsPerMillion, Some.Share(share.ToString())));
        }
    }

    [Fact]
    public void Shares_have_an_order()
    {
        var (small, large) = (Some.Share("9.5%"), Some.Share("10%"));
        Assert.True(small < large && large > small && small <= large && large >= small && small.CompareTo(large) < 0 && large <= Share.All);
        Assert.False(large <= small || small >= large);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("72h", 259_200)]
    [InlineData("3d", 259_200)]
    public void A_duration_has_its_length(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Some.Parse<Duration>(text).Value);

    [Fact]
    public void A_version_is_read_with_or_without_its_v()
    {
        Assert.Equal(Some.Parse<VersionNumber>("1.6.0"), Some.Parse<VersionNumber>("v1.6.0"));
        Assert.Equal(Some.Parse<VersionNumber>("2026-03-15.3"), Some.Parse<VersionNumber>("v2026-03-15.3"));
        Assert.Equal(Some.Parse<VersionId>("support_router:v1.6.0"), Some.Parse<VersionId>("support_router:1.6.0"));
        Assert.Equal("1.6.0", Some.Parse<VersionNumber>("v1.6.0").ToString());
    }

    [Theory]
    [InlineData("1.6.0", "1.10.0")]
    [InlineData("1.6.9", "1.7.0")]
    [InlineData("9.9.9", "10.0.0")]
    [InlineData("2026-03-15.3", "2026-03-15.10")]
    [InlineData("2025-12-31.9", "2026-01-01.1")]
    public void Versions_are_ordered_by_their_numbers_and_not_their_letters(string older, string newer)
    {
        var (left, right) = (Some.Parse<VersionNumber>(older), Some.Parse<VersionNumber>(newer));
        Assert.True(left < right && right > left && left <= right && right >= left);
        Assert.Equal(left.Scheme, right.Scheme);
    }

    [Fact]
    public void The_scheme_of_a_version_is_seen_from_its_number() => Assert.Equal(
        (VersionScheme.Semantic, VersionScheme.Calendar), (Some.Parse<VersionNumber>("1.6.0").Scheme, Some.Parse<VersionNumber>("2026-03-15.3").Scheme));

    [Fact]
    public void A_hash_is_the_sha_256_of_the_bytes()
    {
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ContentHash.Of([]).Value);
        Assert.Equal("ba7816bf8f01", ContentHash.Of("abc"u8).Abbreviated);
    }
}
