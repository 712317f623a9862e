using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Reviews: what people say of answers without knowing whose they are.</content>
public sealed partial class SlipwayApi
{
    /// <summary>Opens a review of a finished run.</summary>
    public Task<ApiResult<ReviewDocument>> OpenReviewAsync(ReviewRequest request, CancellationToken cancellation = default) =>
        PostAsync("reviews", request, ApiJson.Default.ReviewRequest, ApiJsonFor.OlderClients.ReviewDocument, cancellation);

    /// <summary>Reviews, newest first; those closed long ago are not listed.</summary>
    /// <param name="report">Only those of this report; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<ReviewDocument>>> ReviewsAsync(ContentHash? report = null, CancellationToken cancellation = default) =>
        GetAllAsync("reviews" + Query(("report", report?.Value)), ApiJsonFor.OlderClients.ImmutableArrayReviewDocument, cancellation);

    /// <summary>A review, with every score once it is closed.</summary>
    public Task<ApiResult<ReviewDocument>> ReviewAsync(ReviewId review, CancellationToken cancellation = default) =>
        GetAsync($"reviews/{review}", ApiJsonFor.OlderClients.ReviewDocument, cancellation);

    /// <summary>The row that is next for the caller.</summary>
    public Task<ApiResult<ReviewTurnDocument>> NextReviewRowAsync(ReviewId review, CancellationToken cancellation = default) =>
        GetAsync($"reviews/{review}/next", ApiJsonFor.OlderClients.ReviewTurnDocument, cancellation);

    /// <summary>A row; once the review is closed, with the side that it was.</summary>
    public Task<ApiResult<ReviewRowDocument>> ReviewRowAsync(ReviewRowId row, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(row);
        return GetAsync($"reviews/{row.Review}/rows/{Number(row.Row)}", ApiJsonFor.OlderClients.ReviewRowDocument, cancellation);
    }

    /// <summary>Says what a row is; it takes the place of what the caller said of it before.</summary>
    /// <returns>Where the caller is now.</returns>
    public Task<ApiResult<ReviewTurnDocument>> ScoreAsync(ReviewRowId row, ScoreRequest score, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(row);
        return SendAsync(HttpMethod.Put, $"reviews/{row.Review}/rows/{Number(row.Row)}/score", Json(score, ApiJson.Default.ScoreRequest), Reader(ApiJsonFor.OlderClients.ReviewTurnDocument), cancellation);
    }

    /// <summary>Closes a review: its scores are final, and every row says whose it was. One that is closed stays as it is.</summary>
    public Task<ApiResult<ReviewDocument>> CloseReviewAsync(ReviewId review, string? note = null, CancellationToken cancellation = default) =>
        PostAsync($"reviews/{review}/close", new CloseRequest(note), ApiJson.Default.CloseRequest, ApiJsonFor.OlderClients.ReviewDocument, cancellation);

    /// <summary>What people agreed on in closed reviews of a run, as examples of their rubric.</summary>
    public Task<ApiResult<ReviewExamplesDocument>> ReviewExamplesAsync(EvaluationRunId run, RubricId rubric, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        return GetAsync($"evaluations/{run}/review-examples" + Query(("rubric", rubric.ToString())), ApiJsonFor.OlderClients.ReviewExamplesDocument, cancellation);
    }
}
