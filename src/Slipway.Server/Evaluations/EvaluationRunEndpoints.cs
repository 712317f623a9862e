using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Evaluations over HTTP: begun, followed, read and cancelled.</summary>
internal static class EvaluationRunEndpoints
{
    private const string Path = "/evaluations";

    public static void MapEvaluationRuns(this RouteGroupBuilder api)
    {
        api.MapPost(Path, BeginAsync).Takes("application/json").Gives<EvaluationDocument>("Run an evaluation manifest; with Prefer: respond-async only begin it")
            .Produces<EvaluationRunDocument>(StatusCodes.Status202Accepted)
            .WithMetadata(
                Query("repeats", "How often each case is asked; default the manifest's."), Query("concurrency", "How many cases are asked at once; default the manifest's."),
                Query("max_cost", "What may be spent, in US dollars; default the manifest's."), Query("cache", "false asks again what was answered before; default true."),
                new TakesParameter("Prefer", Microsoft.OpenApi.ParameterLocation.Header, "respond-async answers at once with 202 and the run, which Location names."));
        api.MapGet(Path, List).Reads("read evaluations", withinReach: true).Gives<EvaluationRunDocument[]>("List the runs of evaluations, newest first");
        api.MapGet(Path + "/{run}", Show).Reads("read evaluations", withinReach: true).Gives<EvaluationRunDocument>("Show a run of an evaluation, with its report once it has one");
        api.MapGet(Path + "/{run}/events", Follow).Reads("read evaluations", withinReach: true).TagsItself()
            .Does("Follow a run as server-sent events: progress, then finished, cancelled or failed", StatusCodes.Status200OK);
        api.MapDelete(Path + "/{run}", CancelAsync).Gives<EvaluationRunDocument>("Cancel a run; what was answered is kept");
    }

    private static async Task<IResult> BeginAsync(
        HttpRequest request, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, EvaluationEngine engine, EvaluationPlans plans, EvaluationRuns runs, CancellationToken cancellation)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(cancellation);
        var parse = EvaluationManifest.Parse(text);
        if (parse is not EvaluationManifestResult.Parsed { Manifest: var manifest })
            return Refusals.Invalid([.. ((EvaluationManifestResult.Refused)parse).Errors.Select(error => error.ToString())]);
        var waits = !request.Headers["Prefer"].ToString().Contains("respond-async", StringComparison.OrdinalIgnoreCase);
        // What was run under this id is not run again: a run costs money.
        if (runs.FindByCommand(id) is { } begun)
        {
            if (begun.Request != id.Request) return Refusals.Of(new Refusal(RefusalKind.Conflict, $"The Idempotency-Key {id.Value} was used for another request; use a new one."));
            return await AnswerAsync(runs.Begin(new NewRun(begun.Command, begun.Request, begun.Member, begun.Key, begun.Plan), EvaluationRuns.Read(begun)));
        }
        if (ledger.FirstResultOf(id) is { } first) return first.Answer(done => TypedResults.Ok(Report(objects, ((EvaluationRecorded)done.Entries[^1].Read()).Report)));

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
        if (Settings(request, manifest, out var settings) is { } misfit) return Refusals.Invalid([misfit]);

        var told = new RunPlan(text, candidate.Id, baseline?.Id, manifest.Dataset, set.Content, settings, IsWaitedFor: waits && id.Request is null);
        var plan = plans.Make(told, caller.Name.Value);
        if (manifest.Model is { } model && registry.Models.Resolve(model) != plan.Candidate.Package.Model)
            return Refusals.Invalid([$"model says {model}, but {candidate.Id} has frozen {plan.Candidate.Package.Model}: a version is tested on the model it will run on."]);
        if (plan.NamedRubrics.FirstOrDefault(rubric => registry.Evaluations.Find(rubric) is null) is { } unknown) return Refusals.Unknown($"There is no rubric {unknown}.");
        if (engine.MissingProvider(plan) is { } missing) return Refusals.Unknown(missing);
        if (engine.ProblemsOf(plan) is { IsEmpty: false } problems) return Refusals.Invalid(problems);
        // What nobody can repeat gets a digest all the same: after a crash the server itself repeats what it may have recorded.
        var command = new NewRun(id.Value, id.Request ?? ContentHash.Of(Encoding.UTF8.GetBytes(text)), caller.Name.Value, caller.Key.Id, JsonSerializer.Serialize(told, RunJson.Default.RunPlan));
        return await AnswerAsync(runs.Begin(command, told));

        async Task<IResult> AnswerAsync(StoredRun run)
        {
            if (!waits)
            {
                var document = Document(run, runs.FindLive(run.Number), null);
                return TypedResults.Accepted($"/api/v1{Path}/{document.Id}", document);
            }
            try
            {
                return Answer(objects, await runs.WaitAsync(run.Number, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                if (EvaluationRuns.Read(run).IsWaitedFor) runs.Cancel(run.Number, "Its caller went away.");
                throw;
            }
        }
    }

    // How a run ended, for who waited for it.
    private static IResult Answer(ObjectKeeper objects, StoredRun run) => (run.State, EvaluationRuns.OutcomeOf(run)) switch
    {
        (EvaluationRunState.Finished, { Report: { } report }) => TypedResults.Ok(Report(objects, report)),
        (EvaluationRunState.Failed, { Message: { } why, Status: var status }) => Refusals.Failed(status ?? StatusCodes.Status500InternalServerError, why),
        (EvaluationRunState.Cancelled, { Message: { } why }) => Refusals.Of(new Refusal(RefusalKind.Conflict, why)),
        _ => Refusals.Failed(StatusCodes.Status503ServiceUnavailable, $"{new EvaluationRunId(run.Number)} was interrupted; it goes on when the server starts again."),
    };

    private static IResult List(HttpContext context, Page page, Caller caller, EvaluationRuns runs)
    {
        EvaluationRunId? before = null;
        if (page.After is not null && !EvaluationRunId.TryParse(page.After, out before)) return Refusals.Invalid([$"after names \"{page.After}\", which is no run of an evaluation."]);
        return page.OfRest(context, Seen(before?.Number), document => document.Id.ToString());

        IEnumerable<EvaluationRunDocument> Seen(long? from)
        {
            while (runs.Newest(from, page.Limit + 1) is { IsEmpty: false } next)
            {
                foreach (var run in next)
                {
                    var plan = EvaluationRuns.Read(run);
                    if (Beyond(caller, plan) is null) yield return Document(run, runs.FindLive(run.Number), null);
                }
                from = next[^1].Number;
            }
        }
    }

    private static IResult Show(string run, Caller caller, EvaluationRuns runs, ObjectKeeper objects, Reviews reviews)
    {
        if (Find(run, caller, runs, out var refused) is not { } found) return refused!;
        var document = Document(found, runs.FindLive(found.Number), null);
        return TypedResults.Ok(document.ReportHash is { } hash ? document with { Report = Report(objects, hash).Report, Reviews = reviews.OutcomesOf(hash) } : document);
    }

    private static async Task<IResult> CancelAsync(string run, Caller caller, Ledger ledger, EvaluationRuns runs, CancellationToken cancellation)
    {
        if (Find(run, caller, runs, out var refused) is not { } found) return refused!;
        if (RecordEvaluation.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        runs.Cancel(found.Number, $"{caller.Name} cancelled it.");
        // Another server hears of it with its next answer; this one does not keep the caller waiting for that.
        if (runs.FindLive(found.Number) is { } live) await live.Ended.WaitAsync(cancellation);
        return TypedResults.Ok(Document(runs.Find(found.Number)!, runs.FindLive(found.Number), null));
    }

    private static IResult Follow(string run, HttpContext context, Caller caller, EvaluationRuns runs, IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        if (Find(run, caller, runs, out var refused) is not { } found) return refused!;
        context.Response.Headers["X-Accel-Buffering"] = "no";       // nginx would hold events back
        var last = int.TryParse(context.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1;
        StreamSockets.Ready(context);
        return TypedResults.ServerSentEvents(EventsAsync(found.Number, last, runs, lifetime, clock, context.RequestAborted));
    }

    // The id of an event is the number of answers it knows of: who comes back with one is told only what goes beyond.
    private static async IAsyncEnumerable<SseItem<EvaluationRunDocument>> EventsAsync(
        long number, int last, EvaluationRuns runs, IHostApplicationLifetime lifetime, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (every, elsewhere, atMost) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        var toldAt = clock.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            var live = runs.FindLive(number);
            var changed = live?.Changed;
            if (runs.Find(number) is not { } run) yield break;
            var document = Document(run, live, null);
            var calls = document.Progress?.CallsDone ?? 0;
            if (document.State != EvaluationRunState.Running)
            {
                yield return Event(document, document.State.ToString().ToLowerInvariant(), Math.Max(calls, last));
                yield break;
            }
            // A progress that is not new says that all is well.
            if (calls > last || clock.GetElapsedTime(toldAt) >= every)
            {
                yield return Event(document, "progress", last = Math.Max(calls, last));
                toldAt = clock.GetTimestamp();
                // Answers come by the thousand; nobody reads so fast.
                if (!await NextAsync(null, null, atMost, clock, ending.Token)) yield break;
                continue;
            }
            if (!await NextAsync(live, changed, live is null ? elsewhere : every, clock, ending.Token)) yield break;
        }
    }

    // False where nobody listens any more.
    private static async Task<bool> NextAsync(LiveRun? live, Task? changed, TimeSpan atMost, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            var time = Task.Delay(atMost, clock, cancellation);
            await await (live is null ? Task.WhenAny(time) : Task.WhenAny(changed!, live.Ended, time));
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static SseItem<EvaluationRunDocument> Event(EvaluationRunDocument document, string name, int id) => new(document, name) { EventId = id.ToString(CultureInfo.InvariantCulture) };

    private static EvaluationRunDocument Document(StoredRun run, LiveRun? live, EvaluationReport? report)
    {
        var (plan, outcome) = (EvaluationRuns.Read(run), EvaluationRuns.OutcomeOf(run));
        var progress = live?.Progress ?? (run.Progress is null ? null : JsonSerializer.Deserialize(run.Progress, ApiJson.Default.EvaluationProgress));
        return new EvaluationRunDocument(
            new EvaluationRunId(run.Number), run.State, plan.Candidate, plan.Baseline, plan.Dataset, plan.Settings,
            MemberName.TryParse(run.Member, out var by) ? by : throw new StorageException($"The run {run.Number} has lost who began it."), run.StartedAt, run.EndedAt, progress,
            outcome?.Message, Enum.TryParse<GateVerdict>(outcome?.Verdict, out var verdict) ? verdict : null, outcome?.Report, report);
    }

    private static StoredRun? Find(string text, Caller caller, EvaluationRuns runs, out IResult? refused)
    {
        refused = null;
        if (!EvaluationRunId.TryParse(text, out var id)) refused = Refusals.Unknown($"\"{text}\" is no run of an evaluation: it must be {EvaluationRunId.Form}.");
        else if (runs.Find(id.Number) is not { } run) refused = Refusals.Unknown($"There is no run {id}.");
        else if ((refused = Beyond(caller, EvaluationRuns.Read(run))) is null) return run;
        return null;
    }

    private static IResult? Beyond(Caller caller, RunPlan plan) =>
        caller.Access.DenyReach(RecordEvaluation.About(plan.Candidate, plan.Baseline)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;

    private static EvaluationDocument Report(ObjectKeeper objects, ContentHash hash)
    {
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

    // What the query says goes before what the manifest says; null where all of it fits.
    private static string? Settings(HttpRequest request, EvaluationManifest manifest, out EvaluationSettings settings)
    {
        settings = new EvaluationSettings(manifest.Repeats, manifest.Concurrency, manifest.MaxCost, UseCache: true);
        var query = request.Query;
        if (query["repeats"] is [var repeats])
        {
            if (!int.TryParse(repeats, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return "repeats must be a whole number.";
            settings = settings with { Repeats = number };
        }
        if (query["concurrency"] is [var concurrency])
        {
            if (!int.TryParse(concurrency, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return "concurrency must be a whole number.";
            settings = settings with { Concurrency = number };
        }
        if (query["max_cost"] is [var cost])
        {
            if (!decimal.TryParse(cost, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars)) return "max_cost must be a number of US dollars, as in 2.50.";
            settings = settings with { MaxCost = dollars };
        }
        if (query["cache"] is [var cache])
        {
            if (!bool.TryParse(cache, out var use)) return "cache must be true or false.";
            settings = settings with { UseCache = use };
        }
        return null;
    }

    private static TakesParameter Query(string name, string description) => new(name, Microsoft.OpenApi.ParameterLocation.Query, description);
}
