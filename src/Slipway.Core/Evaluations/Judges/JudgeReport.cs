using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What a judge was in an evaluation, and how far it can be trusted; its figures stand among the metrics.</summary>
/// <param name="Rubric">Which version of which rubric.</param>
/// <param name="Content">The rubric's hash.</param>
/// <param name="Judge">The hash of the package that scored.</param>
/// <param name="Model">The model that judged, dated.</param>
/// <param name="Hash">See <see cref="CalibratedJudge.Hash"/>.</param>
/// <param name="Calibration">How far it agrees with people.</param>
/// <param name="WhyNot">Why it informs only, the end of a sentence each; empty where it may gate.</param>
public sealed record JudgeReport(RubricId Rubric, ContentHash Content, ContentHash Judge, string Model, ContentHash Hash, JudgeCalibration Calibration, ImmutableArray<string> WhyNot)
{
    /// <summary>How many answers of both sides it judged, repeats counted.</summary>
    public int Judged { get; init; }

    /// <summary>How many it was asked about and did not judge; they are no failure of the candidate.</summary>
    public int Unjudged { get; init; }

    /// <summary>Why it did not judge, the most frequent reasons first; at most five.</summary>
    public ImmutableArray<UnjudgedReason> UnjudgedReasons { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What its comparisons show of the place an answer stands in; null where it compared nothing.</summary>
    public PositionBias? Position { get; init; }

    /// <summary>How many cases it passes less often with the candidate than with the baseline.</summary>
    public int Worse { get; init; }

    /// <summary>How many it passes more often.</summary>
    public int Better { get; init; }

    /// <summary>Some of these cases, the largest losses first, then the largest gains; empty where it informs only.</summary>
    public ImmutableArray<JudgedDifference> Differences { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether its figures may decide a gate.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public bool MayGate => WhyNot.IsEmpty;

    /// <summary>Why its figures decide nothing, in a sentence; null where they may.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public string? InformsOnly => MayGate ? null : $"{Rubric} may inform only: {string.Join("; ", WhyNot)}";
}

/// <summary>Why a judge did not judge.</summary>
/// <param name="Reason">A sentence.</param>
/// <param name="Count">How often.</param>
public sealed record UnjudgedReason(string Reason, int Count);

/// <summary>What comparisons in both orders show of the place an answer stands in.</summary>
/// <param name="Pairs">How many pairs were judged in both orders.</param>
/// <param name="ByPosition">In how many of these the two orders did not agree; they count as ties.</param>
/// <param name="FirstWon">How often the answer that stood first won, of both orders.</param>
/// <param name="SecondWon">How often the one that stood second did.</param>
public sealed record PositionBias(int Pairs, int ByPosition, int FirstWon, int SecondWon)
{
    /// <summary>The share of pairs in which the place decided, 0 to 1.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public double Flipped => (double)ByPosition / Pairs;

    /// <summary>The share of won comparisons that the first place won; a half is without bias. Null where none was won.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public double? FirstShare => FirstWon + SecondWon == 0 ? null : (double)FirstWon / (FirstWon + SecondWon);
}

/// <summary>A case that a judge moved over the line between pass and fail.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Input">The start of the input; empty where the prompt's policy keeps no texts, as all texts here.</param>
/// <param name="BaselineAnswer">The baseline's answer.</param>
/// <param name="CandidateAnswer">The candidate's.</param>
/// <param name="BaselineVerdict">The label the baseline got.</param>
/// <param name="CandidateVerdict">The label the candidate got; null where its call failed, as for the baseline.</param>
/// <param name="Reason">Why the candidate got it, in the judge's words.</param>
/// <param name="Steps">By how many steps the candidate is better; below 0 for worse.</param>
public sealed record JudgedDifference(string CaseId, string Input, string BaselineAnswer, string CandidateAnswer, string? BaselineVerdict, string? CandidateVerdict, string Reason, int Steps);
