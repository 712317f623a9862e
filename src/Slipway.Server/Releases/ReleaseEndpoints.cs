using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
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
        api.MapGet("/releases", (Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            TypedResults.Ok(ledger.Current.Releases.All.Values.Select(release => Document(release, evidence, calls)).ToImmutableArray()));
        api.MapGet("/releases/{release}", (string release, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            !ReleaseId.TryParse(release, out var id) ? NoRelease(release)
            : ledger.Current.Releases.Find(id) is { } found ? TypedResults.Ok(Document(found, evidence, calls)) : Refusals.Unknown($"There is no release {id}."));
        api.MapPost("/releases", (Body<ProposalDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            ledger.Execute(new ProposeRelease(caller.Name, body.Value.Candidate, body.Value.Environment ?? EnvironmentName.Production, body.Value.Plan ?? new ReleasePlanDocument()), id)
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
            ledger.Execute(new RollBackPrompt(caller.Name, body.Value.Prompt, body.Value.Environment ?? EnvironmentName.Production, body.Value.Reason), id)
                .Answer(done => TypedResults.Ok(Document(done.State.Releases.Find(((ReleaseRolledBack)done.Entries[^1].Read()).Release)!, evidence, calls))));
        api.MapGet("/live", Live);
    }

    private static void MapCommand(this RouteGroupBuilder api, string verb, Func<Caller, ReleaseId, ReasonDocument, ReleaseCommand> command) =>
        api.MapPost($"/releases/{{release}}/{verb}", (string release, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, RolloutEvidenceStore evidence, SqliteCallLog calls) =>
            ReleaseId.TryParse(release, out var named)
                ? ledger.Execute(command(caller, named, body.Value), id).Answer(done => TypedResults.Ok(Document(done.State.Releases.Find(named)!, evidence, calls)))
                : NoRelease(release));

    private static IResult Live(string? prompt, string? environment, string? at, Ledger ledger)
    {
        if (!EnvironmentName.TryParse(environment ?? "production", out var place)) return Refusals.Invalid([$"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);
        var moment = default(DateTimeOffset);
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            return Refusals.Invalid([$"\"{at}\" is no time: write it as 2026-05-14T12:00Z."]);
        var registry = at is null ? ledger.Current : ledger.At(moment);
        if (prompt is not null && (!PromptName.TryParse(prompt, out var name) || registry.Prompts.Find(name) is null))
            return Refusals.Unknown(PromptName.TryParse(prompt, out var unknown) ? registry.Prompts.Missing(unknown) : $"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
        return TypedResults.Ok(registry.Releases.Live(place).Where(live => prompt is null || live.Version.Prompt.Value == prompt).Select(live =>
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

    private static IResult NoRelease(string text) => Refusals.Invalid([$"\"{text}\" names no release: it must be {ReleaseId.Form}."]);
}
