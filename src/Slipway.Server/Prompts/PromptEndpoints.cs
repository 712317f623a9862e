using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Prompts;

/// <summary>Versions over HTTP: submit, show, compare, render; and what a prompt's versions must follow.</summary>
internal static class PromptEndpoints
{
    public static void MapPrompts(this RouteGroupBuilder api)
    {
        api.MapPost("/versions", Submit).Gives<VersionDocument>("Submit a version");
        api.MapGet("/versions/{**version}", Show).Reads("read versions", byApplications: true, withinReach: true).Gives<VersionDocument>("Show a version: PROMPT:vVERSION, or PROMPT for what is live");
        api.MapGet("/diff", Compare).Reads("compare versions", withinReach: true).Gives<VersionDiffDocument>("Compare two versions by field, line and word");
        api.MapPost("/render", Render).Gives<RenderDocument>("Render the messages a version sends");
        api.MapGet("/policies/{**prompt}", (string prompt, Caller caller, Ledger ledger) =>
            TryName(prompt, out var name, out var wrong) ? Beyond(caller, name) ?? TypedResults.Ok(PolicyDocument.Of(ledger.Current.Prompts.Policy(name))) : wrong)
            .Reads("read policies", withinReach: true).Gives<PolicyDocument>("Say what a prompt's versions must follow");
        api.MapPut("/policies/{**prompt}", (string prompt, Body<PolicyDocument> body, Caller caller, CommandId id, Ledger ledger) => SetPolicy(prompt, body.Value, caller, id, ledger))
            .MindsIfMatch(CurrentPolicy, ApiJsonFor.People.PolicyDocument).Gives<PolicyDocument>("Set what a prompt's versions must follow");
    }

    private static IResult SetPolicy(string prompt, PolicyDocument policy, Caller caller, CommandId id, Ledger ledger)
    {
        if (!TryName(prompt, out var name, out var wrong)) return wrong;
        string? problem = null;
        var evaluation = policy.Evaluation?.Policy(out problem);
        if (problem is not null) return Refusals.Invalid([problem]);
        return ledger.Execute(new SetPromptPolicy(caller.Name, name, policy.SeveralKindsOfChange, policy.Serving(), evaluation, policy.Releases, policy.IncidentsBlock, policy.Drill), id, caller.Key)
            .Answer(done => TypedResults.Ok(PolicyDocument.Of(done.State.Prompts.Policy(name))));
    }

    private static PolicyDocument? CurrentPolicy(HttpContext context) => TryName((string)context.GetRouteValue("prompt")!, out var name, out _)
        ? PolicyDocument.Of(context.RequestServices.GetRequiredService<Ledger>().Current.Prompts.Policy(name))
        : null;

    private static IResult Submit(Body<Submission> submitted, Caller caller, CommandId id, Ledger ledger, PackageBuilder builder, PackageCache packages)
    {
        // What was submitted under this id is told as it was then, whatever aliases and partials mean by now.
        if (ledger.FirstResultOf(id) is LedgerResult.Done { Entries.IsEmpty: false } first)
            return TypedResults.Ok(Document(first.State, packages, first.Entries.Select(entry => entry.Read()).OfType<VersionSubmitted>().Single().Version, created: true));
        if (SubmitVersion.Deny(caller.View(ledger.Current), caller.Name, submitted.Value.Prompt) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var submission = submitted.Value;
        if (builder.Build(submission, ledger.Current, out var wrong) is not { } package) return wrong!;
        var followed = VersionLine.Newest(ledger.Current.Prompts.Find(submission.Prompt), submission.Version);
        var result = ledger.Execute(new SubmitVersion(caller.Name, submission, package, followed is null ? null : packages.Get(followed.Package)), id, caller.Key);
        if (result is LedgerResult.Refused { Why: Overtaking { From: { } from, Newest: var newest } why })
            return Refusals.Of(why, VersionComparison.Between((from.Id, packages.Get(from.Package)), (newest.Id, packages.Get(newest.Package))));
        return result.Answer(done => TypedResults.Ok(Document(done.State, packages, Submitted(done, submission, package), created: !done.Entries.IsEmpty)));
    }

    private static VersionId Submitted(LedgerResult.Done done, Submission submission, Package package) =>
        done.Entries.Select(entry => entry.Read()).OfType<VersionSubmitted>().FirstOrDefault()?.Version ?? SubmitVersion.Existing(done.State, submission, package)!.Id;

    private static IResult Show(string version, Caller caller, Ledger ledger, PackageCache packages) =>
        Find(version, caller, ledger.Current, out var wrong) is { } id ? TypedResults.Ok(Document(ledger.Current, packages, id, created: false)) : wrong!;

    private static IResult Compare(string from, string to, Caller caller, Ledger ledger, PackageCache packages)
    {
        var registry = ledger.Current;
        if (Find(from, caller, registry, out var wrong) is not { } before || Find(to, caller, registry, out wrong) is not { } after) return wrong!;
        return TypedResults.Ok(VersionComparison.Between((before, packages.Get(registry.Prompts.Find(before)!.Package)), (after, packages.Get(registry.Prompts.Find(after)!.Package))));
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

    /// <summary>The version that a text names: <c>PROMPT:vVERSION</c>, or <c>PROMPT</c> for what is live in production, else the newest.</summary>
    private static VersionId? Find(string text, Caller caller, Registry registry, out IResult? wrong)
    {
        var name = Uri.UnescapeDataString(text);
        if (VersionId.TryParse(name, out var id))
        {
            if ((wrong = Beyond(caller, id.Prompt)) is not null) return null;
            if (registry.Prompts.Find(id) is not null) return id;
            wrong = Refusals.Unknown(registry.Prompts.Missing(id));
        }
        else if (PromptName.TryParse(name, out var prompt))
        {
            if ((wrong = Beyond(caller, prompt)) is not null) return null;
            if (registry.Prompts.Find(prompt) is { } known) return registry.Releases.Live(prompt, EnvironmentName.Production)?.Version ?? known.Versions[^1].Id;
            wrong = Refusals.Unknown(registry.Prompts.Missing(prompt));
        }
        else
        {
            wrong = Refusals.Invalid([$"\"{name}\" names no version: it must be {VersionId.Form}."]);
        }
        return null;
    }

    private static bool TryName(string text, [NotNullWhen(true)] out PromptName? name, [NotNullWhen(false)] out IResult? wrong)
    {
        wrong = PromptName.TryParse(Uri.UnescapeDataString(text), out name) ? null : Refusals.Invalid([$"\"{text}\" is no prompt's name: it must be {PromptName.Form}."]);
        return wrong is null;
    }

    private static VersionDocument Document(Registry registry, PackageCache packages, VersionId id, bool created)
    {
        var version = registry.Prompts.Find(id)!;
        return new VersionDocument(
            id, version.Sequence, version.Package, version.Author, version.SubmittedAt, version.Facts, packages.Get(version.Package).Document, registry.Releases.PlacesOf(id), created);
    }
}
