using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Slipway.Cli.Prompts;

/// <summary>Where the files of a manifest may lie: below its own folder.</summary>
/// <remarks>Manifests come from pull requests too: none may make the machine that checks it read a key or a password into a prompt.</remarks>
internal static partial class ManifestFiles
{
    private const int MaximumLinks = 40;

    /// <summary>The path of a file that a manifest names, in terms of the manifest's own path.</summary>
    /// <param name="folder">The manifest's folder.</param>
    /// <param name="name">As the manifest writes it.</param>
    /// <param name="path">Where to read it.</param>
    /// <param name="refusal">Why not, as the end of a sentence.</param>
    public static bool TryLocate(string folder, string name, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? refusal)
    {
        path = null;
        refusal = name.Any(char.IsControl) ? "has a control character in it"
            : name.Contains('\\', StringComparison.Ordinal) ? "has a backslash in it; write folders with /, which every system understands"
            : Absolute().IsMatch(name) ? "is an absolute path; name files relative to the manifest's folder"
            : !IsBelow(folder, Path.Join(folder, name)) ? "lies outside the manifest's folder; copy it in, so that one folder holds all of the version"
            : null;
        if (refusal is null) path = Path.Join(folder, name);
        return refusal is null;
    }

    /// <summary>Whether a path leads into a folder, all links followed.</summary>
    public static bool IsBelow(string folder, string path)
    {
        var (top, full) = (Path.GetFullPath(folder.Length == 0 ? "." : folder), Path.GetFullPath(path));
        return IsPrefix(top, full) && Follow(top) is { } realTop && Follow(full) is { } real && IsPrefix(realTop, real);
    }

    private static bool IsPrefix(string folder, string path) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Part by part, as a folder on the way may be a link too. Null for links that lead in a circle.
    private static string? Follow(string path, int links = 0)
    {
        if (links > MaximumLinks) return null;
        var real = Path.GetPathRoot(path)!;
        var parts = path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            var next = Path.Join(real, parts[i]);
            if (new FileInfo(next).LinkTarget is { } target)
                return Follow(Path.GetFullPath(Path.Join([Path.GetFullPath(target, real), .. parts[(i + 1)..]])), links + 1);
            real = next;
        }
        return real;
    }

    [GeneratedRegex("^(/|[A-Za-z]:)")] private static partial Regex Absolute();
}
