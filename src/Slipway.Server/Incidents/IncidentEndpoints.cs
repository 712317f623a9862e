using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Evaluations;
using Slipway.Server.Storage;

namespace Slipway.Server.Incidents;

/// <summary>Incidents over HTTP.</summary>
internal static class IncidentEndpoints
{
    private const string Path = "/incidents";

    public static void MapIncidents(this RouteGroupBuilder api)
    {
        api.MapGet(Path, (HttpContext context, string? prompt, bool? open, Page page, Caller caller, Ledger ledger) =>
        {
            var registry = ledger.Current;
            return page.Of(context,
                [.. registry.Incidents.All.Values.Where(one => caller.Access.Sees(one.Version.Prompt, one.Environment) && (prompt is null || one.Version.Prompt.Value == prompt) && (open is null || open == (one.State == IncidentState.Open)))],
                one => one.Id.ToString(), one => IncidentFacts.Brief(one, registry));
        }).Reads("read incidents", withinReach: true).Gives<IncidentDocument[]>("List the incidents, of one prompt or of all");
        api.MapGet(Path + "/{incident}", (string incident, Caller caller, Ledger ledger, IncidentFacts facts) =>
        {
            var registry = ledger.Current;
            return Find(incident, caller, registry, out var refused) is { } found ? TypedResults.Ok(facts.Whole(found, registry)) : refused!;
        }).Reads("read incidents", withinReach: true).Gives<IncidentDocument>("Show an incident: whom it touched, how fast it was stopped, what failed, and its story");
        api.MapPost(Path, Open).Gives<IncidentDocument>("Open an incident by hand");
        api.MapPost(Path + "/{incident}/explain", (string incident, Body<CauseRequest> body, Caller caller, CommandId id, Ledger ledger) =>
            IncidentId.TryParse(incident, out var named)
                ? ledger.Execute(new IncidentCommand.Explain(caller.Name, named, body.Value.Cause), id, caller.Key).Answer(done => Brief(done.State, named)) : NoIncident(incident))
            .Gives<IncidentDocument>("Say why an incident happened; what was said before stays on record");
        api.MapPost(Path + "/{incident}/waive", (string incident, Body<ReasonDocument> body, Caller caller, CommandId id, Ledger ledger, IncidentFacts facts) =>
        {
            if (!IncidentId.TryParse(incident, out var named)) return NoIncident(incident);
            var figures = ledger.Current.Incidents.Find(named) is { } found ? facts.Count(found, ledger.Current) : null;
            return ledger.Execute(new IncidentCommand.Waive(caller.Name, named, body.Value.Reason ?? "", figures), id, caller.Key).Answer(done => Brief(done.State, named));
        }).Gives<IncidentDocument>("Close an incident without a case, as the prompt's owner");
        api.MapPost(Path + "/{incident}/close", CloseAsync).Gives<IncidentDocument>("Test an incident's cases, and close it where they prove that it would be found now");
        api.MapGet(Path + "/{incident}/cases", Cases).Reads("read incidents", withinReach: true).Gives<IncidentCasesDocument>("Propose the calls that failed as golden cases, redacted");
    }

    private static IResult Open(Body<IncidentRequest> body, Caller caller, CommandId id, Ledger ledger, TimeProvider clock)
    {
        var request = body.Value;
        foreach (var text in (string?[])[request.Since, request.Until])
            if (!Moments.TryRead(text, clock, out _)) return Refusals.Invalid([Moments.Misread(text)]);
        Moments.TryRead(request.Since, clock, out var since);
        Moments.TryRead(request.Until, clock, out var until);
        return ledger.Execute(new OpenIncident(caller.Name, request.Version, request.Environment ?? EnvironmentName.Production, request.Reason, since, until), id, caller.Key)
            .Answer(done => Brief(done.State, ((IncidentEvent)done.Entries[^1].Read()).Incident));
    }

    // They are of users' texts, redacted or not: whoever may not read those is shown none.
    private static IResult Cases(string incident, Caller caller, Ledger ledger, IncidentCases cases)
    {
        var registry = ledger.Current;
        if (Find(incident, caller, registry, out var refused) is not { } found) return refused!;
        return PromptRights.Of(caller.View(registry), found.Version.Prompt).DenyTexts(caller.Name) is Verdict.Refuse denied
            ? Refusals.Of(denied.Why) : TypedResults.Ok(cases.Propose(found, registry));
    }

    private static async Task<IResult> CloseAsync(
        string incident, Body<IncidentCloseRequest> body, Caller caller, CommandId id, Ledger ledger, IncidentSets sets, EvaluationEngine engine, EvaluationPlans plans, EvaluationRuns runs, CancellationToken cancellation)
    {
        var registry = caller.View(ledger.Current);
        if (Find(incident, caller, registry, out var refused) is not { } found) return refused!;
        // What was run under this id is not run again: a run costs money.
        if (runs.FindByCommand(id) is { } begun)
        {
            return begun.Request != id.Request ? Conflict($"The Idempotency-Key {id.Value} was used for another request; use a new one.")
                : await AnswerAsync(runs.Begin(new NewRun(begun.Command, begun.Request, begun.Member, begun.Key, begun.Plan), EvaluationRuns.Read(begun)));
        }
        if (IncidentCommand.DenyTest(registry, caller.Name, found) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (Plan(found, body.Value, registry, sets, isWaitedFor: id.Request is null, out var wrong) is not { } told) return wrong!;
        if (registry.Access.DenyReach(RecordEvaluation.About(told.Candidate, told.Baseline)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        var plan = plans.Make(told, caller.Name.Value);
        if (engine.MissingProvider(plan) is { } missing) return Conflict($"{found.Id} stays open: {missing}");
        if (engine.ProblemsOf(plan) is { IsEmpty: false } problems) return Refusals.Invalid(problems);
        var json = JsonSerializer.Serialize(told, RunJson.Default.RunPlan);
        return await AnswerAsync(runs.Begin(new NewRun(id.Value, id.Request ?? ContentHash.Of(Encoding.UTF8.GetBytes(json)), caller.Name.Value, caller.Key.Id, json), told));

        async Task<IResult> AnswerAsync(StoredRun run)
        {
            try
            {
                return Answer(await runs.WaitAsync(run.Number, cancellation), found.Id, ledger.Current);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                if (EvaluationRuns.Read(run).IsWaitedFor) runs.Cancel(run.Number, "Its caller went away.");
                throw;
            }
        }
    }

    private static IResult Answer(StoredRun run, IncidentId incident, Registry registry) => (run.State, EvaluationRuns.OutcomeOf(run)) switch
    {
        (EvaluationRunState.Finished, { Message: null }) => Brief(registry, incident),
        (EvaluationRunState.Finished, { Message: { } open }) => Conflict(open),
        (EvaluationRunState.Failed, { Message: { } why, Status: var status }) => Refusals.Failed(status ?? StatusCodes.Status500InternalServerError, $"{incident} stays open: {why}"),
        (EvaluationRunState.Cancelled, { Message: { } why }) => Conflict($"{incident} stays open: {why}"),
        _ => Refusals.Failed(StatusCodes.Status503ServiceUnavailable, $"{new EvaluationRunId(run.Number)} was interrupted; it goes on when the server starts again, and closes {incident} where its cases prove it."),
    };

    private static RunPlan? Plan(Incident incident, IncidentCloseRequest request, Registry registry, IncidentSets sets, bool isWaitedFor, out IResult? wrong)
    {
        wrong = null;
        if (incident.RightNow(registry.Releases) is not { } right)
        {
            wrong = Conflict($"No version is known that does better than {incident.Version}, so no case can prove anything; once one is live, close {incident.Id} again, or {IncidentRules.Waiving(registry, incident)}");
            return null;
        }
        var there = sets.Of(incident, registry).Where(set => request.Set is null || set.Set.Name == request.Set).ToList();
        if (there.FirstOrDefault(set => !set.Cases.IsEmpty) is not { } chosen)
        {
            wrong = Conflict(there.FirstOrDefault() is { } unconfirmed
                ? $"The cases of {incident.Id} in {unconfirmed.Set} wait to be confirmed; say what they expect, then: slipway golden confirm {unconfirmed.Set.Name} {string.Join(" ", unconfirmed.Unconfirmed.Take(3).Select(one => $"--case {one}"))}"
                : $"No case of {incident.Id} is in {(request.Set is null ? $"a golden set of {incident.Version.Prompt}" : $"{request.Set}, or no version of {incident.Version.Prompt} names that set")}. See which calls could become one with: slipway incident cases {incident.Id}; or {IncidentRules.Waiving(registry, incident)}");
            return null;
        }
        if (request.Repeats is < 1 or > EvaluationSettings.MostRepeats || request.MaxCost is <= 0)
        {
            wrong = Refusals.Invalid([request.MaxCost is <= 0 ? "max_cost must be more than 0." : $"repeats must be from 1 to {EvaluationSettings.MostRepeats}."]);
            return null;
        }
        // The gate is what the cases are for: the version that went wrong must not pass them all.
        var manifest = new EvaluationManifest(incident.Version.ToString(), right.ToString(), null, chosen.Set, [new Gate(MetricName.PassRate, Below100)]).ToJson().GetRawText();
        return new RunPlan(
            manifest, incident.Version, right, chosen.Set, registry.Evaluations.Find(chosen.Set)!.Content,
            EvaluationSettings.Default with { Repeats = request.Repeats ?? 1, MaxCost = request.MaxCost }, isWaitedFor,
            new TestedIncident(incident.Id, chosen.Cases, string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim()));
    }

    private static Threshold Below100 { get; } = Threshold.Parse("< 100%", MetricKind.Rate) is ThresholdResult.Parsed parsed ? parsed.Threshold : throw new InvalidOperationException();

    private static Incident? Find(string text, Caller caller, Registry registry, out IResult? refused)
    {
        refused = null;
        if (!IncidentId.TryParse(text, out var id)) refused = NoIncident(text);
        else if (registry.Incidents.Find(id) is not { } incident) refused = Refusals.Unknown(IncidentRules.NoIncident(id, registry));
        else if (caller.Access.DenyReach(Subject.Of($"read {id}", incident.Version.Prompt, incident.Environment)) is Verdict.Refuse beyond) refused = Refusals.Of(beyond.Why);
        else return incident;
        return null;
    }

    private static Ok<IncidentDocument> Brief(Registry registry, IncidentId id) => TypedResults.Ok(IncidentFacts.Brief(registry.Incidents.Find(id)!, registry));

    private static IResult Conflict(string why) => Refusals.Of(new Refusal(RefusalKind.Conflict, why));

    private static IResult NoIncident(string text) => Refusals.Invalid([$"\"{text}\" names no incident: it must be {IncidentId.Form}."]);
}
