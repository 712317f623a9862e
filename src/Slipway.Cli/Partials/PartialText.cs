using Slipway.Client;
using Slipway.Core.Wire;

namespace Slipway.Cli.Partials;

/// <summary>Partials as people read them.</summary>
internal static class PartialText
{
    /// <summary>What came of a push: the version, and which prompts do not have it yet.</summary>
    public static async Task WritePushedAsync(Terminal terminal, SlipwayApi api, PartialDocument partial, CancellationToken cancellation)
    {
        if (!partial.Created)
        {
            terminal.Line($"{partial.Partial} is there already");
            return;
        }
        terminal.Line($"{partial.Partial}  {partial.Content}");
        foreach (var line in await HoldersAsync(api, partial, cancellation)) terminal.Line($"  {line}");
    }

    /// <summary>Who holds a partial, and who holds an older version of it; one line each.</summary>
    public static async Task<IReadOnlyList<string>> HoldersAsync(SlipwayApi api, PartialDocument partial, CancellationToken cancellation)
    {
        var lines = partial.UsedBy.Select(version => $"{version} holds it").ToList();
        foreach (var version in partial.CouldTakeIt)
        {
            var held = await api.VersionAsync(version.ToString(), cancellation) is ApiResult<VersionDocument>.Ok { Value.Record.Partials: var partials }
                ? partials.FirstOrDefault(id => id.Name == partial.Partial.Name)?.ToString()
                : null;
            lines.Add($"{version} holds {held ?? "an older one"} and could take it");
        }
        return lines;
    }
}
