using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Cli.Partials;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>A prompt manifest with all it names, ready to be pushed.</summary>
/// <param name="Path">The manifest's file, as it was asked for.</param>
/// <param name="Submission">The version.</param>
/// <param name="Golden">The golden set it is evaluated on, which the server must have before the version; null where it names none.</param>
internal sealed record Manifest(string Path, Submission Submission, GoldenSetFile? Golden);

/// <summary>A golden set on disk, known to be right.</summary>
/// <param name="Id">Its name and version, from the file's name.</param>
/// <param name="Path">The file.</param>
/// <param name="JsonLines">The file's text.</param>
internal sealed partial record GoldenSetFile(GoldenSetId Id, string Path, string JsonLines)
{
    /// <summary>The set that a file's name says: <c>support_router_golden_v4.jsonl</c> is <c>support_router_golden:v4</c>; null for names of another form.</summary>
    public static GoldenSetId? IdOf(string path) =>
        FileName().Match(path) is { Success: true } match && GoldenSetId.TryParse($"{match.Groups[1].Value}:v{match.Groups[2].Value}", out var id) ? id : null;

    [GeneratedRegex(@"(?:^|/)([^/]+)_v([^/]+)\.jsonl\z")] private static partial Regex FileName();
}

/// <summary>A manifest, or all that is wrong with it and with the files it names.</summary>
internal abstract record ManifestResult
{
    private ManifestResult() { }

    /// <summary>It can be pushed.</summary>
    internal sealed record Parsed(Manifest Manifest) : ManifestResult;

    /// <summary>It can be pushed, and is a partial's.</summary>
    internal sealed record ParsedPartial(PartialManifest Partial) : ManifestResult;

    /// <summary>It cannot.</summary>
    /// <param name="Problems">At least one: the manifest's by line, then those of each file it names.</param>
    internal sealed record Refused(ImmutableArray<ManifestProblem> Problems) : ManifestResult;
}

/// <summary>All manifests below a folder, or all that is wrong with them: one bad manifest refuses the folder, so that no half of it is pushed.</summary>
internal abstract record ManifestFolder
{
    private ManifestFolder() { }

    /// <summary>They can be pushed.</summary>
    /// <param name="Manifests">By prompt; within a prompt a version comes after those it is based on and rolls back to, else by number.</param>
    /// <param name="Partials">To be pushed before them; each comes after those it includes.</param>
    /// <param name="Others">The YAML files that were left alone because they are no manifests.</param>
    internal sealed record Parsed(ImmutableArray<Manifest> Manifests, ImmutableArray<PartialManifest> Partials, ImmutableArray<string> Others) : ManifestFolder;

    /// <summary>They cannot.</summary>
    /// <param name="Problems">At least one, manifest by manifest.</param>
    internal sealed record Refused(ImmutableArray<ManifestProblem> Problems) : ManifestFolder;
}

/// <summary>What there is below a folder: all that can be read, and beside it all that is wrong.</summary>
/// <param name="Manifests">In the order of <see cref="ManifestFolder.Parsed"/>.</param>
/// <param name="Partials">Each comes after those it includes.</param>
/// <param name="Others">The YAML files that are no manifests.</param>
/// <param name="Problems">Manifest by manifest; perhaps none.</param>
internal sealed record ManifestsRead(
    ImmutableArray<Manifest> Manifests, ImmutableArray<PartialManifest> Partials, ImmutableArray<string> Others, ImmutableArray<ManifestProblem> Problems);

/// <summary>Something a person should mend in a manifest or in a file it names.</summary>
/// <param name="File">The file the problem is in.</param>
/// <param name="Line">The line, from 1; null where the whole file is meant.</param>
/// <param name="Column">The column in characters, from 1; null where the whole line is meant.</param>
/// <param name="Message">What is wrong and what would be right, in a sentence or two.</param>
internal sealed record ManifestProblem(string File, int? Line, int? Column, string Message)
{
    /// <summary>The problem as compilers print theirs, so that terminals and editors can jump to it: <c>FILE:LINE:COLUMN: message</c>.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (null, _) => $"{File}: {Message}",
        ({ } line, null) => string.Create(CultureInfo.InvariantCulture, $"{File}:{line}: {Message}"),
        ({ } line, { } column) => string.Create(CultureInfo.InvariantCulture, $"{File}:{line}:{column}: {Message}"),
    };
}
