using System.Globalization;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>What all forms of a report say in the same words.</summary>
public static class ReportWords
{
    /// <summary>The whole evaluation in a sentence or two, for somebody who reads no further.</summary>
    public static string Headline(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var counts = report.Counts;
        var compared = report.Baseline is null ? $"It passes {counts.CandidatePassed} of {Cases(counts.Cases)}."
            : counts.Broken + counts.Fixed == 0 ? $"On {Cases(counts.Cases)} it is right and wrong exactly where {report.Baseline} is."
            : $"Of {Cases(counts.Cases)} it breaks {counts.Broken} and fixes {counts.Fixed} against {report.Baseline}.";
        var verdict = report.Verdict switch
        {
            GateVerdict.Pass => $"{report.Candidate} passes its gates.",
            GateVerdict.Fail => $"{report.Candidate} fails {Of(report, GateVerdict.Fail)}.",
            _ when report.Facts?.Stopped is { } stopped => $"{report.Candidate} is not decided: {stopped}.",
            _ => $"{report.Candidate} is not decided: {Of(report, GateVerdict.Inconclusive)} {(Count(report, GateVerdict.Inconclusive) == 1 ? "is" : "are")} open.",
        };
        return $"{verdict} {compared}";
    }

    /// <summary>A verdict as one word.</summary>
    public static string Word(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Pass => "pass",
        GateVerdict.Fail => "fail",
        _ => "inconclusive",
    };

    /// <summary>A category of differences as a heading.</summary>
    public static string Word(DifferenceCategory category) => category switch
    {
        DifferenceCategory.Broken => "broken",
        DifferenceCategory.Fixed => "fixed",
        DifferenceCategory.BothWrongDifferent => "wrong, differently",
        _ => "right, differently",
    };

    /// <summary>A number of cases as people write it.</summary>
    public static string Cases(int count) => count == 1 ? "1 case" : string.Create(CultureInfo.InvariantCulture, $"{count} cases");

    /// <summary>What a report does not show, as a sentence; empty where it shows all.</summary>
    public static string LeftOut(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.LeftOut is not { } left) return "";
        var parts = ((string?[])[Part(left.Broken, "broken"), Part(left.Fixed, "fixed"), Part(left.BothWrongDifferent, "wrong in another way"), Part(left.BothRightDifferent, "right in another way")]).OfType<string>().ToList();
        return parts.Count == 0 ? "" : $"Not shown, because others like them are: {string.Join(", ", parts)}.";

        static string? Part(int count, string what) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
    }

    /// <summary>Which golden set, who, when, for how long and how much, as short facts with a name each.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        yield return ("golden set", report.Dataset + (report.Facts?.DatasetContent is { } content ? $" ({content.Abbreviated})" : ""));
        yield return ("candidate", Version(report.Candidate, report.Facts?.Candidate));
        if (report.Baseline is { } baseline) yield return ("baseline", Version(baseline, report.Facts?.Baseline));
        if (report.SyntheticShare is > 0 and var synthetic) yield return ("synthetic cases", (synthetic * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%");
        if (!report.MissingKinds.IsEmpty) yield return ("missing kinds", string.Join(", ", report.MissingKinds));
        if (report.Facts is not { } facts) yield break;
        if (facts.By is { } by) yield return ("run by", by);
        if (facts.Started is { } started) yield return ("started", started.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        if (facts.Duration is { } duration) yield return ("took", duration.TotalSeconds < 90 ? duration.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture) : duration.TotalMinutes.ToString("0.0 min", CultureInfo.InvariantCulture));
        if (facts.Spent is { } spent) yield return ("cost of this run", "$" + spent.ToString("0.####", CultureInfo.InvariantCulture));
        if (facts.FromCache > 0) yield return ("answers from the cache", facts.FromCache.ToString(CultureInfo.InvariantCulture));
        if (facts.Retries > 0) yield return ("retries", facts.Retries.ToString(CultureInfo.InvariantCulture));
        if (facts.Stopped is { } stopped) yield return ("stopped early", stopped + (facts.Planned is { } planned ? $", after {report.Counts.Cases} of {planned} cases" : ""));
        foreach (var judge in report.Judges) yield return ($"judge {judge.Rubric.Name}", $"{judge.Rubric} on {judge.Model} ({judge.Content.Abbreviated}, judge {judge.Hash.Abbreviated})");
        if (facts.JudgeCalls > 0) yield return ("questions to judges", string.Create(CultureInfo.InvariantCulture, $"{facts.JudgeCalls}{(facts.JudgeCost is { } cost ? string.Create(CultureInfo.InvariantCulture, $", ${cost:0.####} of the cost") : "")}"));
    }

    /// <summary>The metrics of a table beside each other: quality, then speed, then cost, and of each what most people ask first.</summary>
    public static IEnumerable<MetricComparison> Ordered(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Metrics.OrderBy(Rank).ThenBy(metric => metric.Name, StringComparer.Ordinal);

        static int Rank(MetricComparison metric) => metric switch
        {
            { Name: MetricName.PassRate } => 0,
            { Name: MetricName.Accuracy } => 1,
            { Name: MetricName.SchemaPassRate } => 2,
            { Kind: MetricKind.Rate } => MetricName.BetterWhen(metric.Name) > 0 ? 3 : 4,
            _ when MetricName.BetterWhen(metric.Name) > 0 => 3,
            _ when metric.Name.EndsWith("latency", StringComparison.Ordinal) => 5,
            _ when metric.Name.EndsWith(MetricName.TimeToFirstToken, StringComparison.Ordinal) => 6,
            _ when metric.Name == MetricName.CostPerSuccess => 7,
            _ when MetricName.IsMoney(metric.Name) => 8,
            _ => 9,
        };
    }

    /// <summary>The same without what hardly anybody asks: the percentiles of tokens and money, and what is 0 on both sides.</summary>
    public static IEnumerable<MetricComparison> Main(EvaluationReport report) => Ordered(report).Where(metric => metric.Kind == MetricKind.Rate
        || ((!MetricName.IsPercentile(metric.Name) || MetricName.IsTime(metric.Name)) && (metric.Candidate?.Value is not (0 or null) || metric.Baseline?.Value is not (0 or null))));

    /// <summary>Whether a metric got clearly better (1) or worse (-1), or neither (0).</summary>
    public static int Direction(MetricComparison metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.Difference is { IsClear: true } difference ? Math.Sign(difference.Value) * MetricName.BetterWhen(metric.Name) : 0;
    }

    /// <summary>A text on one line and at most so long; whatever would move a cursor or turn the direction of writing is taken out.</summary>
    public static string Line(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = string.Join(' ', string.Concat(text.Select(Tame)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : line[..(char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1)] + "…";
    }

    /// <summary>A text on the lines it has, without what <see cref="Line"/> takes out.</summary>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.Select(Tame));
    }

    // Answers are other people's text: an escape sequence or a turned direction would make a report say what it does not.
    internal static char Tame(char letter) => char.IsControl(letter) && letter is not ('\n' or '\t') ? ' '
        : letter is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u200e' or '\u200f' or '\u2028' or '\u2029' ? ' ' : letter;

    private static string Version(string name, EvaluatedVersion? version) =>
        name + (version is { Model: { } model } ? $" on {model}" : "") + (version is { Package: { } package } ? $" ({package.Abbreviated})" : "");

    private static int Count(EvaluationReport report, GateVerdict verdict) => report.Gates.Count(gate => gate.Verdict == verdict);

    private static string Of(EvaluationReport report, GateVerdict verdict) => (Count(report, verdict), report.Gates.Length) switch
    {
        (0, _) => "its gates",
        (1, 1) => "its gate",
        (var count, var all) when count == all => $"all {all} gates",
        var (count, all) => $"{count} of {all} gates",
    };
}
