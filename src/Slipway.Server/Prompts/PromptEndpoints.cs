using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Prompts;

/// <summary>Versions over HTTP: submit, show, render.</summary>
internal static class PromptEndpoints
{
    public static void MapPrompts(this RouteGroupBuilder api)
    {
        api.MapPost("/versions", Submit);
        api.MapGet("/versions/{**version}", Show);
        api.MapPost("/render", Render);
    }

    private static IResult Submit(Body<Submission> submitted, Caller caller, CommandId id, Ledger ledger, ObjectKeeper objects, ModelProviders providers, PackageCache packages)
    {
        var version = new VersionId(submitted.Value.Prompt, submitted.Value.Version);
        if (ledger.FirstResultOf(id) is { } first) return Answer(first);
        if (SubmitVersion.Deny(ledger.Current, caller.Name) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var (body, models) = (submitted.Value, ledger.Current.Models);
        if (models.Resolve(body.Model) is not { } model)
            return Refusals.Unknown($"model names {body.Model}, which is neither an alias of the catalog ({(models.Aliases.IsEmpty ? "it is empty" : string.Join(", ", models.Aliases.Keys))}) nor PROVIDER/MODEL.");
        if (providers.Find(model.Provider) is null) return Refusals.Unknown(providers.Missing(model.Provider));
        var build = Package.Build(body, model);
        if (build is not PackageBuild.Built { Package: var package }) return Refusals.Invalid(((PackageBuild.Refused)build).Errors);

        // The object first: a version in the journal must never name a package that is not there.
        objects.Put(package.Json);
        return Answer(ledger.Execute(new SubmitVersion(caller.Name, body, package), id));

        IResult Answer(LedgerResult result) => result.Answer(done => TypedResults.Ok(Document(done.State, packages, version, created: !done.Entries.IsEmpty)));
    }

    private static IResult Show(string version, Ledger ledger, PackageCache packages)
    {
        var name = Uri.UnescapeDataString(version);
        var prompts = ledger.Current.Prompts;
        if (VersionId.TryParse(name, out var id))
            return prompts.Find(id) is null ? Refusals.Unknown(prompts.Missing(id)) : TypedResults.Ok(Document(ledger.Current, packages, id, created: false));
        if (!PromptName.TryParse(name, out var prompt)) return Refusals.Invalid([$"\"{name}\" names no version: it must be {VersionId.Form}."]);
        return prompts.Find(prompt) is { } known
            ? TypedResults.Ok(Document(ledger.Current, packages, ledger.Current.Releases.Live(prompt, EnvironmentName.Production)?.Version ?? known.Versions[^1].Id, created: false))
            : Refusals.Unknown(prompts.Missing(prompt));
    }

    private static IResult Render(Body<RenderQuery> query, Ledger ledger, PackageCache packages)
    {
        var body = query.Value;
        if (ledger.Current.Prompts.Find(body.Version) is not { } version) return Refusals.Unknown(ledger.Current.Prompts.Missing(body.Version));
        return packages.Get(version.Package).Render(body.Variables, []) switch
        {
            PromptRendering.Done done => TypedResults.Ok(new RenderDocument(body.Version, done.Messages)),
            PromptRendering.Refused refused => Refusals.Invalid([.. refused.Problems.Select(problem => problem.Message)]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static VersionDocument Document(Registry registry, PackageCache packages, VersionId id, bool created)
    {
        var version = registry.Prompts.Find(id)!;
        ImmutableArray<EnvironmentName> places = [.. ((ReadOnlySpan<EnvironmentName>)[EnvironmentName.Development, EnvironmentName.Staging, EnvironmentName.Production])
            .ToArray().Where(place => registry.Releases.Live(id.Prompt, place)?.Version == id)];
        return new VersionDocument(id, version.Package, version.Author, version.SubmittedAt, version.Facts, JsonElement.Parse(packages.Get(version.Package).Json.Span), places, created);
    }
}
