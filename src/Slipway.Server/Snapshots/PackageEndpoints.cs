using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Snapshots;

/// <summary>Packages by hash, for who renders by themselves: the bytes that the hash is of, good for ever.</summary>
internal static class PackageEndpoints
{
    public static void MapPackages(this RouteGroupBuilder api) => api.MapGet("/packages/{hash}", Give)
        .Reads("read packages", byApplications: true, withinReach: true).TagsItself().Does("Give a package, exactly the bytes its hash is of", StatusCodes.Status200OK);

    private static IResult Give(string hash, HttpContext context, Caller caller, PackageOwners owners, PackageCache packages)
    {
        if (!ContentHash.TryParse(hash, out var id)) return Refusals.Invalid([$"\"{hash}\" is no package's hash: it must be {ContentHash.Form}."]);
        var prompts = owners.Of(id);
        if (prompts.IsEmpty) return Refusals.Unknown($"There is no package {id}.");
        // Several prompts may share a package: one that the key reaches is enough.
        if (prompts.All(prompt => caller.Access.DenyReach(Subject.Of($"read the package {id.Abbreviated}", prompt)) is not null))
            return Refusals.Of(((Verdict.Refuse)caller.Access.DenyReach(Subject.Of($"read the package {id.Abbreviated}", prompts[0]))!).Why);
        var package = packages.Get(id);
        // Kept for ever by who has it, and by nobody between: a cache that many share would give it to those whose key does not reach it.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return EntityTags.Has(context, $"\"{id}\"") ? Results.Empty : Results.Bytes(package.Json, "application/json");
    }
}

/// <summary>Which prompts have a version with a package.</summary>
internal sealed class PackageOwners(Ledger ledger)
{
    private Known known = new(PromptsState.Empty);

    /// <summary>The prompts; none where no version has such a package.</summary>
    public ImmutableArray<PromptName> Of(ContentHash package)
    {
        var prompts = ledger.Current.Prompts;
        var index = Volatile.Read(ref known);
        // Made anew only when prompts have changed and somebody asks: that is when a new version is about to be served.
        if (!ReferenceEquals(index.Prompts, prompts)) Volatile.Write(ref known, index = new Known(prompts));
        return [.. index.ByPackage[package]];
    }

    private sealed class Known(PromptsState prompts)
    {
        public PromptsState Prompts => prompts;

        public ILookup<ContentHash, PromptName> ByPackage { get; } =
            prompts.All.Values.SelectMany(prompt => prompt.Versions.Select(version => (version.Package, prompt.Name)).Distinct()).ToLookup(pair => pair.Package, pair => pair.Name);
    }
}
