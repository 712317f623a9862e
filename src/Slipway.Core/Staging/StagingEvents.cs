using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Staging;

/// <summary>Something that happened to a staged version.</summary>
/// <param name="Version">Which one.</param>
public abstract record StagingEvent(VersionId Version) : JournalEvent;

/// <summary>A difference that somebody must explain.</summary>
/// <param name="Part">What differs, in a word: <c>retrieval</c>.</param>
/// <param name="Sentence">How, in a sentence; an explanation is of it.</param>
public sealed record OpenDifference(string Part, string Sentence);

/// <summary>A staged version was called with recorded requests of production and held against what is live there.</summary>
/// <param name="Version">Which one.</param>
/// <param name="Package">Its package.</param>
/// <param name="Production">What was live in production then.</param>
/// <param name="Report">The report's object.</param>
/// <param name="Requests">How many recorded requests it was called with.</param>
/// <param name="Answered">How many of them it answered as its contract has it.</param>
/// <param name="Open">The differences that somebody must explain.</param>
public sealed record StagingReported(
    VersionId Version, ContentHash Package, VersionId Production, ContentHash Report, int Requests, int Answered, ImmutableArray<OpenDifference> Open) : StagingEvent(Version)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence => FormattableString.Invariant($"tried {Version} in staging with {Requests} requests of production, {Answered} answered as agreed, beside {Production.Number}: ") +
        (Open.IsEmpty ? "nothing else differs" : FormattableString.Invariant($"{Open.Length} differences to explain ({string.Join(", ", Open.Select(one => one.Part))})"));

    /// <summary>The same report.</summary>
    public bool Equals(StagingReported? other) => other is not null
        && (Version, Package, Production, Report, Requests, Answered) == (other.Version, other.Package, other.Production, other.Report, other.Requests, other.Answered) && Open.SequenceEqual(other.Open);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Package, Production, Report, Requests, Answered, Open.Length);
}

/// <summary>Somebody said why a difference may stay.</summary>
/// <param name="Version">Of which staged version.</param>
/// <param name="Part">What differs.</param>
/// <param name="Difference">How, as the report told it.</param>
/// <param name="Reason">Why it may.</param>
public sealed record StagingExplained(VersionId Version, string Part, string Difference, string Reason) : StagingEvent(Version)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"explained why {Version} may differ from production in {Part}: {Reason}";
}
