using System.Collections.Immutable;
using Slipway.Client;
using Slipway.Core.Models;
using Slipway.Server;
using Slipway.Server.Evaluations;
using Slipway.Server.Storage;

namespace Slipway.Cli.Ci;

/// <summary>One run: reads a folder, checks all of it, compares what changed.</summary>
/// <param name="path">The folder.</param>
/// <param name="models">What model aliases stand for, before all else.</param>
/// <param name="limits">What asking may come to.</param>
/// <param name="providers">Who answers, beside <c>offline</c>.</param>
/// <param name="told">Hears how far a comparison is.</param>
internal sealed class CiRun(string path, IReadOnlyDictionary<string, ModelReference> models, CiLimits limits, ImmutableArray<ProviderOptions> providers, Action<string> told)
{
    /// <summary>Only checks.</summary>
    public CiOutcome CheckOnly()
    {
        var head = Read(path, null, null);
        if (Empty(head) is { } empty) return empty;
        return new CiOutcome.Done(new CiResult(path, null, FolderChecks.Of(head), [], []));
    }

    /// <summary>Checks, and compares with a commit.</summary>
    public async Task<CiOutcome> CompareAsync(GitBase with, CancellationToken cancellation)
    {
        var head = Read(path, null, null);
        if (Empty(head) is { } empty) return empty;
        if (with is not GitBase.Found found)
        {
            // What is wrong can be said without a base; that nothing could be compared must not look like a pass.
            var missing = (GitBase.Missing)with;
            var checks = FolderChecks.Of(head);
            return checks.All(check => check.Passed)
                ? new CiOutcome.Unusable(missing.Message, missing.Hint)
                : new CiOutcome.Done(new CiResult(path, null, checks, [], [missing.Message]));
        }
        var target = Directory.CreateTempSubdirectory("slipway-ci-");
        try
        {
            if (await GitTree.WriteAsync(found, target.FullName, cancellation) is { } problem) return new CiOutcome.Unusable(problem, null);
            var changes = ChangedPrompts.Between(head, Read(target.FullName, head.Settings, null), found.ToString());
            if (found.IsDirty) changes = changes with { Notes = changes.Notes.Insert(0, "The folder holds changes that are not committed; they are checked and compared too.") };
            return await CompareAsync(head, changes, found.ToString(), ModelsState.Empty, cancellation);
        }
        finally
        {
            target.Delete(recursive: true);
        }
    }

    /// <summary>Checks, and compares with what a server has live.</summary>
    public Task<CiOutcome> CompareAsync(ServerBase with, CancellationToken cancellation)
    {
        var head = Read(path, null, with.Catalog.Aliases);
        return Empty(head) is { } empty ? Task.FromResult<CiOutcome>(empty) : CompareAsync(head, with.Changes(head), "what is live", with.Catalog, cancellation);
    }

    private async Task<CiOutcome> CompareAsync(CiFolder head, ChangedPrompts changes, string baseName, ModelsState catalog, CancellationToken cancellation)
    {
        ImmutableArray<CiCheck> checks = [.. FolderChecks.Of(head), .. changes.Checks];
        var result = new CiResult(path, baseName, checks, [], changes.Notes);
        if (checks.Any(check => !check.Passed)) return new CiOutcome.Done(result);
        var plans = changes.Changed.SelectMany(change => Comparison.Plan(change, changes, head, limits.Cases)).ToList();
        try
        {
            using var engine = EvaluationEngine.Open(providers, limits.Cache);
            var paid = new Paid(engine, providers, head.Settings, catalog, limits.MostCost);
            foreach (var plan in plans.OfType<ComparisonPlan.Run>())
                if (paid.ProblemOf(plan.Comparison) is { } problem) return problem;
            var comparisons = ImmutableArray.CreateBuilder<CiComparison>();
            foreach (var plan in plans) comparisons.Add(await paid.RunAsync(plan, told, cancellation));
            return new CiOutcome.Done(result with { Comparisons = comparisons.ToImmutable() });
        }
        catch (StorageException exception)
        {
            return new CiOutcome.Unusable(exception.Message, "Name another file with --cache, or none.");
        }
    }

    private CiFolder Read(string folder, CiSettings? fallback, IReadOnlyDictionary<string, ModelReference>? catalog) => CiFolder.Read(folder, (settings, name) =>
        models.GetValueOrDefault(name) ?? settings.Models.GetValueOrDefault(name) ?? fallback?.Models.GetValueOrDefault(name) ?? catalog?.GetValueOrDefault(name)
        ?? (ModelReference.TryParse(name, out var model) ? model : null));

    private CiOutcome.Unusable? Empty(CiFolder head) => head.Prompts.IsEmpty && head.Problems.IsEmpty
        ? new CiOutcome.Unusable($"There is no prompt manifest below {path}, so nothing was checked.", "A manifest is a .yaml or .yml file with the keys id and template, or a .json file with prompt_id and template.")
        : null;
}

/// <summary>What asking models may come to.</summary>
/// <param name="Cases">How many cases of a golden set are asked at most, from 1.</param>
/// <param name="MostCost">What all comparisons together may cost, in US dollars; null for any amount.</param>
/// <param name="Cache">The file in which answers are kept; null for none.</param>
internal sealed record CiLimits(int Cases, decimal? MostCost, string? Cache);

/// <summary>What came of a run.</summary>
internal abstract record CiOutcome
{
    private CiOutcome() { }

    /// <summary>There is a result, good or bad.</summary>
    internal sealed record Done(CiResult Result) : CiOutcome;

    /// <summary>It could not run.</summary>
    /// <param name="Message">Why, as a sentence.</param>
    /// <param name="Hint">What to do.</param>
    internal sealed record Unusable(string Message, string? Hint) : CiOutcome;

    /// <summary>The server did not answer as it should.</summary>
    internal sealed record Refused(ApiFailure Failure) : CiOutcome;
}
