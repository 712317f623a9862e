using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Staging;

/// <summary>Why a difference may stay.</summary>
/// <param name="Part">What differs.</param>
/// <param name="Difference">How, as the report told it.</param>
/// <param name="Reason">Why it may.</param>
/// <param name="By">Who says so.</param>
/// <param name="At">When.</param>
public sealed record StagingExplanation(string Part, string Difference, string Reason, MemberName By, DateTimeOffset At);

/// <summary>The newest report of a staged version, with what was explained of it.</summary>
/// <param name="Facts">What the journal says of it.</param>
/// <param name="By">Who made it.</param>
/// <param name="At">When.</param>
/// <param name="Explanations">Those that still are of one of its differences, in the order in which they were given.</param>
public sealed record StagedVersion(StagingReported Facts, MemberName By, DateTimeOffset At, ImmutableArray<StagingExplanation> Explanations)
{
    /// <summary>The differences that nobody explained yet.</summary>
    public ImmutableArray<OpenDifference> Unexplained => [.. Facts.Open.Where(open => !Explanations.Any(one => (one.Part, one.Difference) == (open.Part, open.Sentence)))];

    /// <summary>The same report with the same explanations.</summary>
    public bool Equals(StagedVersion? other) => other is not null && (Facts, By, At) == (other.Facts, other.By, other.At) && Explanations.SequenceEqual(other.Explanations);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Facts, By, At, Explanations.Length);
}

/// <summary>What is known of staged versions, as the journal has it.</summary>
/// <param name="All">The newest report of each version that has one.</param>
public sealed record StagingState(ImmutableDictionary<VersionId, StagedVersion> All)
{
    /// <summary>Nothing.</summary>
    public static StagingState Empty { get; } = new(ImmutableDictionary<VersionId, StagedVersion>.Empty);

    /// <summary>The newest report of a version; null where there is none.</summary>
    public StagedVersion? Find(VersionId version) => All.GetValueOrDefault(version);

    internal StagingState Apply(StagingEvent happened, JournalEntry entry) => happened switch
    {
        StagingReported reported => With(new StagedVersion(reported, entry.Actor, entry.Time,
            [.. Find(reported.Version)?.Explanations.Where(known => reported.Open.Contains(new OpenDifference(known.Part, known.Difference))) ?? []])),
        StagingExplained explained when Find(explained.Version) is { } staged => With(staged with
        {
            Explanations = [.. staged.Explanations.Where(known => known.Part != explained.Part), new StagingExplanation(explained.Part, explained.Difference, explained.Reason, entry.Actor, entry.Time)],
        }),
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Staging does not fold {happened.GetType().Name}."),
    };

    private StagingState With(StagedVersion staged) => this with { All = All.SetItem(staged.Facts.Version, staged) };
}
