using System.Collections.Immutable;
using System.Text;
using Slipway.Client;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>What a server has live, in the place of a base branch.</summary>
/// <param name="Live">By prompt; a prompt that is not live is not there.</param>
/// <param name="Catalog">Its model catalog.</param>
internal sealed record ServerBase(ImmutableDictionary<PromptName, EvaluationSide> Live, ModelsState Catalog)
{
    /// <summary>Asks a server.</summary>
    /// <param name="api">The server.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <returns>Null, with the server's reason, where it does not answer.</returns>
    public static async Task<(ServerBase? Base, ApiFailure? Failure)> AskAsync(SlipwayApi api, CancellationToken cancellation)
    {
        var models = await api.ModelsAsync(cancellation);
        if (models is not ApiResult<ImmutableArray<ModelDocument>>.Ok { Value: var catalog }) return Failed(models);
        var answer = await api.LiveAsync(null, null, null, cancellation);
        if (answer is not ApiResult<ImmutableArray<LiveDocument>>.Ok { Value: var live }) return Failed(answer);
        var sides = ImmutableDictionary.CreateBuilder<PromptName, EvaluationSide>();
        foreach (var one in live)
        {
            var version = await api.VersionAsync(one.Version.ToString(), cancellation);
            if (version is not ApiResult<VersionDocument>.Ok { Value.Package: var hash }) return Failed(version);
            var bytes = await api.ObjectAsync(hash, cancellation);
            if (bytes is not ApiResult<string>.Ok { Value: var json }) return Failed(bytes);
            if (Package.Load(Encoding.UTF8.GetBytes(json)) is PackageBuild.Built built) sides[one.Prompt] = new EvaluationSide(one.Version.ToString(), built.Package);
        }
        return (new ServerBase(sides.ToImmutable(), new ModelsState(
            catalog.SelectMany(model => model.Aliases.Select(alias => KeyValuePair.Create(alias, model.Model))).ToImmutableSortedDictionary(StringComparer.Ordinal),
            catalog.ToImmutableSortedDictionary(model => model.Model.ToString(), model => new ModelRegistered(model.Model, model.ContextTokens, model.Prices, model.Pinned), StringComparer.Ordinal))), null);
    }

    /// <summary>What a folder would change of it: the newest version of each prompt, where it behaves otherwise than the live one.</summary>
    public ChangedPrompts Changes(CiFolder head)
    {
        var newest = head.Prompts.GroupBy(prompt => prompt.Prompt).Select(prompt => prompt.Last());
        var changed = newest.Where(prompt => prompt.Package is { } package && Live.GetValueOrDefault(prompt.Prompt)?.Package.Hash != package.Hash)
            .Select(prompt => new ChangedPrompt(prompt, Live.GetValueOrDefault(prompt.Prompt)));
        return new ChangedPrompts([.. changed], [], [], ImmutableDictionary<string, EvaluationSide>.Empty);
    }

    private static (ServerBase?, ApiFailure?) Failed<T>(ApiResult<T> result) => (null, ((ApiResult<T>.Failed)result).Failure);
}
