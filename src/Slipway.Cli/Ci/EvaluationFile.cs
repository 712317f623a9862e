using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Ci;

/// <summary>An evaluation manifest on disk.</summary>
/// <param name="Path">The file.</param>
/// <param name="Manifest">What it says.</param>
/// <param name="Candidate">The version it is about.</param>
internal sealed record EvaluationFile(string Path, EvaluationManifest Manifest, VersionId Candidate)
{
    /// <summary>Whether a JSON text is one.</summary>
    public static bool IsMarkedBy(string text) => text.Contains("\"candidate_prompt\"", StringComparison.Ordinal);

    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>Null where there was one.</returns>
    public static EvaluationFile? Read(string path, string text, List<ManifestProblem> problems)
    {
        switch (EvaluationManifest.Parse(text))
        {
            case EvaluationManifestResult.Refused refused:
                problems.AddRange(refused.Errors.Select(error => new ManifestProblem(path, error.Line, error.Column, error.Message)));
                return null;
            case EvaluationManifestResult.Parsed { Manifest: var manifest }:
                if (Version("candidate_prompt", manifest.CandidatePrompt) is { } candidate && (manifest.BaselinePrompt is null || Version("baseline_prompt", manifest.BaselinePrompt) is not null))
                    return new EvaluationFile(path, manifest, candidate);
                return null;
            default: throw new System.Diagnostics.UnreachableException();
        }

        VersionId? Version(string key, string name)
        {
            if (VersionId.TryParse(name, out var version)) return version;
            problems.Add(new ManifestProblem(path, null, null, $"{key} is \"{TextFile.Excerpt(name)}\": it must be {VersionId.Form}."));
            return null;
        }
    }
}
