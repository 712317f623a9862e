using System.Globalization;
using System.Text.Json;

namespace Slipway.Cli.Prompts;

/// <summary>A JSON value that knows where it stands: in a manifest, or in a file that one names.</summary>
/// <param name="File">The file.</param>
/// <param name="Node">The value with its places.</param>
/// <param name="Value">The value itself.</param>
internal sealed record PlacedJson(string File, ManifestNode Node, JsonElement Value)
{
    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>Null where there was a problem.</returns>
    public static PlacedJson? Parse(string file, string text, List<ManifestProblem> problems)
    {
        var before = problems.Count;
        var node = JsonReader.Read(file, text, problems);
        return node is not null && problems.Count == before ? new PlacedJson(file, node, JsonElement.Parse(text)) : null;
    }

    /// <summary>A problem with the value that a JSON pointer leads to, or, where it leads nowhere, with the last one on the way.</summary>
    public ManifestProblem Problem(string pointer, string message)
    {
        var place = Node;
        foreach (var part in pointer.StartsWith('/') ? pointer[1..].Split('/') : [])
        {
            if (Child(place, part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) is not { } child) break;
            place = child;
        }
        return new ManifestProblem(File, place.Line, place.Column, message);
    }

    private static ManifestNode? Child(ManifestNode node, string name) => node switch
    {
        ManifestNode.Mapping mapping => mapping.Entries.FirstOrDefault(entry => entry.Key.Text == name)?.Value,
        ManifestNode.List list when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length => list.Items[index],
        _ => null,
    };
}
