using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Judges gates. A pure function of what was counted.</summary>
/// <remarks>
/// A gate passes where the cases that were asked keep its limit. Where they do not, it fails if chance is no excuse, and is inconclusive if it is:
/// for a limit relative to the baseline chance is which of two equal sides a case happens to favour, for a fixed rate it is how far the model's own
/// answers vary from repeat to repeat, for a quantity it is which cases are in the set. A strict manifest asks for more: there a gate passes only where
/// chance is ruled out. Decision 0018 says why.
/// </remarks>
public static class GateJudge
{
    /// <summary>Judges a gate on a rate by what both sides showed, case by case.</summary>
    /// <param name="gate">A gate whose metric is a rate.</param>
    /// <param name="cases">How often it held in each case, in how many repeats.</param>
    /// <param name="strict">Whether it passes only where chance is ruled out.</param>
    public static GateResult JudgeRate(Gate gate, ImmutableArray<(Share Candidate, Share Baseline)> cases, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return Judge(gate, MetricEvidence.Rate(gate.Metric, [.. cases.Select((one, index) => new RateRow(index, one.Candidate, one.Baseline))]), strict);
    }

    /// <summary>Judges every gate.</summary>
    /// <param name="manifest">The gates.</param>
    /// <param name="table">What was counted.</param>
    /// <param name="informing">The metrics that decide nothing, each with why, as the end of a sentence.</param>
    internal static ImmutableArray<GateResult> Judge(EvaluationManifest manifest, MetricTable table, IReadOnlyDictionary<string, string> informing) =>
        [.. manifest.Gates.Select(gate => informing.TryGetValue(gate.Metric, out var why) ? Inform(Judge(gate, table[gate.Metric], manifest.Strict), why) : Judge(gate, table[gate.Metric], manifest.Strict))];

    // The figures are shown; what they would decide is not.
    private static GateResult Inform(GateResult result, string why) => result with
    {
        Verdict = GateVerdict.Inconclusive,
        Sentence = $"{(result.Candidate is { } value ? $"{result.Metric} is {Numbers.Text(result, value)}, required {result.Threshold}" : result.Sentence)}; {why}",
        MoreCases = null,
        MoreRepeats = null,
    };

    /// <summary>The worst verdict: fail, then inconclusive, then pass. No gates at all are inconclusive: nothing was shown.</summary>
    public static GateVerdict Overall(ImmutableArray<GateResult> results) =>
        results.IsEmpty ? GateVerdict.Inconclusive : results.Max(result => result.Verdict);

    private static GateResult Judge(Gate gate, MetricEvidence? evidence, bool strict)
    {
        var (candidate, baseline) = (evidence?.Candidate?.Value, evidence?.Baseline?.Value);
        var result = new GateResult(gate.Metric, gate.Threshold.ToString(), candidate, baseline, GateVerdict.Inconclusive, $"no data for {gate.Metric}");
        if (candidate is not { } value) return result;
        if (gate.Threshold.LimitFor(baseline) is not { } limit)
            return result with { Sentence = $"no data for {gate.Metric} in the baseline, required {gate.Threshold}" };
        var doubt = (gate.Threshold.Kind, gate.Threshold.NeedsBaseline) switch
        {
            (MetricKind.Rate, false) when MetricName.IsPreference(gate.Metric) => FixedPreference(gate, evidence!, limit),
            (MetricKind.Rate, false) => FixedRate(gate, evidence!, value, limit),
            (MetricKind.Rate, true) => RelativeRate(gate, evidence!, limit - baseline!.Value),
            _ => Quantity(gate, evidence!, limit),
        };
        var verdict = (Allowed: gate.Threshold.Allows(value, baseline), doubt.Beyond, doubt.Within) switch
        {
            (true, _, false) when strict => GateVerdict.Inconclusive,
            (true, _, _) => GateVerdict.Pass,
            (false, true, _) => GateVerdict.Fail,
            _ => GateVerdict.Inconclusive,
        };
        var decimals = gate.Threshold.NeedsBaseline && baseline is { } known ? Numbers.Decimals(gate.Metric, limit, isExact: false, value, known) : Numbers.Decimals(gate.Metric, limit, isExact: true, value);
        var sentence = $"{gate.Metric} is {Numbers.Text(gate.Metric, value, decimals)}, required {gate.Threshold}{Explain(gate, limit, baseline, decimals)}";
        return result with
        {
            Verdict = verdict,
            Sentence = verdict == GateVerdict.Pass ? sentence : string.Join("; ", ((string?[])[sentence, doubt.Counted, verdict == GateVerdict.Inconclusive ? doubt.Needed : null]).OfType<string>()),
            Interval = doubt.Interval,
            Noticeable = doubt.Noticeable,
            MoreCases = verdict == GateVerdict.Inconclusive ? doubt.MoreCases : null,
            MoreRepeats = verdict == GateVerdict.Inconclusive ? doubt.MoreRepeats : null,
        };
    }

    // A set is chosen, not drawn: how often it is kept on this set is no estimate. Only the model's own moods leave it open.
    private static Doubt FixedRate(Gate gate, MetricEvidence evidence, double value, double limit)
    {
        var interval = evidence.Candidate!.Interval!;
        // What must never happen, or always, is settled by the first event.
        if (evidence.RunNoise == 0 || limit is 0 or 1)
            return new Doubt(interval) { Beyond = true, Within = limit is 0 or 1 || Beside(gate.Threshold.Operator, interval, limit, inside: true) };
        var margin = Confidence.Z * evidence.RunNoise;
        var run = new Interval(Math.Max(0, value - margin), Math.Min(1, value + margin));
        var repeats = Math.Ceiling(evidence.Repeats * Math.Pow(margin / (value - limit), 2));
        return new Doubt(interval)
        {
            Beyond = Beside(gate.Threshold.Operator, run, limit, inside: false),
            Within = Beside(gate.Threshold.Operator, interval, limit, inside: true),
            Counted = $"the answers vary, and another run on the same cases may give {Span(gate.Metric, run)}",
            MoreRepeats = Sensible(repeats),
        };
    }

    // Who is preferred is a comparison of the sides already: a limit of 45% is one of 10 points between them, and chance is which of two equal ones a case favours.
    private static Doubt FixedPreference(Gate gate, MetricEvidence evidence, double limit)
    {
        var doubt = RelativeRate(gate, evidence, 2 * limit - 1);
        var interval = doubt.Interval is { } between ? new Interval((between.Low + 1) / 2, (between.High + 1) / 2) : null;
        return doubt with
        {
            Interval = interval,
            Noticeable = null,
            MoreRepeats = null,
            CanRepeat = false,
            Counted = evidence.Pairs is { } pairs && interval is not null
                ? $"of {Cases(pairs.Cases)} the candidate won {pairs.Won} and lost {pairs.Lost}, so it lies between {Span(gate.Metric, interval)}" : doubt.Counted,
        };
    }

    private static Doubt RelativeRate(Gate gate, MetricEvidence evidence, double margin)
    {
        if (evidence.Pairs is not { } pairs) return new Doubt(null) { Counted = "no case has data on both sides" };
        var interval = pairs.Interval();
        var chance = gate.Threshold.Operator switch
        {
            ThresholdOperator.AtLeast or ThresholdOperator.Above => margin <= 0 ? pairs.ChanceOfLoss : 0,
            ThresholdOperator.AtMost or ThresholdOperator.Below => margin >= 0 ? pairs.ChanceOfGain : 0,
            _ => margin == 0 ? pairs.ChanceOfDifference : 0,
        };
        var deviation = pairs.Deviation;
        var cases = Math.Max(SizeFor(pairs.Cases, deviation, pairs.Mean - margin), chance > Confidence.Alpha ? SizeForTest(pairs) : 0);
        return new Doubt(interval)
        {
            Beyond = chance <= Confidence.Alpha && Beside(gate.Threshold.Operator, interval, margin, inside: false),
            Within = Beside(gate.Threshold.Operator, interval, margin, inside: true),
            Noticeable = Math.Abs(margin) + Confidence.Z * deviation / Math.Sqrt(pairs.Cases + 2),
            Counted = $"of {Cases(pairs.Cases)} {pairs.Lost} lost and {pairs.Won} won, so the difference lies between {Points(interval.Low)} and {Points(interval.High)}",
            MoreCases = Sensible(cases - pairs.Cases),
            MoreRepeats = Sensible(RepeatsFor(pairs, evidence.Repeats, Math.Abs(pairs.Mean - margin)) - evidence.Repeats),
            CanRepeat = evidence.Repeats <= 1,
        };
    }

    private static Doubt Quantity(Gate gate, MetricEvidence evidence, double limit)
    {
        var (threshold, value, draws) = (gate.Threshold, evidence.Candidate!.Value, evidence.Draws);
        var beyond = new double[draws.Candidate.Length];
        for (var draw = 0; draw < beyond.Length; draw++) beyond[draw] = draws.Candidate[draw] - (threshold.LimitFor(draws.Baseline[draw]) ?? double.NaN);
        if (MetricEvidence.Interval(beyond, evidence.Cases) is not { } over)
        {
            return new Doubt(null)
            {
                Counted = $"{Cases(evidence.Cases)} cannot say how much of it is chance",
                MoreCases = Math.Max(1, Resampled.FewestCases - evidence.Cases),
            };
        }
        var interval = threshold.NeedsBaseline ? MetricEvidence.Interval(Ratio(draws), evidence.Cases) : evidence.Candidate.Interval;
        return new Doubt(interval)
        {
            Beyond = Beside(threshold.Operator, over, 0, inside: false),
            Within = Beside(threshold.Operator, over, 0, inside: true),
            Counted = interval is null ? null : threshold.NeedsBaseline
                ? $"the difference lies between {Percent(interval.Low)} and {Percent(interval.High)}" : $"it lies between {Span(gate.Metric, interval)}",
            MoreCases = Sensible(SizeFor(evidence.Cases, Bootstrap.Deviation(beyond) * Math.Sqrt(evidence.Cases), value - limit) - evidence.Cases),
        };
    }

    /// <summary>By which share of itself a quantity changed, in each drawn set.</summary>
    internal static double[] Ratio((double[] Candidate, double[] Baseline) draws) => [.. draws.Candidate.Zip(draws.Baseline, (candidate, baseline) => candidate / baseline - 1)];

    // Whether the whole interval lies on the side of the limit that is allowed, or on the one that is not.
    private static bool Beside(ThresholdOperator @operator, Interval interval, double limit, bool inside) => (@operator, inside) switch
    {
        (ThresholdOperator.AtLeast, true) => interval.Low >= limit,
        (ThresholdOperator.AtLeast, false) => interval.High < limit,
        (ThresholdOperator.Above, true) => interval.Low > limit,
        (ThresholdOperator.Above, false) => interval.High <= limit,
        (ThresholdOperator.AtMost, true) => interval.High <= limit,
        (ThresholdOperator.AtMost, false) => interval.Low > limit,
        (ThresholdOperator.Below, true) => interval.High < limit,
        (ThresholdOperator.Below, false) => interval.Low >= limit,
        (_, true) => interval.Low == limit && interval.High == limit,
        (_, false) => interval.Low > limit || interval.High < limit,
    };

    // How many cases bring the interval's end to the limit, if what was seen goes on: the width shrinks with the root of the number.
    private static double SizeFor(int cases, double deviation, double distance) => distance == 0 ? double.PositiveInfinity
        : Math.Max(cases + 1, Math.Ceiling(Math.Pow(Confidence.Z * deviation / distance, 2)));

    // And how many bring McNemar's test to it: differing cases N with N r - 1 = z √N, r being how much one side outweighs the other.
    private static double SizeForTest(PairedRates pairs)
    {
        var differing = pairs.Lost + pairs.Won;
        if (differing == 0 || pairs.Lost == pairs.Won) return double.PositiveInfinity;
        var outweighs = (double)Math.Abs(pairs.Lost - pairs.Won) / differing;
        var root = (Confidence.Z + Math.Sqrt(Confidence.Z * Confidence.Z + 4 * outweighs)) / (2 * outweighs);
        return Math.Ceiling(pairs.Cases * root * root / differing);
    }

    // More repeats take away what comes from the model's moods, and never what comes from the cases.
    private static double RepeatsFor(PairedRates pairs, double repeats, double distance)
    {
        var wanted = Math.Pow(distance * Math.Sqrt(pairs.Cases) / Confidence.Z, 2) - (pairs.Deviation * pairs.Deviation - pairs.Within);
        return pairs.Within == 0 || wanted <= 0 ? double.PositiveInfinity : Math.Ceiling(repeats * pairs.Within / wanted);
    }

    private static int? Sensible(double number) => number is > 0 and <= 1_000_000 ? (int)number : null;

    private static string Explain(Gate gate, double limit, double? baseline, int decimals) => (Numbers.Text(gate.Metric, limit, decimals), baseline) switch
    {
        ({ } shown, { } value) when gate.Threshold.NeedsBaseline && value == limit => $" ({shown})",
        ({ } shown, { } value) when gate.Threshold.NeedsBaseline => $", that is {shown} (baseline {Numbers.Text(gate.Metric, value, decimals)})",
        _ => "",
    };

    private static string Cases(int count) => count == 1 ? "1 case" : string.Create(CultureInfo.InvariantCulture, $"{count} cases");

    private static string Points(double share) => (share * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "pp";

    private static string Percent(double share) => (share * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%";

    private static string Span(string metric, Interval interval)
    {
        var decimals = Numbers.Decimals(metric, interval.Low, isExact: false, interval.High);
        return $"{Numbers.Text(metric, interval.Low, decimals)} and {Numbers.Text(metric, interval.High, decimals)}";
    }

    /// <summary>What speaks for chance and against it.</summary>
    /// <param name="Interval">Shown beside the verdict; null where there is none.</param>
    private sealed record Doubt(Interval? Interval)
    {
        /// <summary>Whether it is beyond the limit by more than chance.</summary>
        public bool Beyond { get; init; }

        /// <summary>Whether it is within the limit by more than chance.</summary>
        public bool Within { get; init; }

        public double? Noticeable { get; init; }
        public string? Counted { get; init; }
        public int? MoreCases { get; init; }
        public int? MoreRepeats { get; init; }

        /// <summary>Whether nobody knows yet if the model's answers vary.</summary>
        public bool CanRepeat { get; init; }

        /// <summary>What would decide.</summary>
        public string Needed => (MoreCases, MoreRepeats) switch
        {
            ({ } cases, { } repeats) => string.Create(CultureInfo.InvariantCulture, $"about {cases} more cases like these, or {repeats} more repeats, would decide"),
            ({ } cases, null) => string.Create(CultureInfo.InvariantCulture, $"about {cases} more cases like these would decide{(CanRepeat ? ", and repeats help where the model's answers vary" : "")}"),
            (null, { } repeats) => string.Create(CultureInfo.InvariantCulture, $"about {repeats} more repeats would decide"),
            _ => "so close to the limit no sensible number of cases decides",
        };
    }
}

/// <summary>A condition a candidate must meet.</summary>
/// <param name="Metric">The metric's name; what it means for the threshold's kind is <see cref="MetricName.KindOf"/>.</param>
/// <param name="Threshold">The limit.</param>
public sealed record Gate(string Metric, Threshold Threshold);

/// <summary>How a gate was judged.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Threshold">The limit in its normal spelling.</param>
/// <param name="Candidate">The candidate's value, a rate from 0 to 1 or a quantity; null without data.</param>
/// <param name="Baseline">The baseline's value, also where the limit is fixed; null without data.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Sentence">The verdict's reason: <c>schema_pass_rate is 99%, required >= 99.5%</c>.</param>
public sealed record GateResult(string Metric, string Threshold, double? Candidate, double? Baseline, GateVerdict Verdict, string Sentence)
{
    /// <summary>Of a fixed limit: where the candidate's value lies. Of a relative one: where the difference to the baseline lies, in points (0.01 is one)
    /// for a rate, as a share of the baseline for a quantity. Null without data, and in old reports.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Of a relative rate: a true loss of this size would have passed at most once in twenty runs, in points (0.01 is one); else null.</summary>
    public double? Noticeable { get; init; }

    /// <summary>About how many more cases would decide what is inconclusive, if what was seen goes on; null where no sensible number would, or nothing is open.</summary>
    public int? MoreCases { get; init; }

    /// <summary>About how many more repeats of each case would; null where repeats do not help, or nothing is open.</summary>
    public int? MoreRepeats { get; init; }
}

/// <summary>What gates say, from good to bad.</summary>
[JsonConverter(typeof(SnakeCaseConverter<GateVerdict>))]
public enum GateVerdict
{
    /// <summary>The metric keeps its limit.</summary>
    Pass,

    /// <summary>There is not enough data to say.</summary>
    Inconclusive,

    /// <summary>The metric is beyond its limit, and that is no accident.</summary>
    Fail,
}
