using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;

namespace Slipway.Core.Evaluations;

/// <summary>Gathers in which cases the sides differ. Keeps a few numbers for each, and texts only of as many as somebody could read.</summary>
internal sealed class DifferenceTally(ServingPolicy serving)
{
    private const int MostNames = 10_000;
    private const string Others = "(others)";
    private readonly Dictionary<DifferenceCategory, RowSample> kept = new()
    {
        [DifferenceCategory.Broken] = new RowSample(250),
        [DifferenceCategory.Fixed] = new RowSample(120),
        [DifferenceCategory.BothWrongDifferent] = new RowSample(60),
        [DifferenceCategory.BothRightDifferent] = new RowSample(60),
    };
    private readonly Dictionary<string, DifferenceGroup> tags = new(StringComparer.Ordinal), kinds = new(StringComparer.Ordinal), reasons = new(StringComparer.Ordinal);

    /// <summary>How many cases differ, by category.</summary>
    public Dictionary<DifferenceCategory, int> Counts { get; } = Enum.GetValues<DifferenceCategory>().ToDictionary(category => category, _ => 0);

    /// <summary>What broke, a few numbers a case.</summary>
    public List<BrokenCase> Broken { get; } = [];

    /// <summary>The rows that were kept of a category: all of them, or a sample that does not depend on who answered first.</summary>
    public IEnumerable<BehaviourDifference> Rows(DifferenceCategory category) => kept[category].Rows;

    public IEnumerable<DifferenceGroup> Tags => tags.Values;
    public IEnumerable<DifferenceGroup> Kinds => kinds.Values;
    public IEnumerable<DifferenceGroup> Reasons => reasons.Values;

    /// <summary>Adds a case in which both sides answered.</summary>
    public void Add(CaseRun run)
    {
        if (run.Baseline.IsEmpty) return;
        var (before, after) = (PassShare(run.Baseline), PassShare(run.Candidate));
        var category = after < before ? DifferenceCategory.Broken : after > before ? DifferenceCategory.Fixed
            : SameAnswers(run.Baseline, run.Candidate) ? (DifferenceCategory?)null
            : after < 1 ? DifferenceCategory.BothWrongDifferent : DifferenceCategory.BothRightDifferent;
        CountGroups(run, category);
        if (category is not { } differs) return;
        Counts[differs]++;
        var (baseline, candidate) = Telling(run, differs);
        var severity = Math.Max(0, before - after) + Math.Max(0, Score(run.Baseline) - Score(run.Candidate)) + (candidate.BrokenForm ? 1 : 0);
        if (differs == DifferenceCategory.Broken) Broken.Add(BrokenCase.Of(candidate, severity));
        kept[differs].Offer(run.Case.Id, () => Row(baseline, candidate, differs, before, after, severity));
    }

    /// <summary>The share of its repeats in which a side passes every check.</summary>
    internal static double PassShare(ImmutableArray<CaseOutcome> outcomes) => (double)outcomes.Count(outcome => outcome.Passed) / outcomes.Length;

    private BehaviourDifference Row(CaseOutcome baseline, CaseOutcome candidate, DifferenceCategory category, double before, double after, double severity)
    {
        var (goldenCase, wrong) = (candidate.Case, category == DifferenceCategory.Fixed ? baseline : candidate);
        return new BehaviourDifference(goldenCase.Id, goldenCase.Kind, goldenCase.Tags, category, Allowed(wrong.Failures.FirstOrDefault("")), Allowed(goldenCase.InputExcerpt),
            Allowed(baseline.Answer.Shown), Allowed(candidate.Answer.Shown), [.. baseline.Failures.Select(Allowed)], [.. candidate.Failures.Select(Allowed)])
        {
            BaselineShare = before,
            CandidateShare = after,
            Severity = severity,
        };
    }

    // A report is stored and passed around: it holds what the prompt's policy keeps of a call, and no more.
    private string Allowed(string text) => Kept(serving, text);

    /// <summary>What a report keeps of a text.</summary>
    internal static string Kept(ServingPolicy serving, string text)
    {
        const int Longest = 4_000;
        var allowed = Captured.Of(serving, text) ?? "";
        return allowed.Length <= Longest ? allowed : allowed[..(char.IsHighSurrogate(allowed[Longest - 1]) ? Longest - 1 : Longest)] + "…";
    }

    // With repeats, the answers that show the change: of the side that is worse one that fails, of the other one that passes.
    private static (CaseOutcome Baseline, CaseOutcome Candidate) Telling(CaseRun run, DifferenceCategory category) => category switch
    {
        DifferenceCategory.Broken => (First(run.Baseline, passed: true), First(run.Candidate, passed: false)),
        DifferenceCategory.Fixed => (First(run.Baseline, passed: false), First(run.Candidate, passed: true)),
        _ => (run.Baseline[0], run.Candidate.FirstOrDefault(outcome => !Same(outcome.Answer, run.Baseline[0].Answer)) ?? run.Candidate[0]),
    };

    private static CaseOutcome First(ImmutableArray<CaseOutcome> outcomes, bool passed) => outcomes.FirstOrDefault(outcome => outcome.Passed == passed) ?? outcomes[0];

    private static double Score(ImmutableArray<CaseOutcome> outcomes) => outcomes.Average(outcome => outcome.Results.IsEmpty ? 1 : outcome.Results.Average(result => result.Score));

    private void CountGroups(CaseRun run, DifferenceCategory? category)
    {
        var (broken, won) = (category == DifferenceCategory.Broken ? 1 : 0, category == DifferenceCategory.Fixed ? 1 : 0);
        foreach (var (tag, value) in run.Case.Tags) Count(tags, $"{tag}={value}", broken, won);
        Count(kinds, Wire.SnakeCase<CaseKind>.Of(run.Case.Kind), broken, won);
        var (before, after) = (Failures(run.Baseline), Failures(run.Candidate));
        foreach (var reason in before.Union(after, StringComparer.Ordinal)) Count(reasons, Allowed(reason), before.Contains(reason) ? 0 : 1, after.Contains(reason) ? 0 : 1);
    }

    private static HashSet<string> Failures(ImmutableArray<CaseOutcome> outcomes) => outcomes.SelectMany(outcome => outcome.Failures).ToHashSet(StringComparer.Ordinal);

    private static void Count(Dictionary<string, DifferenceGroup> groups, string name, int broken, int won)
    {
        if (groups.Count >= MostNames && !groups.ContainsKey(name)) name = Others;
        var group = groups.GetValueOrDefault(name) ?? new DifferenceGroup(name, 0, 0, 0);
        groups[name] = group with { Cases = group.Cases + 1, Broken = group.Broken + broken, Fixed = group.Fixed + won };
    }

    private static bool SameAnswers(ImmutableArray<CaseOutcome> left, ImmutableArray<CaseOutcome> right) =>
        left.All(one => right.Any(other => Same(one.Answer, other.Answer))) && right.All(one => left.Any(other => Same(one.Answer, other.Answer)));

    // Spaces between tokens and the order of keys are no behaviour.
    private static bool Same(Answer left, Answer right) => left.Error == right.Error
        && (left.Shown == right.Shown || (JsonValues.Parse(left.Shown) is { } one && JsonValues.Parse(right.Shown) is { } other && JsonValues.Same(one, other)));

    /// <summary>A bounded number of rows; of more, those whose cases come first in an order that looks like chance and is always the same.</summary>
    private sealed class RowSample(int most)
    {
        private readonly PriorityQueue<BehaviourDifference, (ulong, string)> rows = new(Comparer<(ulong, string)>.Create((left, right) =>
            right.Item1 != left.Item1 ? right.Item1.CompareTo(left.Item1) : string.CompareOrdinal(right.Item2, left.Item2)));

        public IEnumerable<BehaviourDifference> Rows => rows.UnorderedItems.Select(item => item.Element);

        public void Offer(string caseId, Func<BehaviourDifference> row)
        {
            var order = (TextSketch.OrderOf(caseId), caseId);
            if (rows.Count == most && rows.TryPeek(out _, out var last) && rows.Comparer.Compare(order, last) < 0) return;
            rows.Enqueue(row(), order);
            if (rows.Count > most) rows.Dequeue();
        }
    }
}

/// <summary>A case that broke, as far as it takes to see which others broke like it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Severity">See <see cref="BehaviourDifference.Severity"/>.</param>
/// <param name="BrokenForm">Whether the answer's form is what broke.</param>
/// <param name="Tags">Its tags, <c>name=value</c>.</param>
/// <param name="Failure">A sketch of why it fails.</param>
/// <param name="Input">A sketch of what went in.</param>
internal sealed record BrokenCase(string CaseId, double Severity, bool BrokenForm, ImmutableArray<string> Tags, TextSketch Failure, TextSketch Input)
{
    public static BrokenCase Of(CaseOutcome candidate, double severity)
    {
        ImmutableArray<string> tags = [.. candidate.Case.Tags.Select(tag => $"{tag.Key}={tag.Value}")];
        return new BrokenCase(candidate.Case.Id, severity, candidate.BrokenForm, tags, TextSketch.Of(string.Join(' ', candidate.Failures)), TextSketch.Of(candidate.Case.InputExcerpt));
    }

    /// <summary>How alike two broken cases are, 0 to 1: by failure first, then by input and tags.</summary>
    public double Likeness(BrokenCase other)
    {
        var (failure, input) = (Failure.Likeness(other.Failure), Input.Likeness(other.Input));
        if (Tags.IsEmpty && other.Tags.IsEmpty) return 0.7 * failure + 0.3 * input;
        var shared = Tags.Intersect(other.Tags, StringComparer.Ordinal).Count();
        return 0.6 * failure + 0.25 * input + 0.15 * shared / (Tags.Length + other.Tags.Length - shared);
    }
}
