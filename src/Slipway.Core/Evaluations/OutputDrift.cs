using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>How something about the answers is spread on both sides, and whether it moved by more than chance.</summary>
/// <param name="What">What was looked at: <c>length</c>, <c>finish_reason</c>, <c>refusal</c>, <c>tools</c>, <c>shape</c>, <c>language</c>, or <c>label:FIELD</c>.</param>
/// <param name="Moved">Whether it moved: chance alone would show so much in fewer than one of twenty evaluations, all these looks taken together.</param>
/// <param name="Chance">How probable so large a difference is by chance, all looks taken together; 0 to 1.</param>
/// <param name="Sentence">What moved, in words; what was the same is said too.</param>
/// <param name="Shares">How often each value came, those that moved most first; empty for a number.</param>
public sealed record OutputDrift(string What, bool Moved, double Chance, string Sentence, ImmutableArray<DriftShare> Shares)
{
    /// <summary>For a number: its mean on the baseline's side; else null.</summary>
    public double? Baseline { get; init; }

    /// <summary>For a number: its mean on the candidate's side; else null.</summary>
    public double? Candidate { get; init; }
}

/// <summary>How often a value came.</summary>
/// <param name="Value">The value; <c>(other)</c> for all that are not named.</param>
/// <param name="Baseline">Its share of the baseline's answers, 0 to 1.</param>
/// <param name="Candidate">Its share of the candidate's.</param>
public sealed record DriftShare(string Value, double Baseline, double Candidate);
