using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Staging: what differs before a version goes on.</content>
public sealed partial class SlipwayApi
{
    /// <summary>Calls a staged version with recorded requests of production, and says what differs; waits until all were asked.</summary>
    public Task<ApiResult<StagingReportDocument>> ReportStagingAsync(StagingRequest request, CancellationToken cancellation = default) =>
        PostAsync("staging-reports", request, ApiJson.Default.StagingRequest, ApiJsonFor.OlderClients.StagingReportDocument, cancellation);

    /// <summary>The newest report on a staged version.</summary>
    public Task<ApiResult<StagingReportDocument>> StagingReportAsync(VersionId version, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        return GetAsync("staging-reports" + Query(("version", version.ToString())), ApiJsonFor.OlderClients.StagingReportDocument, cancellation);
    }

    /// <summary>Says why a difference may stay.</summary>
    public Task<ApiResult<StagingReportDocument>> ExplainStagingAsync(StagingExplanationRequest request, CancellationToken cancellation = default) =>
        PostAsync("staging-explanations", request, ApiJson.Default.StagingExplanationRequest, ApiJsonFor.OlderClients.StagingReportDocument, cancellation);
}
