using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>Reviews that are open, and what people have scored so far. What a review came to stands in the journal and the objects; until it is closed, its scores are here alone.</summary>
internal interface IReviewStore
{
    /// <summary>Writes a review down that begins.</summary>
    /// <param name="review">What it is.</param>
    /// <param name="above">Its number is above this one, and above every number that is there.</param>
    /// <param name="now">When.</param>
    /// <returns>The review with its number; the one that was there where its command was given before.</returns>
    /// <exception cref="StorageUnavailableException">The engine is away.</exception>
    StoredReview Open(NewReview review, long above, DateTimeOffset now);

    /// <summary>A review; null where there is none of that number, or where it was closed long ago.</summary>
    StoredReview? FindReview(long number);

    /// <summary>The review that a command opened; null where there is none.</summary>
    StoredReview? FindReviewByCommand(string command);

    /// <summary>Reviews, newest first.</summary>
    /// <param name="report">Only of this report; null for all.</param>
    /// <param name="before">Only older ones than this; null for all.</param>
    /// <param name="most">At most so many.</param>
    ImmutableArray<StoredReview> NewestReviews(ContentHash? report, long? before, int most);

    /// <summary>Stores what somebody says of a row, durably; it takes the place of what they said before.</summary>
    /// <returns>False where the review takes no more scores.</returns>
    bool Score(long review, StoredScore score, DateTimeOffset now);

    /// <summary>All scores of a review, by row and name.</summary>
    ImmutableArray<StoredScore> Scores(long review);

    /// <summary>From now on a review takes no more scores; one that takes none already stays as it is.</summary>
    void Seal(long review, DateTimeOffset now);

    /// <summary>A review takes scores again.</summary>
    void Unseal(long review);
}

/// <summary>A review that begins.</summary>
/// <param name="Command">The id of the command that opened it.</param>
/// <param name="Request">The digest of what was asked.</param>
/// <param name="Member">Who asked.</param>
/// <param name="Report">Of which report.</param>
/// <param name="GoldenSet">The content of the set its cases are from.</param>
/// <param name="Candidate">The candidate's package.</param>
/// <param name="Baseline">The baseline's; null without one.</param>
/// <param name="Plan">All that its rows are, as JSON.</param>
internal sealed record NewReview(string Command, ContentHash Request, string Member, ContentHash Report, ContentHash GoldenSet, ContentHash Candidate, ContentHash? Baseline, string Plan);

/// <summary>A review as it is stored.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Command">The id of the command that opened it.</param>
/// <param name="Request">The digest of what was asked.</param>
/// <param name="Member">Who opened it.</param>
/// <param name="Plan">All that its rows are, as JSON.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="SealedAt">From when on it takes no more scores; null while it does.</param>
internal sealed record StoredReview(long Number, string Command, ContentHash Request, string Member, string Plan, DateTimeOffset OpenedAt, DateTimeOffset? SealedAt);

/// <summary>What somebody said of a row.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Member">Who.</param>
/// <param name="Label">A label of the review's scale.</param>
/// <param name="Note">Why, in their words; null where they said nothing, or where it was erased.</param>
internal sealed record StoredScore(int Row, string Member, string Label, string? Note);
