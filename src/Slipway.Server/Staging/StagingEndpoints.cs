using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Staging;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Staging;

/// <summary>Staging over HTTP: a report is made, read, and what it tells is explained.</summary>
internal static class StagingEndpoints
{
    private const int MostRequests = 200;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(7);

    public static void MapStaging(this RouteGroupBuilder api)
    {
        api.MapPost("/staging-reports", MakeAsync).Gives<StagingReportDocument>("Call a staged version with recorded requests of production, and say what differs between the environments");
        api.MapGet("/staging-reports", Show).Reads("read staging reports", withinReach: true).Gives<StagingReportDocument>("Read the newest report on a staged version")
            .WithMetadata(new TakesParameter("version", Microsoft.OpenApi.ParameterLocation.Query, "The version, NAME:vX."));
        api.MapPost("/staging-explanations", (Body<StagingExplanationRequest> body, Caller caller, CommandId id, Ledger ledger, StagingReports reports) =>
            ledger.Execute(new ExplainStaging(caller.Name, body.Value.Version, body.Value.Part, body.Value.Reason), id, caller.Key).Answer(done => Answer(body.Value.Version, done.State, reports)))
            .Gives<StagingReportDocument>("Say why a difference between the environments may stay");
    }

    private static async Task<IResult> MakeAsync(Body<StagingRequest> body, Caller caller, CommandId id, Ledger ledger, StagingReports reports, TimeProvider clock, CancellationToken cancellation)
    {
        var (request, registry) = (body.Value, caller.View(ledger.Current));
        // What was paid for under this id is not paid for again.
        if (ledger.FirstResultOf(id) is { } first) return first.Answer(done => Answer(request.Version, ledger.Current, reports));
        if (RecordStaging.Deny(registry, caller.Name, request.Version) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (registry.Access.DenyReach(RecordStaging.AboutVersion(request.Version)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        if (PromptRights.Of(registry, request.Version.Prompt).DenyTexts(caller.Name) is Verdict.Refuse withheld) return Refusals.Of(withheld.Why);
        if (request.Requests is < 1 or > MostRequests) return Refusals.Invalid([$"requests must be a whole number from 1 to {MostRequests}."]);
        if (request.MaxCost is <= 0) return Refusals.Invalid(["max_cost must be more than 0."]);
        if (!Moments.TryRead(request.Since, clock, out var since)) return Refusals.Invalid([Moments.Misread(request.Since)]);
        var (facts, why) = await reports.MakeAsync(request, since ?? clock.GetUtcNow() - DefaultWindow, registry, caller.Name.Value, cancellation);
        return facts is null ? Refusals.Of(why!) : ledger.Execute(new RecordStaging(caller.Name, facts), id, caller.Key).Answer(done => Answer(request.Version, done.State, reports));
    }

    private static IResult Show(string? version, Caller caller, Ledger ledger, StagingReports reports)
    {
        if (!VersionId.TryParse(version, out var id)) return Refusals.Invalid([$"version is \"{version}\": it must be {VersionId.Form}."]);
        if (caller.Access.DenyReach(RecordStaging.AboutVersion(id)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        var registry = ledger.Current;
        if (registry.Prompts.Find(id) is null) return Refusals.Unknown(registry.Prompts.Missing(id));
        return reports.Find(id, registry) is { } document ? TypedResults.Ok(document) : Refusals.Unknown($"There is no staging report on {id} yet; make one with: slipway staging report {id}");
    }

    private static Ok<StagingReportDocument> Answer(VersionId version, Registry registry, StagingReports reports) => TypedResults.Ok(reports.Find(version, registry));
}
