using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What only the one who ran an evaluation knows of it.</summary>
/// <param name="Candidate">The version under test.</param>
/// <param name="Baseline">What it was compared with; null where none ran.</param>
public sealed record EvaluationFacts(EvaluatedVersion Candidate, EvaluatedVersion? Baseline)
{
    /// <summary>The hash of the golden set's JSON Lines; null where it is no stored object.</summary>
    public ContentHash? DatasetContent { get; init; }

    /// <summary>Who ran it; null where nobody is known by name, as in a pull request.</summary>
    public string? By { get; init; }

    /// <summary>When it began; null where nobody says.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took, waiting and retries included.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Why it ended before every case was asked, as the end of a sentence: <c>the ceiling of 5 USD was reached</c>; null where every case was.</summary>
    public string? Stopped { get; init; }

    /// <summary>How many cases there were to ask; null where as many as were asked.</summary>
    public int? Planned { get; init; }

    /// <summary>What this run itself cost, in US dollars; answers from the cache cost nothing. Null where a price is unknown.</summary>
    public decimal? Spent { get; init; }

    /// <summary>How many answers came from the cache.</summary>
    public int FromCache { get; init; }

    /// <summary>How many attempts after the first there were, both sides together.</summary>
    public int Retries { get; init; }

    /// <summary>What is different between the two packages, as the ends of a sentence: <c>the messages changed</c>.</summary>
    public ImmutableArray<string> Changes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The version production would go back to; null where nothing is known of production, or nothing is live.</summary>
    public string? RollbackTo { get; init; }

    /// <summary>How many questions judges answered, from the cache or anew, their calibration included; 0 without judges.</summary>
    public int JudgeCalls { get; init; }

    /// <summary>Of what the run cost, what judges did, in US dollars; null where a price is unknown, and without judges.</summary>
    public decimal? JudgeCost { get; init; }

    /// <summary>Which judges scored, by name and <see cref="CalibratedJudge.Hash"/>; two reports of different ones cannot be compared. Empty without judges.</summary>
    public ImmutableSortedDictionary<string, string> Judges { get; init => field = value ?? field; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>One side of an evaluation.</summary>
/// <param name="Version"><c>name:vX</c>.</param>
/// <param name="Package">The hash of its package; null in a report from before it was kept.</param>
/// <param name="Model">The dated model it runs on; null likewise.</param>
/// <param name="ChangeReason">Why the version exists, as its author said; null where nobody did.</param>
public sealed record EvaluatedVersion(string Version, ContentHash? Package, string? Model, string? ChangeReason);
