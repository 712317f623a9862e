using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Prompts;

/// <summary>Versions over HTTP: submit, show, render.</summary>
internal static class PromptEndpoints
{
    public static void MapPrompts(this RouteGroupBuilder api)
    {
        api.MapPost("/versions", Submit);
        api.MapGet("/versions/{**version}", Show).Reads("read versions", byApplications: true, withinReach: true);
        api.MapPost("/render", Render);
    }

    private static IResult Submit(Body<Submission> submitted, Caller caller, CommandId id, Ledger ledger, SqliteJournal objects, ModelProviders providers, PackageCache packages)
    {
        if (SubmitVersion.Deny(caller.View(ledger.Current), caller.Name, submitted.Value.Prompt) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var (body, models) = (submitted.Value, ledger.Current.Models);
        if (models.Resolve(body.Model) is not { } model)
            return Refusals.Unknown($"model names {body.Model}, which is neither an alias of the catalog ({(models.Aliases.IsEmpty ? "it is empty" : string.Join(", ", models.Aliases.Keys))}) nor PROVIDER/MODEL.");
        if (providers.Find(model.Provider) is null) return Refusals.Unknown(providers.Missing(model.Provider));
        var build = Package.Build(body, model);
        if (build is not PackageBuild.Built { Package: var package }) return Refusals.Invalid(((PackageBuild.Refused)build).Errors);

        // The object first: a version in the journal must never name a package that is not there.
        objects.Put(package.Json);
        var version = new VersionId(body.Prompt, body.Version);
        return ledger.Execute(new SubmitVersion(caller.Name, body, package), id.Value, caller.Key)
            .Answer(done => TypedResults.Ok(Document(ledger, packages, version, created: !done.Entries.IsEmpty)));
    }

    private static IResult Show(string version, Caller caller, Ledger ledger, PackageCache packages)
    {
        var name = Uri.UnescapeDataString(version);
        var prompts = ledger.Current.Prompts;
        if (VersionId.TryParse(name, out var id))
            return Beyond(caller, id.Prompt) ?? (prompts.Find(id) is null ? Refusals.Unknown(prompts.Missing(id)) : TypedResults.Ok(Document(ledger, packages, id, created: false)));
        if (!PromptName.TryParse(name, out var prompt)) return Refusals.Invalid([$"\"{name}\" names no version: it must be {VersionId.Form}."]);
        if (Beyond(caller, prompt) is { } beyond) return beyond;
        return prompts.Find(prompt) is { } known
            ? TypedResults.Ok(Document(ledger, packages, ledger.Current.Releases.Live(prompt, EnvironmentName.Production)?.Version ?? known.Versions[^1].Id, created: false))
            : Refusals.Unknown(prompts.Missing(prompt));
    }

    private static IResult Render(Body<RenderQuery> query, Caller caller, Ledger ledger, PackageCache packages)
    {
        var body = query.Value;
        if (Beyond(caller, body.Version.Prompt) is { } beyond) return beyond;
        if (ledger.Current.Prompts.Find(body.Version) is not { } version) return Refusals.Unknown(ledger.Current.Prompts.Missing(body.Version));
        return packages.Get(version.Package).Render(body.Variables, []) switch
        {
            PromptRendering.Done done => TypedResults.Ok(new RenderDocument(body.Version, done.Messages)),
            PromptRendering.Refused refused => Refusals.Invalid([.. refused.Problems.Select(problem => problem.Message)]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static IResult? Beyond(Caller caller, PromptName prompt) =>
        caller.Access.DenyReach(Subject.Of($"read versions of {prompt}", prompt)) is Verdict.Refuse denied ? Refusals.Of(denied.Why) : null;

    private static VersionDocument Document(Ledger ledger, PackageCache packages, VersionId id, bool created)
    {
        var version = ledger.Current.Prompts.Find(id)!;
        ImmutableArray<EnvironmentName> places = [.. ((ReadOnlySpan<EnvironmentName>)[EnvironmentName.Development, EnvironmentName.Staging, EnvironmentName.Production])
            .ToArray().Where(place => ledger.Current.Releases.Live(id.Prompt, place)?.Version == id)];
        return new VersionDocument(id, version.Package, version.Author, version.SubmittedAt, version.Facts, JsonElement.Parse(packages.Get(version.Package).Json.Span), places, created);
    }
}
