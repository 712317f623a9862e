using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Golden sets over HTTP: push, list, read, and grow by what happened.</summary>
internal static class GoldenSetEndpoints
{
    public static void MapGoldenSets(this RouteGroupBuilder api)
    {
        api.MapPut("/golden-sets/{**set}", PushAsync).Takes("application/jsonl").Gives<GoldenSetDocument>("Push a golden set, as JSON Lines");
        api.MapGet("/golden-sets", List).Reads("read golden sets", withinReach: true).Gives<GoldenSetListing[]>("List the golden sets");
        api.MapGet("/golden-sets/{**set}", Show).Reads("read golden sets", withinReach: true).Gives<GoldenSetContent>("Read a golden set with its cases: NAME:vN, or NAME for the newest");
        api.MapPost("/golden-sets/{**set}", Grow).Gives<GoldenCasesDocument>("Make the next version of a golden set, NAME, with cases of recorded calls");
    }

    /// <summary>The cases of a set.</summary>
    /// <exception cref="StorageException">They are missing from the store, or cannot be read any more.</exception>
    public static GoldenSet Load(this ObjectKeeper objects, GoldenSetId set, ContentHash content)
    {
        var bytes = objects.Get(content) ?? throw new StorageException($"The golden set {set} is missing from the object store.");
        return GoldenSet.Parse(set, Encoding.UTF8.GetString(bytes)) is GoldenSetResult.Parsed parsed ? parsed.Set : throw new StorageException($"The golden set {set} cannot be read any more.");
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
        return Push(golden, caller, id, ledger, objects, (push, done) => TypedResults.Ok(new GoldenSetDocument(
            setId, push.Content, golden.Cases.Length, [.. notices.Select(notice => notice.ToString())], !done.Entries.IsEmpty, GoldenSetSummary.Of(golden), Missing(done.State, setId, push.Counts))));
    }

    private static IResult Push(GoldenSet golden, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, Func<PushGoldenSet, LedgerResult.Done, IResult> answer)
    {
        var bytes = Encoding.UTF8.GetBytes(golden.ToJsonLines());
        var push = new PushGoldenSet(caller.Name, golden.Id, ContentHash.Of(bytes), GoldenSetCounts.Of(golden));
        if (caller.Access.DenyReach(push.About(ledger.Current)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        return (ledger.FirstResultOf(id) ?? Execute()).Answer(done => answer(push, done));

        LedgerResult Execute()
        {
            objects.Put(bytes);
            return ledger.Execute(push, id, caller.Key);
        }
    }

    private static IResult List(HttpContext context, Page page, Caller caller, Ledger ledger)
    {
        var registry = ledger.Current;
        ImmutableArray<GoldenSetPushed> seen = [.. registry.Evaluations.Sets.Values.Where(set => Beyond(caller, registry, set.Set) is null).OrderBy(set => set.Set.Name, StringComparer.Ordinal).ThenBy(set => set.Set.Version)];
        return page.Of(context, seen, set => set.Set.ToString(), set => new GoldenSetListing(
            set.Set, set.Content, set.Counts.Cases, set.Counts.Proposed, registry.Prompts.Using(set.Set), registry.Objects.Find(set.Content)?.Fate));
    }

    private static IResult Show(string set, Caller caller, Ledger ledger, ObjectKeeper objects)
    {
        var (name, registry) = (Uri.UnescapeDataString(set), ledger.Current);
        var found = GoldenSetId.TryParse(name, out var id) ? registry.Evaluations.Find(id) : registry.Evaluations.Versions(name).LastOrDefault();
        if (found is null) return Refusals.Unknown($"There is no golden set {name}.");
        if (Beyond(caller, registry, found.Set) is { } beyond) return beyond;
        var golden = objects.Load(found.Set, found.Content);
        return TypedResults.Ok(new GoldenSetContent(found.Set, found.Content, GoldenSetSummary.Of(golden), Missing(registry, found.Set, GoldenSetCounts.Of(golden)),
            [.. golden.ToJsonLines().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))]));
    }

    private static IResult Grow(string set, Body<GoldenCasesRequest> body, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, RecordedCases recorded)
    {
        var (name, registry) = (Uri.UnescapeDataString(set), ledger.Current);
        if (!GoldenSetId.TryParse($"{name}:v1", out var first)) return Refusals.Invalid([$"\"{name}\" is no golden set's name; leave the version out, the next one is made."]);
        if (PushGoldenSet.Deny(caller.View(registry), caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (ledger.FirstResultOf(id) is LedgerResult.Done before && before.Entries.Select(entry => entry.Read()).OfType<GoldenSetPushed>().FirstOrDefault() is { } pushed) return TypedResults.Ok(Grown(pushed, before.State, objects));
        var newest = registry.Evaluations.Versions(name).LastOrDefault();
        if (newest is not null && Beyond(caller, registry, newest.Set) is { } beyond) return beyond;
        if (newest is not null && registry.Objects.Find(newest.Content) is { } erased) return Refusals.Of(new Refusal(RefusalKind.Conflict, $"The golden set {newest.Set} {erased.Fate.TrimEnd('.')}. Push the cases that are left as {newest.Set.Next()} first."));
        var there = newest is null ? null : objects.Load(newest.Set, newest.Content);
        var leftOut = new List<string>();
        if (recorded.Find(body.Value, caller, registry, leftOut, out var wrong) is not { } cases) return wrong!;
        var (result, added) = GoldenSet.Grow(there, newest?.Set.Next() ?? first, cases, leftOut);
        if (added.IsEmpty) return newest is null ? Refusals.Unknown($"No call became a case. {string.Join(" ", leftOut)}".TrimEnd()) : TypedResults.Ok(new GoldenCasesDocument(newest.Set, false, [], [.. leftOut]));
        if (result is not GoldenSetResult.Parsed { Set: var golden }) return Refusals.Invalid([.. ((GoldenSetResult.Refused)result).Errors.Select(error => error.ToString())]);
        return Push(golden, caller, id, ledger, objects, (_, _) => TypedResults.Ok(new GoldenCasesDocument(golden.Id, true, [.. added.Select(one => one.Id)], [.. leftOut])));
    }

    // The same request again: what it made then. What it left out then is not on record.
    private static GoldenCasesDocument Grown(GoldenSetPushed pushed, Registry registry, ObjectKeeper objects)
    {
        var before = registry.Evaluations.Versions(pushed.Set.Name).LastOrDefault(one => one.Set.Version < pushed.Set.Version);
        var there = before is null ? [] : objects.Load(before.Set, before.Content).Cases.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        return new GoldenCasesDocument(pushed.Set, true, [.. objects.Load(pushed.Set, pushed.Content).Cases.Select(one => one.Id).Where(one => !there.Contains(one))], []);
    }

    private static ImmutableArray<MissingKinds> Missing(Registry registry, GoldenSetId set, GoldenSetCounts counts) =>
    [
        .. registry.Prompts.Using(set).Select(prompt => new MissingKinds(prompt, registry.Prompts.Policy(prompt).Evaluation.Missing(counts))).Where(missing => !missing.Kinds.IsEmpty),
    ];

    private static IResult? Beyond(Caller caller, Registry registry, GoldenSetId set) =>
        caller.Access.DenyReach(new Subject($"read {set}", registry.Prompts.Using(set), null, IsInstallation: false)) is Verdict.Refuse beyond ? Refusals.Of(beyond.Why) : null;
}
