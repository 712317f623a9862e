using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Prompts;

/// <summary>What a version changes against the one before it, as far as its number is concerned.</summary>
/// <param name="Step">The least step its number must take.</param>
/// <param name="Reasons">Why, as the ends of a sentence: <c>the output schema changed</c>. Empty where the two behave the same.</param>
public sealed record VersionChange(VersionStep Step, ImmutableArray<string> Reasons)
{
    /// <summary>Compares two packages.</summary>
    public static VersionChange Between(Package before, Package after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Hash == after.Hash) return new VersionChange(VersionStep.Patch, []);
        var major = Major(before, after).ToImmutableArray();
        if (!major.IsEmpty) return new VersionChange(VersionStep.Major, major);
        ImmutableArray<string> changed = [.. Fields(before, after).Where(name => !Same(before, after, name))];
        return changed.SequenceEqual(["messages"]) && SmallTextChange.Is(before.Document.GetProperty("messages"), after.Document.GetProperty("messages"))
            ? new VersionChange(VersionStep.Patch, ["only white space, typing errors or comments of the messages changed"])
            : new VersionChange(VersionStep.Minor, [.. changed.Select(name => $"{Spoken(name)} changed")]);
    }

    private static IEnumerable<string> Major(Package before, Package after)
    {
        if (!Same(before, after, "output")) yield return "the output schema changed";
        if (!Same(before, after, "tools")) yield return "the tools changed";
        var (more, fewer) = (after.RequiredVariables.Except(before.RequiredVariables).ToList(), before.RequiredVariables.Except(after.RequiredVariables).ToList());
        if (more.Count + fewer.Count > 0)
            yield return "the required variables changed (" + string.Join(", ", more.Select(name => $"{name} is new").Concat(fewer.Select(name => $"{name} is gone"))) + ")";
    }

    private static IEnumerable<string> Fields(Package before, Package after) =>
        before.Document.EnumerateObject().Concat(after.Document.EnumerateObject()).Select(field => field.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static bool Same(Package before, Package after, string name)
    {
        var (was, had) = (before.Document.TryGetProperty(name, out var old), after.Document.TryGetProperty(name, out var now));
        return was == had && (!was || JsonElement.DeepEquals(old, now));
    }

    private static string Spoken(string field) => field switch
    {
        "post_processing" => "the post-processing",
        "safety" => "the safety layers",
        "memory" => "the memory",
        "serving" => "the serving settings",
        _ => $"the {field}",
    };
}
