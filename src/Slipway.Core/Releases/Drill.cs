using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>How often a prompt's way back is practised in production without anybody asking for it.</summary>
/// <param name="Every">How long after one drill the next one begins; none at all where it is no time.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back; null for a second.</param>
public sealed record DrillPolicy(Duration Every, Duration? Limit = null)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromMinutes(1);

    /// <summary>The limit where nobody says one: a second.</summary>
    public static Duration DefaultLimit { get; } = Duration.Seconds(1);

    /// <summary>What is wrong with it, as a sentence; null where nothing is.</summary>
    public string? Problem() => Every.Value > TimeSpan.Zero && Every.Value < Shortest ? $"drill: every is {Every}; it must be at least 1m, or 0s for no drills." : ProblemOf(Limit ?? DefaultLimit);

    /// <summary>What is wrong with a limit, as a sentence; null where nothing is.</summary>
    public static string? ProblemOf(Duration limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return limit.Value == TimeSpan.Zero || limit.Value > Longest ? $"The limit of a drill is {limit}; it must be from 1s to 1m." : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"its rollback is drilled every {Every}, within {Limit ?? DefaultLimit}";
}

/// <summary>One practice of a prompt's way back on real instances: what is live goes to everybody once more as a release that changes nothing, and is taken back.</summary>
/// <param name="Id">Its name, from the numbers of releases: calls of that moment name it.</param>
/// <param name="Environment">Where.</param>
/// <param name="Version">What is live, forward and back.</param>
/// <param name="By">Who began it; the system where the prompt's policy did.</param>
/// <param name="Salt">What its buckets are drawn with, as a release's are.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back.</param>
/// <param name="StartedAt">When it went forward.</param>
/// <param name="Revision">The revision of the routing record that took it forward.</param>
public sealed record Drill(ReleaseId Id, EnvironmentName Environment, VersionId Version, MemberName By, string Salt, Duration Limit, DateTimeOffset StartedAt, long Revision)
{
    /// <summary>When it was taken back; null before.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    /// <summary>The revision of the routing record that took it back; null before.</summary>
    public long? ReturnRevision { get; init; }

    /// <summary>How soon it was everywhere on its way forward; null before it was taken back.</summary>
    public RollbackProof? Forward { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>How soon everybody was back; null before it ended, or where it was broken off.</summary>
    public RollbackProof? Back { get; init; }

    /// <summary>Whether everybody was back within the limit; null before it ended, or where it was broken off.</summary>
    public bool? Passed { get; init; }

    /// <summary>Why it was broken off; null where it was not.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether it has not ended yet.</summary>
    public bool IsUnderWay => DoneAt is null;

    /// <summary>Whether instances are given it.</summary>
    public bool IsForward => IsUnderWay && ReturnedAt is null;

    /// <summary>What came of it, in a sentence.</summary>
    public string Sentence() => DrillDone.Told(Id, Limit, Back, Passed, Problem);

    internal static Drill Of(DrillStarted started, JournalEntry entry) =>
        new(started.Drill, started.Environment, started.Version, entry.Actor, started.Salt, started.Limit, entry.Time, entry.Sequence);

    internal Drill Apply(DrillEvent happened, JournalEntry entry) => happened switch
    {
        DrillReturned returned => this with { ReturnedAt = entry.Time, ReturnRevision = entry.Sequence, Forward = returned.Forward },
        DrillDone done => this with { DoneAt = entry.Time, Back = done.Back, Passed = done.Passed, Problem = done.Problem },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: a drill does not fold {happened.GetType().Name}."),
    };
}
