using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>The metrics of one side. A metric without data has no row.</summary>
/// <param name="Rows">By name, in ordinal order.</param>
public sealed record MetricTable(ImmutableSortedDictionary<string, Metric> Rows)
{
    private static readonly ImmutableArray<int> Percentiles = [50, 95, 99];

    /// <summary>A metric; null where there is no data for it.</summary>
    public Metric? this[string name] => Rows.GetValueOrDefault(name);

    /// <summary>Counts the outcomes of one side.</summary>
    /// <remarks>A failed call counts as wrong in every rate of its case and as an error, and has no latency: how long a failure took says
    /// nothing about how long an answer takes, and the error rate has a gate of its own.</remarks>
    public static MetricTable Of(ImmutableArray<CaseOutcome> outcomes)
    {
        var rows = ImmutableSortedDictionary.CreateBuilder<string, Metric>(StringComparer.Ordinal);
        AddRate(MetricName.ErrorRate, outcomes.Select(outcome => outcome.Answer.Error is not null));

        var judged = outcomes.SelectMany(outcome => outcome.Case.Expect.Zip(outcome.Results,
            (check, result) => (Outcome: outcome, Check: check, result.Passed))).ToList();
        AddRate(MetricName.SchemaPassRate, judged.Where(one => one.Check is SchemaCheck).Select(one => one.Passed));

        var compared = judged.Where(one => one.Check is FieldEqualsCheck)
            .Select(one => (one.Outcome, ((FieldEqualsCheck)one.Check).Field, one.Passed)).ToList();
        foreach (var field in compared.GroupBy(one => one.Field, StringComparer.Ordinal))
            AddRate(MetricName.AccuracyOf(field.Key), EveryOne(field));
        AddRate(MetricName.Accuracy, EveryOne(compared));

        AddLatencies([.. outcomes.Where(outcome => outcome.Answer.Error is null).Select(outcome => outcome.Answer.Latency.TotalMilliseconds).Order()]);
        return new MetricTable(rows.ToImmutable());

        // A case counts once, and is right where all of it is right.
        static IEnumerable<bool> EveryOne(IEnumerable<(CaseOutcome Outcome, string Field, bool Passed)> comparisons) =>
            comparisons.GroupBy(one => one.Outcome, ReferenceEqualityComparer.Instance).Select(ofCase => ofCase.All(one => one.Passed));

        void AddRate(string name, IEnumerable<bool> hits)
        {
            var (count, hit) = hits.Aggregate((Count: 0, Hit: 0), (sum, one) => (sum.Count + 1, sum.Hit + (one ? 1 : 0)));
            if (count > 0) rows[name] = new Metric((double)hit / count, count);
        }

        void AddLatencies(ImmutableArray<double> sorted)
        {
            if (sorted.IsEmpty) return;
            rows[MetricName.MeanLatency] = new Metric(sorted.Average(), sorted.Length);
            foreach (var percent in Percentiles) rows[MetricName.LatencyPercentile(percent)] = new Metric(NearestRank(sorted, percent), sorted.Length);
        }
    }

    // The smallest time that at least so many percent of the answers kept: always a time that was measured, never one in between.
    private static double NearestRank(ImmutableArray<double> sorted, int percent) => sorted[(int)(((long)sorted.Length * percent + 99) / 100) - 1];
}

/// <summary>The value of a metric and how much stands behind it.</summary>
/// <param name="Value">A rate from 0 to 1, or a quantity in the metric's unit.</param>
/// <param name="Count">How many cases or calls were counted; at least 1.</param>
public sealed record Metric(double Value, int Count);
