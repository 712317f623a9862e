using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>What tests of pushing need of an installation.</summary>
internal static class Routing
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes another prompt live, with the router's package.</summary>
    public static async Task AddPromptAsync(this TestInstallation installation, string prompt)
    {
        await installation.Ana.SubmitAsync(Router.Submission(Router.First, prompt: prompt), Cancellation).Ok();
        await installation.BootstrapAsync($"{prompt}:v1.0.0");
    }

    /// <summary>Changes a prompt's record by the quickest change there is; some 460 bytes a pattern, most of them a remark that costs nothing to compile.</summary>
    public static Task ChangeAsync(this TestInstallation installation, string prompt, int turn, int patterns = 1) => installation.Cleo.SetPolicyAsync(
        Some.Value<PromptName>(prompt), new PolicyDocument(Redact: [.. Enumerable.Range(0, patterns).Select(number => $"turn{turn}-{number}(?#{new string('x', 440)})")]), Cancellation).Ok();

    /// <summary>Which change a record shows.</summary>
    public static int Turn(this RouteDocument route) => route.Policy.Redact is [var first, ..] ? int.Parse(first[4..first.IndexOf('-', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>The table, as it is polled.</summary>
    public static async Task<(SnapshotDocument? Document, HttpResponseMessage Response)> PollAsync(this HttpClient http, string? tag = null, string environment = "production")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/snapshots/{environment}");
        if (tag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        var response = await http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        return (response.StatusCode == System.Net.HttpStatusCode.OK ? JsonSerializer.Deserialize(body, ApiJson.Default.SnapshotDocument) : null, response);
    }

    /// <summary>An HTTP client with a key of its own.</summary>
    public static async Task<(string Id, HttpClient Http)> LimitedAsync(this TestInstallation installation, string? prompt = null, string? environment = null, DateTimeOffset? until = null)
    {
        var key = await installation.Admin.IssueKeyAsync(new KeyRequest(Some.Value<Core.Access.MemberName>("shop"), null,
            environment is null ? null : [Some.Value<Core.Releases.EnvironmentName>(environment)], prompt is null ? null : [Some.Value<Core.Access.PromptPattern>(prompt)], until), Cancellation).Ok();
        var http = installation.Http(null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Secret);
        return (key.KeyId, http);
    }

    /// <summary>Says that an instance serves a revision.</summary>
    public static async Task<HttpResponseMessage> AcknowledgeAsync(this HttpClient http, string instance, long revision, string environment = "production", string? sdk = null)
    {
        using var content = new StringContent(JsonSerializer.Serialize(
            new AcknowledgementDocument(instance, Some.Value<Core.Releases.EnvironmentName>(environment), revision, sdk), ApiJson.Default.AcknowledgementDocument));
        return await http.PostAsync("/api/v1/instances", content, Cancellation);
    }

    /// <summary>The instances, as people ask for them.</summary>
    public static async Task<InstancesDocument> InstancesAsync(this HttpClient http, string query = "") =>
        JsonSerializer.Deserialize(await http.GetStringAsync("/api/v1/instances" + query, Cancellation), ApiJson.Default.InstancesDocument)!;
}
