using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>A changed version that is asked the cases of a golden set, beside the one before it.</summary>
/// <param name="Candidate">The version.</param>
/// <param name="Baseline">The one before; null for the first of its prompt.</param>
/// <param name="Manifest">What is judged.</param>
/// <param name="Cases">The cases, perhaps not all of the set.</param>
/// <param name="Of">How many the set has.</param>
internal sealed record Comparison(EvaluationSide Candidate, EvaluationSide? Baseline, EvaluationManifest Manifest, GoldenSet Cases, int Of)
{
    /// <summary>Whose versions they are.</summary>
    public required PromptName Prompt { get; init; }

    /// <summary>The rubrics that the manifest and the cases name; usually none.</summary>
    public ImmutableArray<Rubric> Rubrics { get; init; } = [];

    /// <summary>The models of the judges, by the names that the rubrics give them.</summary>
    public ImmutableSortedDictionary<string, ModelReference> JudgeModels { get; init; } = ImmutableSortedDictionary.Create<string, ModelReference>(StringComparer.Ordinal);

    // The choice of cases must be the same on every machine and in every run; a folder that wants another has all cases asked.
    private const string Seed = "slipway ci";

    /// <summary>Plans what is run for a changed version.</summary>
    /// <param name="change">The version.</param>
    /// <param name="all">All that the branch does.</param>
    /// <param name="head">The folder.</param>
    /// <param name="most">How many cases are asked at most.</param>
    /// <returns>One for each evaluation manifest that names the version; else one with the gates of the newest manifest of the prompt, else with the usual ones.</returns>
    public static ImmutableArray<ComparisonPlan> Plan(ChangedPrompt change, ChangedPrompts all, CiFolder head, int most)
    {
        var (prompt, side) = (change.Candidate, new EvaluationSide(change.Candidate.Label, change.Candidate.Package!, change.Candidate.Manifest.Submission.ChangeReason));
        var ofPrompt = head.Evaluations.Where(evaluation => evaluation.Candidate.Prompt == prompt.Prompt).ToList();
        var named = ofPrompt.Where(evaluation => evaluation.Candidate.Number == prompt.Number).ToList();
        if (named.Count > 0) return [.. named.Select(evaluation => Planned(evaluation.Manifest, head.Golden(evaluation.Manifest.Dataset, out _)!, evaluation.Manifest.BaselinePrompt))];
        var newest = ofPrompt.MaxBy(evaluation => evaluation.Candidate.Number)?.Manifest;
        if ((prompt.Golden ?? (newest is null ? null : head.Golden(newest.Dataset, out _))) is not { } set)
            return [new ComparisonPlan.Nothing(prompt.Label, GateVerdict.Inconclusive, $"{prompt.Label} names no golden set, so nobody can say how it behaves: give its manifest one (golden_set), or only check (--checks-only).")];
        return [Planned(newest ?? UsualGates(set), set, null)];

        ComparisonPlan Planned(EvaluationManifest manifest, GoldenSet cases, string? baselineName)
        {
            var baseline = baselineName is not null && all.Before.TryGetValue(baselineName, out var other) && other.Package.Hash != side.Package.Hash ? other : change.Baseline;
            // What a gate would be held against does not exist for the first version of a prompt; that is no doubt about it.
            var gates = baseline is null ? manifest.Gates.RemoveAll(gate => gate.Threshold.NeedsBaseline) : manifest.Gates;
            if (gates.IsEmpty) return new ComparisonPlan.Nothing(prompt.Label, GateVerdict.Pass, $"{prompt.Label} is the first version of {prompt.Prompt}: there is nothing to compare it with, and no gate that stands alone.");
            var selected = CaseSelection.Of(cases, most, Seed);
            var rubrics = head.Rubrics(manifest, selected, []);
            return new ComparisonPlan.Run(new Comparison(
                side, baseline, manifest with { CandidatePrompt = side.Name, BaselinePrompt = baseline?.Name, Dataset = cases.Id, Gates = gates }, selected, cases.Asked.Length)
            {
                Prompt = prompt.Prompt,
                Rubrics = rubrics,
                JudgeModels = rubrics.Select(rubric => rubric.Model).Distinct(StringComparer.Ordinal).Select(name => (Name: name, Model: head.Works.Resolve(name)))
                    .Where(one => one.Model is not null).ToImmutableSortedDictionary(one => one.Name, one => one.Model!, StringComparer.Ordinal),
            });
        }
    }

    // What holds for any change: answers keep coming, keep their form and stay as right as they were.
    private static EvaluationManifest UsualGates(GoldenSet set)
    {
        var gates = ImmutableArray.CreateBuilder<Gate>();
        Add(MetricName.ErrorRate, "<= baseline + 1pp");
        if (set.Cases.Any(one => one.Expect.OfType<SchemaCheck>().Any())) Add(MetricName.SchemaPassRate, ">= baseline - 1pp");
        if (set.Cases.Any(one => one.Expect.OfType<FieldEqualsCheck>().Any())) Add(MetricName.Accuracy, ">= baseline - 2pp");
        return new EvaluationManifest("", null, null, set.Id, gates.ToImmutable());

        void Add(string metric, string threshold) => gates.Add(new Gate(metric, ((ThresholdResult.Parsed)Threshold.Parse(threshold, MetricName.KindOf(metric))).Threshold));
    }
}

/// <summary>What is to be done about a changed version.</summary>
internal abstract record ComparisonPlan
{
    private ComparisonPlan() { }

    /// <summary>It is compared.</summary>
    internal sealed record Run(Comparison Comparison) : ComparisonPlan;

    /// <summary>It is not.</summary>
    /// <param name="Candidate">The version.</param>
    /// <param name="Verdict">What follows.</param>
    /// <param name="Reason">Why, as a sentence.</param>
    internal sealed record Nothing(string Candidate, GateVerdict Verdict, string Reason) : ComparisonPlan;
}

/// <summary>What came of a changed version.</summary>
/// <param name="Candidate">The version.</param>
/// <param name="Report">The report; null where nothing was run.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Remark">How many cases were asked, or why none were.</param>
internal sealed record CiComparison(string Candidate, EvaluationReport? Report, GateVerdict Verdict, string Remark);
