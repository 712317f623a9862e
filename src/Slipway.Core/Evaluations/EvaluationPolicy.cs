using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What a prompt asks of its evaluations, set per prompt and not per version.</summary>
/// <param name="RequiredKinds">How many cases of which kind its golden set must hold at least; a release is refused while one is missing. Empty asks for none.</param>
/// <param name="UnsafeTools">The tools that no answer may call, by name; empty where nobody listed any, which is not the same as none being unsafe.</param>
/// <param name="JudgeBar">What a judge must reach before it may gate.</param>
public sealed record EvaluationPolicy(ImmutableSortedDictionary<CaseKind, int> RequiredKinds, ImmutableArray<string> UnsafeTools, JudgeBar JudgeBar)
{
    /// <summary>No kinds asked for, no tools listed, the usual bar for judges.</summary>
    public static EvaluationPolicy Default { get; } = new(ImmutableSortedDictionary<CaseKind, int>.Empty, [], JudgeBar.Default);

    /// <summary>Policies are equal that say the same.</summary>
    public bool Equals(EvaluationPolicy? other) => other is not null && JudgeBar == other.JudgeBar
        && RequiredKinds.SequenceEqual(other.RequiredKinds) && UnsafeTools.SequenceEqual(other.UnsafeTools, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RequiredKinds.Count, UnsafeTools.Length, JudgeBar);
}

/// <summary>What a judge must reach on labelled examples before its results may gate; below it they inform only.</summary>
/// <param name="Agreement">The least share of examples on which it says what people said, 0 to 1.</param>
/// <param name="Kappa">The least Cohen's kappa, which takes away what chance alone would agree on; -1 to 1.</param>
public sealed record JudgeBar(double Agreement, double Kappa)
{
    /// <summary>80 % agreement and a kappa of 0.6, which the literature calls substantial.</summary>
    public static JudgeBar Default { get; } = new(0.8, 0.6);
}
