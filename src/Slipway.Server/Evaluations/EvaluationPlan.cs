using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>All that an evaluation needs to know before it begins. Where packages and cases come from is its caller's: a registry, or a folder of files.</summary>
public sealed record EvaluationPlan
{
    /// <summary>Gates and metrics; the names in it are not looked up any more.</summary>
    public required EvaluationManifest Manifest { get; init; }

    /// <summary>The version under test.</summary>
    public required EvaluationSide Candidate { get; init; }

    /// <summary>What it is compared with; null compares with nothing.</summary>
    public EvaluationSide? Baseline { get; init; }

    /// <summary>The cases; those whose expectations nobody has confirmed are not asked. A plan without a set has problems.</summary>
    public GoldenSet? Set { get; init; }

    /// <summary>The cases where they are read from an object.</summary>
    internal StoredCases? Stored { get; init; }

    /// <summary>The cases that are asked.</summary>
    internal IReadOnlyCollection<GoldenCase> Asked => Stored ?? (IReadOnlyCollection<GoldenCase>?)Set?.Asked ?? [];

    /// <summary>The rubrics that <see cref="NamedRubrics"/> asks for; one that is not among them is a problem of the plan.</summary>
    public ImmutableArray<Rubric> Rubrics { get; init; } = [];

    /// <summary>The rubrics that the manifest and the cases that are asked name, each once, in alphabetical order; usually none.</summary>
    public ImmutableArray<RubricId> NamedRubrics => [.. Manifest.Judges.Select(judge => judge.Rubric).Concat(Stored?.Rubrics ?? Set?.Asked.SelectMany(one => one.Judges).Select(judge => judge.Rubric) ?? [])
        .Distinct().OrderBy(id => id.ToString(), StringComparer.Ordinal)];

    /// <summary>The hash of the golden set as an object; answers are stored under it, so that they go with it. Null where nothing is stored.</summary>
    public ContentHash? SetContent { get; init; }

    /// <summary>What the prompt's policy says of evaluations.</summary>
    public EvaluationPolicy Policy { get; init; } = EvaluationPolicy.Default;

    /// <summary>What its policy says of the texts that a report may keep.</summary>
    public ServingPolicy Serving { get; init; } = ServingPolicy.Default;

    /// <summary>Who runs it; null where nobody is known by name, as in a pull request.</summary>
    public string? By { get; init; }

    /// <summary>The version production would go back to; null where nothing is known of production, or nothing is live.</summary>
    public string? RollbackTo { get; init; }

    /// <summary>The catalog, for its prices; by default it knows none.</summary>
    public ModelsState Models { get; init; } = ModelsState.Empty;

    /// <summary>How it is run.</summary>
    public EvaluationSettings Settings { get; init; } = EvaluationSettings.Default;

    /// <summary>Told of each case once every answer to it is stored, on one thread at a time; null tells nobody.</summary>
    internal Action<CaseRun>? Settled { get; init; }
}

/// <summary>A version that is evaluated.</summary>
/// <param name="Name">As the report shows it, <c>support_router:v1.6.0</c>.</param>
/// <param name="Package">What is asked.</param>
/// <param name="ChangeReason">Why it exists, as its author said; null where nobody did.</param>
public sealed record EvaluationSide(string Name, Package Package, string? ChangeReason = null);

/// <summary>What an evaluation came to.</summary>
/// <param name="Report">Counts, gates and differences.</param>
/// <param name="Progress">How far it came, and what it cost.</param>
/// <param name="Stopped">Why it ended before its last case, as the end of a sentence; null where it did not.</param>
public sealed record EvaluationResult(EvaluationReport Report, EvaluationProgress Progress, string? Stopped);
