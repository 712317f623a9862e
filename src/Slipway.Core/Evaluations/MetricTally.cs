using System.Collections.Immutable;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Evaluations;

/// <summary>Counts case by case what the metrics need: a few numbers for each case, and none of its texts.</summary>
internal sealed class MetricTally
{
    private readonly EvaluationPolicy policy;
    private readonly ImmutableSortedDictionary<string, MetricDefinition> definitions;
    private readonly ImmutableArray<(string Metric, string Tag)> tagged;
    private readonly Dictionary<string, List<RateRow>> rates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QuantityTally> quantities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> passRates = new(StringComparer.Ordinal);

    public MetricTally(EvaluationManifest manifest, EvaluationPolicy policy)
    {
        (this.policy, definitions) = (policy, manifest.Metrics);
        // What X_accuracy means where nobody said: the field X, else the cases tagged X. Which of the two is known at the end.
        tagged = [.. manifest.Gates.Select(gate => gate.Metric)
            .Where(name => name.EndsWith("_accuracy", StringComparison.Ordinal) && !definitions.ContainsKey(name)).Select(name => (name, name[..^"_accuracy".Length]))];
    }

    /// <summary>Cost and successes of both sides, a row a case.</summary>
    public List<SuccessRow> Successes { get; } = [];

    /// <summary>Adds a case.</summary>
    /// <param name="index">Which it is, from 0, each once.</param>
    /// <param name="run">What both sides answered.</param>
    /// <param name="traits">What is told of the answers.</param>
    public void Add(int index, CaseRun run, (ImmutableArray<AnswerTraits> Candidate, ImmutableArray<AnswerTraits> Baseline) traits)
    {
        var (candidate, baseline) = (Shares(run.Candidate, traits.Candidate), Shares(run.Baseline, traits.Baseline));
        foreach (var name in candidate.Keys.Union(baseline.Keys, StringComparer.Ordinal))
            ListOf(rates, name).Add(new RateRow(index, candidate.GetValueOrDefault(name), baseline.GetValueOrDefault(name)));
        foreach (var outcome in run.Candidate) AddQuantities(index, outcome.Answer, candidate: true);
        foreach (var outcome in run.Baseline) AddQuantities(index, outcome.Answer, candidate: false);
        foreach (var judged in run.Judged) AddJudged(index, judged);
        Successes.Add(new SuccessRow(index, Success.Of(run.Candidate), Success.Of(run.Baseline)));
    }

    /// <summary>The rates, each with its cases.</summary>
    public IEnumerable<(string Name, List<RateRow> Rows)> Rates() => rates.Where(rate => !IsTagged(rate.Key))
        .Select(rate => (rate.Key, rate.Value))
        .Concat(tagged.Where(one => !rates.ContainsKey(one.Metric) && rates.ContainsKey(TagKey(one.Metric))).Select(one => (one.Metric, rates[TagKey(one.Metric)])));

    /// <summary>Times, tokens and money, by family.</summary>
    public IReadOnlyDictionary<string, QuantityTally> Quantities => quantities;

    private Dictionary<string, Share> Shares(ImmutableArray<CaseOutcome> outcomes, ImmutableArray<AnswerTraits> traits)
    {
        var shares = new Dictionary<string, Share>(StringComparer.Ordinal);
        foreach (var (index, outcome) in outcomes.Index()) AddRates(outcome, traits[index], shares);
        return shares;
    }

    // A failed call counts as wrong in every rate of its case, and as an error.
    private void AddRates(CaseOutcome outcome, AnswerTraits traits, Dictionary<string, Share> shares)
    {
        var (goldenCase, answer) = (outcome.Case, outcome.Answer);
        Count(MetricName.ErrorRate, answer.Error is not null);
        // A case that only a judge looks at has no check that could fail.
        if (!goldenCase.Expect.IsEmpty) Count(MetricName.PassRate, outcome.Passed);
        AddChecks(outcome, Count);
        foreach (var (name, definition) in definitions)
        {
            if (definition.Counts(goldenCase)) CountAll(name, definition.Counts);
        }
        foreach (var (metric, tag) in tagged)
        {
            if (IsTaggedWith(goldenCase, tag)) CountAll(TagKey(metric), _ => true);
        }
        if (answer.Error is not null) return;
        Count(MetricName.RefusalRate, traits.Refused);
        if (answer.FinishReason is { } ended) Count(MetricName.TruncationRate, ended == "length");
        if (answer.ToolCalls is not null) Count(MetricName.ToolCallValidRate, answer.ToolViolations.IsEmpty);
        if (!policy.UnsafeTools.IsEmpty) Count(MetricName.UnsafeToolCallRate, traits.Tools.Any(tool => policy.UnsafeTools.Contains(tool, StringComparer.Ordinal)));

        void Count(string name, bool hit)
        {
            var share = shares.GetValueOrDefault(name);
            shares[name] = new Share(share.Hits + (hit ? 1 : 0), share.Repeats + 1);
        }

        void CountAll(string name, Func<Check, bool> counts)
        {
            var (any, all) = (false, true);
            for (var index = 0; index < outcome.Results.Length; index++)
            {
                if (index >= goldenCase.Expect.Length || !counts(goldenCase.Expect[index])) continue;
                (any, all) = (true, all && outcome.Results[index].Passed);
            }
            if (any) Count(name, all);
        }
    }

    // A case counts once for each check and each field, and is right where all of it is right.
    private void AddChecks(CaseOutcome outcome, Action<string, bool> count)
    {
        var names = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        bool? compared = null;
        for (var index = 0; index < outcome.Results.Length; index++)
        {
            var result = outcome.Results[index];
            if (!passRates.TryGetValue(result.Check, out var rate)) passRates[result.Check] = rate = MetricName.PassRateOf(result.Check);
            names[rate] = names.GetValueOrDefault(rate, true) && result.Passed;
            if (index >= outcome.Case.Expect.Length || outcome.Case.Expect[index] is not FieldEqualsCheck { Field: var field }) continue;
            var accuracy = MetricName.AccuracyOf(field);
            names[accuracy] = names.GetValueOrDefault(accuracy, true) && result.Passed;
            compared = compared is not false && result.Passed;
        }
        foreach (var (name, passed) in names) count(name, passed);
        if (compared is { } right) count(MetricName.Accuracy, right);
    }

    private void AddQuantities(int index, Answer answer, bool candidate)
    {
        Add(MetricName.Retries, answer.Retries);
        // How long a failure took says nothing about how long an answer takes, and the error rate has a gate of its own.
        if (answer.Error is null) Add(MetricName.Latency, answer.Latency.TotalMilliseconds);
        if (answer.Error is null && answer.TimeToFirstToken is { } first) Add(MetricName.TimeToFirstToken, first.TotalMilliseconds);
        if (answer.InputTokens is { } input) Add(MetricName.InputTokens, input);
        if (answer.OutputTokens is { } output) Add(MetricName.OutputTokens, output);
        if (answer.Cost is { } cost) Add(MetricName.Cost, (double)cost);

        void Add(string family, double value) => AddQuantity(family, index, value, candidate);
    }

    private void AddQuantity(string family, int index, double value, bool candidate)
    {
        if (!quantities.TryGetValue(family, out var tally)) quantities[family] = tally = new QuantityTally();
        (candidate ? tally.Candidate : tally.Baseline).Add((index, value));
    }

    // A judge who did not judge says nothing of the candidate. A call that failed passes no judge, as it passes no check.
    private void AddJudged(int index, JudgedCase judged)
    {
        var (rubric, name) = (judged.Rubric, judged.Rubric.Id.Name);
        var pass = rubric.StepOf(rubric.Pass)!.Value;
        AddRate(MetricName.PassRateOf(name), side => new Share(side.Count(one => one.Step >= pass), side.Count(one => !one.IsUnjudged)));
        AddRate(MetricName.UnjudgedRateOf(name), side => new Share(side.Count(one => one.IsUnjudged), side.Count(one => one != Judgement.NoAnswer)));
        foreach (var (side, isCandidate) in ((ImmutableArray<Judgement>, bool)[])[(judged.Candidate, true), (judged.Baseline, false)])
            foreach (var step in side.Select(one => one.Step).OfType<int>()) AddQuantity(MetricName.ScoreOf(name), index, rubric.Scale[step].Score, isCandidate);
        var pairs = judged.Pairs.Where(pair => pair.Verdict is not null).ToList();
        if (pairs.Count == 0) return;
        // In halves, as a tie is one: what one side does not win, the other does.
        var won = pairs.Sum(pair => pair.Verdict switch { PairVerdict.Candidate => 2, PairVerdict.Baseline => 0, _ => 1 });
        ListOf(rates, MetricName.PreferenceOf(name)).Add(new RateRow(index, new Share(won, 2 * pairs.Count), new Share(2 * pairs.Count - won, 2 * pairs.Count)));

        void AddRate(string metric, Func<ImmutableArray<Judgement>, Share> of)
        {
            var (candidate, baseline) = (of(judged.Candidate), of(judged.Baseline));
            if (candidate.Repeats + baseline.Repeats > 0) ListOf(rates, metric).Add(new RateRow(index, candidate, baseline));
        }
    }

    private static bool IsTaggedWith(GoldenCase goldenCase, string tag) => goldenCase.Tags.Any(one =>
        one.Value == tag || (one.Key == tag && one.Value is not ("no" or "false")));

    private static string TagKey(string metric) => "tag:" + metric;

    private static bool IsTagged(string name) => name.StartsWith("tag:", StringComparison.Ordinal);

    private static List<T> ListOf<T>(Dictionary<string, List<T>> lists, string name)
    {
        if (!lists.TryGetValue(name, out var list)) lists[name] = list = [];
        return list;
    }
}

/// <summary>A rate in one case; a share of no repeats is no data.</summary>
internal readonly record struct RateRow(int Case, Share Candidate, Share Baseline);

/// <summary>The values of one family, each with its case.</summary>
internal sealed class QuantityTally
{
    public List<(int Case, double Value)> Candidate { get; } = [];
    public List<(int Case, double Value)> Baseline { get; } = [];
}

/// <summary>What the answers of one side to one case cost and how many passed; null where a price is unknown.</summary>
internal readonly record struct Success(double? Cost, int Passed)
{
    public static Success Of(ImmutableArray<CaseOutcome> outcomes)
    {
        decimal? cost = outcomes.IsEmpty ? null : 0;
        var passed = 0;
        foreach (var outcome in outcomes)
        {
            cost += outcome.Answer.Cost;
            if (outcome.Passed) passed++;
        }
        return new Success((double?)cost, passed);
    }
}

/// <summary>Cost and success of both sides in one case.</summary>
internal readonly record struct SuccessRow(int Case, Success Candidate, Success Baseline);
