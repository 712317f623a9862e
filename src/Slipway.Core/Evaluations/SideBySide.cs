using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>The candidates of two reports beside each other, as far as their figures can be compared.</summary>
/// <param name="First">The candidate of the one.</param>
/// <param name="Second">The candidate of the other.</param>
/// <param name="Metrics">The metrics that either has data for, in the order of a table.</param>
/// <param name="Incomparable">Why figures are withheld, a sentence each; usually empty.</param>
public sealed record SideBySide(string First, string Second, ImmutableArray<MetricPair> Metrics, ImmutableArray<string> Incomparable)
{
    /// <summary>Puts two reports beside each other.</summary>
    public static SideBySide Of(EvaluationReport first, EvaluationReport second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var others = JudgeChange.Between(first, second);
        var withheld = others.SelectMany(change => MetricName.OfJudge(change.Name)).ToHashSet(StringComparer.Ordinal);
        var names = Forms.ReportWords.Ordered(first).Concat(Forms.ReportWords.Ordered(second)).Select(metric => metric.Name).Distinct(StringComparer.Ordinal);
        ImmutableArray<string> sentences = [.. others.Select(change => change.Sentence)];
        if (first.Dataset != second.Dataset) sentences = sentences.Insert(0, $"{first.Candidate} was asked {first.Dataset} and {second.Candidate} {second.Dataset}: other cases.");
        return new SideBySide(first.Candidate, second.Candidate, [.. names.Select(name =>
        {
            var isWithheld = withheld.Contains(name);
            return new MetricPair(name, isWithheld ? null : first.Find(name)?.Candidate?.Value, isWithheld ? null : second.Find(name)?.Candidate?.Value, isWithheld);
        })], sentences);
    }
}

/// <summary>A metric of two candidates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">The first candidate's; null without data, and where it is withheld.</param>
/// <param name="Second">The second's.</param>
/// <param name="Withheld">Whether different judges gave the two, so that neither is shown.</param>
public sealed record MetricPair(string Name, double? First, double? Second, bool Withheld);
