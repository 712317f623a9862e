using System.Security.Cryptography;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Rollouts;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Releases;

/// <summary>Releases over HTTP.</summary>
internal static class ReleaseEndpoints
{
    public static void MapReleases(this RouteGroupBuilder api)
    {
        api.MapGet("/releases", (HttpContext context, Page page, Caller caller, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
        {
            var registry = ledger.Current;
            return page.Of(context, [.. registry.Releases.All.Values.Where(release => caller.Access.Sees(release.Candidate.Prompt, release.Environment))],
                release => release.Id.ToString(), release => Document(registry, release.Id, evidence, calls));
        }).Reads("read releases", withinReach: true).Gives<ReleaseDocument[]>("List the releases");
        api.MapGet("/releases/{release}", (string release, Caller caller, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
        {
            if (!ReleaseId.TryParse(release, out var id)) return NoRelease(release);
            var registry = ledger.Current;
            return registry.Releases.Find(id) is not { } found
                ? Refusals.Unknown($"There is no release {id}.")
                : Beyond(caller, $"read {id}", found.Candidate.Prompt, found.Environment) ?? TypedResults.Ok(Document(registry, id, evidence, calls));
        }).Reads("read releases", withinReach: true).Gives<ReleaseDocument>("Show a release with its evidence");
        api.MapPost("/releases", (Body<ProposalDocument> body, Caller caller, CommandId id, Ledger ledger, PackageCache packages, RolloutEvidenceStore evidence, ICallLog calls, TrafficMeter traffic) =>
            ledger.Execute(new ProposeRelease(
                caller.Name, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production, body.Value.Plan ?? ReleasePlanDocument.Empty, body.Value.Reason,
                new PlanFacts(HasContract(ledger.Current, packages, body.Value.Candidate), traffic.Of(body.Value.Candidate.Prompt, body.Value.Environment ?? EnvironmentName.Production))), id, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State, ReleaseOf(done), evidence, calls))))
                .Gives<ReleaseDocument>("Propose a release under a plan");
        api.MapPost("/releases/check", Check).Gives<ReleaseCheckDocument>("Say what proposing a version would come to: its plan and its checklist");
        api.MapPost("/releases/{release}/plan", (string release, Body<PlanChangeRequest> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls, TrafficMeter traffic) =>
            ReleaseId.TryParse(release, out var named)
                ? ledger.Execute(new ReleaseCommand.ChangePlan(
                    caller.Name, named, body.Value.Plan, body.Value.Reason, ledger.Current.Releases.Find(named) is { } known ? traffic.Of(known.Candidate.Prompt, known.Environment) : null), id, caller.Key).Answer(done => TypedResults.Ok(Document(done.State, named, evidence, calls)))
                : NoRelease(release)).Gives<ReleaseDocument>("Change the plan before it starts, which voids what was signed");
        api.MapPost("/break-glass", (Body<BreakGlassRequest> body, Caller caller, CommandId id, Ledger ledger, PackageCache packages, RolloutEvidenceStore evidence, ICallLog calls) =>
            ledger.Execute(new BreakGlass(
                caller.Name, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production, body.Value.Reason, body.Value.Expires ?? Duration.Hours(1), body.Value.Plan, DrawSalt(),
                HasContract(ledger.Current, packages, body.Value.Candidate)), id, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State, ReleaseOf(done), evidence, calls))))
                .Gives<ReleaseDocument>("Ask to start a release without its gates and reviews, or confirm it as the second person");
        api.MapPost("/bootstraps", (Body<BootstrapRequest> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
            ledger.Execute(new BootstrapRelease(caller.Name, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production, body.Value.Reason, DrawSalt()), id, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State, ReleaseOf(done), evidence, calls))))
                .Gives<ReleaseDocument>("Ask for a first version to go live, or confirm it as the second person");

        api.MapPost("/releases/{release}/review", (string release, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
            !ReleaseId.TryParse(release, out var named) ? NoRelease(release)
            : body.Value.Part is not { } part ? Refusals.Invalid(["part: It must be said which part is signed: meaning, numbers or security."])
            : ledger.Execute(new ReleaseCommand.Review(caller.Name, named, part, body.Value.Reason ?? ""), id, caller.Key).Answer(done => TypedResults.Ok(Document(done.State, named, evidence, calls))))
            .Gives<ReleaseDocument>("Sign one part of the review of somebody else's change");
        api.MapCommand("approve", "Sign every open part of the review that is yours to sign", (caller, release, body) => new ReleaseCommand.Approve(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("decline", "Say no", (caller, release, body) => new ReleaseCommand.Decline(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("cancel", "Give a release up before it carries traffic", (caller, release, body) => new ReleaseCommand.Cancel(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("start", "Give the candidate its first share of traffic, now or at the time of its plan", (caller, release, _) => new ReleaseCommand.Start(caller.Name, release, DrawSalt()));
        api.MapCommand("advance", "Give the candidate its next share by hand", (caller, release, body) => new ReleaseCommand.Advance(caller.Name, release, body.ExpectedEpoch ?? 0, body.Reason ?? "", []));
        api.MapCommand("complete", "End the observation at 100% when it is over", (caller, release, body) => new ReleaseCommand.Complete(caller.Name, release, body.Reason ?? "", []));
        api.MapCommand("freeze", "Keep the share where it is", (caller, release, body) => new ReleaseCommand.Freeze(caller.Name, release, body.Reason ?? "", []));
        api.MapCommand("resume", "Let a frozen release go on", (caller, release, body) => new ReleaseCommand.Resume(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("rollback", "Give everybody the version before", (caller, release, body) => new ReleaseCommand.RollBack(caller.Name, release, body.Reason ?? "", []));

        api.MapPost("/rollbacks", (Body<RollbackRequest> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
            ledger.Execute(new RollBackPrompt(caller.Name, body.Value.Prompt, body.Value.Environment ?? EnvironmentName.Production, body.Value.Reason), id, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State, ReleaseOf(done), evidence, calls))))
                .Gives<ReleaseDocument>("Roll a prompt back, whatever is going on");
    }

    private static void MapCommand(this RouteGroupBuilder api, string verb, string summary, Func<Caller, ReleaseId, ReasonDocument, ReleaseCommand> command) =>
        api.MapPost($"/releases/{{release}}/{verb}", (string release, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, ICallLog calls) =>
            ReleaseId.TryParse(release, out var named)
                ? ledger.Execute(command(caller, named, body.Value), id, caller.Key).Answer(done => TypedResults.Ok(Document(done.State, named, evidence, calls)))
                : NoRelease(release)).Gives<ReleaseDocument>(summary);

    private static ReleaseDocument Document(Registry registry, ReleaseId id, RolloutEvidenceStore evidence, ICallLog calls)
    {
        var release = registry.Releases.Find(id)!;
        var (guardrails, verdict) = evidence.Look(release);
        return ReleaseDocument.From(release, registry, guardrails, verdict?.Reason, calls.Totals(id)) with { Shadow = evidence.ShadowOf(release) };
    }

    private static IResult Check(Body<ProposalDocument> body, Caller caller, Ledger ledger, PackageCache packages, TrafficMeter traffic, TimeProvider clock)
    {
        var (registry, candidate, environment) = (ledger.Current, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production);
        if (caller.Access.DenyApplication(caller.Name, $"check {candidate}") is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (Beyond(caller, $"check {candidate}", candidate.Prompt, environment) is { } beyond) return beyond;
        if (registry.Prompts.Find(candidate) is not { } version) return Refusals.Unknown(registry.Prompts.Missing(candidate));
        var preview = ReleasePreview.Of(
            registry, version, environment, caller.Name, body.Value.Plan ?? ReleasePlanDocument.Empty, new PlanFacts(HasContract(registry, packages, candidate), traffic.Of(candidate.Prompt, environment)), clock.GetUtcNow());
        return TypedResults.Ok(new ReleaseCheckDocument(candidate, environment, preview.Baseline, preview.Ready, preview.Plan, preview.Problem, preview.Forecast, preview.Checklist));
    }

    private static bool HasContract(Registry registry, PackageCache packages, VersionId candidate) =>
        registry.Prompts.Find(candidate) is { } version && !registry.Objects.Erased.ContainsKey(version.Package)
        && packages.Get(version.Package) is { Output: not null } or { Tools: not null };

    // A command that is named by a version or a prompt says in its entries which release it came to.
    private static ReleaseId ReleaseOf(LedgerResult.Done done) => done.Entries.Select(entry => entry.Read()).OfType<ReleaseEvent>().Last().Release;

    internal static string DrawSalt() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static IResult? Beyond(Caller caller, string what, PromptName? prompt, EnvironmentName environment) =>
        caller.Access.DenyReach(new Subject(what, prompt is null ? [] : [prompt], environment, IsInstallation: false)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;

    private static IResult NoRelease(string text) => Refusals.Invalid([$"\"{text}\" names no release: it must be {ReleaseId.Form}."]);
}
