using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>How far a judge agrees with people on the examples of its rubric.</summary>
/// <param name="Examples">How many there are.</param>
/// <param name="Judged">How many of them it judged; all figures are of these.</param>
/// <param name="PeoplePassed">How many of these people passed.</param>
/// <param name="JudgePassed">How many of these the judge passed.</param>
/// <param name="Bar">What it must reach to gate.</param>
/// <param name="WhyNot">Why it may inform only, a sentence each; empty where it may gate.</param>
public sealed record JudgeCalibration(int Examples, int Judged, int PeoplePassed, int JudgePassed, JudgeBar Bar, ImmutableArray<string> WhyNot)
{
    /// <summary>The share of examples of which both say that they pass, or both that they do not; null without examples.</summary>
    public JudgeFigure? Agreement { get; init; }

    /// <summary>Cohen's kappa of the same; null where chance alone would agree on everything.</summary>
    public JudgeFigure? Kappa { get; init; }

    /// <summary>Cohen's kappa over the whole scale, weighted with the square of the distance; null likewise.</summary>
    public JudgeFigure? WeightedKappa { get; init; }

    /// <summary>By how many steps the judge scores higher than people, on average; below 0 where it is stricter. Null without examples.</summary>
    public JudgeFigure? Bias { get; init; }

    /// <summary>The judge's pass rate less that of people, in points (0.01 is one); null without examples.</summary>
    public JudgeFigure? PassRateDifference { get; init; }

    /// <summary>Whether its figures may decide a gate.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public bool MayGate => WhyNot.IsEmpty;

    /// <summary>Works the figures out.</summary>
    /// <param name="rubric">The rubric.</param>
    /// <param name="judged">Each of its examples with what the judge said.</param>
    /// <param name="bar">What it must reach to gate.</param>
    /// <param name="seed">What the random draws start from.</param>
    public static JudgeCalibration Of(Rubric rubric, IReadOnlyCollection<(RubricExample Example, Judgement Judgement)> judged, JudgeBar bar, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        ArgumentNullException.ThrowIfNull(judged);
        ArgumentNullException.ThrowIfNull(bar);
        var pass = rubric.StepOf(rubric.Pass)!.Value;
        // By id: the figures do not depend on the order in which answers came.
        (int People, int Judge)[] pairs =
        [
            .. judged.Where(one => one.Judgement.Step is not null).OrderBy(one => one.Example.Id, StringComparer.Ordinal)
                .Select(one => (rubric.StepOf(one.Example.Score)!.Value, one.Judgement.Step!.Value)),
        ];
        var (people, judge) = (pairs.Count(pair => pair.People >= pass), pairs.Count(pair => pair.Judge >= pass));
        var calibration = new JudgeCalibration(judged.Count, pairs.Length, people, judge, bar, []);
        if (pairs.Length > 0)
        {
            var agreed = pairs.Count(pair => (pair.People >= pass) == (pair.Judge >= pass));
            var figures = Figures(pairs, pass, rubric.Scale.Length);
            var draws = figures.Select(_ => new double[Bootstrap.Resamples(pairs.Length)]).ToArray();
            Bootstrap.Draw(pairs.Length, seed, (resample, weights) =>
            {
                foreach (var (index, value) in Figures([.. pairs.SelectMany((pair, place) => Enumerable.Repeat(pair, weights[place]))], pass, rubric.Scale.Length).Index())
                    draws[index][resample] = value ?? double.NaN;
            });
            calibration = calibration with
            {
                Agreement = new JudgeFigure((double)agreed / pairs.Length, RateSample.ClopperPearson(agreed, pairs.Length)),
                Kappa = Figure(0),
                WeightedKappa = Figure(1),
                Bias = Figure(2),
                PassRateDifference = Figure(3),
            };

            JudgeFigure? Figure(int index) => figures[index] is { } value ? new JudgeFigure(value, Bootstrap.Interval(draws[index])) : null;
        }
        return calibration with { WhyNot = [.. calibration.Reasons()] };
    }

    // Kappa of passing, kappa over the scale, bias in steps, difference of the pass rates.
    private static double?[] Figures((int People, int Judge)[] pairs, int pass, int steps)
    {
        (int, int)[] outcomes = [.. pairs.Select(pair => (pair.People >= pass ? 1 : 0, pair.Judge >= pass ? 1 : 0))];
        return
        [
            CohenKappa.Of(outcomes, 2), CohenKappa.Weighted(pairs, steps), pairs.Average(pair => pair.Judge - pair.People),
            outcomes.Average(outcome => outcome.Item2 - outcome.Item1),
        ];
    }

    private IEnumerable<string> Reasons()
    {
        if (Judged < JudgeBar.FewestExamples)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"it was calibrated on {Judged} examples{(Judged < Examples ? $", as it did not judge {Examples - Judged} of {Examples}" : "")}, and {JudgeBar.FewestExamples} are needed");
            yield break;
        }
        if (Math.Min(PeoplePassed, Judged - PeoplePassed) < JudgeBar.FewestOfEach)
            yield return string.Create(CultureInfo.InvariantCulture, $"of its {Judged} examples people passed {PeoplePassed} and failed {Judged - PeoplePassed}, and {JudgeBar.FewestOfEach} of each are needed");
        if (Agreement!.Value < Bar.Agreement)
            yield return string.Create(CultureInfo.InvariantCulture, $"it agrees with people on {Agreement.Percent} of {Judged} examples, and the policy asks for {Bar.Agreement * 100:0.##}%");
        if (Kappa is null || Kappa.Value < Bar.Kappa)
            yield return string.Create(CultureInfo.InvariantCulture, $"its kappa is {Kappa?.ToString() ?? "unknown"}, and the policy asks for {Bar.Kappa:0.##}");
    }
}

/// <summary>One figure of a calibration.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Interval">Where it would lie on all the answers that the examples stand for; null where they are too few to say.</param>
public sealed record JudgeFigure(double Value, Interval? Interval)
{
    /// <summary>As a share in percent: <c>88% (75% to 95%)</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public string Percent => Written(value => (value * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%");

    /// <summary>As a difference in points: <c>+4pp (-6pp to +12pp)</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public string Points => Written(value => (value * 100).ToString("+0.#;-0.#;0", CultureInfo.InvariantCulture) + "pp");

    /// <summary>As a number of steps with its sign: <c>+0.2 (-0.1 to +0.4)</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public string Steps => Written(value => value.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture));

    /// <summary>As a number: <c>0.74 (0.52 to 0.9)</c>.</summary>
    public override string ToString() => Written(value => value.ToString("0.##", CultureInfo.InvariantCulture));

    private string Written(Func<double, string> number) => Interval is null ? number(Value) : $"{number(Value)} ({number(Interval.Low)} to {number(Interval.High)})";
}
