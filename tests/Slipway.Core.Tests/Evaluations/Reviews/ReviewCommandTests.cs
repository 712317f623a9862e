using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Evaluations.Reviews;

/// <summary>Who may review, and that a review is closed once.</summary>
public sealed class ReviewCommandTests
{
    private static readonly ContentHash Results = Core.Tests.Some.Hash("results");

    [Fact]
    public void A_review_is_closed_once_and_stands_on_record()
    {
        var installation = Core.Tests.Some.LiveInstallation();
        Assert.IsType<ReviewClosed>(Assert.Single(installation.Do(Close())));
        Assert.Empty(installation.Do(Close() with { By = Core.Tests.Some.Clara }));
        var closed = installation.State.Evaluations.Find(new ReviewId(3))!;
        Assert.Equal((Core.Tests.Some.Boris, Results), (closed.By, closed.Facts.Results));
        Assert.Null(installation.State.Evaluations.Find(new ReviewId(4)));
        Assert.Equal("closed the review rev-3 of support_router:v1.1.0 against 1.0.0 by tone:v2: 38 rows scored by boris, dora (colder than before)", closed.Facts.Sentence);
        Assert.Equal("the scores of the review rev-3", KnownObjects.Describe(installation.State, Results));
    }

    [Fact]
    public void Results_that_were_erased_do_not_come_back()
    {
        var installation = Core.Tests.Some.LiveInstallation();
        installation.Do(Close());
        installation.Do(new EraseObject(Core.Tests.Some.Admin, Results, "somebody asked for it", Stored: true));
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(Close() with { Facts = Close().Facts with { Review = new ReviewId(4) } }).Kind);
    }

    [Fact]
    public void Authors_reviewers_and_release_owners_open_and_close_reviews()
    {
        var state = Core.Tests.Some.LiveInstallation().State;
        foreach (var who in new[] { Core.Tests.Some.Ana, Core.Tests.Some.Boris, Core.Tests.Some.Clara }) Assert.Null(CloseReview.Deny(state, who));
        foreach (var who in new[] { Core.Tests.Some.Dora, Core.Tests.Some.Emil, Core.Tests.Some.Fritz }) Assert.NotNull(CloseReview.Deny(state, who));
    }

    [Fact]
    public void Authors_and_reviewers_score_but_nobody_what_they_wrote()
    {
        var installation = Core.Tests.Some.LiveInstallation();
        var written = Core.Tests.Some.Version("1.0.0");
        Assert.Null(CloseReview.DenyScoring(installation.State, Core.Tests.Some.Boris, written));
        var refused = Assert.IsType<Verdict.Refuse>(CloseReview.DenyScoring(installation.State, Core.Tests.Some.Ana, written)).Why;
        Assert.Equal((RefusalKind.Forbidden, "ana wrote support_router:v1.0.0 and does not score it: even blind, whoever wrote it knows the words."), (refused.Kind, refused.Reason));
        foreach (var who in new[] { Core.Tests.Some.Clara, Core.Tests.Some.Dora, Core.Tests.Some.Fritz }) Assert.NotNull(CloseReview.DenyScoring(installation.State, who, written));
    }

    [Theory]
    [InlineData("rev-3", true)]
    [InlineData("rev-0", false)]
    [InlineData("rev-03", false)]
    [InlineData("rev-", false)]
    [InlineData("eval-3", false)]
    [InlineData("rev-3/1", false)]
    public void A_review_has_one_spelling(string text, bool fits) => Assert.Equal(fits, ReviewId.TryParse(text, out var id) && id.ToString() == text);

    [Theory]
    [InlineData("rev-3/12", true)]
    [InlineData("rev-3/0", false)]
    [InlineData("rev-3/012", false)]
    [InlineData("rev-3/", false)]
    [InlineData("/12", false)]
    [InlineData("rev-3", false)]
    public void A_row_has_one_spelling(string text, bool fits) => Assert.Equal(fits, ReviewRowId.TryParse(text, out var id) && id.ToString() == text);

    private static CloseReview Close() => new(Core.Tests.Some.Boris, new ReviewClosed(
        new ReviewId(3), Core.Tests.Some.Hash("report"), Core.Tests.Some.Version("1.1.0"), Core.Tests.Some.Version("1.0.0"), Core.Tests.Some.Parse<RubricId>("tone:v2"), 38,
        [Core.Tests.Some.Boris, Core.Tests.Some.Dora], Results, "colder than before"));
}
