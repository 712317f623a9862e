using System.Collections.Immutable;
using Slipway.Client;
using Slipway.Core.Models;
using Slipway.Server;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>One run: reads a folder, checks all of it, compares what changed.</summary>
/// <param name="path">The folder.</param>
/// <param name="models">What model aliases stand for, before all else.</param>
/// <param name="cases">How many cases of a golden set are asked at most.</param>
internal sealed class CiRun(string path, IReadOnlyDictionary<string, ModelReference> models, int cases)
{
    /// <summary>Only checks.</summary>
    public CiOutcome CheckOnly()
    {
        var head = Read(path, null, null);
        if (Empty(head) is { } empty) return empty;
        return new CiOutcome.Done(new CiResult(path, null, FolderChecks.Of(head), [], []));
    }

    /// <summary>Checks, and compares with a commit.</summary>
    public async Task<CiOutcome> CompareAsync(GitBase with, ImmutableArray<ProviderOptions> providers, CancellationToken cancellation)
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
            return await CompareAsync(head, changes, found.ToString(), providers, cancellation);
        }
        finally
        {
            target.Delete(recursive: true);
        }
    }

    /// <summary>Checks, and compares with what a server has live.</summary>
    public Task<CiOutcome> CompareAsync(ServerBase with, ImmutableArray<ProviderOptions> providers, CancellationToken cancellation)
    {
        var head = Read(path, null, with.Models);
        return Empty(head) is { } empty ? Task.FromResult<CiOutcome>(empty) : CompareAsync(head, with.Changes(head), "what is live", providers, cancellation);
    }

    private async Task<CiOutcome> CompareAsync(CiFolder head, ChangedPrompts changes, string baseName, ImmutableArray<ProviderOptions> providers, CancellationToken cancellation)
    {
        ImmutableArray<CiCheck> checks = [.. FolderChecks.Of(head), .. changes.Checks];
        var result = new CiResult(path, baseName, checks, [], changes.Notes);
        if (checks.Any(check => !check.Passed)) return new CiOutcome.Done(result);
        using var evaluations = new LocalEvaluations(providers);
        var plans = changes.Changed.SelectMany(change => Comparison.Plan(change, changes, head, cases)).ToList();
        foreach (var side in plans.OfType<ComparisonPlan.Run>().SelectMany(plan => (EvaluationSide?[])[plan.Comparison.Candidate, plan.Comparison.Baseline]).OfType<EvaluationSide>())
        {
            if (!evaluations.Knows(side.Package.Model))
                return new CiOutcome.Unusable($"{side.Name} runs on {side.Package.Model}, and no provider {side.Package.Model.Provider} is configured here.", $"Name it with --provider {side.Package.Model.Provider}=URL, or only check (--checks-only).");
        }
        var comparisons = ImmutableArray.CreateBuilder<CiComparison>();
        foreach (var plan in plans) comparisons.Add(await RunAsync(evaluations, plan, cancellation));
        return new CiOutcome.Done(result with { Comparisons = comparisons.ToImmutable() });
    }

    private static async Task<CiComparison> RunAsync(LocalEvaluations evaluations, ComparisonPlan plan, CancellationToken cancellation)
    {
        if (plan is not ComparisonPlan.Run { Comparison: var (candidate, baseline, manifest, asked, of) })
        {
            var nothing = (ComparisonPlan.Nothing)plan;
            return new CiComparison(nothing.Candidate, null, nothing.Verdict, nothing.Reason);
        }
        var report = await evaluations.RunAsync(manifest, candidate, baseline, asked, cancellation);
        var remark = asked.Cases.Length == of ? FormattableString.Invariant($"All {of} cases of {asked.Id} were asked.")
            : FormattableString.Invariant($"{asked.Cases.Length} of the {of} cases of {asked.Id} were asked, of each kind its share; --cases {of} asks all.");
        return new CiComparison(candidate.Name, report, report.Verdict, baseline is null ? $"{remark} It is the first version: there is nothing to compare it with." : remark);
    }

    private CiFolder Read(string folder, CiSettings? fallback, IReadOnlyDictionary<string, ModelReference>? catalog) => CiFolder.Read(folder, (settings, name) =>
        models.GetValueOrDefault(name) ?? settings.Models.GetValueOrDefault(name) ?? fallback?.Models.GetValueOrDefault(name) ?? catalog?.GetValueOrDefault(name)
        ?? (ModelReference.TryParse(name, out var model) ? model : null));

    private CiOutcome.Unusable? Empty(CiFolder head) => head.Prompts.IsEmpty && head.Problems.IsEmpty
        ? new CiOutcome.Unusable($"There is no prompt manifest below {path}, so nothing was checked.", "A manifest is a .yaml or .yml file with the keys id and template, or a .json file with prompt_id and template.")
        : null;
}

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
