using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Secrets are planted wherever one could get in, and then looked for wherever one could come out: in a real process that logs all it does.</summary>
public sealed class PlantedSecrets
{
    private const string ProviderKey = "sk-planted-provider-7Qx2", OpenAiKey = "sk-planted-openai-9Zk4", Unknown = "slw_planted_unknown_0123456789012345678901234567";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_reaches_the_data_folder_or_the_log()
    {
        using var folder = new TemporaryFolder();
        await using var upstream = await EchoAsync();
        var baseUrl = upstream.Urls.First() + "/v1";
        var data = folder.PathOf("data");
        await using var server = await RunningServer.StartAsync(
            data, new Dictionary<string, string> { ["SLIPWAY_PROVIDER_LEAKY_KEY"] = ProviderKey, ["OPENAI_API_KEY"] = OpenAiKey, ["OPENAI_BASE_URL"] = baseUrl },
            "--verbose", "--provider", $"leaky={baseUrl}");

        var keys = new Dictionary<string, string> { ["admin"] = server.AdministratorKey };
        foreach (var (name, role) in ((string, string)[])[("ana", "author"), ("ben", "reviewer"), ("cleo", "release_owner"), ("shop", "application")])
        {
            await As("admin", "member", "add", name, "--role", role);
            keys[name] = (await As("admin", "key", "issue", name)).Trim();
        }
        keys["gone"] = (await As("admin", "key", "issue", "ana", "--note", "soon gone")).Trim();
        await As("admin", "key", "revoke", "key-6", "--reason", "It leaked.");
        keys["recovered"] = (await Cli.RunAsync("key", "recover", "--data", data)).Output.Trim();
        await As("recovered", "model", "set", "production-default", "leaky/model-2026-01-01");
        await PushAndReleaseAsync(folder);

        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var (bearer, path) in ((string, string)[])[
            (keys["shop"], "/v1/models"), (keys["shop"], "/api/v1/log"), (keys["gone"], "/v1/models"), (Unknown, "/v1/models"), (Unknown, "/api/v1/live"), (ProviderKey, "/v1/models"),
            (keys["ana"], $"/api/v1/live?api_key={keys["ana"]}&provider={ProviderKey}"), (keys["ana"], $"/api/v1/versions/{keys["ben"]}"), (keys["ana"], $"/nothing/{Unknown}")])
            await GetAsync(path, new AuthenticationHeaderValue("Bearer", bearer));
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{keys["admin"]}"));
        await GetAsync("/v1/models", new AuthenticationHeaderValue("Basic", basic));
        foreach (var stream in (bool[])[false, true])
            Assert.Contains("leaky answered 401: Incorrect API key provided: Bearer [secret]", await ChatAsync(stream), StringComparison.Ordinal);
        foreach (var header in (string[])[$"Authorization : Bearer {keys["admin"]}", $"Authorization: Bearer {keys["admin"]}\u0001x", $"Authorization {keys["admin"]}", $"\u0001{keys["admin"]}: x", $"Authorization: Bearer\t{keys["admin"]} x"])
            Assert.StartsWith("HTTP/1.1 4", await RawAsync($"GET /v1/models HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 505", await RawAsync($"GET /v1/models?key={keys["admin"]} HTTP/9.9\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        await PutAwayAsync("releases/rel-1/rollback", "cleo", $$"""{"reason": "called with {{keys["cleo"]}}"}""", ("x-note", keys["cleo"]));
        await PutAwayAsync("rollbacks", "cleo", """{"prompt": "support_router", "reason": "x"}""", ("Idempotency-Key", keys["cleo"]));
        await PutAwayAsync("versions", "ana", $"not JSON {keys["ana"]}");
        var evaluation = await TryAs("ana", "eval", folder.Write("eval.json", """{"candidate_prompt": "support_router:v1.6.0", "dataset": "support_router_golden:v4", "gates": {"route_accuracy": ">= 1%"}}"""));
        Assert.NotEqual(0, evaluation.ExitCode);
        // What was planted did come by: the call records tell of it, without it.
        var calls = await As("ana", "calls");
        Assert.Contains("Incorrect API key provided: Bearer [secret]", calls, StringComparison.Ordinal);

        var (output, errors) = await server.StopAsync();
        Assert.Contains("info: Microsoft.AspNetCore.Hosting.Diagnostics", errors, StringComparison.Ordinal);      // it did log, addresses too
        Assert.Contains("api_key=[secret]", errors, StringComparison.Ordinal);
        Assert.Equal(["calls.db", "evaluations.db", "slipway.db"], Directory.EnumerateFiles(data).Select(Path.GetFileName).Where(name => name!.EndsWith(".db", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.NotEmpty(RunningServer.FilesWith(data, "support_router"));
        foreach (var (whose, secret) in keys.Append(new("the provider", ProviderKey)).Append(new("OpenAI", OpenAiKey)).Append(new("nobody", Unknown)).Append(new("a basic header", basic)))
        {
            foreach (var part in (string[])[secret, secret[4..]])
            {
                Assert.False(output.Contains(part, StringComparison.Ordinal), $"The key of {whose} stands in standard output.");
                Assert.False(errors.Contains(part, StringComparison.Ordinal), $"The key of {whose} stands in the log.");
                Assert.Empty(RunningServer.FilesWith(folder.Root, part).Select(file => $"The key of {whose} stands in {Path.GetFileName(file)}"));
            }
        }

        Task<Cli.Result> TryAs(string who, params string[] arguments) => Cli.RunAsync([.. arguments, "--server", server.Address.ToString(), "--key", keys[who]]);

        async Task<string> As(string who, params string[] arguments)
        {
            var result = await TryAs(who, arguments);
            Assert.True(result.ExitCode == 0, $"slipway {string.Join(' ', arguments)}: {result.Errors}");
            return result.Output;
        }

        async Task PushAndReleaseAsync(TemporaryFolder files)
        {
            await As("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.5.2.yaml"));
            await As("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
            await As("ana", "owner", "set", "support_router", "--backup", "ben");
            await As("ana", "release", "bootstrap", "support_router:v1.5.2", "--reason", "It is what runs today.");
            await As("ben", "release", "bootstrap", "support_router:v1.5.2", "--reason", "As it was.");
        }

        async Task GetAsync(string path, AuthenticationHeaderValue authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = authorization } };
            using var response = await http.SendAsync(request, Cancellation);
        }

        async Task<string> ChatAsync(bool stream)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(JsonSerializer.Serialize(new Dictionary<string, object>
                {
                    ["model"] = "slipway/support_router",
                    ["prompt"] = new { variables = new { customer_tier = "plus" } },
                    ["messages"] = new[] { new { role = "user", content = "hello" } },
                    ["stream"] = stream,
                })),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", keys["shop"]) },
            };
            using var response = await http.SendAsync(request, Cancellation);
            return await response.Content.ReadAsStringAsync(Cancellation);
        }

        async Task PutAwayAsync(string path, string who, string body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{path}") { Content = new StringContent(body), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", keys[who]) } };
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            using var response = await http.SendAsync(request, Cancellation);
            Assert.InRange((int)response.StatusCode, 400, 499);
        }

        async Task<string> RawAsync(string request)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancellation);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            return await reader.ReadToEndAsync(Cancellation);
        }
    }

    // A provider that says the whole key while it refuses it, as some do.
    private static async Task<WebApplication> EchoAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/chat/completions", (HttpContext context) => Results.Json(new { error = new { message = $"Incorrect API key provided: {context.Request.Headers.Authorization}" } }, statusCode: 401));
        await app.StartAsync(Cancellation);
        return app;
    }
}
