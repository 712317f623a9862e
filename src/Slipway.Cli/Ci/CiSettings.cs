using System.Collections.Immutable;
using Slipway.Cli.Prompts;
using Slipway.Core.Models;

namespace Slipway.Cli.Ci;

/// <summary>What a folder of prompts says about the world that only a server would know: <c>slipway.json</c>.</summary>
/// <param name="Models">What the model aliases of its manifests stand for.</param>
internal sealed record CiSettings(ImmutableSortedDictionary<string, ModelReference> Models)
{
    /// <summary>The file's name; it stands in the folder itself.</summary>
    public const string FileName = "slipway.json";

    private const string ModelsKey = "models";

    /// <summary>Nothing is said.</summary>
    public static CiSettings None { get; } = new(ImmutableSortedDictionary.Create<string, ModelReference>(StringComparer.Ordinal));

    /// <summary>Reads the file of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <returns><see cref="None"/> where there is no such file, or nothing in it that can be used.</returns>
    public static CiSettings Read(string folder, List<ManifestProblem> problems)
    {
        var path = Path.Join(folder, FileName);
        if (!File.Exists(path)) return None;
        switch (TextFile.Open(path))
        {
            case TextFile.Unreadable unreadable: problems.Add(new ManifestProblem(path, unreadable.Line, unreadable.Column, unreadable.Why)); return None;
            case TextFile.Read { Text: var text }: return Interpret(new ManifestSource(path, ManifestForm.Json, problems), JsonReader.Read(path, text, problems));
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Reads <c>ALIAS=PROVIDER/MODEL</c>.</summary>
    /// <returns>Null where it does not fit.</returns>
    public static KeyValuePair<string, ModelReference>? ReadModel(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && ModelReference.TryParse(text[(at + 1)..], out var model) ? KeyValuePair.Create(text[..at], model) : null;

    private static CiSettings Interpret(ManifestSource source, ManifestNode? root)
    {
        if (ManifestReader.Mapping(source, root) is not { } mapping) return None;
        var models = None.Models.ToBuilder();
        var fields = new NodeFields(source, mapping, "", key => key == ModelsKey, $"{FileName} has {ModelsKey}");
        if (fields.Mapping(ModelsKey) is { } named)
        {
            var values = new NodeFields(source, named, ModelsKey, _ => true, "");
            foreach (var (alias, _) in named.Entries)
                if (values.Named<ModelReference>(alias.Text) is { } model) models[alias.Text] = model;
        }
        return new CiSettings(models.ToImmutable());
    }
}
