using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>Counts the scores of a review.</summary>
internal sealed class ReviewTally
{
    private readonly ReviewResults results;
    private readonly ImmutableArray<Score> scores;

    public ReviewTally(ReviewResults results)
    {
        this.results = results;
        scores = [.. results.Rows.SelectMany(row => row.Scores.Select(score => Read(row.Row, score)))];
    }

    public ReviewFigures Figures()
    {
        var random = scores.Where(score => score.Row.Part == ReviewPart.Random).ToList();
        var compares = results.Scale.Compares;
        var (candidate, baseline) = compares ? ([], []) : (Cases(random, ReviewSide.Candidate), Cases(random, ReviewSide.Baseline));
        return new ReviewFigures(results.Rows.Length, results.Rows.Count(row => !row.Scores.IsEmpty), scores.Length,
            [.. scores.GroupBy(score => score.By).Select(one => new ReviewScorer(one.Key, one.Count())).OrderBy(one => one.Name.Value, StringComparer.Ordinal)])
        {
            Candidate = Side(candidate),
            Baseline = Side(baseline),
            Difference = Difference(candidate, baseline),
            Preference = compares ? Preference(random) : null,
            Worst = Worst([.. scores.Where(score => score.Row.Part == ReviewPart.Worst)]),
            Agreement = Agreement(),
            Judge = Judge(),
        };
    }

    // A row with two answers says how much better the candidate's is: 1, 0 or -1. Its place is on a scale on which a higher one is better for the candidate.
    private Score Read(ReviewRow row, RowScore score)
    {
        var place = results.Scale.PlaceOf(score.Label) ?? throw new InvalidOperationException($"The scale of {results.Review} has no \"{score.Label}\".");
        var value = results.Scale.Steps[place].Score;
        if (results.Scale.Pass is { } pass) return new Score(row, score.By, value, place, value >= pass ? 1 : 0);
        var better = row.First == ReviewSide.Candidate ? value : -value;
        return new Score(row, score.By, better, better + 1, better + 1);
    }

    private static SortedDictionary<string, List<Score>> Cases(List<Score> random, ReviewSide side) => new(
        random.Where(score => score.Row.First == side || score.Row.First == ReviewSide.Both).GroupBy(score => score.Row.CaseId, StringComparer.Ordinal)
            .ToDictionary(one => one.Key, one => one.ToList(), StringComparer.Ordinal), StringComparer.Ordinal);

    private ReviewedSide? Side(SortedDictionary<string, List<Score>> cases)
    {
        if (cases.Count == 0) return null;
        Share[] shares = [.. cases.Values.Select(Passes)];
        double[] means = [.. cases.Values.Select(one => one.Average(score => score.Value))];
        var draws = new double[Bootstrap.Resamples(means.Length)];
        Bootstrap.Draw(means.Length, (ulong)results.Seed, (resample, weights) => draws[resample] = means.Select((mean, index) => mean * weights[index]).Sum() / means.Length);
        return new ReviewedSide(cases.Count, RateSample.Mean(shares), RateSample.Interval(shares), means.Average(), MetricEvidence.Interval(draws, means.Length));
    }

    private MetricDifference? Difference(SortedDictionary<string, List<Score>> candidate, SortedDictionary<string, List<Score>> baseline)
    {
        if (results.Baseline is null) return null;
        ImmutableArray<(Share, Share)> pairs = [.. candidate.Where(one => baseline.ContainsKey(one.Key)).Select(one => (Passes(one.Value), Passes(baseline[one.Key])))];
        return pairs.IsEmpty ? null : new PairedRates(pairs) is var rates ? new MetricDifference(rates.Mean, rates.Interval()) : null;
    }

    // Of each case the share that the candidate wins less the share that it loses: half of it above one half is the share with ties counting half.
    private ReviewPreference? Preference(List<Score> random)
    {
        ImmutableArray<(Share, Share)> pairs =
        [
            .. random.GroupBy(score => score.Row.CaseId, StringComparer.Ordinal).OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => (new Share(one.Count(score => score.Value > 0), one.Count()), new Share(one.Count(score => score.Value < 0), one.Count()))),
        ];
        if (pairs.IsEmpty) return null;
        var rates = new PairedRates(pairs);
        var interval = rates.Interval();
        return new ReviewPreference(pairs.Length, Half(rates.Mean), new Interval(Half(interval.Low), Half(interval.High)), Counts(random), results.Pairs == 0 ? 0 : (double)results.Differing / results.Pairs);

        static double Half(double difference) => (1 + difference) / 2;
    }

    private WorstRows? Worst(List<Score> worst)
    {
        if (worst.Count == 0) return null;
        var rows = worst.Select(score => score.Row.Number).Distinct().Count();
        if (results.Scale.Compares) return new WorstRows(rows, 0, 0, 0, 0, Counts(worst));
        var (candidate, baseline) = (worst.Where(score => score.Row.First != ReviewSide.Baseline).ToList(), worst.Where(score => score.Row.First != ReviewSide.Candidate).ToList());
        return new WorstRows(rows, candidate.Sum(score => score.Outcome), candidate.Count, baseline.Sum(score => score.Outcome), baseline.Count, null);
    }

    private ReviewAgreement? Agreement()
    {
        var shared = results.Rows.Where(row => row.Scores.Length > 1).Select(row => row.Scores.Select(score => Read(row.Row, score)).ToList()).ToList();
        if (shared.Count == 0) return null;
        var two = shared.SelectMany(row => row.SelectMany((left, index) => row.Skip(index + 1).Select(right => string.CompareOrdinal(left.By.Value, right.By.Value) < 0 ? (left, right) : (left: right, right: left))))
            .GroupBy(pair => (pair.left.By, pair.right.By)).ToList();
        return new ReviewAgreement(shared.SelectMany(row => row).Select(score => score.By).Distinct().Count(), shared.Count,
            two.SelectMany(pairs => pairs).Average(pair => pair.left.Outcome == pair.right.Outcome ? 1.0 : 0),
            Mean(two.Select(pairs => CohenKappa.Of([.. pairs.Select(pair => (pair.left.Outcome, pair.right.Outcome))], results.Scale.Compares ? 3 : 2))),
            Mean(two.Select(pairs => CohenKappa.Weighted([.. pairs.Select(pair => (pair.left.Place, pair.right.Place))], results.Scale.Steps.Length))));

        static double? Mean(IEnumerable<double?> kappas) => kappas.Average();
    }

    // Each person beside the judge, as if these were the two.
    private JudgeWithPeople? Judge()
    {
        var both = results.Rows.Where(row => row.Judge is not null && !row.Scores.IsEmpty)
            .SelectMany(row => row.Scores.Select(score => (Person: Read(row.Row, score), Judge: Read(row.Row, new RowScore(score.By, row.Judge!))))).ToList();
        if (both.Count == 0) return null;
        var people = both.GroupBy(pair => pair.Person.By).ToList();
        return new JudgeWithPeople(both.Select(pair => pair.Person.Row.Number).Distinct().Count(), both.Average(pair => pair.Person.Outcome == pair.Judge.Outcome ? 1.0 : 0),
            people.Average(pairs => CohenKappa.Of([.. pairs.Select(pair => (pair.Person.Outcome, pair.Judge.Outcome))], results.Scale.Compares ? 3 : 2)),
            people.Average(pairs => CohenKappa.Weighted([.. pairs.Select(pair => (pair.Person.Place, pair.Judge.Place))], results.Scale.Steps.Length)),
            both.Average(pair => pair.Judge.Place - pair.Person.Place));
    }

    private static Share Passes(List<Score> scores) => new(scores.Sum(score => score.Outcome), scores.Count);

    private static PreferenceCounts Counts(List<Score> scores) => new(scores.Count(score => score.Value > 0), scores.Count(score => score.Value == 0), scores.Count(score => score.Value < 0));

    /// <summary>One person's score of a row.</summary>
    /// <param name="Row">The row.</param>
    /// <param name="By">Who.</param>
    /// <param name="Value">The score; of two answers how much better the candidate's is.</param>
    /// <param name="Place">Its place among the steps, from 0.</param>
    /// <param name="Outcome">1 for pass and 0 for fail; of two answers the same as the place.</param>
    private readonly record struct Score(ReviewRow Row, MemberName By, int Value, int Place, int Outcome);
}
