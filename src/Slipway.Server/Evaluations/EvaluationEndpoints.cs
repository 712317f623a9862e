using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Evaluations over HTTP.</summary>
internal static class EvaluationEndpoints
{
    public static void MapEvaluations(this RouteGroupBuilder api)
    {
        api.MapPost("/evaluations", EvaluateAsync).Takes("application/json").Gives<EvaluationDocument>("Run an evaluation manifest");
    }

    private static async Task<IResult> EvaluateAsync(
        HttpRequest request, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, PackageCache packages, ModelProviders providers,
        EvaluationRunner runner, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var parse = EvaluationManifest.Parse(await reader.ReadToEndAsync(cancellation));
        if (parse is not EvaluationManifestResult.Parsed { Manifest: var manifest })
            return Refusals.Invalid([.. ((EvaluationManifestResult.Refused)parse).Errors.Select(error => error.ToString())]);
        // What was run under this id is not run again: a run costs money.
        if (ledger.FirstResultOf(id) is { } first) return first.Answer(done => TypedResults.Ok(Report(objects, done)));
        var registry = caller.View(ledger.Current);
        if (RecordEvaluation.Deny(registry, caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);

        if (Side("candidate_prompt", manifest.CandidatePrompt, registry, out var wrong) is not { } candidate) return wrong!;
        var baseline = manifest.BaselinePrompt is { } named
            ? Side("baseline_prompt", named, registry, out wrong)
            : registry.Releases.Live(candidate.Id.Prompt, EnvironmentName.Production) is { } live ? registry.Prompts.Find(live.Version) : null;
        if (wrong is not null) return wrong;
        if (baseline?.Id == candidate.Id) return Refusals.Invalid([$"{candidate.Id} would be compared with itself."]);
        if (registry.Access.DenyReach(RecordEvaluation.About(candidate.Id, baseline?.Id)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        if (registry.Evaluations.Find(manifest.Dataset) is not { } set) return Refusals.Unknown($"There is no golden set {manifest.Dataset}.");

        var candidatePackage = packages.Get(candidate.Package);
        var baselinePackage = baseline is null ? null : packages.Get(baseline.Package);
        if (manifest.Model is { } model && registry.Models.Resolve(model) != candidatePackage.Model)
            return Refusals.Invalid([$"model says {model}, but {candidate.Id} has frozen {candidatePackage.Model}: a version is tested on the model it will run on."]);
        foreach (var package in (Package?[])[candidatePackage, baselinePackage])
            if (package is not null && providers.Find(package.Model.Provider) is null) return Refusals.Unknown(providers.Missing(package.Model.Provider));

        var golden = objects.Load(set);
        var (candidateRun, baselineRun) = await runner.RunAsync(
            (candidate.Id, candidatePackage), baselinePackage is null ? null : (baseline!.Id, baselinePackage), golden, cancellation);
        var report = EvaluationReport.Compose(manifest, candidateRun, baselineRun);
        var hash = objects.Put(CanonicalJson.Of(report.ToJson()));
        var facts = new EvaluationRecorded(
            hash, candidate.Id, baseline?.Id, manifest.Dataset, report.Verdict, report.Gates.Select(gate => gate.Sentence).ToImmutableArray());
        return ledger.Execute(new RecordEvaluation(caller.Name, facts), id, caller.Key)
            .Answer(done => TypedResults.Ok(done.Repeated ? Report(objects, done) : new EvaluationDocument(hash, report)));
    }

    private static EvaluationDocument Report(ObjectKeeper objects, LedgerResult.Done done)
    {
        var hash = ((EvaluationRecorded)done.Entries[^1].Read()).Report;
        var bytes = objects.Get(hash) ?? throw new StorageException($"The report {hash} is missing from the object store.");
        return new EvaluationDocument(hash, EvaluationReport.FromJson(Encoding.UTF8.GetString(bytes)));
    }

    private static PromptVersion? Side(string key, string text, Registry registry, out IResult? wrong)
    {
        wrong = null;
        if (!VersionId.TryParse(text, out var id)) wrong = Refusals.Invalid([$"{key} is \"{text}\": it must be {VersionId.Form}."]);
        else if (registry.Prompts.Find(id) is { } version) return version;
        else wrong = Refusals.Unknown(registry.Prompts.Missing(id));
        return null;
    }
}
