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

/// <summary>Golden sets and evaluations over HTTP.</summary>
internal static class EvaluationEndpoints
{
    public static void MapEvaluations(this RouteGroupBuilder api)
    {
        api.MapPut("/golden-sets/{**set}", PushAsync).Takes("application/jsonl").Gives<GoldenSetDocument>("Push a golden set, as JSON Lines");
        api.MapPost("/evaluations", EvaluateAsync).Takes("application/json").Gives<EvaluationDocument>("Run an evaluation manifest");
    }

    private static async Task<IResult> PushAsync(string set, HttpRequest request, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, CancellationToken cancellation)
    {
        var name = Uri.UnescapeDataString(set);
        if (!GoldenSetId.TryParse(name, out var setId)) return Refusals.Invalid([$"\"{name}\" names no golden set: it must be {GoldenSetId.Form}."]);
        if (PushGoldenSet.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var parse = GoldenSet.Parse(setId, await reader.ReadToEndAsync(cancellation));
        if (parse is not GoldenSetResult.Parsed { Set: var golden, Notices: var notices })
            return Refusals.Invalid([.. ((GoldenSetResult.Refused)parse).Errors.Select(error => error.ToString())]);
        var bytes = Encoding.UTF8.GetBytes(golden.ToJsonLines());
        var push = new PushGoldenSet(caller.Name, setId, ContentHash.Of(bytes), GoldenSetCounts.Of(golden));
        if (caller.Access.DenyReach(push.About(ledger.Current)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        return (ledger.FirstResultOf(id) ?? Push()).Answer(done =>
            TypedResults.Ok(new GoldenSetDocument(setId, push.Content, golden.Cases.Length, [.. notices.Select(notice => notice.ToString())], !done.Entries.IsEmpty)));

        LedgerResult Push()
        {
            objects.Put(bytes);
            return ledger.Execute(push, id, caller.Key);
        }
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

        var golden = Load(objects, set);
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

    private static GoldenSet Load(ObjectKeeper objects, GoldenSetPushed set)
    {
        var bytes = objects.Get(set.Content) ?? throw new StorageException($"The golden set {set.Set} is missing from the object store.");
        return GoldenSet.Parse(set.Set, Encoding.UTF8.GetString(bytes)) is GoldenSetResult.Parsed parsed
            ? parsed.Set
            : throw new StorageException($"The golden set {set.Set} cannot be read any more.");
    }
}
