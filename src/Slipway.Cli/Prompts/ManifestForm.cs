using System.Collections.Immutable;

namespace Slipway.Cli.Prompts;

/// <summary>What one of the two forms of a manifest calls its keys, and which it cannot do without.</summary>
/// <param name="IsJson">JSON holds its template itself; YAML names a file.</param>
/// <param name="Id">The key of the prompt's name.</param>
/// <param name="Required">Where <c>template</c> is needed, <c>messages</c> will do.</param>
/// <param name="Optional">All others.</param>
internal sealed record ManifestForm(bool IsJson, string Id, ImmutableArray<string> Required, ImmutableArray<string> Optional)
{
    private static readonly ImmutableArray<string> Always =
        ["expected_effect", "check_after_release", "change_kind", "linked", "based_on", "variables", "parameters", "tools", "retrieval", "memory", "safety", "post_processing", "serving"];

    /// <summary>The form people keep in Git.</summary>
    public static ManifestForm Yaml { get; } = new(
        IsJson: false, "id", ["id", "version", "owner", "status", "model", "template", "schema", "golden_set", "rollback_to", "change_reason"], Always);

    /// <summary>The form programs write.</summary>
    public static ManifestForm Json { get; } = new(
        IsJson: true, "prompt_id", ["prompt_id", "model", "template"], ["version", "rollback_to", "owner", "schema", "golden_set", "change_reason", .. Always]);

    /// <summary>The form of a file, by its name.</summary>
    public static ManifestForm Of(string path) => Path.GetExtension(path) == ".json" ? Json : Yaml;

    /// <summary>All keys, as the end of a sentence.</summary>
    public string Keys => $"a manifest needs {string.Join(", ", Required.Select(key => key == "template" ? "template (or messages)" : key))}, and may have {string.Join(", ", Optional)}";

    /// <summary>Whether a manifest may have a key.</summary>
    public bool Knows(string key) => key == "messages" || Required.Contains(key) || Optional.Contains(key);

    /// <summary>Whether keys are those of a manifest and not of some other file.</summary>
    public bool IsMarkedBy(Func<string, bool> has) => has(Id) && (has("template") || has("messages"));
}
