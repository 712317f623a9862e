using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>What was called, and what it comes to.</content>
public sealed partial class SlipwayApi
{
    /// <summary>The newest calls, newest first.</summary>
    public Task<ApiResult<ImmutableArray<CallRecord>>> CallsAsync(string? prompt, string? release, string? trace, int? limit, CancellationToken cancellation = default) => GetAsync(
        "calls" + Query(("prompt", prompt), ("release", release), ("trace", trace), ("limit", Number(limit))),
        ApiJsonFor.OlderClients.ImmutableArrayCallRecord, cancellation);

    /// <summary>Calls, newest first, without their texts.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<CallRecord>>> CallsAsync(CallQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return GetAsync("calls" + Query(
            ("prompt", query.Prompt), ("version", query.Version), ("release", query.Release), ("tenant", query.Tenant), ("user", query.User), ("trace", query.Trace), ("environment", query.Environment),
            ("since", query.Since), ("until", query.Until), ("limit", Number(query.Limit))), ApiJsonFor.OlderClients.ImmutableArrayCallRecord, cancellation);
    }

    /// <summary>The calls of a trace with their texts, as far as one may read them, and what became known of it.</summary>
    public Task<ApiResult<TraceDocument>> TraceAsync(string trace, CancellationToken cancellation = default) =>
        GetAsync("calls/" + Uri.EscapeDataString(trace), ApiJsonFor.OlderClients.TraceDocument, cancellation);

    /// <summary>Everybody a version answered.</summary>
    public Task<ApiResult<ImmutableArray<CallUserDocument>>> CallUsersAsync(VersionId version, string? environment, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        return GetAllAsync("calls/users" + Query(("prompt", version.Prompt.Value), ("version", version.Number.Text), ("environment", environment)), ApiJsonFor.OlderClients.ImmutableArrayCallUserDocument, cancellation);
    }

    /// <summary>The fingerprints of the system prompts of calls that named a plain model.</summary>
    public Task<ApiResult<ImmutableArray<UnmanagedDocument>>> UnmanagedAsync(CancellationToken cancellation = default) =>
        GetAsync("calls/unmanaged", ApiJsonFor.OlderClients.ImmutableArrayUnmanagedDocument, cancellation);

    /// <summary>What the calls of a prompt come to.</summary>
    /// <param name="prompt">Which prompt.</param>
    /// <param name="environment">Where; null for production.</param>
    /// <param name="since">From when, as a time or as how long ago; null for a day ago.</param>
    /// <param name="by"><c>version</c>, <c>arm</c> or <c>all</c>; null for by version.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<CallMetricsDocument>> MetricsAsync(string prompt, string? environment, string? since, string? by, CancellationToken cancellation = default) =>
        GetAsync("calls/metrics" + Query(("prompt", prompt), ("environment", environment), ("since", since), ("by", by)), ApiJsonFor.OlderClients.CallMetricsDocument, cancellation);

    /// <summary>How many call records were lost.</summary>
    public Task<ApiResult<DroppedDocument>> DroppedCallsAsync(CancellationToken cancellation = default) => GetAsync("calls/dropped", ApiJsonFor.OlderClients.DroppedDocument, cancellation);

    /// <summary>Reports calls that an application made; reporting one again changes nothing.</summary>
    public Task<ApiResult<ReportReceipt>> ReportCallsAsync(CallReport report, CancellationToken cancellation = default) =>
        PostAsync("calls", report, ApiJson.Default.CallReport, ApiJsonFor.OlderClients.ReportReceipt, cancellation);

    /// <summary>Says what became known of calls; saying it again changes nothing.</summary>
    public Task<ApiResult<ReportReceipt>> ReportOutcomesAsync(OutcomeReport report, CancellationToken cancellation = default) =>
        PostAsync("outcomes", report, ApiJson.Default.OutcomeReport, ApiJsonFor.OlderClients.ReportReceipt, cancellation);
}
