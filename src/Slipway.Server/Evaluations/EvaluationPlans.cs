using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Server.Objects;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Finds what a run needs in the registry: packages, cases, policy and prices.</summary>
internal sealed class EvaluationPlans(Ledger ledger, ObjectKeeper objects, PackageCache packages)
{
    private const int MostEarlier = 20;

    /// <summary>The plan of a run.</summary>
    /// <param name="run">What it was told to do.</param>
    /// <param name="by">Who began it.</param>
    /// <exception cref="ErasedException">A part of it was erased.</exception>
    /// <exception cref="StorageException">A part of it cannot be read.</exception>
    public EvaluationPlan Make(RunPlan run, string by)
    {
        var registry = ledger.Current;
        var (policy, settings) = (registry.Prompts.Policy(run.Candidate.Prompt), run.Settings);
        var cases = new StoredCases(run.Dataset, objects.Get(run.SetContent) ?? throw new StorageException($"The golden set {run.Dataset} is missing from the object store."), run.Incident?.Cases);
        var manifest = EvaluationManifest.Parse(run.Manifest) is EvaluationManifestResult.Parsed parsed ? parsed.Manifest : throw new StorageException("The manifest of a run has lost its form.");
        return new EvaluationPlan
        {
            Manifest = manifest with { Repeats = settings.Repeats, Concurrency = settings.Concurrency, MaxCost = settings.MaxCost },
            Candidate = VersionOf(registry, run.Candidate),
            Baseline = run.Baseline is null ? null : VersionOf(registry, run.Baseline),
            Stored = cases,
            Rubrics = RubricsOf(registry, manifest, cases),
            SetContent = run.SetContent,
            Policy = policy.Evaluation,
            Serving = policy.Serving,
            By = by,
            RollbackTo = registry.Releases.Live(run.Candidate.Prompt, EnvironmentName.Production)?.Version.ToString(),
            Models = registry.Models,
            Settings = settings,
        };
    }

    /// <summary>A report that says which of its judges' figures cannot be compared with those of the same prompt and golden set before it.</summary>
    /// <remarks>For each judge the newest earlier report counts that has one of its name; how far back is looked is bounded.</remarks>
    public EvaluationReport BesideEarlier(RunPlan run, EvaluationReport report)
    {
        if (report.Judges.IsEmpty) return report;
        var (changes, open) = (new List<string>(), report.Judges.Select(judge => judge.Rubric.Name).ToHashSet(StringComparer.Ordinal));
        var before = ledger.Current.Evaluations.Runs.Reverse().Where(one => one.Facts.Candidate.Prompt == run.Candidate.Prompt && one.Facts.Set.Name == run.Dataset.Name).Take(MostEarlier);
        foreach (var evaluation in before)
        {
            if (open.Count == 0) break;
            if (ReportOf(evaluation) is not { } earlier) continue;
            changes.AddRange(JudgeChange.Between(earlier, report).Where(change => open.Contains(change.Name)).Select(change => change.Sentence));
            open.ExceptWith(earlier.Judges.Select(judge => judge.Rubric.Name));
        }
        return changes.Count == 0 ? report : report with { Incomparable = [.. changes] };
    }

    // What was erased, or has another form, cannot be compared with anyway.
    private EvaluationReport? ReportOf(Evaluation evaluation)
    {
        try
        {
            return objects.Holds(evaluation.Facts.Report) && objects.Get(evaluation.Facts.Report) is { } bytes ? EvaluationReport.FromJson(Encoding.UTF8.GetString(bytes)) : null;
        }
        catch (Exception exception) when (exception is ErasedException or JsonException)
        {
            return null;
        }
    }

    // A rubric that is not there is the engine's to say.
    private ImmutableArray<Rubric> RubricsOf(Registry registry, EvaluationManifest manifest, StoredCases cases) =>
    [
        .. manifest.Judges.Select(judge => judge.Rubric).Concat(cases.Rubrics).Distinct().Select(registry.Evaluations.Find).OfType<RubricPushed>().Select(objects.Load),
    ];

    private EvaluationSide VersionOf(Registry registry, VersionId id)
    {
        var version = registry.Prompts.Find(id) ?? throw new StorageException($"The version {id} is missing from the journal.");
        return new EvaluationSide(id.ToString(), packages.Get(version.Package), version.Facts.ChangeReason);
    }
}
