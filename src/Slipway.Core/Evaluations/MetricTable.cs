using System.Collections.Immutable;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>All that is known of the metrics of an evaluation. A metric without data has no row.</summary>
internal sealed class MetricTable
{
    private readonly SortedDictionary<string, MetricEvidence> rows = new(StringComparer.Ordinal);

    /// <summary>A metric; null where neither side has data for it.</summary>
    public MetricEvidence? this[string name] => rows.GetValueOrDefault(name);

    /// <summary>All of them, by name.</summary>
    public IEnumerable<MetricEvidence> Rows => rows.Values;

    /// <summary>Works out the metrics of what was counted.</summary>
    /// <param name="tally">The counts.</param>
    /// <param name="rank">The place of each case in an order that does not depend on who answered first.</param>
    /// <param name="seed">What the random draws start from.</param>
    public static MetricTable Of(MetricTally tally, int[] rank, ulong seed)
    {
        var table = new MetricTable();
        foreach (var (name, rows) in tally.Rates())
        {
            rows.Sort((left, right) => rank[left.Case].CompareTo(rank[right.Case]));
            table.rows[name] = MetricEvidence.Rate(name, rows);
        }
        foreach (var quantity in Resampled.Of(tally, rank, seed)) table.rows[quantity.Name] = quantity;
        return table;
    }
}

/// <summary>The value of a metric and how much stands behind it.</summary>
/// <param name="Value">A rate from 0 to 1, or a quantity in the metric's unit.</param>
/// <param name="Count">How many cases (rates) or calls (quantities) were counted; at least 1.</param>
public sealed record Metric(double Value, int Count)
{
    /// <summary>Where the value would lie on all the traffic that such cases stand for; null where too little is known, and in old reports.</summary>
    public Interval? Interval { get; init; }
}

/// <summary>One metric of both sides, with what is needed to judge it.</summary>
internal sealed class MetricEvidence
{
    private MetricEvidence(string name) => Name = name;

    public string Name { get; }
    public Metric? Candidate { get; private init; }
    public Metric? Baseline { get; private init; }

    /// <summary>How many cases the candidate's value comes from.</summary>
    public int Cases { get; private init; }

    /// <summary>The cases in which both sides have data for a rate; null for a quantity, or without such cases.</summary>
    public PairedRates? Pairs { get; private init; }

    /// <summary>How far another run on the same cases may move a rate, as repeats show it; 0 for a quantity.</summary>
    public double RunNoise { get; private init; }

    /// <summary>How often each case was asked, on average.</summary>
    public double Repeats { get; private init; } = 1;

    /// <summary>What a quantity came to in each set that was drawn anew; empty for a rate.</summary>
    public (double[] Candidate, double[] Baseline) Draws { get; private init; } = ([], []);

    public static MetricEvidence Rate(string name, List<RateRow> rows)
    {
        Share[] candidate = [.. rows.Select(row => row.Candidate).Where(share => share.Repeats > 0)];
        Share[] baseline = [.. rows.Select(row => row.Baseline).Where(share => share.Repeats > 0)];
        ImmutableArray<(Share Candidate, Share Baseline)> pairs = [.. rows.Where(row => row.Candidate.Repeats > 0 && row.Baseline.Repeats > 0).Select(row => (row.Candidate, row.Baseline))];
        return new MetricEvidence(name)
        {
            Candidate = Of(candidate),
            Baseline = Of(baseline),
            Cases = candidate.Length,
            Pairs = pairs.IsEmpty ? null : new PairedRates(pairs),
            RunNoise = candidate.Length == 0 ? 0 : RateSample.RunNoise(candidate),
            Repeats = candidate.Length == 0 ? 1 : candidate.Average(share => share.Repeats),
        };

        static Metric? Of(Share[] shares) => shares.Length == 0 ? null : new Metric(RateSample.Mean(shares), shares.Length) { Interval = RateSample.Interval(shares) };
    }

    public static MetricEvidence Quantity(string name, Metric? candidate, Metric? baseline, int cases, (double[] Candidate, double[] Baseline) draws) => new(name)
    {
        Candidate = candidate is null ? null : candidate with { Interval = Interval(draws.Candidate, cases) },
        Baseline = baseline is null ? null : baseline with { Interval = Interval(draws.Baseline, cases) },
        Cases = cases,
        Draws = draws,
    };

    /// <summary>Where something lies that each drawn set gives; null where the set is too small to be drawn from.</summary>
    public static Interval? Interval(double[] draws, int cases) => cases < Resampled.FewestCases ? null : Bootstrap.Interval(draws);
}
