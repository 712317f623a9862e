using System.Text;

namespace Slipway.Cli.Prompts;

/// <summary>Writes shapes as tables of Markdown, for the page of reference.</summary>
internal static class ManifestTables
{
    /// <summary>The table of a document, then one of each mapping within it, under a heading of the third level.</summary>
    /// <returns>Lines, each with its end.</returns>
    public static string Of(ManifestShape document)
    {
        var page = new StringBuilder();
        Write(page, document);
        foreach (var shape in document.Within.Distinct())
        {
            page.Append($"\n### {char.ToUpperInvariant(shape.Name[0])}{shape.Name[1..]}\n\n");
            Write(page, shape);
        }
        return page.ToString();
    }

    /// <summary>Where the heading of a shape is found in its page.</summary>
    public static string Anchor(ManifestShape shape) => string.Concat(shape.Name.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    private static void Write(StringBuilder page, ManifestShape shape)
    {
        page.Append("| key | value | left out | what it says |\n|---|---|---|---|\n");
        foreach (var key in shape.Keys) page.Append($"| {Name(key)} | {key.Form.Words} | {LeftOut(shape, key)} | {key.Meaning} |\n");
    }

    private static string Name(ManifestKey key) => (key.InYaml, key.InJson) switch
    {
        (not Need.Absent, not Need.Absent) when key.NameInJson != key.Name => $"`{key.Name}`, in JSON `{key.NameInJson}`",
        _ => $"`{key.Name}`",
    };

    private static string LeftOut(ManifestShape shape, ManifestKey key)
    {
        var (yaml, json) = (Told(key.InYaml), Told(key.InJson));
        return (key.InYaml, key.InJson) switch
        {
            (_, Need.Absent) when !shape.IsYamlOnly => $"{yaml}; JSON has no such key",
            (_, Need.Absent) => yaml,
            (Need.Absent, _) => json,
            _ when yaml == json => yaml,
            _ => $"{yaml}; in JSON: {json}",
        };

        string Told(Need need) => need switch
        {
            _ when shape.OneOf.Contains(key.Name) => $"one of {string.Join(", ", shape.OneOf.Select(name => $"`{name}`"))} is needed",
            Need.Needed => "refused",
            _ => key.LeftOut,
        };
    }
}
