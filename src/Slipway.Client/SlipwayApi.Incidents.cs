using System.Collections.Immutable;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Incidents: what went wrong, and which case would find it now.</content>
public sealed partial class SlipwayApi
{
    /// <summary>The incidents, oldest first, without what they came to.</summary>
    /// <param name="prompt">Only of this prompt; null for all.</param>
    /// <param name="open">Only those that are open, or only those that are over; null for both.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<IncidentDocument>>> IncidentsAsync(PromptName? prompt = null, bool? open = null, CancellationToken cancellation = default) =>
        GetAllAsync("incidents" + Query(("prompt", prompt?.Value), ("open", open is { } only ? only ? "true" : "false" : null)), ApiJsonFor.OlderClients.ImmutableArrayIncidentDocument, cancellation);

    /// <summary>An incident with all that it came to.</summary>
    public Task<ApiResult<IncidentDocument>> IncidentAsync(IncidentId incident, CancellationToken cancellation = default) =>
        GetAsync($"incidents/{incident}", ApiJsonFor.OlderClients.IncidentDocument, cancellation);

    /// <summary>Opens an incident by hand.</summary>
    public Task<ApiResult<IncidentDocument>> OpenIncidentAsync(IncidentRequest request, CancellationToken cancellation = default) =>
        PostAsync("incidents", request, ApiJson.Default.IncidentRequest, ApiJsonFor.OlderClients.IncidentDocument, cancellation);

    /// <summary>Says why an incident happened.</summary>
    public Task<ApiResult<IncidentDocument>> ExplainIncidentAsync(IncidentId incident, string cause, CancellationToken cancellation = default) =>
        PostAsync($"incidents/{incident}/explain", new CauseRequest(cause), ApiJson.Default.CauseRequest, ApiJsonFor.OlderClients.IncidentDocument, cancellation);

    /// <summary>The calls of an incident that failed, as golden cases somebody could accept; takes the right to read texts of calls.</summary>
    public Task<ApiResult<IncidentCasesDocument>> IncidentCasesAsync(IncidentId incident, CancellationToken cancellation = default) =>
        GetAsync($"incidents/{incident}/cases", ApiJsonFor.OlderClients.IncidentCasesDocument, cancellation);

    /// <summary>Tests an incident's cases, and closes it where they prove that it would be found now; refused with the reason where they do not.</summary>
    public Task<ApiResult<IncidentDocument>> CloseIncidentAsync(IncidentId incident, IncidentCloseRequest? request = null, CancellationToken cancellation = default) =>
        PostAsync($"incidents/{incident}/close", request ?? new IncidentCloseRequest(), ApiJson.Default.IncidentCloseRequest, ApiJsonFor.OlderClients.IncidentDocument, cancellation);

    /// <summary>Closes an incident without a case, as the prompt's owner.</summary>
    public Task<ApiResult<IncidentDocument>> WaiveIncidentAsync(IncidentId incident, string reason, CancellationToken cancellation = default) =>
        PostAsync($"incidents/{incident}/waive", new ReasonDocument(reason), ApiJson.Default.ReasonDocument, ApiJsonFor.OlderClients.IncidentDocument, cancellation);
}
