using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Releases, what is live, and who serves it.</content>
public sealed partial class SlipwayApi
{
    /// <summary>How far a rollback has come.</summary>
    /// <param name="release">Which release was rolled back.</param>
    /// <param name="back">How many instances are known to be back; with <paramref name="wait"/> it is answered as soon as more are. Null for once it is over.</param>
    /// <param name="wait">How long to wait at most, up to 60 s; null for not at all.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<RollbackProgress>> RollbackProgressAsync(ReleaseId release, int? back = null, Duration? wait = null, CancellationToken cancellation = default) =>
        GetAsync($"releases/{release}/rollback" + Query(("back", back?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("wait", wait?.Text)), ApiJsonFor.OlderClients.RollbackProgress, cancellation);

    /// <summary>Proposes a release.</summary>
    public Task<ApiResult<ReleaseDocument>> ProposeAsync(ProposalDocument proposal, CancellationToken cancellation = default) =>
        PostAsync("releases", proposal, ApiJson.Default.ProposalDocument, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>The changes that were asked for.</summary>
    /// <param name="prompt">Only of this prompt; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<ChangeRequest>>> ChangeRequestsAsync(PromptName? prompt = null, CancellationToken cancellation = default) =>
        GetAllAsync(prompt is null ? "change-requests" : $"change-requests?prompt={Uri.EscapeDataString(prompt.Value)}", ApiJsonFor.OlderClients.ImmutableArrayChangeRequest, cancellation);

    /// <summary>Asks for a change of a prompt.</summary>
    public Task<ApiResult<ChangeRequest>> RequestChangeAsync(ChangeRequestRequest request, CancellationToken cancellation = default) =>
        PostAsync("change-requests", request, ApiJson.Default.ChangeRequestRequest, ApiJsonFor.OlderClients.ChangeRequest, cancellation);

    /// <summary>Takes up what was asked for, or says which version makes it.</summary>
    public Task<ApiResult<ChangeRequest>> TakeUpChangeAsync(ChangeRequestId request, ChangeAnswer answer, CancellationToken cancellation = default) =>
        PostAsync($"change-requests/{request}/take-up", answer, ApiJson.Default.ChangeAnswer, ApiJsonFor.OlderClients.ChangeRequest, cancellation);

    /// <summary>Says why what was asked for is not done.</summary>
    public Task<ApiResult<ChangeRequest>> TurnDownChangeAsync(ChangeRequestId request, ChangeAnswer answer, CancellationToken cancellation = default) =>
        PostAsync($"change-requests/{request}/turn-down", answer, ApiJson.Default.ChangeAnswer, ApiJsonFor.OlderClients.ChangeRequest, cancellation);

    /// <summary>Says what proposing a version would come to: its plan and its checklist. Nothing changes.</summary>
    public Task<ApiResult<ReleaseCheckDocument>> CheckReleaseAsync(ProposalDocument proposal, CancellationToken cancellation = default) =>
        PostAsync("releases/check", proposal, ApiJson.Default.ProposalDocument, ApiJsonFor.OlderClients.ReleaseCheckDocument, cancellation);

    /// <summary>Changes the plan of a release before it starts, which voids what was signed.</summary>
    public Task<ApiResult<ReleaseDocument>> ChangePlanAsync(string release, PlanChangeRequest change, CancellationToken cancellation = default) =>
        PostAsync($"releases/{Uri.EscapeDataString(release)}/plan", change, ApiJson.Default.PlanChangeRequest, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>Asks to start a release without its gates and reviews, or confirms it as the second person.</summary>
    public Task<ApiResult<ReleaseDocument>> BreakGlassAsync(BreakGlassRequest request, CancellationToken cancellation = default) =>
        PostAsync("break-glass", request, ApiJson.Default.BreakGlassRequest, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>Asks for a first version to go live, or confirms it as the second person.</summary>
    public Task<ApiResult<ReleaseDocument>> BootstrapAsync(BootstrapRequest request, CancellationToken cancellation = default) =>
        PostAsync("bootstraps", request, ApiJson.Default.BootstrapRequest, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>Every release.</summary>
    public Task<ApiResult<ImmutableArray<ReleaseDocument>>> ReleasesAsync(CancellationToken cancellation = default) =>
        GetAllAsync("releases", ApiJsonFor.OlderClients.ImmutableArrayReleaseDocument, cancellation);

    /// <summary>One release.</summary>
    public Task<ApiResult<ReleaseDocument>> ReleaseAsync(string release, CancellationToken cancellation = default) =>
        GetAsync("releases/" + Uri.EscapeDataString(release), ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>Gives a release a command.</summary>
    /// <param name="release">Which one.</param>
    /// <param name="command"><c>review</c> (with its part), <c>approve</c>, <c>decline</c>, <c>cancel</c>, <c>start</c>, <c>advance</c>, <c>complete</c>, <c>freeze</c>, <c>resume</c> or <c>rollback</c>.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ReleaseDocument>> CommandAsync(string release, string command, ReasonDocument reason, CancellationToken cancellation = default) =>
        PostAsync($"releases/{Uri.EscapeDataString(release)}/{command}", reason, ApiJson.Default.ReasonDocument, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>The on-call's one action.</summary>
    public Task<ApiResult<ReleaseDocument>> RollBackAsync(RollbackRequest request, CancellationToken cancellation = default) =>
        PostAsync("rollbacks", request, ApiJson.Default.RollbackRequest, ApiJsonFor.OlderClients.ReleaseDocument, cancellation);

    /// <summary>What is live.</summary>
    /// <param name="prompt">Only of this prompt; null for all.</param>
    /// <param name="environment">Where; null for production.</param>
    /// <param name="at">At a moment, as text; null for now.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<LiveDocument>>> LiveAsync(string? prompt, string? environment, string? at, CancellationToken cancellation = default) =>
        GetAsync("live" + Query(("prompt", prompt), ("environment", environment), ("at", at)), ApiJsonFor.OlderClients.ImmutableArrayLiveDocument, cancellation);

    /// <summary>Which instance serves what.</summary>
    /// <param name="environment">Where; null for production.</param>
    /// <param name="prompt">Only those that see this prompt, and current is who serves its record; null for all.</param>
    /// <param name="wait">How long to wait at most until all are current or serve no candidate any more, up to 60 s; null for not at all.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<InstancesDocument>> InstancesAsync(EnvironmentName? environment, PromptName? prompt = null, Duration? wait = null, CancellationToken cancellation = default) =>
        GetAsync("instances" + Query(("environment", environment?.Value), ("prompt", prompt?.Value), ("wait", wait?.Text)), ApiJsonFor.OlderClients.InstancesDocument, cancellation);
}
