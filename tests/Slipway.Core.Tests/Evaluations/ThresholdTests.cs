using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData(">= 99.5%", MetricKind.Rate, ">= 99.5%")]
    [InlineData(">=0.995", MetricKind.Rate, ">= 99.5%")]
    [InlineData("0%", MetricKind.Rate, "= 0%")]
    [InlineData("= 0 %", MetricKind.Rate, "= 0%")]
    [InlineData("<1", MetricKind.Rate, "< 100%")]
    [InlineData(">= baseline - 1%", MetricKind.Rate, ">= baseline - 1pp")]
    [InlineData(">= baseline - 1pp", MetricKind.Rate, ">= baseline - 1pp")]
    [InlineData("  > baseline+0.50 pp ", MetricKind.Rate, "> baseline + 0.5pp")]
    [InlineData(">= baseline", MetricKind.Rate, ">= baseline")]
    [InlineData(">= baseline - 0pp", MetricKind.Rate, ">= baseline")]
    [InlineData("baseline", MetricKind.Quantity, "= baseline")]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, "<= baseline + 10%")]
    [InlineData("<= 800ms", MetricKind.Quantity, "<= 800ms")]
    [InlineData("<= 1.5 s", MetricKind.Quantity, "<= 1500ms")]
    [InlineData("< 0.02", MetricKind.Quantity, "< 0.02")]
    public void A_threshold_is_echoed_in_its_normal_spelling(string text, MetricKind kind, string normal)
    {
        var threshold = Some.Threshold(text, kind);
        Assert.Equal(normal, threshold.ToString());
        Assert.Equal(threshold, Some.Threshold(normal, kind));
    }

    [Theory]
    [InlineData("", MetricKind.Rate, "is not a threshold")]
    [InlineData(">=", MetricKind.Rate, "is not a threshold")]
    [InlineData("=> 5%", MetricKind.Rate, "is not a threshold")]
    [InlineData(">= -5%", MetricKind.Rate, "is not a threshold")]
    [InlineData(">= 99,5%", MetricKind.Rate, "is not a threshold")]
    [InlineData(">= ٩%", MetricKind.Rate, "is not a threshold")]
    [InlineData("<= basline + 10%", MetricKind.Quantity, "is not a threshold")]
    [InlineData(">= 99.5", MetricKind.Rate, "if 99.5% is meant, write the %")]
    [InlineData(">= 101%", MetricKind.Rate, "beyond 100%")]
    [InlineData("<= 5ms", MetricKind.Rate, "the metric is a rate")]
    [InlineData("<= 5%", MetricKind.Quantity, "the metric is a quantity")]
    [InlineData("<= baseline + 1pp", MetricKind.Quantity, "the metric is a quantity")]
    [InlineData("<= baseline + 1", MetricKind.Quantity, "without a unit")]
    [InlineData("<= baseline + 1", MetricKind.Rate, "without a unit")]
    [InlineData("<= baseline + 50ms", MetricKind.Quantity, "a margin is in percent")]
    [InlineData("<= baseline + 150%", MetricKind.Rate, "beyond 100 points")]
    [InlineData("<= 0.0000000001", MetricKind.Rate, "more than 9 after the point")]
    [InlineData("<= 99999999999999999999999999999999999999", MetricKind.Quantity, "more than 12 digits")]
    public void What_is_no_threshold_is_refused_in_one_sentence(string text, MetricKind kind, string reason)
    {
        var refused = Assert.IsType<ThresholdResult.Refused>(Threshold.Parse(text, kind));
        Assert.StartsWith($"\"{text}\" ", refused.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Reason);
    }

    [Theory]
    [InlineData(">= baseline - 1pp", MetricKind.Rate, 0.89, 0.90, true)]
    [InlineData(">= baseline - 1pp", MetricKind.Rate, 0.8899, 0.90, false)]
    [InlineData("> baseline - 1pp", MetricKind.Rate, 0.89, 0.90, false)]
    [InlineData("= baseline - 1pp", MetricKind.Rate, 0.89, 0.90, true)]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, 1210.0, 1100.0, true)]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, 1210.01, 1100.0, false)]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, 7.7, 7.0, true)]
    [InlineData("< baseline + 10%", MetricKind.Quantity, 7.7, 7.0, false)]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, 36_300_000.3, 33_000_000.272727272727, true)]
    [InlineData("0%", MetricKind.Rate, 0, null, true)]
    [InlineData("0%", MetricKind.Rate, 0.000001, null, false)]
    [InlineData(">= 99.5%", MetricKind.Rate, 199 / 200.0, null, true)]
    [InlineData(">= baseline", MetricKind.Rate, 0.9, null, false)]
    [InlineData("<= 5", MetricKind.Quantity, double.NaN, null, false)]
    [InlineData("<= baseline + 10%", MetricKind.Quantity, 5, double.NaN, false)]
    public void A_threshold_is_exact_at_its_edge(string text, MetricKind kind, double value, double? baseline, bool allowed) =>
        Assert.Equal(allowed, Some.Threshold(text, kind).Allows(value, baseline));

    [Fact]
    public void Rates_of_whole_cases_are_exact_at_every_edge()
    {
        // Every share of 300 cases and its neighbour one point below: none may fall to the rounding of doubles.
        var threshold = Some.Threshold(">= baseline - 1pp");
        for (var right = 3; right <= 300; right++)
        {
            Assert.True(threshold.Allows((right - 3) / 300.0, right / 300.0));
            if (right > 3) Assert.False(threshold.Allows((right - 4) / 300.0, right / 300.0));
        }
    }

    [Fact]
    public void The_normal_spelling_reads_back_equal()
    {
        var number = from whole in Gen.Choose(0, 999_999_999)
                     from part in Gen.Choose(0, 999_999_999)
                     from places in Gen.Choose(0, 9)
                     from small in Gen.Elements(true, false)
                     select (small ? whole % 100 : whole).ToString(CultureInfo.InvariantCulture)
                         + (places == 0 ? "" : "." + part.ToString("000000000", CultureInfo.InvariantCulture)[..places]);
        var text = from sign in Gen.Elements(">=", "<=", ">", "<", "=", "")
                   from amount in number
                   from unit in Gen.Elements("%", "pp", "ms", "s", "")
                   from form in Gen.Elements($"{amount}{unit}", $"baseline - {amount}{unit}", $"baseline+{amount} {unit}", "baseline")
                   from kind in Gen.Elements(MetricKind.Rate, MetricKind.Quantity)
                   select (Text: $"{sign} {form}", Kind: kind);
        var read = 0;
        Prop.ForAll(text.ToArbitrary(), sample =>
        {
            if (Threshold.Parse(sample.Text, sample.Kind) is not ThresholdResult.Parsed(var threshold)) return;
            read++;
            Assert.Equal(threshold, Some.Threshold(threshold.ToString(), sample.Kind));
            Assert.Equal(threshold.ToString(), Some.Threshold(threshold.ToString(), sample.Kind).ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
        Assert.True(read > 500, $"Only {read} of the texts were thresholds.");
    }
}
