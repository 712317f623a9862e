using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <content>Reviews and their scores.</content>
internal abstract partial class SqlEvaluationStore : IReviewStore
{
    private const string ReviewColumns = """
        number AS Number, command AS Command, request AS Request, member AS Member, plan AS Plan, opened_at AS OpenedAt, sealed_at AS SealedAt
        """;

    public StoredReview Open(NewReview review, long above, DateTimeOffset now) => Write((connection, transaction) =>
    {
        while (true)
        {
            connection.Execute("""
                INSERT INTO reviews (number, command, request, member, report, golden_set, candidate, baseline, plan, opened_at, writes)
                SELECT CASE WHEN max(number) > @above THEN max(number) ELSE @above END + 1, @Command, @request, @Member, @report, @golden, @candidate, @baseline, @Plan, @time, 0 FROM reviews WHERE true
                ON CONFLICT DO NOTHING
                """, new
            {
                review.Command,
                request = review.Request.Value,
                review.Member,
                report = review.Report.Value,
                golden = review.GoldenSet.Value,
                candidate = review.Candidate.Value,
                baseline = review.Baseline?.Value,
                review.Plan,
                above,
                time = now.ToUnixTimeMilliseconds(),
            }, transaction);
            if (Reviews(connection, transaction, "command = @Command", new { review.Command }) is [var opened]) return opened;
            // Another server took the number in between: the next one is free.
        }
    });

    public StoredReview? FindReview(long number) => Read(connection => Reviews(connection, null, "number = @number", new { number }).FirstOrDefault());

    public StoredReview? FindReviewByCommand(string command) => Read(connection => Reviews(connection, null, "command = @command", new { command }).FirstOrDefault());

    public ImmutableArray<StoredReview> NewestReviews(ContentHash? report, long? before, int most) => Read(connection => Reviews(connection, null,
        $"number < @before{(report is null ? "" : " AND report = @report")} ORDER BY number DESC LIMIT @most", new { before = before ?? long.MaxValue, report = report?.Value, most }));

    public bool Score(long review, StoredScore score, DateTimeOffset now) => Write((connection, transaction) =>
    {
        // The row of the review is held until the score is there: who seals it meanwhile waits, and then sees the score.
        if (connection.Execute("UPDATE reviews SET writes = writes + 1 WHERE number = @review AND sealed_at IS NULL", new { review }, transaction) == 0) return false;
        connection.Execute("""
            INSERT INTO review_scores (review, line, member, label, note, scored_at) VALUES (@review, @Row, @Member, @Label, @Note, @time)
            ON CONFLICT (review, line, member) DO UPDATE SET label = excluded.label, note = excluded.note, scored_at = excluded.scored_at
            """, new { review, score.Row, score.Member, score.Label, score.Note, time = now.ToUnixTimeMilliseconds() }, transaction);
        return true;
    });

    public ImmutableArray<StoredScore> Scores(long review) => Read(connection => connection.Query<ScoreRow>(
        "SELECT line AS Line, member AS Member, label AS Label, note AS Note FROM review_scores WHERE review = @review", new { review })
        .Select(row => new StoredScore((int)row.Line, row.Member, row.Label, row.Note)).OrderBy(score => score.Row).ThenBy(score => score.Member, StringComparer.Ordinal).ToImmutableArray());

    public void Seal(long review, DateTimeOffset now) => Write((connection, transaction) => connection.Execute(
        "UPDATE reviews SET sealed_at = @time WHERE number = @review AND sealed_at IS NULL", new { review, time = now.ToUnixTimeMilliseconds() }, transaction));

    public void Unseal(long review) => Write((connection, transaction) => connection.Execute("UPDATE reviews SET sealed_at = NULL WHERE number = @review", new { review }, transaction));

    private static string ReviewTables(string whole, string end) => $"""
        CREATE TABLE IF NOT EXISTS reviews (number {whole} PRIMARY KEY, command TEXT NOT NULL UNIQUE, request TEXT NOT NULL, member TEXT NOT NULL, report TEXT NOT NULL, golden_set TEXT NOT NULL,
            candidate TEXT NOT NULL, baseline TEXT, plan TEXT NOT NULL, opened_at {whole} NOT NULL, sealed_at {whole}, writes {whole} NOT NULL){end};
        CREATE TABLE IF NOT EXISTS review_scores (review {whole} NOT NULL, line {whole} NOT NULL, member TEXT NOT NULL, label TEXT NOT NULL, note TEXT, scored_at {whole} NOT NULL,
            PRIMARY KEY (review, line, member)){end};
        """;

    private static void RemoveReviews(DbConnection connection, DbTransaction transaction, long time)
    {
        connection.Execute("DELETE FROM review_scores WHERE review IN (SELECT number FROM reviews WHERE sealed_at < @time)", new { time }, transaction);
        connection.Execute("DELETE FROM reviews WHERE sealed_at < @time", new { time }, transaction);
    }

    // People quote: what they wrote about an answer goes with the answer. What they scored has no text in it.
    private int EraseNotes(DbConnection connection, DbTransaction transaction, object objects) => connection.Execute($"""
        UPDATE review_scores SET note = NULL WHERE note IS NOT NULL AND review IN
            (SELECT number FROM reviews WHERE {Among("golden_set", "objects")} OR {Among("candidate", "objects")} OR {Among("baseline", "objects")})
        """, new { objects }, transaction);

    private static ImmutableArray<StoredReview> Reviews(DbConnection connection, DbTransaction? transaction, string condition, object? parameters) =>
        [.. connection.Query<ReviewRow>($"SELECT {ReviewColumns} FROM reviews WHERE {condition}", parameters, transaction).Select(row => row.Review())];

    private sealed record ReviewRow(long Number, string Command, string Request, string Member, string Plan, long OpenedAt, long? SealedAt)
    {
        public StoredReview Review() => new(
            Number, Command, ContentHash.TryParse(Request, out var request) ? request : throw new StorageException($"The review {Number} has lost its form."), Member, Plan,
            DateTimeOffset.FromUnixTimeMilliseconds(OpenedAt), SealedAt is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null);
    }

    private sealed record ScoreRow(long Line, string Member, string Label, string? Note);
}
