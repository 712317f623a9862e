using System.Collections.Immutable;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Ci;

/// <summary>A manifest and the package it makes.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Package">The package; null where it cannot be built.</param>
/// <param name="Errors">Why it cannot; empty where it can.</param>
internal sealed record BuiltPrompt(Manifest Manifest, Package? Package, ImmutableArray<string> Errors)
{
    /// <summary>Which prompt.</summary>
    public PromptName Prompt => Manifest.Submission.Prompt;

    /// <summary>Its number; null where a server would find it.</summary>
    public VersionNumber? Number => Manifest.Submission.Version;

    /// <summary>The version: <c>support_router:v1.6.0</c>, or <c>support_router:next</c>.</summary>
    public string Label => Number is { } number ? new VersionId(Prompt, number).ToString() : $"{Prompt}:next";

    /// <summary>Its golden set; null where it names none.</summary>
    public GoldenSet? Golden { get; } =
        Manifest.Golden is { } file && GoldenSet.Parse(file.Id, file.JsonLines) is GoldenSetResult.Parsed parsed ? parsed.Set : null;
}
