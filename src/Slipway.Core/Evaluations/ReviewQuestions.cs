using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>What every review of a prompt asks, and what a machine can say to it.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer in one or a few sentences.</param>
public sealed record ReviewAnswer(string Question, string Answer);

/// <summary>The fixed questions of a review.</summary>
internal static class ReviewQuestions
{
    public static ImmutableArray<ReviewAnswer> Of(EvaluationReport report) =>
    [
        new("Which problem does it solve?", report.Facts?.Candidate.ChangeReason is { Length: > 0 } reason ? reason : "The version does not say."),
        .. report.Baseline is null ? [] : Compared(report),
        new("Can it be rolled back without a deploy?", RollBack(report)),
    ];

    private static IEnumerable<ReviewAnswer> Compared(EvaluationReport report) =>
    [
        new("Which intents are affected?", Intents(report)),
        new("What got better?", Better(report)),
        new("What got worse?", Worse(report)),
        new("Did the shape of the answers change?", Join(Changes(report, "schema"), Moved(report, "shape"))),
        new("Did refusals change?", Moved(report, "refusal")),
        new("Did the choice of tools change?", Join(Changes(report, "tools"), Moved(report, "tools"))),
        new("Did the tone change?", Join(Moved(report, "length"), Moved(report, "language", silent: true), "What else a tone is, people must read.")),
    ];

    private static string Intents(EvaluationReport report) => report.Tags.IsEmpty
        ? report.Counts.Broken + report.Counts.Fixed == 0 ? "None: no case passes that failed before, or fails that passed." : "The cases that changed carry no tags."
        : string.Join("; ", report.Tags.Take(8).Select(tag => $"{tag.Name}: {Count(tag.Broken)} broken, {Count(tag.Fixed)} fixed of {Count(tag.Cases)}")) + ".";

    private static string Better(EvaluationReport report) => Join(
        report.Counts.Fixed == 0 ? "No case passes that failed before." : $"{Cases(report.Counts.Fixed)} {(report.Counts.Fixed == 1 ? "passes" : "pass")} that failed before.", Clear(report, better: true));

    private static string Worse(EvaluationReport report) => Join(
        report.Counts.Broken == 0 ? "No case fails that passed before."
            : $"{Cases(report.Counts.Broken)} {(report.Counts.Broken == 1 ? "fails" : "fail")} that passed before: {string.Join("; ", report.Clusters.Take(3).Select(cluster => $"{cluster.Title} ({Cases(cluster.Size)})"))}.",
        Clear(report, better: false));

    private static string Clear(EvaluationReport report, bool better)
    {
        // What may not decide a gate may not persuade a reviewer by the way either.
        var moved = report.Metrics.Where(metric => Forms.JudgeWords.NameOf(report, metric.Name) == metric.Name && metric.Difference is { IsClear: true } difference && Math.Sign(difference.Value) * MetricName.BetterWhen(metric.Name) == (better ? 1 : -1))
            .DistinctBy(metric => (metric.Candidate?.Value, metric.Baseline?.Value)).Select(metric => $"{metric.Name} {Numbers.Difference(metric)}").ToList();
        return moved.Count == 0 ? "" : $"By more than chance: {string.Join(", ", moved)}.";
    }

    private static string Changes(EvaluationReport report, string part) =>
        string.Join(" ", report.Facts?.Changes.Where(change => change.Contains(part, StringComparison.Ordinal)).Select(change => $"In the package {change}.") ?? []);

    private static string Moved(EvaluationReport report, string what, bool silent = false) => report.Drift.FirstOrDefault(drift => drift.What == what) switch
    {
        { } drift => $"{drift.Sentence}.",
        null when silent => "",
        null => $"No: {(what == "tools" ? "no answer calls a tool" : "all answers of both sides are the same in this")}.",
    };

    private static string RollBack(EvaluationReport report) => report.Facts?.RollbackTo switch
    {
        { } version => $"Yes: one action moves everybody back to {version}, whose package every server and SDK already holds."
            + (Changes(report, "output schema") is { Length: > 0 } ? " But the output schema changed: whoever reads the answers must understand both until then." : ""),
        null when report.Facts is null => "The report does not say.",
        null => "Not known here: nothing is said of a version that production could go back to.",
    };

    private static string Join(params string[] sentences) => string.Join(" ", sentences.Where(sentence => sentence.Length > 0));

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Cases(int count) => count == 1 ? "1 case" : $"{Count(count)} cases";
}
