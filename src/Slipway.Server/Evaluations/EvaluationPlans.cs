using System.Collections.Immutable;
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
    /// <summary>The plan of a run.</summary>
    /// <param name="run">What it was told to do.</param>
    /// <param name="by">Who began it.</param>
    /// <exception cref="ErasedException">A part of it was erased.</exception>
    /// <exception cref="StorageException">A part of it cannot be read.</exception>
    public EvaluationPlan Make(RunPlan run, string by)
    {
        var registry = ledger.Current;
        var (policy, settings) = (registry.Prompts.Policy(run.Candidate.Prompt), run.Settings);
        var cases = new StoredCases(run.Dataset, objects.Get(run.SetContent) ?? throw new StorageException($"The golden set {run.Dataset} is missing from the object store."));
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
