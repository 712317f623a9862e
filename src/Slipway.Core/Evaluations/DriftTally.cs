using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>Counts how the answers of both sides are spread, and tells what moved. Looks at what no gate looks at.</summary>
internal sealed class DriftTally
{
    private const string Label = "label:", Length = "length", Other = "(other)", None = "(none)";
    private const int MostValues = 200, MostShown = 12, LongestValue = 60;
    private readonly SortedDictionary<string, Spread> spreads = new(StringComparer.Ordinal);

    /// <summary>Adds a case in which both sides answered.</summary>
    /// <param name="index">Which it is, from 0, each once.</param>
    /// <param name="run">What both sides answered.</param>
    /// <param name="traits">What is told of the answers.</param>
    public void Add(int index, CaseRun run, (ImmutableArray<AnswerTraits> Candidate, ImmutableArray<AnswerTraits> Baseline) traits)
    {
        if (run.Baseline.IsEmpty) return;
        var labels = run.Case.Expect.Select(FieldOf).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        foreach (var (repeat, outcome) in run.Candidate.Index()) Add(index, outcome.Answer, traits.Candidate[repeat], labels, candidate: true);
        foreach (var (repeat, outcome) in run.Baseline.Index()) Add(index, outcome.Answer, traits.Baseline[repeat], labels, candidate: false);
    }

    /// <summary>What came out, what moved first.</summary>
    /// <param name="rank">The place of each case in an order that does not depend on who answered first.</param>
    /// <param name="seed">What the random draws start from.</param>
    public ImmutableArray<OutputDrift> Result(int[] rank, ulong seed)
    {
        // A value that is the same in all answers of both sides has no distribution, and free text has none worth showing.
        var looked = spreads.Where(spread => spread.Value is { IsFreeText: false, HasBothSides: true } && (spread.Key == Length || spread.Value.Values.Count > 1)).ToList();
        var results = looked.ConvertAll(spread => spread.Value.Compare(spread.Key, rank, seed));
        var chances = SwapTest.Holm(results.ConvertAll(result => result.Chance));
        return
        [
            .. results.Select((result, index) => result with
            {
                Chance = chances[index],
                Moved = chances[index] <= Confidence.Alpha,
                Sentence = chances[index] <= Confidence.Alpha ? result.Sentence : $"{Spoken(result.What)} did not move by more than chance",
            }).OrderByDescending(result => result.Moved).ThenBy(result => result.Chance).ThenBy(result => result.What, StringComparer.Ordinal),
        ];
    }

    /// <summary>What was looked at, as a sentence begins.</summary>
    internal static string Spoken(string what) => what switch
    {
        Length => "The length",
        "finish_reason" => "How answers end",
        "refusal" => "Refusals",
        "tools" => "The choice of tools",
        "shape" => "The shape of the answers",
        "language" => "The language",
        Label => "The label",
        _ when what.StartsWith(Label, StringComparison.Ordinal) => $"\"{what[Label.Length..]}\"",
        _ => what,
    };

    private void Add(int index, Answer answer, AnswerTraits traits, List<string> labels, bool candidate)
    {
        if (answer.Error is not null) return;
        Of(Length).AddNumber(index, answer.Shown.Length, candidate);
        Add("finish_reason", answer.FinishReason);
        Add("refusal", traits.Refused ? "yes" : "no");
        Add("language", traits.Language);
        Add("tools", traits.Tools.IsEmpty ? None : string.Join(", ", traits.Tools));
        var json = answer.Text.Length > 0 ? JsonValues.Parse(answer.Text) : null;
        Add("shape", ShapeOf(answer, json));
        foreach (var field in labels) Add(Label + field, field.Length == 0 ? answer.Text.Trim() : ValueOf(json, field));

        void Add(string what, string? value)
        {
            if (value is not null) Of(what).AddValue(index, value.Length <= LongestValue ? value : value[..LongestValue], candidate);
        }
    }

    private static string ShapeOf(Answer answer, JsonElement? json) => (answer.Text.Length, json?.ValueKind) switch
    {
        (0, _) => answer.ToolCalls is null ? "empty" : "tool calls",
        (_, JsonValueKind.Object) => "{" + string.Join(", ", json!.Value.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)) + "}",
        (_, null) => "text",
        var (_, kind) => $"JSON {kind!.Value.ToString().ToLowerInvariant()}",
    };

    private static string ValueOf(JsonElement? json, string field)
    {
        if (json is not { } found) return "(not JSON)";
        foreach (var name in field.Split('.'))
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found)) return "(missing)";
        return found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText();
    }

    // Not remembered: a check that is kept keeps the JSON of its whole case alive.
    private static string? FieldOf(Check check) => MetricDefinition.FieldOf(check) ?? (check is AllowedLabelCheck ? "" : null);

    private Spread Of(string what)
    {
        if (!spreads.TryGetValue(what, out var spread)) spreads[what] = spread = new Spread();
        return spread;
    }

    /// <summary>What came in each case, on which side.</summary>
    private sealed class Spread
    {
        private readonly List<(int Case, int Value, bool Candidate)> rows = [];
        public Dictionary<string, int> Values { get; } = new(StringComparer.Ordinal);
        public bool IsFreeText { get; private set; }
        public bool HasBothSides => rows.Any(row => row.Candidate) && rows.Any(row => !row.Candidate);

        public void AddNumber(int index, int number, bool candidate) => rows.Add((index, number, candidate));

        public void AddValue(int index, string value, bool candidate)
        {
            if (IsFreeText) return;
            if (!Values.TryGetValue(value, out var known)) Values[value] = known = Values.Count;
            rows.Add((index, known, candidate));
            if (Values.Count <= MostValues) return;
            IsFreeText = true;
            rows.Clear();
            Values.Clear();
        }

        public OutputDrift Compare(string what, int[] rank, ulong seed)
        {
            var cases = rows.GroupBy(row => row.Case).OrderBy(one => rank[one.Key])
                .Select(one => (Candidate: one.Where(row => row.Candidate).Select(row => row.Value).ToList(), Baseline: one.Where(row => !row.Candidate).Select(row => row.Value).ToList()))
                .Where(one => one.Candidate.Count > 0 && one.Baseline.Count > 0).ToList();
            return what == Length ? CompareNumbers(what, cases, seed) : CompareValues(what, cases, seed);
        }

        // The ratio counts, not the difference: one answer of a thousand words must not outweigh a hundred that lost half of theirs.
        private static OutputDrift CompareNumbers(string what, List<(List<int> Candidate, List<int> Baseline)> cases, ulong seed)
        {
            var chance = SwapTest.Numbers([.. cases.Select(one => one.Candidate.Average(Log) - one.Baseline.Average(Log)).Where(difference => difference != 0)], seed);
            var (before, after) = (cases.Count == 0 ? 0 : cases.Average(one => one.Baseline.Average()), cases.Count == 0 ? 0 : cases.Average(one => one.Candidate.Average()));
            var sentence = string.Create(CultureInfo.InvariantCulture, $"Answers are {(after > before ? "longer" : "shorter")}: {after:0} characters on average, {before:0} before");
            return new OutputDrift(what, Moved: false, chance, sentence, []) { Baseline = before, Candidate = after };

            static double Log(int length) => Math.Log(length + 1);
        }

        private OutputDrift CompareValues(string what, List<(List<int> Candidate, List<int> Baseline)> cases, ulong seed)
        {
            var (names, before, after) = (new string[Values.Count], new double[Values.Count], new double[Values.Count]);
            foreach (var (name, value) in Values) names[value] = name;
            var differing = new List<(int Value, double Difference)[]>();
            foreach (var (candidate, baseline) in cases)
            {
                var differences = new SortedDictionary<int, double>();
                foreach (var value in candidate) Add(after, value, 1.0 / candidate.Count);
                foreach (var value in baseline) Add(before, value, -1.0 / baseline.Count);
                (int, double)[] moved = [.. differences.Where(one => Math.Abs(one.Value) > 1e-9).Select(one => (one.Key, one.Value))];
                if (moved.Length > 0) differing.Add(moved);

                void Add(double[] sums, int value, double share)
                {
                    sums[value] += Math.Abs(share);
                    differences[value] = differences.GetValueOrDefault(value) + share;
                }
            }
            var chance = SwapTest.Categories(differing, [.. before.Zip(after, (left, right) => left + right)], seed);
            var shares = names.Select((name, value) => new DriftShare(name, before[value] / cases.Count, after[value] / cases.Count))
                .OrderByDescending(share => Math.Round(Math.Abs(share.Candidate - share.Baseline), 9)).ThenBy(share => share.Value, StringComparer.Ordinal).ToList();
            var rest = shares.Skip(MostShown).ToList();
            if (rest.Count > 0) shares = [.. shares.Take(MostShown), new DriftShare(Other, rest.Sum(share => share.Baseline), rest.Sum(share => share.Candidate))];
            return new OutputDrift(what, Moved: false, chance, Tell(what, shares), [.. shares]);
        }

        private static string Tell(string what, List<DriftShare> shares) => string.Create(CultureInfo.InvariantCulture,
            $"{Spoken(what)} moved: {string.Join("; ", shares.Where(share => share.Candidate != share.Baseline).Take(3).Select(share => $"{share.Value} {share.Baseline * 100:0.#}% → {share.Candidate * 100:0.#}%"))}");
    }
}
