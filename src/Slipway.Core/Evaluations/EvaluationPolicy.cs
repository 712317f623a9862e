using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What a prompt asks of its evaluations, set per prompt and not per version.</summary>
/// <param name="RequiredKinds">How many cases of which kind its golden set must hold at least; a release is refused while one is missing. Empty asks for none.</param>
/// <param name="UnsafeTools">The tools that no answer may call, by name; empty where nobody listed any, which is not the same as none being unsafe.</param>
/// <param name="JudgeBar">What a judge must reach before it may gate.</param>
public sealed record EvaluationPolicy(ImmutableSortedDictionary<CaseKind, int> RequiredKinds, ImmutableArray<string> UnsafeTools, JudgeBar JudgeBar)
{
    private const int MostCases = 1_000_000, MostTools = 1_000, LongestTool = 256;

    /// <summary>No kinds asked for, no tools listed, the usual bar for judges.</summary>
    public static EvaluationPolicy Default { get; } = new(ImmutableSortedDictionary<CaseKind, int>.Empty, [], JudgeBar.Default);

    /// <summary>Policies are equal that say the same.</summary>
    public bool Equals(EvaluationPolicy? other) => other is not null && JudgeBar == other.JudgeBar
        && RequiredKinds.SequenceEqual(other.RequiredKinds) && UnsafeTools.SequenceEqual(other.UnsafeTools, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RequiredKinds.Count, UnsafeTools.Length, JudgeBar);

    /// <summary>All that is wrong with it, a sentence each; empty where nothing is.</summary>
    public ImmutableArray<string> Problems() =>
    [
        .. RequiredKinds.Where(kind => kind.Value is < 1 or > MostCases)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"required_kinds: {SnakeCase<CaseKind>.Of(kind.Key)} needs a number from 1 to {MostCases}, not {kind.Value}.")),
        .. UnsafeTools.Where(tool => string.IsNullOrWhiteSpace(tool) || tool.Length > LongestTool).Select(tool => $"unsafe_tools: \"{JsonValues.Excerpt(tool)}\" is no tool's name."),
        .. UnsafeTools.GroupBy(tool => tool, StringComparer.Ordinal).Where(same => same.Skip(1).Any()).Select(same => $"unsafe_tools: {same.Key} stands there twice."),
        .. UnsafeTools.Length > MostTools ? (string[])[$"unsafe_tools: at most {MostTools} can be listed."] : [],
        .. JudgeBar.Agreement is >= 0 and <= 1 ? (string[])[] : ["judge_bar: agreement is a share, from 0 to 1."],
        .. JudgeBar.Kappa is >= -1 and <= 1 ? (string[])[] : ["judge_bar: kappa lies between -1 and 1."],
    ];

    /// <summary>The kinds of which a golden set holds fewer cases than asked for; cases that nobody confirmed do not count.</summary>
    /// <param name="counts">What the set holds. One whose kinds nobody counted holds none.</param>
    public ImmutableArray<MissingKind> Missing(GoldenSetCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return [.. RequiredKinds.Select(kind => new MissingKind(kind.Key, kind.Value, counts.Kinds?.GetValueOrDefault(kind.Key) ?? 0)).Where(kind => kind.Found < kind.Required)];
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var kinds = RequiredKinds.IsEmpty ? "golden sets need no kinds" : $"golden sets need {string.Join(", ", RequiredKinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{SnakeCase<CaseKind>.Of(kind.Key)} {kind.Value}")))}";
        var tools = UnsafeTools.IsEmpty ? "no tools are listed as unsafe" : $"unsafe tools are {string.Join(", ", UnsafeTools)}";
        return string.Create(CultureInfo.InvariantCulture, $"{kinds}, {tools}, judges gate from {JudgeBar.Agreement:0.##} agreement and kappa {JudgeBar.Kappa:0.##}");
    }
}

/// <summary>What a judge must reach on labelled examples before its results may gate; below it they inform only.</summary>
/// <param name="Agreement">The least share of examples on which it says what people said, 0 to 1.</param>
/// <param name="Kappa">The least Cohen's kappa, which takes away what chance alone would agree on; -1 to 1.</param>
public sealed record JudgeBar(double Agreement, double Kappa)
{
    /// <summary>How many examples a judge must have judged at least before it may gate.</summary>
    public const int FewestExamples = 20;

    /// <summary>How many of them people must have passed at least, and how many failed: without both, agreement says nothing.</summary>
    public const int FewestOfEach = 5;

    /// <summary>80 % agreement and a kappa of 0.6, which the literature calls substantial.</summary>
    public static JudgeBar Default { get; } = new(0.8, 0.6);
}

/// <summary>A kind of which a golden set holds too few cases.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Required">How many the prompt's policy asks for.</param>
/// <param name="Found">How many there are, less than that.</param>
public sealed record MissingKind(CaseKind Kind, int Required, int Found)
{
    /// <summary>As a sentence shows it: <c>bypass (3 of 10)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SnakeCase<CaseKind>.Of(Kind)} ({Found} of {Required})");
}
