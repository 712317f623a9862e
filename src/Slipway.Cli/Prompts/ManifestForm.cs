using System.Collections.Immutable;

namespace Slipway.Cli.Prompts;

/// <summary>One of the two forms of a prompt's manifest, by what <see cref="ManifestKeys.Prompt"/> says of it.</summary>
internal sealed class ManifestForm
{
    private readonly ImmutableArray<ManifestKey> optional;

    /// <param name="isJson">Which of the two.</param>
    /// <param name="usual">The keys that may be left out and mostly are not: of those that may be, people are told of them first.</param>
    private ManifestForm(bool isJson, params ImmutableArray<string> usual)
    {
        IsJson = isJson;
        var shape = ManifestKeys.Prompt;
        Id = shape.Keys[0].In(isJson);
        Needed = [.. shape.NeededIn(isJson)];
        optional = [.. shape.In(isJson).Where(key => key.NeedIn(isJson) == Need.Optional && !shape.OneOf.Contains(key.Name)).OrderBy(key => usual.Contains(key.Name) ? 0 : 1)];
    }

    /// <summary>The form people keep in Git.</summary>
    public static ManifestForm Yaml { get; } = new(isJson: false);

    /// <summary>The form programs write.</summary>
    public static ManifestForm Json { get; } = new(isJson: true, "version", "rollback_to");

    /// <summary>JSON holds its template itself; YAML names a file.</summary>
    public bool IsJson { get; }

    /// <summary>The key of the prompt's name.</summary>
    public string Id { get; }

    /// <summary>The keys it cannot do without. Where <c>template</c> is needed, <c>messages</c> will do.</summary>
    public ImmutableArray<ManifestKey> Needed { get; }

    /// <summary>The form of a file, by its name.</summary>
    public static ManifestForm Of(string path) => Path.GetExtension(path) == ".json" ? Json : Yaml;

    /// <summary>All keys, as the end of a sentence.</summary>
    public string Keys =>
        $"a manifest needs {string.Join(", ", Needed.Select(key => key.Name == ManifestKeys.Template ? $"{key.Name} (or {ManifestKeys.Messages})" : key.In(IsJson)))}, and may have {string.Join(", ", optional.Select(key => key.In(IsJson)))}";

    /// <summary>Whether a manifest may have a key.</summary>
    public bool Knows(string name) => ManifestKeys.Prompt.In(IsJson).Any(key => key.In(IsJson) == name);

    /// <summary>Whether keys are those of a manifest and not of some other file.</summary>
    public bool IsMarkedBy(Func<string, bool> has) => has(Id) && (has(ManifestKeys.Template) || has(ManifestKeys.Messages));
}
