using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Slipway.Server.Tests.Gateway;

/// <summary>Requests to the gateway as an application writes them.</summary>
internal static class Chat
{
    public const string Path = "/v1/chat/completions";

    /// <summary>The body of a good request.</summary>
    public static string Body(string message = Router.Plain, string? user = null, bool stream = false, string prompt = Router.Prompt) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["model"] = $"slipway/{prompt}",
        ["prompt"] = new { variables = new { library = "city" } },
        ["messages"] = new[] { new { role = "user", content = message } },
        ["user"] = user,
        ["stream"] = stream,
    });

    /// <summary>Sends a body.</summary>
    public static Task<HttpResponseMessage> ChatAsync(this HttpClient http, string body, params ReadOnlySpan<(string Name, string Value)> headers) => http.ChatAsync(body, Path, headers);

    /// <summary>Sends a body to another of the gateway's doors.</summary>
    public static Task<HttpResponseMessage> ChatAsync(this HttpClient http, string body, string path, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The one value of a header; empty where it is not there.</summary>
    public static string Header(this HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    /// <summary>A body as JSON.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}
