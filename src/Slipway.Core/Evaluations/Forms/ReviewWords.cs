using System.Globalization;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>What all forms of a report say of people's reviews, in the same words.</summary>
public static class ReviewWords
{
    /// <summary>The heading above all reviews of a report.</summary>
    public const string Heading = "People's scores";

    /// <summary>Which review it is, how much was scored, and by whom.</summary>
    public static string Title(ReviewOutcome review)
    {
        ArgumentNullException.ThrowIfNull(review);
        var by = review.Rubric is null ? "" : $" by {review.Rubric}";
        if (review.Figures is not { } figures) return $"{review.Review}{by}: what people said {review.Erased ?? "is gone"}";
        return $"{review.Review}{by}: {(figures.Scored == figures.Rows ? Rows(figures.Rows) : string.Create(CultureInfo.InvariantCulture, $"{figures.Scored} of {Rows(figures.Rows)}"))} scored by {Names(figures)}";
    }

    /// <summary>The headings of <see cref="Table"/>.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["", "baseline", "candidate", "difference"];

    /// <summary>Both sides beside each other; empty where two answers were compared, or no row that chance drew was scored.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Table(ReviewOutcome review)
    {
        ArgumentNullException.ThrowIfNull(review);
        if (review is not { Figures: { Candidate: { } candidate } figures, Scale: { Steps: [{ } worst, .., { } best] } }) return [];
        var baseline = figures.Baseline;
        return
        [
            ["answers that pass", baseline is null ? "" : Rate(baseline.PassRate, baseline.PassInterval), Rate(candidate.PassRate, candidate.PassInterval), figures.Difference is { } difference ? Change(difference) : ""],
            [string.Create(CultureInfo.InvariantCulture, $"mean score ({worst.Score} {worst.Label} to {best.Score} {best.Label})"), baseline is null ? "" : Mean(baseline), Mean(candidate), baseline is null ? "" : (candidate.Mean - baseline.Mean).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)],
        ];
    }

    /// <summary>What else there is to say, a sentence each.</summary>
    public static IEnumerable<string> Sentences(ReviewOutcome review)
    {
        ArgumentNullException.ThrowIfNull(review);
        if (review is not { Figures: { } figures, Scale: { } scale }) yield break;
        yield return $"People were asked, without knowing whose answer it was: {scale.Question}";
        if (figures.Candidate is { } side) yield return string.Create(CultureInfo.InvariantCulture, $"The figures are those of {ReportWords.Cases(side.Cases)} that chance drew; in brackets where they would lie on all cases, each end being wrong once in twenty.");
        if (figures.Preference is { } preference)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"The sides answer differently in {preference.Differing * 100:0.#}% of the run. There people prefer the candidate in {Rate(preference.Share, preference.Interval)} of comparisons on {ReportWords.Cases(preference.Cases)} that chance drew, a tie counting half and 50% being equal: {Counts(preference.Counts)}.");
        }
        if (figures.Worst is { } worst)
        {
            var said = worst.Preferred is { } counts ? Counts(counts)
                : string.Create(CultureInfo.InvariantCulture, $"{worst.CandidatePassed} of {worst.CandidateScores} scores of the candidate's answers pass{(worst.BaselineScores == 0 ? "" : $" and {worst.BaselinePassed} of {worst.BaselineScores} of the baseline's")}");
            yield return $"On {Rows(worst.Rows)} that differ{(worst.Rows == 1 ? "s" : "")} worst, a choice and no sample: {said}.";
        }
        yield return Agreement(figures);
        if (figures.Judge is { } judge) yield return Judge(judge, scale);
    }

    private static string Agreement(ReviewFigures figures) => figures.Agreement switch
    {
        null when figures.People.Length < 2 => "One person scored, so nobody knows how far others would agree.",
        null => "No row was scored by two people, so nobody knows how far they agree.",
        { } known => string.Create(CultureInfo.InvariantCulture, $"{Rows(known.Rows)} {(known.Rows == 1 ? "was" : "were")} scored by more than one of {known.People} people: two of them agree on {known.Same * 100:0.#}%")
            + (known.Kappa is { } kappa ? string.Create(CultureInfo.InvariantCulture, $", Cohen's kappa {kappa:0.00}") : ", too much alike for a kappa")
            + (known.WeightedKappa is { } weighted ? string.Create(CultureInfo.InvariantCulture, $" and {weighted:0.00} over the whole scale.") : "."),
    };

    private static string Judge(JudgeWithPeople judge, ReviewScale scale)
    {
        var leaning = judge.Bias == 0 ? "it leans to neither side" : string.Create(CultureInfo.InvariantCulture,
            $"it is {Math.Abs(judge.Bias):0.##} steps {(scale.Compares ? judge.Bias > 0 ? "further on the candidate's side" : "further on the baseline's side" : judge.Bias > 0 ? "kinder" : "stricter")} than they are");
        return string.Create(CultureInfo.InvariantCulture, $"The run's judge scored {Rows(judge.Rows)} of these too and says what people say in {judge.Same * 100:0.#}% of scores")
            + (judge.Kappa is { } kappa ? string.Create(CultureInfo.InvariantCulture, $", Cohen's kappa {kappa:0.00}") : "")
            + (judge.WeightedKappa is { } weighted ? string.Create(CultureInfo.InvariantCulture, $" and {weighted:0.00} over the whole scale") : "") + $"; {leaning}.";
    }

    private static string Counts(PreferenceCounts counts) => string.Create(CultureInfo.InvariantCulture, $"{counts.Wins} times the candidate, {counts.Ties} times neither, {counts.Losses} times the baseline");

    private static string Rows(int rows) => rows == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{rows} rows");

    private static string Names(ReviewFigures figures) => figures.People.Length == 1 ? figures.People[0].Name.Value
        : $"{string.Join(", ", figures.People.Take(figures.People.Length - 1).Select(one => one.Name.Value))} and {figures.People[^1].Name}";

    private static string Rate(double value, Interval interval) => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.0}% ({interval.Low * 100:0.0}% … {interval.High * 100:0.0}%)");

    private static string Mean(ReviewedSide side) =>
        side.Mean.ToString("0.00", CultureInfo.InvariantCulture) + (side.MeanInterval is { } interval ? string.Create(CultureInfo.InvariantCulture, $" ({interval.Low:0.00} … {interval.High:0.00})") : "");

    private static string Change(MetricDifference difference) =>
        $"{Points(difference.Value)}{(difference.Interval is { } interval ? $" ({Points(interval.Low)} … {Points(interval.High)})" : "")}";

    private static string Points(double change) => (change * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " pp";
}
