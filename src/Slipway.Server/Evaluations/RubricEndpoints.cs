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
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Rubrics over HTTP: push, list, read. They belong to no prompt, so no key that is limited to some keeps anybody from them.</summary>
internal static class RubricEndpoints
{
    public static void MapRubrics(this RouteGroupBuilder api)
    {
        api.MapPut("/rubrics/{rubric}", PushAsync).Takes("application/json").Gives<RubricDocument>("Push a rubric");
        api.MapPost("/rubrics/{rubric}/check", CheckAsync).Takes("application/json").Gives<RubricCheckDocument>("Ask the judge of a rubric about its examples; the rubric is sent with it and need not be pushed")
            .WithMetadata(new TakesParameter("prompt", Microsoft.OpenApi.ParameterLocation.Query, "Whose policy says what the judge must reach; default 80% agreement and a kappa of 0.6."));
        api.MapGet("/rubrics", List).Reads("read rubrics", withinReach: true).Gives<RubricListing[]>("List the rubrics");
        api.MapGet("/rubrics/{rubric}", Show).Reads("read rubrics", withinReach: true).Gives<RubricContent>("Read a rubric: NAME:vN, or NAME for the newest");
    }

    /// <summary>A rubric from its object.</summary>
    /// <exception cref="StorageException">It is missing from the store, or cannot be read any more.</exception>
    public static Rubric Load(this ObjectKeeper objects, RubricPushed pushed)
    {
        var bytes = objects.Get(pushed.Content) ?? throw new StorageException($"The rubric {pushed.Rubric} is missing from the object store.");
        return Rubric.Parse(pushed.Rubric, Encoding.UTF8.GetString(bytes)) is RubricResult.Parsed parsed ? parsed.Rubric : throw new StorageException($"The rubric {pushed.Rubric} cannot be read any more.");
    }

    private static async Task<IResult> CheckAsync(string rubric, HttpRequest request, Caller caller, Ledger ledger, EvaluationEngine engine, CancellationToken cancellation)
    {
        var name = Uri.UnescapeDataString(rubric);
        if (!RubricId.TryParse(name, out var id)) return Refusals.Invalid([$"\"{name}\" names no rubric: it must be {RubricId.Form}."]);
        var registry = caller.View(ledger.Current);
        // Asking costs money.
        if (RecordEvaluation.Deny(registry, caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        PromptName? prompt = null;
        if (request.Query["prompt"] is [{ } named, ..] && (!PromptName.TryParse(named, out prompt) || registry.Prompts.Find(prompt) is null)) return Refusals.Unknown($"There is no prompt {named}.");
        if (caller.Access.DenyReach(new Subject($"check {id}", prompt is null ? [] : [prompt], null, IsInstallation: false)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var parse = Rubric.Parse(id, await reader.ReadToEndAsync(cancellation));
        if (parse is not RubricResult.Parsed { Rubric: var parsed }) return Refusals.Invalid([.. ((RubricResult.Refused)parse).Errors.Select(error => error.ToString())]);
        var bar = prompt is null ? JudgeBar.Default : registry.Prompts.Policy(prompt).Evaluation.JudgeBar;
        try
        {
            return TypedResults.Ok(Document(await engine.CheckAsync(parsed, registry.Models, bar, cancellation)));
        }
        catch (InvalidOperationException exception)
        {
            return Refusals.Invalid([exception.Message]);
        }
    }

    private static RubricCheckDocument Document(JudgeCheckResult result)
    {
        var (judge, rubric) = (result.Judge, result.Judge.Rubric);
        var pass = rubric.StepOf(rubric.Pass)!.Value;
        // What they pass and fail differently comes first, then by how far they are apart; what was not judged is no disagreement.
        var examples = result.Examples.Select(one => (one.Example, one.Judgement, People: rubric.StepOf(one.Example.Score)!.Value))
            .OrderByDescending(one => one.Judgement.Step is { } step && step >= pass != one.People >= pass)
            .ThenByDescending(one => one.Judgement.Step is { } step ? Math.Abs(step - one.People) : 0).ThenBy(one => one.Judgement.IsUnjudged ? 0 : 1).ThenBy(one => one.Example.Id, StringComparer.Ordinal);
        return new RubricCheckDocument(rubric.Id, rubric.Content, judge.Judge.Model, judge.Hash, judge.Calibration, judge.Calibration.MayGate, result.Cost,
        [
            .. examples.Select(one => new JudgedExample(one.Example.Id, one.Example.Input, one.Example.Answer, one.Example.Reference, rubric.Scale[one.People].Label, one.Example.Why,
                one.Judgement.Step is { } step ? rubric.Scale[step].Label : null, one.Judgement.Reason ?? one.Judgement.Problem)),
        ]);
    }

    private static async Task<IResult> PushAsync(string rubric, HttpRequest request, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, CancellationToken cancellation)
    {
        var name = Uri.UnescapeDataString(rubric);
        if (!RubricId.TryParse(name, out var rubricId)) return Refusals.Invalid([$"\"{name}\" names no rubric: it must be {RubricId.Form}."]);
        if (PushRubric.Deny(caller.View(ledger.Current), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var parse = Rubric.Parse(rubricId, await reader.ReadToEndAsync(cancellation));
        if (parse is not RubricResult.Parsed { Rubric: var parsed, Notices: var notices })
            return Refusals.Invalid([.. ((RubricResult.Refused)parse).Errors.Select(error => error.ToString())]);
        return (ledger.FirstResultOf(id) ?? Execute()).Answer(done => TypedResults.Ok(new RubricDocument(rubricId, parsed.Content, parsed.Examples.Length, notices, !done.Entries.IsEmpty)));

        LedgerResult Execute()
        {
            objects.Put(parsed.Json);
            return ledger.Execute(new PushRubric(caller.Name, parsed), id, caller.Key);
        }
    }

    private static IResult List(HttpContext context, Page page, Ledger ledger)
    {
        var registry = ledger.Current;
        return page.Of(context, [.. registry.Evaluations.AllRubrics.Values.OrderBy(one => one.Rubric.Name, StringComparer.Ordinal).ThenBy(one => one.Rubric.Version)], one => one.Rubric.ToString(),
            one => new RubricListing(one.Rubric, one.Content, one.Examples, registry.Objects.Find(one.Content)?.Fate));
    }

    private static IResult Show(string rubric, Ledger ledger, ObjectKeeper objects)
    {
        var (name, rubrics) = (Uri.UnescapeDataString(rubric), ledger.Current.Evaluations);
        var found = RubricId.TryParse(name, out var id) ? rubrics.Find(id) : rubrics.Rubrics(name).LastOrDefault();
        return found is null ? Refusals.Unknown($"There is no rubric {name}.") : TypedResults.Ok(new RubricContent(found.Rubric, found.Content, JsonElement.Parse(objects.Load(found).Json.Span)));
    }
}
