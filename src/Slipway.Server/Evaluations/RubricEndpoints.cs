using System.Text;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
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
