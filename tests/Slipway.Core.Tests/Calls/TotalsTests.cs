using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Calls;

public sealed class TotalsTests
{
    // From a billionth of a dollar to days in milliseconds, whole numbers and nothing at all among them.
    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Choose(-80, 120).Select(power => Math.Pow(1.18, power)), Gen.Choose(0, 5_000).Select(whole => (double)whole), Gen.Constant(0d), Gen.Choose(1, 1_000_000).Select(part => part / 1_000d));

    private static readonly Arbitrary<double[]> Values = Value.NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void A_quantile_is_within_one_percent_of_the_exact_one() => Prop.ForAll(Values, Gen.Choose(1, 1_000).Select(share => share / 1_000d).ToArbitrary(), (values, share) =>
    {
        var exact = values.Order().ElementAt((int)Math.Ceiling(share * values.Length) - 1);
        Assert.InRange(Of(values).Quantile(share)!.Value, exact * (1 - LogHistogram.RelativeError) - 1e-9, exact * (1 + LogHistogram.RelativeError) + 1e-9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Histograms_add_up_to_the_histogram_of_all_and_can_be_taken_away_again() => Prop.ForAll(Values, Values, (left, right) =>
    {
        var sum = Of(left);
        sum.Add(Of(right));
        Assert.Equal(Of([.. left, .. right]), sum);
        Assert.Equal(left.Length + right.Length, sum.Count);
        sum.Add(Of(right), times: -1);
        Assert.Equal(Of(left), sum);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_histogram_reads_back_as_it_was_written() => Prop.ForAll(Values, values =>
    {
        var read = new LogHistogram();
        read.AddJson(Encoding.UTF8.GetBytes(Of(values).ToJson()));
        Assert.Equal(Of(values), read);
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(read.ToJson()).ValueKind);
    }).QuickCheckThrowOnFailure();

    // Stored numbers keep their meaning: whoever changes the buckets breaks every log there is.
    [Theory]
    [InlineData(0, -2000)]
    [InlineData(1e-9, -2000)]
    [InlineData(1e-6, -690)]
    [InlineData(1, 0)]
    [InlineData(100, 231)]
    [InlineData(12.5, 127)]
    public void The_buckets_are_fixed_for_ever(double value, int bucket) => Assert.Equal(bucket, LogHistogram.BucketOf(value));

    [Fact]
    public void What_is_no_number_is_not_counted()
    {
        Assert.Null(Of([double.NaN, -1]).Quantile(0.5));
        Assert.Equal("{}", new LogHistogram().ToJson());
        Assert.Throws<FormatException>(() => new LogHistogram().AddJson("{\"a"u8));
    }

    [Theory]
    [InlineData(1_000, 0, 1_000, "0.0125")]
    [InlineData(1_000, 400, 1_000, "0.0115")]
    [InlineData(1_000, 2_000, 0, "0")]
    [InlineData(1_000, null, 0, "0.0025")]
    [InlineData(0, 0, 0, "0")]
    public void A_call_costs_what_the_catalog_says(int input, int? cached, int output, string expected)
    {
        var prices = new ModelPrices(2.5m, 0m, 10m);
        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), CallCost.Of(prices, input, cached, output));
    }

    [Fact]
    public void What_is_unknown_is_never_free()
    {
        var prices = new ModelPrices(2.5m, null, 10m);
        Assert.Null(CallCost.Of(null, 1, 0, 1));
        Assert.Null(CallCost.Of(prices, null, 0, 1));
        Assert.Null(CallCost.Of(prices, 1, 0, null));
        Assert.Equal(0.00001m, CallCost.Of(prices, 4, 4, 0));      // without a price of its own, what was cached costs the same
        Assert.Null(CallMetrics.Of(null, null, null, Totals(Call())).Cost);
    }

    [Fact]
    public void A_success_is_an_answer_that_kept_its_contract_and_whose_task_nobody_said_had_failed()
    {
        Assert.True(CallTotals.Succeeded(Call(), null));
        Assert.True(CallTotals.Succeeded(Call(), new CallOutcomeDocument("t", Escalated: true)));
        Assert.All((CallRecord[])[Call() with { Error = "No." }, Call() with { SchemaValid = false }, Call() with { ToolCallsValid = false }, Call() with { Refused = true }, Call() with { FinishReason = "length" }, Call() with { Abandoned = true }],
            call => Assert.False(CallTotals.Succeeded(call, new CallOutcomeDocument("t", TaskSuccess: true))));
        Assert.False(CallTotals.Succeeded(Call(), new CallOutcomeDocument("t", TaskSuccess: false)));
    }

    [Fact]
    public void Who_went_away_counts_in_no_rate_but_in_what_it_cost()
    {
        var metrics = CallMetrics.Of("1.0.0", null, null, Totals(Call() with { Abandoned = true, Cost = 0.5m, InputTokens = 10 }, Call() with { Cost = 0.25m, InputTokens = 30, LatencyMs = 20 }, Call() with { Error = "No.", Cost = null }));
        Assert.True(metrics is { Calls: 2, Abandoned: 1, Successes: 1, SuccessRate: 0.5, Errors: 1, Priced: 2, Cost: 0.75m, CostPerCall: 0.375m, CostPerSuccess: 0.75m, InputTokens: 40 });
        Assert.InRange(metrics.LatencyMs!.P99, 19.8, 20.2);
        Assert.Null(metrics.TimeToFirstTokenMs);
    }

    private static LogHistogram Of(double[] values)
    {
        var histogram = new LogHistogram();
        foreach (var value in values) histogram.Add(value);
        return histogram;
    }

    private static CallTotals Totals(params CallRecord[] calls)
    {
        var totals = new CallTotals();
        foreach (var call in calls) totals.Add(call, null);
        return totals;
    }

    private static CallRecord Call() => new()
    {
        TraceId = "t",
        StartedAt = default,
        Environment = EnvironmentName.Production,
        Provider = "offline",
        Model = "m",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 1,
        SchemaValid = true,
        FinishReason = "stop",
    };
}
