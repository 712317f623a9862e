using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Turns what both sides answered into a report, case by case.</summary>
/// <remarks>
/// It keeps a few numbers for each case and the texts of a bounded number of them. The report does not depend on the order in which cases are added.
/// Not for several threads at once.
/// </remarks>
/// <param name="manifest">What was asked for.</param>
/// <param name="evaluation">What the prompt's policy says of evaluations.</param>
/// <param name="serving">What it says of the texts that may be kept.</param>
public sealed class ReportBuilder(EvaluationManifest manifest, EvaluationPolicy evaluation, ServingPolicy serving)
{
    private readonly MetricTally metrics = new(manifest, evaluation);
    private readonly DriftTally drift = new();
    private readonly DifferenceTally differences = new(serving);
    private readonly JudgeTally judges = new(serving);
    private readonly List<CaseOutputs> outputs = [];
    private readonly HashSet<string> ids = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, ContentHash> hashes = [];
    private readonly SortedDictionary<CaseKind, int> kinds = [];
    private int candidatePassed, candidateErrors, baselinePassed, baselineErrors, synthetic;
    private bool? compared;

    /// <summary>Adds all that was answered to one case.</summary>
    /// <exception cref="ArgumentException">The case was added before, has no answer of the candidate, or has a baseline's answers where others have none.</exception>
    public void Add(CaseRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Candidate.IsDefaultOrEmpty) throw new ArgumentException($"The candidate answered nothing to {run.Case.Id}.", nameof(run));
        if (compared is { } other && other == run.Baseline.IsDefaultOrEmpty) throw new ArgumentException("Candidate and baseline must answer the same cases.", nameof(run));
        if (!ids.Add(run.Case.Id)) throw new ArgumentException($"The case {run.Case.Id} was added twice.", nameof(run));
        compared = !run.Baseline.IsDefaultOrEmpty;
        var sides = run.Baseline.IsDefault ? run with { Baseline = [] } : run;
        var index = outputs.Count;
        var traits = (AnswerTraits.Of(sides.Candidate, evaluation), AnswerTraits.Of(sides.Baseline, evaluation));
        metrics.Add(index, sides, traits);
        drift.Add(index, sides, traits);
        differences.Add(sides);
        judges.Add(sides);
        outputs.Add(new CaseOutputs(run.Case.Id, Hashes(sides.Candidate), Hashes(sides.Baseline)));
        kinds[run.Case.Kind] = kinds.GetValueOrDefault(run.Case.Kind) + 1;
        if (GoldenSetSummary.SourceOf(run.Case) == "synthetic") synthetic++;
        candidatePassed += All(sides.Candidate, outcome => outcome.Passed);
        candidateErrors += Any(sides.Candidate, outcome => outcome.Answer.Error is not null);
        if (sides.Baseline.IsEmpty) return;
        baselinePassed += All(sides.Baseline, outcome => outcome.Passed);
        baselineErrors += Any(sides.Baseline, outcome => outcome.Answer.Error is not null);
    }

    /// <summary>The report on all cases that were added.</summary>
    /// <param name="facts">What only the one who ran it knows.</param>
    public EvaluationReport Build(EvaluationFacts facts) => Build(facts, []);

    /// <summary>The report on all cases that were added, with what is known of their judges.</summary>
    /// <param name="facts">What only the one who ran it knows.</param>
    /// <param name="asked">The judges, one a rubric.</param>
    public EvaluationReport Build(EvaluationFacts facts, ImmutableArray<CalibratedJudge> asked)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ImmutableArray<JudgeReport> judged = [.. asked.Select(judges.Report).OrderBy(judge => judge.Rubric.Name, StringComparer.Ordinal)];
        var order = Enumerable.Range(0, outputs.Count).OrderBy(index => outputs[index].CaseId, StringComparer.Ordinal).ToArray();
        var rank = new int[order.Length];
        foreach (var (place, index) in order.Index()) rank[index] = place;
        var table = MetricTable.Of(metrics, rank, manifest.Seed);
        var gates = GateJudge.Judge(manifest, table, Informing(judged));
        var regressions = Regressions.Of(differences);
        var verdict = facts.Stopped is null ? GateJudge.Overall(gates) : (GateVerdict)Math.Max((int)GateJudge.Overall(gates), (int)GateVerdict.Inconclusive);
        var counted = differences.Counts;
        var report = new EvaluationReport(facts.Candidate.Version, facts.Baseline?.Version, manifest.Dataset.ToString(), manifest.Model, verdict,
            new EvaluationCounts(outputs.Count, candidatePassed, candidateErrors, compared == true ? baselinePassed : null, compared == true ? baselineErrors : null,
                counted[DifferenceCategory.Broken], counted[DifferenceCategory.Fixed], counted[DifferenceCategory.BothWrongDifferent], counted[DifferenceCategory.BothRightDifferent]),
            gates, [.. table.Rows.Select(MetricComparison.Of)], regressions.Rows)
        {
            Manifest = manifest.ToJson(),
            Facts = judged.IsEmpty ? facts : facts with { Judges = judged.ToImmutableSortedDictionary(judge => judge.Rubric.Name, judge => judge.Hash.Value, StringComparer.Ordinal) },
            Judges = judged,
            Drift = drift.Result(rank, manifest.Seed),
            Clusters = regressions.Clusters,
            LeftOut = regressions.LeftOut,
            Tags = Largest(differences.Tags),
            Kinds = [.. differences.Kinds.OrderBy(group => group.Name, StringComparer.Ordinal)],
            Reasons = Largest(differences.Reasons),
            MissingKinds = evaluation.Missing(new GoldenSetCounts(outputs.Count, 0, kinds.ToImmutableSortedDictionary())),
            SyntheticShare = outputs.Count == 0 ? null : (double)synthetic / outputs.Count,
            Outputs = [.. order.Select(index => outputs[index])],
        };
        return report with { Review = ReviewQuestions.Of(report) };
    }

    // How much it left unjudged is no judgement, and may be a gate's like any count.
    private static Dictionary<string, string> Informing(ImmutableArray<JudgeReport> judged) => judged.Where(judge => !judge.MayGate)
        .SelectMany(judge => MetricName.OfJudge(judge.Rubric.Name).Where(metric => metric != MetricName.UnjudgedRateOf(judge.Rubric.Name)).Select(metric => (Metric: metric, Why: judge.InformsOnly!)))
        .ToDictionary(one => one.Metric, one => one.Why, StringComparer.Ordinal);

    private ImmutableArray<ContentHash> Hashes(ImmutableArray<CaseOutcome> outcomes) => [.. outcomes.Select(outcome =>
    {
        var hash = ContentHash.Of(Encoding.UTF8.GetBytes(outcome.Answer.Shown));
        if (hashes.TryGetValue(hash, out var known)) return known;
        return hashes[hash] = hash;
    })];

    private static ImmutableArray<DifferenceGroup> Largest(IEnumerable<DifferenceGroup> groups) =>
    [
        .. groups.Where(group => group.Broken + group.Fixed > 0).OrderByDescending(group => group.Broken).ThenByDescending(group => group.Fixed)
            .ThenBy(group => group.Name, StringComparer.Ordinal).Take(20),
    ];

    private static int All(ImmutableArray<CaseOutcome> outcomes, Func<CaseOutcome, bool> holds) => outcomes.All(holds) ? 1 : 0;

    private static int Any(ImmutableArray<CaseOutcome> outcomes, Func<CaseOutcome, bool> holds) => outcomes.Any(holds) ? 1 : 0;
}
