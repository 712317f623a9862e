using System.Globalization;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>What all forms of a report say of its judges, in the same words.</summary>
public static class JudgeWords
{
    /// <summary>What behind the name of a metric says that it decides nothing.</summary>
    private const string Informs = " (informs only)";

    /// <summary>A metric's name as a table shows it: one whose judge may not gate is marked.</summary>
    public static string NameOf(EvaluationReport report, string metric)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Judges.Any(judge => !judge.MayGate && MetricName.OfJudge(judge.Rubric.Name).Contains(metric, StringComparer.Ordinal)) ? metric + Informs : metric;
    }

    /// <summary>A judge in a few sentences: who it is, how far it agrees with people, whether it may gate, what it left out and what the place of an answer did.</summary>
    public static IEnumerable<string> Sentences(JudgeReport judge)
    {
        ArgumentNullException.ThrowIfNull(judge);
        yield return $"{judge.Rubric} on {judge.Model}: {Calibration(judge.Calibration)}";
        yield return judge.InformsOnly is { } why ? $"{why}." : $"{judge.Rubric} may gate: {Bar(judge.Calibration.Bar)} are asked for.";
        if (judge.Worse + judge.Better > 0) yield return string.Create(CultureInfo.InvariantCulture, $"By it {Cases(judge.Worse)} got worse and {judge.Better} better.");
        if (judge.Position is { } position) yield return Position(position);
        if (judge.Unjudged > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"It did not judge {judge.Unjudged} times, which counts for neither side: {string.Join("; ", judge.UnjudgedReasons.Select(one => $"{one.Reason.TrimEnd('.')} ({one.Count})"))}.");
        }
    }

    /// <summary>How far a judge agrees with people, in a sentence or two; the intervals say what its figures may be at worst.</summary>
    public static string Calibration(JudgeCalibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        if (calibration is not { Agreement: { } agreement, Bias: { } bias, PassRateDifference: { } passes }) return calibration.Examples == 0 ? "its rubric has no examples that people scored." : string.Create(CultureInfo.InvariantCulture, $"it judged none of its {calibration.Examples} examples.");
        return string.Create(CultureInfo.InvariantCulture,
            $"of {calibration.Judged} examples it passes and fails {agreement.Percent} as people do, kappa {Figure(calibration.Kappa)}, weighted over the scale {Figure(calibration.WeightedKappa)}; it scores {bias.Steps} steps from people and its pass rate lies {passes.Points} from theirs.");
    }

    /// <summary>What a judge must reach, as the beginning of a sentence.</summary>
    public static string Bar(JudgeBar bar)
    {
        ArgumentNullException.ThrowIfNull(bar);
        return string.Create(CultureInfo.InvariantCulture, $"{bar.Agreement * 100:0.##}% agreement and a kappa of {bar.Kappa:0.##}");
    }

    private static string Figure(JudgeFigure? figure) => figure?.ToString() ?? "unknown";

    private static string Position(PositionBias position) => string.Create(CultureInfo.InvariantCulture,
        $"Of {position.Pairs} pairs asked in both orders {position.ByPosition} ({position.Flipped * 100:0.#}%) came out by the place of the answers and count as ties{(position.FirstShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"; the first place won {share * 100:0.#}% of what was won") : "")}.");

    private static string Cases(int count) => ReportWords.Cases(count);
}
