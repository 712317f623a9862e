using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <summary>The management API of a server, one method a call; nothing it meets from the server or the network is thrown.</summary>
public sealed partial class SlipwayApi : IDisposable
{
    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <summary>Speaks to a server.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="key">An API key; null sends none.</param>
    /// <param name="clock">The clock of what it waits for; the system's by default.</param>
    public SlipwayApi(Uri server, string? key, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
        this.clock = clock ?? TimeProvider.System;
        http = new HttpClient { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/api/v1/"), Timeout = TimeSpan.FromMinutes(30) };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The server's address.</summary>
    public Uri Server { get; }

    /// <summary>Everybody there is.</summary>
    public Task<ApiResult<ImmutableArray<MemberDocument>>> MembersAsync(CancellationToken cancellation = default) =>
        GetAllAsync("members", ApiJsonFor.OlderClients.ImmutableArrayMemberDocument, cancellation);

    /// <summary>Adds a member, or gives a member other roles.</summary>
    public Task<ApiResult<MemberDocument>> AddMemberAsync(MemberName member, ImmutableArray<Role> roles, CancellationToken cancellation = default) =>
        PostAsync("members", new MemberDocument(member, roles), ApiJson.Default.MemberDocument, ApiJsonFor.OlderClients.MemberDocument, cancellation);

    /// <summary>Every group.</summary>
    public Task<ApiResult<ImmutableArray<GroupDocument>>> GroupsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("groups", ApiJsonFor.OlderClients.ImmutableArrayGroupDocument, cancellation);

    /// <summary>Says who is in a group.</summary>
    public Task<ApiResult<GroupDocument>> SetGroupAsync(GroupDocument group, CancellationToken cancellation = default) =>
        PostAsync("groups", group, ApiJson.Default.GroupDocument, ApiJsonFor.OlderClients.GroupDocument, cancellation);

    /// <summary>Who answers for a prompt.</summary>
    public Task<ApiResult<DutiesDocument>> DutiesAsync(PromptName prompt, CancellationToken cancellation = default) =>
        GetAsync(DutiesPath(prompt), ApiJsonFor.OlderClients.DutiesDocument, cancellation);

    /// <summary>Names who answers for a prompt; what the change leaves out stays as it is.</summary>
    public Task<ApiResult<DutiesDocument>> AssignAsync(PromptName prompt, DutiesChange change, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Put, DutiesPath(prompt), Json(change, ApiJson.Default.DutiesChange), Reader(ApiJsonFor.OlderClients.DutiesDocument), cancellation);

    /// <summary>Issues a key that may do all its member may; its secret is in the answer and nowhere else.</summary>
    public Task<ApiResult<KeyDocument>> IssueKeyAsync(MemberName member, CancellationToken cancellation = default) => IssueKeyAsync(new KeyRequest(member), cancellation);

    /// <summary>Issues a key; its secret is in the answer and nowhere else.</summary>
    public Task<ApiResult<KeyDocument>> IssueKeyAsync(KeyRequest request, CancellationToken cancellation = default) =>
        PostAsync("keys", request, ApiJson.Default.KeyRequest, ApiJsonFor.OlderClients.KeyDocument, cancellation);

    /// <summary>Keys with what they may and whether they open anything; never their secrets.</summary>
    /// <param name="member">Only of this member; null for all that the caller may see.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<ImmutableArray<ListedKey>>> KeysAsync(string? member = null, CancellationToken cancellation = default) =>
        GetAllAsync("keys" + Query(("member", member)), ApiJsonFor.OlderClients.ImmutableArrayListedKey, cancellation);

    /// <summary>Makes a key open nothing, and with it every key that was issued with it.</summary>
    /// <param name="key">Its public name, as in <c>key-3</c>.</param>
    /// <param name="reason">Why; null for nothing to say.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The keys that open nothing from now on, the one that was named first.</returns>
    public Task<ApiResult<ImmutableArray<ListedKey>>> RevokeKeyAsync(string key, string? reason = null, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Delete, "keys/" + Uri.EscapeDataString(key) + Query(("reason", reason)), null, Reader(ApiJsonFor.OlderClients.ImmutableArrayListedKey), cancellation);

    /// <summary>The model catalog.</summary>
    public Task<ApiResult<ImmutableArray<ModelDocument>>> ModelsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("models", ApiJsonFor.OlderClients.ImmutableArrayModelDocument, cancellation);

    /// <summary>Says what is known of a model.</summary>
    public Task<ApiResult<ModelDocument>> RegisterModelAsync(ModelReference model, ModelFactsRequest facts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return SendAsync(HttpMethod.Put, "models/" + Uri.EscapeDataString(model.ToString()), Json(facts, ApiJson.Default.ModelFactsRequest), Reader(ApiJsonFor.OlderClients.ModelDocument), cancellation);
    }

    /// <summary>Lets an alias stand for a model.</summary>
    public Task<ApiResult<ModelAliasRequest>> SetModelAsync(string alias, ModelReference model, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Put, "model-aliases/" + Uri.EscapeDataString(alias), Json(new ModelAliasRequest(model), ApiJson.Default.ModelAliasRequest), Reader(ApiJsonFor.OlderClients.ModelAliasRequest), cancellation);

    /// <summary>Submits a version.</summary>
    public Task<ApiResult<VersionDocument>> SubmitAsync(Submission submission, CancellationToken cancellation = default) =>
        PostAsync("versions", submission, ApiJson.Default.Submission, ApiJsonFor.OlderClients.VersionDocument, cancellation);

    /// <summary>Shows a version, or what is live of a prompt.</summary>
    /// <param name="name"><c>PROMPT:vVERSION</c> or <c>PROMPT</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<VersionDocument>> VersionAsync(string name, CancellationToken cancellation = default) =>
        GetAsync("versions/" + Uri.EscapeDataString(name), ApiJsonFor.OlderClients.VersionDocument, cancellation);

    /// <summary>Every prompt.</summary>
    public Task<ApiResult<ImmutableArray<PromptDocument>>> PromptsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("prompts", ApiJsonFor.OlderClients.ImmutableArrayPromptDocument, cancellation);

    /// <summary>Every version of a prompt, oldest first.</summary>
    public Task<ApiResult<ImmutableArray<VersionSummary>>> VersionsAsync(PromptName prompt, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return GetAllAsync($"prompts/{Uri.EscapeDataString(prompt.Value)}/versions", ApiJsonFor.OlderClients.ImmutableArrayVersionSummary, cancellation);
    }

    /// <summary>What differs between two versions.</summary>
    /// <param name="from"><c>PROMPT:vVERSION</c> or <c>PROMPT</c>.</param>
    /// <param name="to">As <paramref name="from"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<VersionDiffDocument>> DiffAsync(string from, string to, CancellationToken cancellation = default) =>
        GetAsync("diff" + Query(("from", from), ("to", to)), ApiJsonFor.OlderClients.VersionDiffDocument, cancellation);

    /// <summary>What the versions of a prompt must follow.</summary>
    public Task<ApiResult<PolicyDocument>> PolicyAsync(PromptName prompt, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return GetAsync("policies/" + Uri.EscapeDataString(prompt.Value), ApiJsonFor.OlderClients.PolicyDocument, cancellation);
    }

    /// <summary>Says what the versions of a prompt must follow.</summary>
    public Task<ApiResult<PolicyDocument>> SetPolicyAsync(PromptName prompt, PolicyDocument policy, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return SendAsync(HttpMethod.Put, "policies/" + Uri.EscapeDataString(prompt.Value), Json(policy, ApiJson.Default.PolicyDocument), Reader(ApiJsonFor.OlderClients.PolicyDocument), cancellation);
    }

    /// <summary>Changes the policy of a prompt as it is now; where somebody else changed it meanwhile, theirs is changed.</summary>
    /// <param name="prompt">Which prompt.</param>
    /// <param name="change">From what it is to what it shall be; may be asked more than once.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ApiResult<PolicyDocument>> ChangePolicyAsync(PromptName prompt, Func<PolicyDocument, PolicyDocument> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(change);
        const int MostAttempts = 5;
        var path = "policies/" + Uri.EscapeDataString(prompt.Value);
        var read = Reader(ApiJsonFor.OlderClients.PolicyDocument);
        for (var attempt = 1; ; attempt++)
        {
            string? tag = null;
            var found = await SendAsync(HttpMethod.Get, path, null, read, cancellation, response => tag = response.Headers.ETag?.Tag);
            if (found is not ApiResult<PolicyDocument>.Ok { Value: var now }) return found;
            var changed = await SendAsync(HttpMethod.Put, path, Json(change(now), ApiJson.Default.PolicyDocument), read, cancellation, ifMatch: tag);
            if (changed is not ApiResult<PolicyDocument>.Failed { Failure.Status: 412 } || attempt == MostAttempts) return changed;
        }
    }

    /// <summary>The newest version of each partial.</summary>
    public Task<ApiResult<ImmutableArray<PartialDocument>>> PartialsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("partials", ApiJsonFor.OlderClients.ImmutableArrayPartialDocument, cancellation);

    /// <summary>A version of a partial.</summary>
    /// <param name="name"><c>PARTIAL@VERSION</c>, or <c>PARTIAL</c> for the newest.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<ApiResult<PartialDocument>> PartialAsync(string name, CancellationToken cancellation = default) =>
        GetAsync("partials/" + Uri.EscapeDataString(name), ApiJsonFor.OlderClients.PartialDocument, cancellation);

    /// <summary>Submits the next version of a partial; the same text again makes none.</summary>
    public Task<ApiResult<PartialDocument>> SubmitPartialAsync(PartialName name, PartialRequest partial, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return SendAsync(HttpMethod.Put, "partials/" + Uri.EscapeDataString(name.Value), Json(partial, ApiJson.Default.PartialRequest), Reader(ApiJsonFor.OlderClients.PartialDocument), cancellation);
    }

    /// <summary>The messages a version sends for some variables.</summary>
    public Task<ApiResult<RenderDocument>> RenderAsync(VersionId version, JsonElement? variables, CancellationToken cancellation = default) =>
        PostAsync("render", new RenderQuery(version, variables), ApiJson.Default.RenderQuery, ApiJsonFor.OlderClients.RenderDocument, cancellation);

    /// <summary>Which version a unit gets, and why.</summary>
    public Task<ApiResult<ResolveDocument>> ResolveAsync(ResolveQuery query, CancellationToken cancellation = default) =>
        PostAsync("resolve", query, ApiJson.Default.ResolveQuery, ApiJsonFor.OlderClients.ResolveDocument, cancellation);

    /// <summary>The journal as sentences.</summary>
    public Task<ApiResult<ImmutableArray<LogLine>>> LogAsync(string? prompt, CancellationToken cancellation = default) =>
        GetAllAsync("log" + Query(("prompt", prompt)), ApiJsonFor.OlderClients.ImmutableArrayLogLine, cancellation);

    /// <summary>The journal whole, one entry a line, for checking it here or keeping it; the last line is a signed checkpoint of the last entry.</summary>
    public Task<ApiResult<string>> ExportAsync(CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Get, "log/entries", null, static bytes => Encoding.UTF8.GetString(bytes), cancellation);

    /// <summary>The journal as <see cref="ExportAsync(CancellationToken)"/> has it, without ever holding it whole.</summary>
    /// <param name="line">Gets every line as it comes; what it throws is thrown.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many lines there were.</returns>
    public async Task<ApiResult<long>> ExportAsync(Action<string> line, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(line);
        try
        {
            using var response = await http.GetAsync("log/entries", HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode) return new ApiResult<long>.Failed(Failure((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation)));
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
            for (var count = 0L; ; count++)
            {
                string? next;
                try
                {
                    next = await lines.ReadLineAsync(cancellation);
                }
                catch (IOException exception)
                {
                    return new ApiResult<long>.Failed(new ApiFailure(null, $"The server at {Server} broke off after {(count == 1 ? "1 line" : $"{count} lines")}: {exception.Message.TrimEnd('.')}.", []));
                }
                if (next is null) return new ApiResult<long>.Ok(count);
                line(next);
            }
        }
        catch (HttpRequestException exception)
        {
            return new ApiResult<long>.Failed(Unreachable(exception));
        }
    }

    /// <summary>A signed statement of what the journal is now.</summary>
    public Task<ApiResult<CheckpointDocument>> CheckpointAsync(CancellationToken cancellation = default) =>
        GetAsync("log/checkpoint", ApiJsonFor.OlderClients.CheckpointDocument, cancellation);

    /// <summary>Every object the journal names.</summary>
    public Task<ApiResult<ImmutableArray<ObjectDocument>>> ObjectsAsync(CancellationToken cancellation = default) =>
        GetAllAsync("objects", ApiJsonFor.OlderClients.ImmutableArrayObjectDocument, cancellation);

    /// <summary>What is in an object: JSON, or JSON Lines for a golden set.</summary>
    public Task<ApiResult<string>> ObjectAsync(ContentHash hash, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Get, $"objects/{hash}", null, static bytes => Encoding.UTF8.GetString(bytes), cancellation);

    /// <summary>Erases an object's content for good.</summary>
    public Task<ApiResult<ObjectDocument>> EraseAsync(ContentHash hash, string reason, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Delete, $"objects/{hash}", Json(new ReasonDocument(reason), ApiJson.Default.ReasonDocument), Reader(ApiJsonFor.OlderClients.ObjectDocument), cancellation);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
