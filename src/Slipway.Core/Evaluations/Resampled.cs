using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>Times, tokens, money and retries, in the set itself and in many sets drawn anew from its cases.</summary>
internal sealed class Resampled
{
    /// <summary>Below so many cases a set drawn from itself says nothing about other cases.</summary>
    public const int FewestCases = 8;

    private readonly int cases;
    private readonly List<(string Name, Func<int[], double> Candidate, Func<int[], double> Baseline, int CandidateCount, int BaselineCount, int Cases)> metrics = [];

    private Resampled(int cases) => this.cases = cases;

    public static IEnumerable<MetricEvidence> Of(MetricTally tally, int[] rank, ulong seed)
    {
        var resampled = new Resampled(rank.Length);
        foreach (var (family, values) in tally.Quantities.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var (candidate, baseline) = (new Column(values.Candidate, rank), new Column(values.Baseline, rank));
            resampled.AddFamily(family, candidate, baseline);
        }
        resampled.AddSuccesses(tally.Successes, rank);
        return resampled.Evidence(seed);
    }

    private void AddFamily(string family, Column candidate, Column baseline)
    {
        if (!MetricName.Families.Contains(family))
        {
            Add(family, column => column.Mean);
            return;
        }
        Add(MetricName.MeanOf(family), column => column.Mean);
        foreach (var percent in MetricName.Percentiles) Add(MetricName.PercentileOf(family, percent), column => weights => column.Percentile(weights, percent));

        void Add(string name, Func<Column, Func<int[], double>> of) =>
            metrics.Add((name, of(candidate), of(baseline), candidate.Count, baseline.Count, candidate.Cases));
    }

    private void AddSuccesses(List<SuccessRow> rows, int[] rank)
    {
        var (candidate, baseline) = (Side(row => row.Candidate), Side(row => row.Baseline));
        if (candidate.Known + baseline.Known > 0)
            metrics.Add((MetricName.CostPerSuccess, candidate.Value, baseline.Value, candidate.Passed, baseline.Passed, candidate.Known));

        (Func<int[], double> Value, int Known, int Passed) Side(Func<SuccessRow, Success> side)
        {
            var (cost, passed, known) = (new double[cases], new int[cases], 0);
            foreach (var row in rows)
            {
                if (side(row) is not { Cost: { } spent } success) continue;
                known++;
                (cost[rank[row.Case]], passed[rank[row.Case]]) = (spent, success.Passed);
            }
            return (weights => Ratio(weights, cost, passed), known, passed.Sum());
        }
    }

    private static double Ratio(int[] weights, double[] cost, int[] passed)
    {
        var (spent, successes) = (0.0, 0L);
        for (var index = 0; index < weights.Length; index++)
        {
            spent += weights[index] * cost[index];
            successes += weights[index] * passed[index];
        }
        return successes == 0 ? double.NaN : spent / successes;
    }

    private IEnumerable<MetricEvidence> Evidence(ulong seed)
    {
        var once = new int[cases];
        Array.Fill(once, 1);
        var draws = metrics.ConvertAll(_ => (Candidate: new double[Bootstrap.Resamples(cases)], Baseline: new double[Bootstrap.Resamples(cases)]));
        if (cases >= FewestCases)
        {
            Bootstrap.Draw(cases, seed, (resample, weights) =>
            {
                for (var metric = 0; metric < metrics.Count; metric++)
                {
                    draws[metric].Candidate[resample] = metrics[metric].Candidate(weights);
                    draws[metric].Baseline[resample] = metrics[metric].Baseline(weights);
                }
            });
        }
        return metrics.Select((metric, index) => MetricEvidence.Quantity(
            metric.Name, Value(metric.Candidate(once), metric.CandidateCount), Value(metric.Baseline(once), metric.BaselineCount), metric.Cases, draws[index]));

        static Metric? Value(double value, int count) => count == 0 || !double.IsFinite(value) ? null : new Metric(value, count);
    }

    /// <summary>The values of one side in rising order, each with the place of its case.</summary>
    private sealed class Column
    {
        private readonly int[] places;
        private readonly double[] values;

        public Column(List<(int Case, double Value)> rows, int[] rank)
        {
            (places, values) = ([.. rows.Select(row => rank[row.Case])], [.. rows.Select(row => row.Value)]);
            Array.Sort(places, values);
            Array.Sort(values, places);
            Cases = places.Distinct().Count();
        }

        public int Count => values.Length;
        public int Cases { get; }

        public double Mean(int[] weights)
        {
            var (sum, count) = (0.0, 0L);
            for (var index = 0; index < values.Length; index++)
            {
                sum += weights[places[index]] * values[index];
                count += weights[places[index]];
            }
            return count == 0 ? double.NaN : sum / count;
        }

        // The smallest value that at least so many percent of the calls kept: always one that was measured, never one in between.
        public double Percentile(int[] weights, int percent)
        {
            var count = 0L;
            foreach (var place in places) count += weights[place];
            if (count == 0) return double.NaN;
            var (wanted, seen) = ((count * percent + 99) / 100, 0L);
            for (var index = 0; ; index++)
            {
                seen += weights[places[index]];
                if (seen >= wanted) return values[index];
            }
        }
    }
}
