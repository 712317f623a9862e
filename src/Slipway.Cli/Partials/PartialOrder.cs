using System.Collections.Immutable;
using Slipway.Cli.Prompts;

namespace Slipway.Cli.Partials;

/// <summary>The order in which several partials can be pushed.</summary>
internal static class PartialOrder
{
    /// <summary>Puts each after those it includes, else by name.</summary>
    /// <param name="manifests">Some.</param>
    /// <param name="problems">Takes what no order can mend.</param>
    public static ImmutableArray<PartialManifest> Of(IReadOnlyList<PartialManifest> manifests, List<ManifestProblem> problems)
    {
        var byName = new SortedDictionary<string, PartialManifest>(StringComparer.Ordinal);
        foreach (var manifest in manifests)
            if (!byName.TryAdd(manifest.Name.Value, manifest))
                problems.Add(new ManifestProblem(manifest.Path, null, null, $"The partial {manifest.Name} stands in {byName[manifest.Name.Value].Path} too; a partial has one manifest."));
        return DependencyOrder.Of(
            byName.Values,
            manifest => manifest.Includes.Select(name => byName.GetValueOrDefault(name.Value)).OfType<PartialManifest>(),
            circle => problems.Add(new ManifestProblem(circle[0].Path, null, null,
                $"{string.Join(" includes ", circle.Append(circle[0]).Select(manifest => manifest.Name))}: a partial cannot come back to itself.")));
    }
}
