using System.Collections.Immutable;
using System.Text;
using Slipway.Client;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>What a server has live in production, in the place of a base branch.</summary>
/// <param name="Live">By prompt; a prompt that is not live is not there.</param>
/// <param name="Unreadable">What is live and cannot be read here, by prompt.</param>
/// <param name="Catalog">Its model catalog.</param>
internal sealed record ServerBase(ImmutableDictionary<PromptName, EvaluationSide> Live, ImmutableDictionary<PromptName, UnreadableVersion> Unreadable, ModelsState Catalog)
{
    /// <summary>Asks a server.</summary>
    /// <param name="api">The server.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <returns>Null, with the server's reason, where it does not answer.</returns>
    public static async Task<(ServerBase? Base, ApiFailure? Failure)> AskAsync(SlipwayApi api, CancellationToken cancellation)
    {
        var models = await api.ModelsAsync(cancellation);
        if (models is not ApiResult<ImmutableArray<ModelDocument>>.Ok { Value: var catalog }) return Failed(models);
        var answer = await api.LiveAsync(null, EnvironmentName.Production.Value, null, cancellation);
        if (answer is not ApiResult<ImmutableArray<LiveDocument>>.Ok { Value: var live }) return Failed(answer);
        var packages = new List<(VersionId, ContentHash, string)>();
        foreach (var one in live)
        {
            var version = await api.VersionAsync(one.Version.ToString(), cancellation);
            if (version is not ApiResult<VersionDocument>.Ok { Value.Package: var hash }) return Failed(version);
            var bytes = await api.ObjectAsync(hash, cancellation);
            if (bytes is not ApiResult<string>.Ok { Value: var json }) return Failed(bytes);
            packages.Add((one.Version, hash, json));
        }
        return (Of(catalog, packages), null);
    }

    /// <summary>Reads what a server has.</summary>
    /// <param name="catalog">The models it knows.</param>
    /// <param name="live">Each version with its package.</param>
    public static ServerBase Of(ImmutableArray<ModelDocument> catalog, IEnumerable<(VersionId Version, ContentHash Hash, string Package)> live)
    {
        var (sides, unreadable) = (ImmutableDictionary.CreateBuilder<PromptName, EvaluationSide>(), ImmutableDictionary.CreateBuilder<PromptName, UnreadableVersion>());
        foreach (var (version, hash, json) in live)
        {
            switch (Package.Load(Encoding.UTF8.GetBytes(json)))
            {
                case PackageBuild.Built built: sides[version.Prompt] = new EvaluationSide(version.ToString(), built.Package); break;
                case PackageBuild.Refused refused: unreadable[version.Prompt] = new UnreadableVersion(version, hash, refused.Errors[0]); break;
            }
        }
        return new ServerBase(sides.ToImmutable(), unreadable.ToImmutable(), new ModelsState(
            catalog.SelectMany(model => model.Aliases.Select(alias => KeyValuePair.Create(alias, model.Model))).ToImmutableSortedDictionary(StringComparer.Ordinal),
            catalog.ToImmutableSortedDictionary(model => model.Model.ToString(), model => new ModelRegistered(model.Model, model.ContextTokens, model.Prices, model.Pinned), StringComparer.Ordinal)));
    }

    /// <summary>What a folder would change of it: the newest version of each prompt, where it behaves otherwise than the live one.</summary>
    public ChangedPrompts Changes(CiFolder head)
    {
        var newest = head.Prompts.GroupBy(prompt => prompt.Prompt).Select(prompt => prompt.Last()).Where(prompt => prompt.Package is not null).ToList();
        // The same bytes behave alike, whoever can read them. Of others nobody can say here what they would change: that is no first version, and no pass.
        var checks = newest.Where(prompt => Unreadable.GetValueOrDefault(prompt.Prompt) is { } live && live.Package != prompt.Package!.Hash).Select(prompt => Incomparable(prompt, Unreadable[prompt.Prompt]));
        var changed = newest.Where(prompt => !Unreadable.ContainsKey(prompt.Prompt) && Live.GetValueOrDefault(prompt.Prompt)?.Package.Hash != prompt.Package!.Hash)
            .Select(prompt => new ChangedPrompt(prompt, Live.GetValueOrDefault(prompt.Prompt)));
        return new ChangedPrompts([.. changed], [.. checks], [], ImmutableDictionary<string, EvaluationSide>.Empty);
    }

    private static CiCheck Incomparable(BuiltPrompt prompt, UnreadableVersion live) => new("can be compared with what is live", prompt.Label,
        [$"{live.Version} is live, and this build of slipway cannot read it: take the build that the server is of. {live.Why}"]);

    private static (ServerBase?, ApiFailure?) Failed<T>(ApiResult<T> result) => (null, ((ApiResult<T>.Failed)result).Failure);
}

/// <summary>A live version whose package this build does not understand.</summary>
/// <param name="Version">The version.</param>
/// <param name="Package">Its package.</param>
/// <param name="Why">A sentence.</param>
internal sealed record UnreadableVersion(VersionId Version, ContentHash Package, string Why);
