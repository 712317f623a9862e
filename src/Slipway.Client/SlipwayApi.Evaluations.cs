using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Golden sets, rubrics and the runs on them.</content>
public sealed partial class SlipwayApi
{
    /// <summary>Pushes a golden set.</summary>
    public Task<ApiResult<GoldenSetDocument>> PushGoldenSetAsync(GoldenSetId set, string jsonLines, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        return SendAsync(HttpMethod.Put, "golden-sets/" + Uri.EscapeDataString(set.ToString()), Text(jsonLines, "application/jsonl"), Reader(ApiJsonFor.OlderClients.GoldenSetDocument), cancellation);
    }

    /// <summary>Every golden set.</summary>
    public Task<ApiResult<ImmutableArray<GoldenSetListing>>> GoldenSetsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("golden-sets", ApiJsonFor.OlderClients.ImmutableArrayGoldenSetListing, cancellation);

    /// <summary>A golden set with its cases.</summary>
    /// <param name="set"><c>NAME:vN</c>, or <c>NAME</c> for its newest version.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<GoldenSetContent>> GoldenSetAsync(string set, CancellationToken cancellation = default) =>
        GetAsync("golden-sets/" + Uri.EscapeDataString(set), ApiJsonFor.OlderClients.GoldenSetContent, cancellation);

    /// <summary>Makes the next version of a golden set with cases of recorded calls.</summary>
    /// <param name="name">The set's name, without a version.</param>
    /// <param name="request">Which calls.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<GoldenCasesDocument>> AddCasesAsync(string name, GoldenCasesRequest request, CancellationToken cancellation = default) =>
        PostAsync("golden-sets/" + Uri.EscapeDataString(name), request, ApiJson.Default.GoldenCasesRequest, ApiJsonFor.OlderClients.GoldenCasesDocument, cancellation);

    /// <summary>Pushes a rubric, given as its JSON.</summary>
    public Task<ApiResult<RubricDocument>> PushRubricAsync(RubricId rubric, string json, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        return SendAsync(HttpMethod.Put, "rubrics/" + Uri.EscapeDataString(rubric.ToString()), Text(json, "application/json"), Reader(ApiJsonFor.OlderClients.RubricDocument), cancellation);
    }

    /// <summary>Asks the judge of a rubric, given as its JSON, about the rubric's examples; it need not be pushed.</summary>
    /// <param name="rubric">Its name and version.</param>
    /// <param name="json">The rubric.</param>
    /// <param name="prompt">Whose policy says what the judge must reach; null for the usual bar.</param>
    /// <param name="cancellation">Gives up; what was answered is kept.</param>
    public Task<ApiResult<RubricCheckDocument>> CheckRubricAsync(RubricId rubric, string json, PromptName? prompt = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        return SendAsync(HttpMethod.Post, $"rubrics/{Uri.EscapeDataString(rubric.ToString())}/check{(prompt is null ? "" : "?prompt=" + Uri.EscapeDataString(prompt.Value))}",
            Text(json, "application/json"), Reader(ApiJsonFor.OlderClients.RubricCheckDocument), cancellation);
    }

    /// <summary>Every rubric.</summary>
    public Task<ApiResult<ImmutableArray<RubricListing>>> RubricsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("rubrics", ApiJsonFor.OlderClients.ImmutableArrayRubricListing, cancellation);

    /// <summary>A rubric with all it says.</summary>
    /// <param name="rubric"><c>NAME:vN</c>, or <c>NAME</c> for its newest version.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<RubricContent>> RubricAsync(string rubric, CancellationToken cancellation = default) =>
        GetAsync("rubrics/" + Uri.EscapeDataString(rubric), ApiJsonFor.OlderClients.RubricContent, cancellation);

    /// <summary>Runs an evaluation manifest, given as its JSON.</summary>
    public Task<ApiResult<EvaluationDocument>> EvaluateAsync(string manifest, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "evaluations", Text(manifest, "application/json"), Reader(ApiJsonFor.OlderClients.EvaluationDocument), cancellation);

    /// <summary>Begins a run of an evaluation manifest, given as its JSON; nobody waits for its end.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="changes">What is to be different from what the manifest says.</param>
    /// <param name="cancellation">Gives up; a run that was begun goes on.</param>
    public Task<ApiResult<EvaluationRunDocument>> BeginEvaluationAsync(string manifest, EvaluationChanges? changes = null, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, "evaluations" + Query(
            ("repeats", Number(changes?.Repeats)), ("concurrency", Number(changes?.Concurrency)), ("max_cost", Number(changes?.MaxCost)), ("cache", changes?.UseCache is false ? "false" : null)),
        Text(manifest, "application/json"), Reader(ApiJsonFor.OlderClients.EvaluationRunDocument), cancellation, prefer: "respond-async");

    /// <summary>A run of an evaluation, with its report once it has one.</summary>
    public Task<ApiResult<EvaluationRunDocument>> EvaluationRunAsync(EvaluationRunId run, CancellationToken cancellation = default) =>
        GetAsync($"evaluations/{run}", ApiJsonFor.OlderClients.EvaluationRunDocument, cancellation);

    /// <summary>The runs of evaluations, newest first.</summary>
    public Task<ApiResult<ImmutableArray<EvaluationRunDocument>>> EvaluationRunsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("evaluations", ApiJsonFor.OlderClients.ImmutableArrayEvaluationRunDocument, cancellation);

    /// <summary>The newest runs of evaluations, newest first.</summary>
    /// <param name="most">At most so many, 1 to 1,000.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<EvaluationRunDocument>>> EvaluationRunsAsync(int most, CancellationToken cancellation = default) =>
        GetAsync("evaluations" + Query(("limit", Number(most))), ApiJsonFor.OlderClients.ImmutableArrayEvaluationRunDocument, cancellation);

    /// <summary>Cancels a run; what was answered is kept. One that has ended stays as it is.</summary>
    public Task<ApiResult<EvaluationRunDocument>> CancelEvaluationAsync(EvaluationRunId run, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, $"evaluations/{run}", null, Reader(ApiJsonFor.OlderClients.EvaluationRunDocument), cancellation);
}
