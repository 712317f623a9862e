using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Rollouts;
using Slipway.Server.Storage;

namespace Slipway.Server.Releases;

/// <summary>Releases and what is live, over HTTP.</summary>
internal static class ReleaseEndpoints
{
    public static void MapReleases(this RouteGroupBuilder api)
    {
        api.MapGet("/releases", (Caller caller, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) => TypedResults.Ok(ledger.Current.Releases.All.Values
            .Where(release => caller.Access.Sees(release.Candidate.Prompt, release.Environment)).Select(release => Document(release, evidence, calls)).ToImmutableArray()))
            .Reads("read releases", withinReach: true);
        api.MapGet("/releases/{release}", (string release, Caller caller, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            !ReleaseId.TryParse(release, out var id) ? NoRelease(release)
            : ledger.Current.Releases.Find(id) is not { } found ? Refusals.Unknown($"There is no release {id}.")
            : Beyond(caller, $"read {id}", found.Candidate.Prompt, found.Environment) ?? TypedResults.Ok(Document(found, evidence, calls)))
            .Reads("read releases", withinReach: true);
        api.MapPost("/releases", (Body<ProposalDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            ledger.Execute(new ProposeRelease(caller.Name, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production, body.Value.Plan ?? new ReleasePlanDocument()), id.Value, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State.Releases.All.Values.Last(), evidence, calls))));

        api.MapCommand("approve", (caller, release, body) => new ReleaseCommand.Approve(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("decline", (caller, release, body) => new ReleaseCommand.Decline(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("cancel", (caller, release, body) => new ReleaseCommand.Cancel(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("start", (caller, release, _) => new ReleaseCommand.Start(caller.Name, release, RandomNumberGenerator.GetHexString(16, lowercase: true)));
        api.MapCommand("advance", (caller, release, body) => new ReleaseCommand.Advance(caller.Name, release, body.ExpectedEpoch ?? 0, body.Reason ?? "", []));
        api.MapCommand("freeze", (caller, release, body) => new ReleaseCommand.Freeze(caller.Name, release, body.Reason ?? "", []));
        api.MapCommand("resume", (caller, release, body) => new ReleaseCommand.Resume(caller.Name, release, body.Reason ?? ""));
        api.MapCommand("rollback", (caller, release, body) => new ReleaseCommand.RollBack(caller.Name, release, body.Reason ?? "", []));

        api.MapPost("/rollbacks", (Body<RollbackRequest> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            ledger.Execute(new RollBackPrompt(caller.Name, body.Value.Prompt, body.Value.Environment ?? EnvironmentName.Production, body.Value.Reason), id.Value, caller.Key)
                .Answer(done => TypedResults.Ok(Document(done.State.Releases.Find(((ReleaseRolledBack)done.Entries[^1].Read()).Release)!, evidence, calls))));
        api.MapGet("/live", Live).Reads("read what is live", withinReach: true);
    }

    private static void MapCommand(this RouteGroupBuilder api, string verb, Func<Caller, ReleaseId, ReasonDocument, ReleaseCommand> command) =>
        api.MapPost($"/releases/{{release}}/{verb}", (string release, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            ReleaseId.TryParse(release, out var named)
                ? ledger.Execute(command(caller, named, body.Value), id.Value, caller.Key).Answer(done => TypedResults.Ok(Document(done.State.Releases.Find(named)!, evidence, calls)))
                : NoRelease(release));

    private static IResult Live(string? prompt, string? environment, string? at, Caller caller, Ledger ledger)
    {
        if (!EnvironmentName.TryParse(environment ?? "production", out var place)) return Refusals.Invalid([$"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);
        var moment = default(DateTimeOffset);
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            return Refusals.Invalid([$"\"{at}\" is no time: write it as 2026-05-14T12:00Z."]);
        var registry = at is null ? ledger.Current : ledger.At(moment);
        PromptName? name = null;
        if (prompt is not null && !PromptName.TryParse(prompt, out name)) return Refusals.Unknown($"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
        if (Beyond(caller, $"read what is live{(name is null ? "" : $" of {name}")} in {place}", name, place) is { } beyond) return beyond;
        if (name is not null && registry.Prompts.Find(name) is null) return Refusals.Unknown(registry.Prompts.Missing(name));
        return TypedResults.Ok(registry.Releases.Live(place).Where(live => name is null ? caller.Access.Sees(live.Version.Prompt, place) : live.Version.Prompt == name).Select(live =>
        {
            var active = registry.Releases.Active(live.Version.Prompt, place);
            return new LiveDocument(
                live.Version.Prompt, place, live.Version, live.Since, live.Release, live.ApprovedBy, live.RollbackTo, active?.Id, active?.Candidate, active?.Weight);
        }).ToImmutableArray());
    }

    private static ReleaseDocument Document(Release release, RolloutEvidenceStore evidence, SqliteCallLog calls)
    {
        var (guardrails, verdict) = evidence.Look(release);
        return ReleaseDocument.From(release, guardrails, verdict?.Reason, calls.Totals(release.Id));
    }

    private static IResult? Beyond(Caller caller, string what, PromptName? prompt, EnvironmentName environment) =>
        caller.Access.DenyReach(new Subject(what, prompt is null ? [] : [prompt], environment, IsInstallation: false)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;

    private static IResult NoRelease(string text) => Refusals.Invalid([$"\"{text}\" names no release: it must be {ReleaseId.Form}."]);
}
