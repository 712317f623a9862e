using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>What people's scores come to.</summary>
/// <param name="Rows">How many rows the review has.</param>
/// <param name="Scored">How many of them somebody scored.</param>
/// <param name="Scores">How many scores there are.</param>
/// <param name="People">Who scored, and how many rows each, by name.</param>
public sealed record ReviewFigures(int Rows, int Scored, int Scores, ImmutableArray<ReviewScorer> People)
{
    /// <summary>The candidate's answers by the scale, on what chance drew; null where two answers were compared, or none was scored.</summary>
    public ReviewedSide? Candidate { get; init; }

    /// <summary>The baseline's, on the same cases; null likewise, and without a baseline.</summary>
    public ReviewedSide? Baseline { get; init; }

    /// <summary>By how much the candidate's pass rate is above the baseline's, case by case; null as <see cref="Baseline"/>.</summary>
    public MetricDifference? Difference { get; init; }

    /// <summary>How often the candidate's answer is preferred where the two differ, on what chance drew; null where no answers were compared.</summary>
    public ReviewPreference? Preference { get; init; }

    /// <summary>What people said of the rows that differ worst: a count, and no rate of anything; null where there is none.</summary>
    public WorstRows? Worst { get; init; }

    /// <summary>How far people agree with each other; null where no row was scored by two.</summary>
    public ReviewAgreement? Agreement { get; init; }

    /// <summary>How far the run's judge of the same rubric agrees with them; null where it scored none of the rows.</summary>
    public JudgeWithPeople? Judge { get; init; }

    /// <summary>Counts results.</summary>
    public static ReviewFigures Of(ReviewResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new ReviewTally(results).Figures();
    }
}

/// <summary>Somebody who scored.</summary>
/// <param name="Name">Who.</param>
/// <param name="Rows">How many rows.</param>
public sealed record ReviewScorer(MemberName Name, int Rows);

/// <summary>One side's answers by the scale. The case is the unit: several people's scores of it are averaged.</summary>
/// <param name="Cases">On how many cases.</param>
/// <param name="PassRate">The share of scores that pass, 0 to 1.</param>
/// <param name="PassInterval">Where it would lie on all cases.</param>
/// <param name="Mean">The mean score.</param>
/// <param name="MeanInterval">Where it would lie on all cases; null below eight, which say too little.</param>
public sealed record ReviewedSide(int Cases, double PassRate, Interval PassInterval, double Mean, Interval? MeanInterval);

/// <summary>Which of two answers people prefer.</summary>
/// <param name="Cases">On how many cases.</param>
/// <param name="Share">The share of comparisons that the candidate wins, a tie counting half; 0.5 is equal.</param>
/// <param name="Interval">Where it would lie on all cases in which the sides differ.</param>
/// <param name="Counts">The scores behind it.</param>
/// <param name="Differing">The share of all the run's pairs of answers in which the sides differ at all.</param>
public sealed record ReviewPreference(int Cases, double Share, Interval Interval, PreferenceCounts Counts, double Differing);

/// <summary>How often each was preferred.</summary>
/// <param name="Wins">The candidate.</param>
/// <param name="Ties">Neither.</param>
/// <param name="Losses">The baseline.</param>
public sealed record PreferenceCounts(int Wins, int Ties, int Losses);

/// <summary>What people said of the rows that differ worst.</summary>
/// <param name="Rows">How many of them were scored.</param>
/// <param name="CandidatePassed">Scores of the candidate's answers that pass.</param>
/// <param name="CandidateScores">Of how many.</param>
/// <param name="BaselinePassed">Scores of the baseline's answers that pass.</param>
/// <param name="BaselineScores">Of how many.</param>
/// <param name="Preferred">Which was preferred; null where answers were scored one by one, and the other counts are 0 where they were compared.</param>
public sealed record WorstRows(int Rows, int CandidatePassed, int CandidateScores, int BaselinePassed, int BaselineScores, PreferenceCounts? Preferred);

/// <summary>How far people agree on the rows that several of them scored.</summary>
/// <param name="People">How many people that is.</param>
/// <param name="Rows">How many such rows there are.</param>
/// <param name="Same">The share of pairs of scores that agree: on pass or fail, or on which answer is better.</param>
/// <param name="Kappa">Cohen's kappa of the same; the mean over every two people who share rows; null where chance alone would always agree.</param>
/// <param name="WeightedKappa">Over the whole scale, with quadratic weights; null likewise.</param>
public sealed record ReviewAgreement(int People, int Rows, double Same, double? Kappa, double? WeightedKappa);

/// <summary>How far a judge says what people say of the same answers.</summary>
/// <param name="Rows">How many rows both scored.</param>
/// <param name="Same">The share of people's scores that the judge agrees with: on pass or fail, or on which answer is better.</param>
/// <param name="Kappa">Cohen's kappa of the same, the mean over the people; null where chance alone would always agree.</param>
/// <param name="WeightedKappa">Over the whole scale, with quadratic weights; null likewise.</param>
/// <param name="Bias">By how many steps of the scale the judge is above people, on average; below 0 it is stricter. Of two answers, how far it leans to the candidate.</param>
public sealed record JudgeWithPeople(int Rows, double Same, double? Kappa, double? WeightedKappa, double Bias);
